//! An invented licence for market stalls: the names that test expressions use, and their values.

use calendar::{Due, Holidays, Rules, Term};
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Collection, Env, NameKind, Named, Record, Scope, Thing, Type, Value};
use regulation::model::{Label, Personal};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Names with their types, and values by name: scope and environment at once.
pub struct World {
    names: BTreeMap<&'static str, Named>,
    pub values: Record,
    pub rows: BTreeMap<Thing, Record>,
    pub changed: Vec<String>,
}

static HOLIDAYS: LazyLock<Holidays> = LazyLock::new(Holidays::built_in);

pub const TODAY: Date = date(2022, 3, 1);

pub fn one_of(codes: &[(&str, &str)]) -> Type {
    Type::OneOf(labelled(codes).into())
}

fn labelled(codes: &[(&str, &str)]) -> Vec<(String, Label)> {
    codes.iter().map(|(code, zh)| ((*code).into(), Label { zh: (*zh).into(), en: None })).collect()
}

fn field(ty: Type, label: &str) -> Named {
    Named::new(ty, NameKind::Field).label(label)
}

fn text() -> Type {
    Type::Text { max: 200 }
}

fn row(register: &str) -> Type {
    Type::Row(register.into())
}

fn results() -> Type {
    one_of(&[("pass", "符合"), ("fail", "不符合")])
}

/// Everything a stall application knows.
fn names() -> BTreeMap<&'static str, Named> {
    let plain = |ty, kind| Named::new(ty, kind);
    let list_of = |form: &str| Type::List(Box::new(Type::Form(form.into())));
    let grounds = Type::SomeOf(labelled(&[("split", "分户"), ("moved", "迁入"), ("flood", "水灾")]).into());
    BTreeMap::from([
        ("area", field(Type::number("m²"), "摊位面积")),
        ("old-area", field(Type::number("m²"), "原摊位面积")),
        ("heads", field(Type::whole(), "人数")),
        ("price", field(Type::number("yuan"), "租金")),
        ("rate", field(Type::number("percent"), "费率")),
        ("height", field(Type::number("m"), "高度")),
        ("name", field(Type::PersonName, "姓名").personal(Some(Personal::Identity))),
        ("id", field(Type::IdNumber, "身份证号").personal(Some(Personal::Identity))),
        ("phone", field(Type::Phone, "电话").personal(Some(Personal::Contact))),
        ("note", field(text(), "备注")),
        ("kind", field(one_of(&[("new-stall", "新设"), ("moved-stall", "迁移"), ("none", "无")]), "类别")),
        ("grounds", field(grounds, "情形")),
        ("started-on", field(Type::Date, "开业日期")),
        ("filed-at", field(Type::Moment, "提交时刻")),
        ("within", field(Type::TermOf(calendar::Unit::Months), "承诺期限")),
        ("paper", field(Type::File, "协议")),
        ("table", field(Type::Report, "报表")),
        ("promise", field(Type::Agreed, "承诺")),
        ("fenced", field(Type::Bool, "有围挡")),
        ("members", field(Type::Records("member".into()), "成员")),
        ("site", field(Type::Place, "地点")),
        ("household", plain(row("households"), NameKind::About).label("户")),
        ("per-head", plain(Type::number("m²"), NameKind::Fact).label("人均面积")),
        ("max-area", plain(Type::number("m²"), NameKind::Parameter).label("面积上限")),
        ("per-head-line", plain(Type::number("m²"), NameKind::Parameter).label("人均标准")),
        ("notice.term", plain(Type::TermOf(calendar::Unit::WorkingDays), NameKind::Parameter).label("公示期")),
        ("validity", plain(Type::TermOf(calendar::Unit::Years), NameKind::Parameter).label("有效期")),
        ("clock", plain(one_of(&[("started-on", "开业"), ("filed", "提交")]), NameKind::Parameter).label("起算")),
        ("lodge", plain(Type::Act { procedure: "stall".into(), act: "lodge".into() }, NameKind::Act)),
        ("notice", plain(Type::Document { procedure: "stall".into(), document: "notice".into() }, NameKind::Document)),
        ("desk-check", plain(Type::Form("desk-check".into()), NameKind::Form)),
        ("opinion", plain(list_of("opinion"), NameKind::Form)),
        ("eligible", plain(Type::Bool, NameKind::Rule).label("符合条件")),
        ("outcome", plain(results(), NameKind::TableOutput)),
        ("village", plain(Type::Place, NameKind::Level)),
        ("township", plain(Type::Place, NameKind::Level)),
        ("this", plain(Type::Matter("stall".into()), NameKind::This)),
        ("actor", plain(Type::Person, NameKind::Actor)),
    ])
}

fn members(of: &Type) -> Vec<(&'static str, Named)> {
    let plain = |ty| Named::new(ty, NameKind::Element);
    match of {
        Type::Row(register) if register == "stalls" => vec![
            ("holder", field(row("households"), "持有户")),
            ("size", field(Type::number("m²"), "面积")),
            ("state", field(one_of(&[("kept", "在用"), ("sold", "转让")]), "状态")),
            ("to", field(Type::Date, "止")),
        ],
        Type::Row(register) if register == "households" => vec![
            ("head", field(Type::Person, "户主").personal(Some(Personal::Identity))),
            ("people", field(Type::List(Box::new(Type::Person)), "家庭成员")),
        ],
        Type::Form(form) if form == "member" => vec![
            ("age", field(Type::whole(), "年龄")),
            ("local", field(Type::Bool, "本地")),
            ("relation", field(one_of(&[("spouse", "配偶"), ("child", "子女")]), "关系")),
            ("illness", field(text(), "疾病").personal(Some(Personal::Health))),
        ],
        Type::Form(form) if form == "desk-check" => {
            vec![("result", field(results(), "结论")), ("remark", field(text(), "说明"))]
        }
        Type::Form(form) if form == "opinion" => vec![("result", field(results(), "意见"))],
        Type::Matter(procedure) if procedure == "stall" => vec![
            ("household", plain(row("households"))),
            ("open", plain(Type::Bool)),
            ("ended", plain(one_of(&[("approved", "已批准"), ("refused", "不予批准")]))),
        ],
        Type::Act { .. } => vec![("on", plain(Type::Date)), ("at", plain(Type::Moment)), ("by", plain(Type::Person))],
        Type::Document { .. } => {
            vec![("last-day", plain(Type::Date)), ("over", plain(Type::Bool)), ("number", plain(text()))]
        }
        Type::Report => vec![("on", plain(Type::Date)), ("rows", plain(Type::whole()))],
        Type::Place => vec![("name", plain(text())), ("code", plain(text()))],
        _ => Vec::new(),
    }
}

impl World {
    /// Parameters in force, registers filled, nothing asked yet.
    pub fn new() -> World {
        let key = |key: &str| Value::Key(key.into());
        let m2 = |number: &str| Value::parse(&Type::number("m²"), number).expect("the case is well formed");
        let stall = |holder: &str, size: &str, state: &str| {
            Record::from([
                ("holder".into(), key(holder)),
                ("size".into(), m2(size)),
                ("state".into(), Value::Code(state.into())),
            ])
        };
        let at = |register: &str, key: &str| Thing::Row { register: register.into(), key: key.into() };
        let act = Thing::Act { matter: "s1".into(), act: "lodge".into() };
        let village = Record::from([("name".into(), Value::Text("清溪村".into()))]);
        let rows = BTreeMap::from([
            (at("stalls", "1"), stall("h1", "12.50", "kept")),
            (at("stalls", "2"), stall("h1", "7.25", "sold")),
            (at("stalls", "3"), stall("h2", "30", "kept")),
            (at("households", "h1"), Record::from([("head".into(), key("p1"))])),
            (
                Thing::Matter("s0".into()),
                Record::from([("household".into(), key("h1")), ("open".into(), Value::Bool(true))]),
            ),
            (act, Record::from([("on".into(), Value::Date(date(2022, 1, 28)))])),
            (Thing::Place("v1".into()), village),
        ]);
        World { names: names(), values: Record::new(), rows, changed: Vec::new() }
    }

    /// The type of a name.
    pub fn type_of(&self, name: &str) -> Type {
        self.names.get(name).unwrap_or_else(|| panic!("no name {name}")).ty.clone()
    }

    /// Fills in a name as a person would type it; handles are given as `act lodge`, `row h1`.
    pub fn set(&mut self, name: &str, typed: &str) {
        let value = match (typed.split_once(' '), self.type_of(name)) {
            (Some(("members", rows)), _) => Value::Records(rows.split(';').map(member).collect()),
            (Some(("opinions", results)), _) => {
                let filed = |result: &str| {
                    Value::Records([Record::from([("result".into(), Value::Code(result.into()))])].into())
                };
                Value::List(results.split(' ').map(filed).collect())
            }
            (Some(("act", act)), _) => Value::Thing(Thing::Act { matter: "s1".into(), act: act.into() }),
            (Some(("file", name)), _) => Value::File(regulation::expr::FileRef {
                name: name.into(),
                digest: String::new(),
                size: 1,
                media: String::new(),
            }),
            (_, ty) => Value::parse(&ty, typed).unwrap_or_else(|said| panic!("{name} = {typed}: {}", said.zh)),
        };
        self.values.insert(name.into(), value);
    }
}

/// `35 yes child` → a member; `?` leaves a field out.
fn member(row: &str) -> Record {
    let types =
        [("age", Type::whole()), ("local", Type::Bool), ("relation", one_of(&[("spouse", "配偶"), ("child", "子女")]))];
    let typed = row.split_whitespace().zip(types);
    typed
        .filter(|(typed, _)| *typed != "?")
        .map(|(typed, (name, ty))| (name.to_owned(), Value::parse(&ty, typed).expect("the case is well formed")))
        .collect()
}

impl Scope for World {
    fn lookup(&self, name: &str) -> Option<Named> {
        self.names.get(name).cloned()
    }

    fn member(&self, of: &Type, name: &str) -> Option<Named> {
        members(of).into_iter().find(|(member, _)| *member == name).map(|(_, named)| named)
    }

    fn collection(&self, name: &str) -> Option<Collection> {
        match name {
            "stalls" => Some(Collection { element: row("stalls"), indexed: vec!["holder".into()], read_whole: false }),
            "stall" => Some(Collection {
                element: Type::Matter("stall".into()),
                indexed: vec!["household".into()],
                read_whole: false,
            }),
            _ => None,
        }
    }

    fn names(&self) -> Vec<String> {
        self.names.keys().map(|name| (*name).to_owned()).collect()
    }

    fn members(&self, of: &Type) -> Vec<String> {
        members(of).into_iter().map(|(name, _)| name.to_owned()).collect()
    }
}

impl Env for World {
    fn today(&self) -> Date {
        TODAY
    }

    fn now(&self) -> DateTime {
        TODAY.at(9, 0, 0, 0)
    }

    fn parameter(&self, name: &str, on: Date) -> Value {
        let typed = match name {
            "max-area" if on >= date(2022, 7, 1) => "180",
            "max-area" => "200",
            "per-head-line" => "50",
            "notice.term" => "5",
            "validity" => "2",
            "clock" => "started-on",
            _ => return Value::Missing,
        };
        Value::parse(&self.type_of(name), typed).expect("the case is well formed")
    }

    fn root(&self, name: &str) -> Value {
        match name {
            "this" => Value::Thing(Thing::Matter("s1".into())),
            "village" => Value::Thing(Thing::Place("v1".into())),
            _ => self.values.get(name).cloned().unwrap_or_default(),
        }
    }

    fn member(&self, of: &Thing, name: &str) -> Value {
        self.rows.get(of).and_then(|row| row.get(name)).cloned().unwrap_or_default()
    }

    fn candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        let belongs = |thing: &Thing| match thing {
            Thing::Row { register, .. } => register == collection,
            Thing::Matter(_) => collection == "stall",
            _ => false,
        };
        let matches = |row: &Record| narrowed.is_none_or(|(field, value)| row.get(field) == Some(value));
        self.rows.iter().filter(|(thing, row)| belongs(thing) && matches(row)).map(|(thing, _)| thing.clone()).collect()
    }

    fn due(&self, event_on: Date, term: Term) -> Option<Due> {
        calendar::due(event_on, term, &Rules::default(), &HOLIDAYS).ok()
    }

    fn before(&self, until: Date, term: Term) -> Option<Date> {
        calendar::before(until, term, &Rules::default(), &HOLIDAYS).ok()
    }

    fn changed(&self, field: &str) -> bool {
        self.changed.iter().any(|changed| changed == field)
    }

    fn hits(&self, _rule: &str) -> Value {
        Value::List(vec![Value::Text("面积超过上限".into())])
    }

    fn label(&self, code: &str) -> String {
        code.to_owned()
    }
}
