//! Kept views (常用筛选): the filters of a list under a name that their owner gave them. Others do not see them.

use crate::layout::token;
use crate::problem::Problem;
use crate::sent::{AGAIN, Sent, take};
use crate::site::Running;
use crate::visit::Visitor;
use axum::http::Uri;
use axum::response::Redirect;
use maud::{Markup, html};
use store::pages::SavedView;

/// Characters of a name.
const NAME_MAX: usize = 40;

/// A list whose filters stand in its address.
pub(super) struct Filtered<'a> {
    /// Under what its views are kept.
    pub(super) of: &'a str,
    /// Its address without filters.
    pub(super) address: &'a str,
}

impl Filtered<'_> {
    /// Its address with filters.
    pub(super) fn with(&self, view: &str) -> String {
        if view.is_empty() { self.address.to_owned() } else { format!("{}?{view}", self.address) }
    }

    /// The views that are kept of it, and the form that keeps the present one, which goes to `change`.
    pub(super) fn views(&self, visitor: &Visitor, kept: &[SavedView], view: &str, change: &str) -> Markup {
        let lang = visitor.lang;
        let here = kept.iter().find(|saved| saved.query == view);
        html! {
            @if !kept.is_empty() {
                p class="views no-print" {
                    (lang.say("常用筛选：", "Kept views: "))
                    @for saved in kept { a href=(self.with(&saved.query)) aria-current=[(saved.query == view).then_some("true")] { (saved.name) } " " }
                }
            }
            @if let Some(here) = here {
                form class="no-print" method="post" action=(change) {
                    (token(visitor))
                    input type="hidden" name="name" value=(here.name);
                    button class="link-button" type="submit" name="drop" value="yes" { (lang.say("不再保留这个常用筛选", "Drop this kept view")) }
                }
            } @else if !view.is_empty() {
                form class="search no-print" method="post" action=(change) {
                    (token(visitor))
                    input type="hidden" name="query" value=(view);
                    input class="input" type="text" name="name" maxlength=(NAME_MAX) required aria-label=(lang.say("给这组条件起个名字", "A name for these filters")) placeholder=(lang.say("给这组条件起个名字", "A name for these filters"));
                    button class="button secondary" type="submit" { (lang.say("保存为常用筛选", "Keep this view")) }
                }
            }
        }
    }

    /// Where somebody goes who comes back from signing in with the form of a view: to its filters, to try again.
    pub(super) fn again(&self, sent: &mut Sent) -> Option<Redirect> {
        take(&mut sent.answers, AGAIN)?;
        Some(Redirect::to(&self.with(sent.text("query").unwrap_or_default())))
    }

    /// Keeps or drops a view. `read` makes of an address the filters that the list knows: only these are kept.
    pub(super) fn change(
        &self,
        app: &Running,
        person: &str,
        sent: &Sent,
        read: impl Fn(&Uri) -> String,
    ) -> Result<Redirect, Problem> {
        let name: String = sent.text("name").unwrap_or_default().trim().chars().take(NAME_MAX).collect();
        if sent.text("drop").is_some() {
            app.store().drop_view(person, self.of, &name)?;
            return Ok(Redirect::to(self.address));
        }
        if name.is_empty() {
            return Err(Problem::unreadable("请给这组条件起个名字", "Give the view a name"));
        }
        let asked: Uri = self
            .with(sent.text("query").unwrap_or_default())
            .parse()
            .map_err(|_| Problem::unreadable("这组条件无法识别", "The view cannot be read"))?;
        let query = read(&asked);
        let to = self.with(&query);
        app.store().put_view(SavedView { person: person.to_owned(), register: self.of.to_owned(), name, query })?;
        Ok(Redirect::to(&to))
    }
}
