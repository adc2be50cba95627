//! Names of people, places, rows, matters, parties and times, as the county's data and the regulations give them.

use crate::lang::Lang;
use engine::World;
use engine::county::Appointment;
use engine::event::Desk;
use engine::reference;
use jiff::civil::DateTime;
use regulation::model::{AboutTarget, Label, Party, Procedure};

/// Where names come from.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The county and its regulations.
    pub world: &'a dyn World,
    /// The reader's language.
    pub lang: Lang,
}

/// What a tenure by the hour is called: as the act that gave it has it.
#[must_use]
pub fn hourly(lang: Lang, tenure: &Appointment) -> &str {
    match lang {
        Lang::Zh => tenure.kind.as_deref().unwrap_or("限时"),
        Lang::En => "by the hour",
    }
}

impl Names<'_> {
    /// A person's name.
    #[must_use]
    pub fn person(&self, id: &str) -> String {
        self.world.county().people.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A person who acts in a post at a moment, with whom they act for where it is not in their own name (代), and that they have it by the hour
    /// where they do (应急).
    #[must_use]
    pub fn acting(&self, person: &str, post: Option<&str>, at: DateTime) -> String {
        let name = self.person(person);
        let county = self.world.county();
        if let Some(tenure) = post.and_then(|post| county.by_the_hour(person, post, at)) {
            return format!("{name}（{}）", hourly(self.lang, tenure));
        }
        match post.and_then(|post| county.behalf(person, post, at.date())) {
            None => name,
            Some(holder) => match self.lang {
                Lang::Zh => format!("{name} 代 {}", self.person(holder)),
                Lang::En => format!("{name} for {}", self.person(holder)),
            },
        }
    }

    /// A post's title, with its place where the title does not say it.
    #[must_use]
    pub fn post(&self, id: &str) -> String {
        let county = self.world.county();
        let Some(post) = county.posts.get(id) else { return id.to_owned() };
        match county.places.get(&post.place) {
            Some(place) if place.parent.is_some() && !post.title.contains(&place.name) => {
                format!("{}（{}）", post.title, self.place_path(&place.code))
            }
            _ => post.title.clone(),
        }
    }

    /// A tenure: who holds which post.
    #[must_use]
    pub fn tenure(&self, place: &str) -> String {
        let tenures = &self.world.county().appointments;
        let found = place.parse().ok().and_then(|place: usize| tenures.get(place));
        found.map_or_else(String::new, |tenure| format!("{} {}", self.post(&tenure.post), self.person(&tenure.person)))
    }

    /// A place's own name.
    #[must_use]
    pub fn place(&self, code: &str) -> String {
        self.world.county().place(code).map_or_else(|| code.to_owned(), |place| place.name.clone())
    }

    /// The places that there are in some areas, as choices.
    #[must_use]
    pub fn places_in(&self, areas: &[&str]) -> Vec<(String, String)> {
        let county = self.world.county();
        let codes = county.present().map(|place| &place.code);
        let within = |code: &&String| areas.iter().any(|area| county.contains(area, code));
        codes.filter(within).map(|code| (code.clone(), self.place_path(code))).collect()
    }

    /// A place's name with those above it, the county left out.
    #[must_use]
    pub fn place_path(&self, code: &str) -> String {
        self.world.county().path(code)
    }

    /// What was filed as a place: its present name and, where that code has ended, the name that it had.
    #[must_use]
    pub fn filed_place(&self, code: &str) -> String {
        let (county, path) = (self.world.county(), self.place_path(code));
        match county.places.get(code).filter(|_| county.ended.contains_key(code)) {
            Some(former) => match self.lang {
                Lang::Zh => format!("{path}（原{}）", former.name),
                Lang::En => format!("{path} (formerly {})", former.name),
            },
            None => path,
        }
    }

    /// A register row: its key and what stands beside it.
    #[must_use]
    pub fn row(&self, register: &str, key: &str) -> String {
        reference::row_name(self.world, register, key, |_| true)
    }

    /// A register row for whoever may only know that it exists: its key, and what stands beside it unless that is personal.
    #[must_use]
    pub fn open_row(&self, register: &str, key: &str) -> String {
        reference::row_name(self.world, register, key, |field| field.personal.is_none())
    }

    /// A matter: its number, else its procedure's title.
    #[must_use]
    pub fn matter(&self, id: &str) -> String {
        let Some(matter) = self.world.matter(id) else { return id.to_owned() };
        matter.number.clone().unwrap_or_else(|| {
            let procedure = self.world.rulebook().procedure(&matter.procedure);
            procedure.map_or_else(|| id.to_owned(), |(_, procedure)| self.lang.label(&procedure.title).to_owned())
        })
    }

    /// A desk of an office (`township`, `planning`), as the county calls it.
    #[must_use]
    pub fn office(&self, level: &str, desk: &str) -> String {
        let desks = &self.world.county().desks;
        let known = desks.get(&(level.to_owned(), desk.to_owned()));
        known.map_or_else(|| format!("{level}/{desk}"), |desk| desk.name.clone())
    }

    /// A desk at a place: township and office.
    #[must_use]
    pub fn desk(&self, desk: &Desk) -> String {
        match desk {
            Desk::Office { level, desk, place } => {
                let county = self.world.county();
                format!("{}{}", self.whose(place), county.office_name(level, desk, place))
            }
            Desk::Person(person) => self.person(person),
            Desk::Anyone => self.lang.say("任何人", "anyone").to_owned(),
            Desk::Clock => self.lang.say("系统时钟", "the clock").to_owned(),
        }
    }

    /// The name of the place around one that shares its own name with others: every village has a first group.
    fn whose(&self, place: &str) -> &str {
        let county = self.world.county();
        let Some(place) = county.place(place) else { return "" };
        let shared = county.present().any(|other| other.code != place.code && other.name == place.name);
        let around = place.parent.as_deref().filter(|_| shared).and_then(|parent| county.place(parent));
        around.map_or("", |around| around.name.as_str())
    }

    /// A party of a procedure.
    #[must_use]
    pub fn party(&self, procedure: &Procedure, party: &Party) -> String {
        match party {
            Party::Office { level, desk } => self.office(level, desk),
            Party::Subject { about, role } => self.subject(procedure, about, role),
            Party::Post { of, field } => self.named_post(procedure, of, field),
            Party::Anyone => self.lang.say("任何人", "anyone").to_owned(),
            Party::Clock => self.lang.say("系统时钟", "the clock").to_owned(),
            Party::Act { procedure: of, act } => self.consequence(of, act),
        }
    }

    /// The party in which an act was recorded: `township/window`.
    #[must_use]
    pub fn recorded_party(&self, procedure: &Procedure, party: &str) -> String {
        match party.split_once('/') {
            None if party == "clock" => self.lang.say("系统时钟", "the clock").to_owned(),
            None if party == "anyone" => String::new(),
            None if party.contains('.') => {
                let (of, act) = party.split_once('.').unwrap_or((party, ""));
                self.consequence(of, act)
            }
            None => party.to_owned(),
            Some((level, desk)) => {
                let known = self.world.county().desks.contains_key(&(level.to_owned(), desk.to_owned()));
                match known {
                    true => self.office(level, desk),
                    false if level == Party::THIS => self.named_post(procedure, level, desk),
                    false => self.subject(procedure, level, desk),
                }
            }
        }
    }

    fn subject(&self, procedure: &Procedure, about: &str, role: &str) -> String {
        if about == Party::STARTER {
            return self.lang.say("发起人", "whoever began it").to_owned();
        }
        let target = procedure.about.iter().find(|subject| subject.name == about).map(|subject| &subject.target);
        if let Some(AboutTarget::Register(register)) = target
            && let Some((_, register)) = self.world.rulebook().register(register)
            && let Some(field) = register.fields.iter().find(|field| field.name == role)
        {
            let label = self.lang.label(&field.label);
            return label.strip_suffix("账户").unwrap_or(label).to_owned();
        }
        self.lang.say("当事人", "the person concerned").to_owned()
    }

    /// A party by a field: what the field is called.
    fn named_post(&self, procedure: &Procedure, of: &str, field: &str) -> String {
        if of != Party::THIS {
            return self.subject(procedure, of, field);
        }
        let forms = procedure.all_acts().flat_map(|(_, act)| &act.forms);
        let known = forms.filter_map(|form| self.world.rulebook().form(form)).find_map(|(_, form)| {
            let found = form.fields.iter().find(|own| own.name == field);
            found.map(|own| self.lang.label(&own.label).to_owned())
        });
        let fact = procedure.facts.iter().find(|fact| fact.name == field);
        known
            .or_else(|| fact.map(|fact| self.lang.label(&fact.label).to_owned()))
            .unwrap_or_else(|| self.lang.say("指定的岗位", "the post named").to_owned())
    }

    fn consequence(&self, procedure: &str, act: &str) -> String {
        let label = self.world.rulebook().procedure(procedure).and_then(|(_, procedure)| {
            procedure
                .all_acts()
                .find(|(_, candidate)| candidate.name == act)
                .map(|(_, act)| self.lang.label(&act.label).to_owned())
        });
        match self.lang {
            Lang::Zh => format!("随“{}”自动", label.unwrap_or_else(|| act.to_owned())),
            Lang::En => format!("follows from “{}”", label.unwrap_or_else(|| act.to_owned())),
        }
    }

    /// A step, an end, or their name.
    #[must_use]
    pub fn step(&self, procedure: &Procedure, name: &str) -> String {
        let label: Option<&Label> = procedure.step(name).map(|step| &step.label).or_else(|| procedure.end(name));
        label.map_or_else(|| name.to_owned(), |label| self.lang.label(label).to_owned())
    }
}
