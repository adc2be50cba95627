//! What `decide` may look at besides the act: read-only, answered by whoever keeps the state.

use crate::act::{MatterId, PlaceCode};
use crate::books::Books;
use crate::county::County;
use crate::matter::Matter;
use calendar::Holidays;
use jiff::civil::Date;
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::{Regulation, Rulebook};
use std::sync::Arc;

/// The state of the county, as `decide` reads it. Implemented in memory ([`crate::memory::Memory`]) for tests and simulation,
/// and by the store inside its transaction. Look-ups by key or index only.
pub trait World {
    /// Regulations in force now.
    fn rulebook(&self) -> &Rulebook;
    /// A regulation in the version a matter runs under; `None` if unknown.
    fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>>;
    /// County overrides of a parameter, with their first days, ascending.
    fn overrides(&self, regulation: &str, parameter: &str) -> Vec<(Date, Value)>;
    /// Places and posts.
    fn county(&self) -> &County;
    /// Holiday facts.
    fn holidays(&self) -> &Holidays;
    /// A matter.
    fn matter(&self, id: &str) -> Option<Arc<Matter>>;
    /// Matters of a procedure whose `about` name has that value, or whose `place` is that today, under whatever code they were opened; all of
    /// the procedure when `None` (small procedures only).
    fn matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId>;
    /// The same without those that have ended; those who keep many have an index for it.
    fn open_matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        let mut found = self.matters(procedure, about);
        found.retain(|id| self.matter(id).is_some_and(|matter| matter.is_open()));
        found
    }
    /// The latest instance of a duty for one of its units.
    fn latest_instance(&self, duty: &str, unit: &str) -> Option<MatterId>;
    /// A register row now in force.
    fn row(&self, register: &str, key: &str) -> Option<Arc<Row>>;
    /// Keys of rows now in force whose column has that value; all when `None` (small registers only).
    fn rows(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String>;
    /// A row as it stands or, if it was closed, as it stood last, with the day on which it was closed.
    fn last_row(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)>;
    /// Matters whose personal data belongs to an owner, the oldest first ([`crate::keeping`]).
    fn matters_owned(&self, owner: &str) -> Vec<MatterId>;
    /// Whether there is personal data of an owner that can still be read.
    fn has_sealed(&self, owner: &str) -> bool;
    /// Matters in which a plot is filed that may share land with this one, by their forms as ever filed; some that do not, too.
    fn matters_near(&self, plot: &Plot) -> Vec<MatterId>;
    /// Keys of rows now in force whose column is a plot that may share land with this one; some that do not, too.
    fn rows_near(&self, register: &str, column: &str, plot: &Plot) -> Vec<String>;
    /// The last number used in a series; 0 if none.
    fn last_number(&self, series: &str) -> u64;
    /// What was posted on the funds.
    fn books(&self) -> &dyn Books;
}

/// A world over another one (层): what an act has found so far, the rows of a sheet. It answers for what differs; whatever else is asked goes
/// on to the world below.
pub trait Over {
    /// The world below.
    fn below(&self) -> &dyn World;
    /// A matter.
    fn matter_over(&self, id: &str) -> Option<Arc<Matter>> {
        self.below().matter(id)
    }
    /// Matters of a procedure.
    fn matters_over(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.below().matters(procedure, about)
    }
    /// Matters of a procedure that have not ended.
    fn open_matters_over(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.below().open_matters(procedure, about)
    }
    /// The latest instance of a duty.
    fn latest_instance_over(&self, duty: &str, unit: &str) -> Option<MatterId> {
        self.below().latest_instance(duty, unit)
    }
    /// A row.
    fn row_over(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        self.below().row(register, key)
    }
    /// Keys of rows.
    fn rows_over(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String> {
        self.below().rows(register, column)
    }
    /// A row as it stands or stood last.
    fn last_row_over(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)> {
        self.below().last_row(register, key)
    }
    /// Matters of an owner.
    fn matters_owned_over(&self, owner: &str) -> Vec<MatterId> {
        self.below().matters_owned(owner)
    }
    /// Whether data of an owner can be read.
    fn has_sealed_over(&self, owner: &str) -> bool {
        self.below().has_sealed(owner)
    }
    /// Matters near a plot.
    fn matters_near_over(&self, plot: &Plot) -> Vec<MatterId> {
        self.below().matters_near(plot)
    }
    /// Rows near a plot.
    fn rows_near_over(&self, register: &str, column: &str, plot: &Plot) -> Vec<String> {
        self.below().rows_near(register, column, plot)
    }
    /// The last number of a series.
    fn last_number_over(&self, series: &str) -> u64 {
        self.below().last_number(series)
    }
    /// Places and posts.
    fn county_over(&self) -> &County {
        self.below().county()
    }
    /// The books.
    fn books_over(&self) -> &dyn Books {
        self.below().books()
    }
}

/// A world whose places lie and are called as on a day (当日的区划): what was printed then reads the same for ever.
pub struct AsOn<'w> {
    below: &'w dyn World,
    /// The county of that day, where it was another one.
    county: Option<County>,
}

impl<'w> AsOn<'w> {
    /// The world as on a day.
    #[must_use]
    pub fn new(world: &'w dyn World, day: Date) -> Self {
        let county = world.county();
        AsOn { below: world, county: county.has_changed_since(day).then(|| county.on(day)) }
    }
}

impl Over for AsOn<'_> {
    fn below(&self) -> &dyn World {
        self.below
    }

    fn county_over(&self) -> &County {
        self.county.as_ref().unwrap_or_else(|| self.below.county())
    }
}

impl<W: Over> World for W {
    fn rulebook(&self) -> &Rulebook {
        self.below().rulebook()
    }

    fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>> {
        self.below().regulation(id, version)
    }

    fn overrides(&self, regulation: &str, parameter: &str) -> Vec<(Date, Value)> {
        self.below().overrides(regulation, parameter)
    }

    fn county(&self) -> &County {
        self.county_over()
    }

    fn holidays(&self) -> &Holidays {
        self.below().holidays()
    }

    fn matter(&self, id: &str) -> Option<Arc<Matter>> {
        self.matter_over(id)
    }

    fn matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.matters_over(procedure, about)
    }

    fn open_matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.open_matters_over(procedure, about)
    }

    fn latest_instance(&self, duty: &str, unit: &str) -> Option<MatterId> {
        self.latest_instance_over(duty, unit)
    }

    fn row(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        self.row_over(register, key)
    }

    fn rows(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String> {
        self.rows_over(register, column)
    }

    fn last_row(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)> {
        self.last_row_over(register, key)
    }

    fn matters_owned(&self, owner: &str) -> Vec<MatterId> {
        self.matters_owned_over(owner)
    }

    fn has_sealed(&self, owner: &str) -> bool {
        self.has_sealed_over(owner)
    }

    fn matters_near(&self, plot: &Plot) -> Vec<MatterId> {
        self.matters_near_over(plot)
    }

    fn rows_near(&self, register: &str, column: &str, plot: &Plot) -> Vec<String> {
        self.rows_near_over(register, column, plot)
    }

    fn last_number(&self, series: &str) -> u64 {
        self.last_number_over(series)
    }

    fn books(&self) -> &dyn Books {
        self.books_over()
    }
}

/// The name under which the place of a matter is looked up as if the matter were about it.
pub const PLACE: &str = "place";

/// A register row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Key.
    pub key: String,
    /// Place.
    pub place: PlaceCode,
    /// Columns.
    pub record: Record,
    /// In force since.
    pub since: Date,
}
