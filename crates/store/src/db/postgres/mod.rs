//! A session on a PostgreSQL server (数据库会话), blocking: the store works on threads that wait, and its readers are called on threads of a
//! server that must not be given a second runtime.
//!
//! Statements are prepared once per session. One whose answer nobody looks at is only written down ([`Client::put`]) and leaves with the
//! next one that is asked; what it came to is told then. Rows of a query in a transaction come some at a time.

mod address;
mod startup;
mod stream;
#[cfg(test)]
mod tests;
mod translate;
mod types;
mod wire;

pub use address::Address;

use super::{Error, Result, ToValue, ValueRef};
use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::Oid;
use postgres_protocol::message::backend::{DataRowBody, Message};
use postgres_protocol::message::frontend::{self, BindError};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use wire::Wire;

/// Statements kept prepared at most.
const STATEMENTS_MAX: usize = 500;
/// Rows fetched at a time.
const ROWS: i32 = 200;
/// So many statements, or bytes of them, are written down at most before their answers are read.
const WAITING_MAX: usize = 200;
const WAITING_BYTES_MAX: usize = 64 * 1024;

pub(crate) struct Client {
    session: RefCell<Session>,
}

struct Session {
    wire: Wire,
    statements: BTreeMap<String, Arc<Prepared>>,
    /// Names given to statements and portals.
    names: u64,
    asked: u64,
    /// Statements run that were no queries.
    changes: u64,
    /// Tables that they named since somebody asked; `*` where that is not known.
    changed: BTreeSet<Arc<str>>,
}

/// A statement as the server knows it.
pub(crate) struct Prepared {
    name: String,
    parameters: Vec<Oid>,
    columns: Vec<Oid>,
    /// The table that it changes.
    changes: Option<Arc<str>>,
}

/// A row, as it came.
pub(crate) struct DataRow {
    body: DataRowBody,
    columns: Vec<Option<Range<usize>>>,
    prepared: Arc<Prepared>,
}

/// Rows that came, and where to get more.
pub(crate) struct Cursor<'c> {
    client: &'c Client,
    prepared: Arc<Prepared>,
    portal: Option<String>,
    rows: VecDeque<DataRow>,
    current: Option<DataRow>,
}

impl Client {
    /// Enters a database; `name` is what its operator reads of the session.
    pub(crate) fn connect(address: &Address, name: &str) -> Result<Self> {
        let wire = startup::connect(address, name)?;
        let session =
            Session { wire, statements: BTreeMap::new(), names: 0, asked: 0, changes: 0, changed: BTreeSet::new() };
        Ok(Client { session: RefCell::new(session) })
    }

    /// Whether nothing more can be asked.
    pub(crate) fn is_lost(&self) -> bool {
        self.session.borrow().wire.is_lost()
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.session.borrow().wire.in_transaction()
    }

    /// Whether the transaction can only be taken back.
    pub(crate) fn has_failed(&self) -> bool {
        self.session.borrow().wire.has_failed()
    }

    /// How many statements were run or written down that may have changed something.
    pub(crate) fn changes(&self) -> u64 {
        self.session.borrow().changes
    }

    /// The tables that were changed since this was asked last; `*` where statements were run as they stood.
    pub(crate) fn take_changed(&self) -> BTreeSet<Arc<str>> {
        std::mem::take(&mut self.session.borrow_mut().changed)
    }

    /// How often an answer was waited for: what a statement costs.
    pub(crate) fn journeys(&self) -> u64 {
        self.session.borrow().asked
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<Arc<Prepared>> {
        self.session.borrow_mut().prepare(sql)
    }

    /// Begins a transaction with the next statement.
    pub(crate) fn begin(&self, sql: &str) -> Result<()> {
        let prepared = self.prepare(sql)?;
        self.put(&prepared, &[])?;
        self.session.borrow_mut().wire.begins();
        Ok(())
    }

    /// Writes a statement down. What goes wrong with it goes wrong with the next that is asked.
    pub(crate) fn put(&self, prepared: &Prepared, values: &[&dyn ToValue]) -> Result<()> {
        let session = &mut *self.session.borrow_mut();
        bind("", prepared, values, session.wire.out())?;
        frontend::execute("", 0, session.wire.out())?;
        session.wire.waiting += 1;
        session.changes(prepared);
        if session.wire.waiting >= WAITING_MAX || session.wire.out().len() >= WAITING_BYTES_MAX {
            session.sync(|_| Ok(()))?;
        }
        Ok(())
    }

    /// Sends what was written down, for the server to do meanwhile.
    pub(crate) fn hand_over(&self) -> Result<()> {
        self.session.borrow_mut().wire.send()
    }

    /// Waits for what was written down.
    pub(crate) fn settle(&self) -> Result<()> {
        let session = &mut *self.session.borrow_mut();
        if session.wire.waiting > 0 { session.sync(|_| Ok(())) } else { Ok(()) }
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) fn execute(&self, prepared: &Prepared, values: &[&dyn ToValue]) -> Result<usize> {
        let session = &mut *self.session.borrow_mut();
        bind("", prepared, values, session.wire.out())?;
        frontend::execute("", 0, session.wire.out())?;
        session.changes(prepared);
        let mut changed = 0;
        session.sync(|message| {
            if let Message::CommandComplete(body) = message {
                changed = body.tag()?.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// Runs a query.
    pub(crate) fn query(&self, prepared: &Arc<Prepared>, values: &[&dyn ToValue]) -> Result<Cursor<'_>> {
        let session = &mut *self.session.borrow_mut();
        session.changed.extend(prepared.changes.clone());
        // Outside a transaction a portal does not outlive its answer.
        let portal = session.wire.reads_lazily().then(|| session.name("p"));
        bind(portal.as_deref().unwrap_or(""), prepared, values, session.wire.out())?;
        let mut cursor =
            Cursor { client: self, prepared: Arc::clone(prepared), portal, rows: VecDeque::new(), current: None };
        let fetched = session.fetch(&mut cursor);
        if fetched.is_err() {
            // There is nothing to be closed.
            cursor.portal = None;
        }
        fetched.map(|()| cursor)
    }

    /// Runs a query once with each of these values, in one journey; the rows of each.
    pub(crate) fn query_each(&self, prepared: &Arc<Prepared>, each: &[&[&dyn ToValue]]) -> Result<Vec<Vec<DataRow>>> {
        let session = &mut *self.session.borrow_mut();
        for values in each {
            bind("", prepared, values, session.wire.out())?;
            frontend::execute("", 0, session.wire.out())?;
        }
        let mut found = vec![Vec::new()];
        session.sync(|message| {
            match message {
                Message::DataRow(body) => {
                    let rows = found.last_mut().expect("there is always one");
                    rows.push(DataRow::new(body, prepared)?);
                }
                Message::CommandComplete(_) => found.push(Vec::new()),
                _ => {}
            }
            Ok(())
        })?;
        found.truncate(each.len());
        Ok(found)
    }

    /// Runs statements without values.
    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        let session = &mut *self.session.borrow_mut();
        if session.wire.waiting > 0 {
            session.sync(|_| Ok(()))?;
        }
        session.changed.insert(Arc::from("*"));
        frontend::query(sql, session.wire.out())?;
        session.asked += 1;
        session.wire.answers(|_| Ok(()))
    }
}

impl Session {
    fn sync(&mut self, take: impl FnMut(Message) -> Result<()>) -> Result<()> {
        self.asked += 1;
        self.wire.sync(take)
    }

    fn changes(&mut self, prepared: &Prepared) {
        self.changes += 1;
        if let Some(table) = prepared.changes.as_ref().filter(|table| !self.changed.contains(*table)) {
            self.changed.insert(Arc::clone(table));
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn prepare(&mut self, sql: &str) -> Result<Arc<Prepared>> {
        if let Some(prepared) = self.statements.get(sql) {
            return Ok(Arc::clone(prepared));
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.make_room()?;
        }
        let name = self.name("s");
        let (mut parameters, mut columns) = (Vec::new(), Vec::new());
        frontend::parse(&name, &translate::translate(sql), [], self.wire.out())?;
        frontend::describe(b'S', &name, self.wire.out())?;
        self.sync(|message| {
            match message {
                Message::ParameterDescription(body) => parameters = body.parameters().collect()?,
                Message::RowDescription(body) => columns = body.fields().map(|field| Ok(field.type_oid())).collect()?,
                _ => {}
            }
            Ok(())
        })?;
        let prepared = Arc::new(Prepared { name, parameters, columns, changes: changes(sql) });
        self.statements.insert(sql.to_owned(), Arc::clone(&prepared));
        Ok(prepared)
    }

    /// Lets go of the statements that nobody is using.
    fn make_room(&mut self) -> Result<()> {
        let kept = std::mem::take(&mut self.statements);
        for (sql, prepared) in kept {
            if Arc::strong_count(&prepared) > 1 {
                self.statements.insert(sql, prepared);
            } else {
                frontend::close(b'S', &prepared.name, self.wire.out())?;
            }
        }
        Ok(())
    }

    fn fetch(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let (portal, most) = cursor.portal.as_deref().map_or(("", 0), |portal| (portal, ROWS));
        frontend::execute(portal, most, self.wire.out())?;
        let mut more = false;
        self.sync(|message| {
            match message {
                Message::DataRow(body) => cursor.rows.push_back(DataRow::new(body, &cursor.prepared)?),
                Message::PortalSuspended => more = true,
                _ => {}
            }
            Ok(())
        })?;
        if !more && let Some(portal) = cursor.portal.take() {
            frontend::close(b'P', &portal, self.wire.out())?;
        }
        Ok(())
    }
}

/// The table that a statement changes.
fn changes(sql: &str) -> Option<Arc<str>> {
    let mut words = sql.split_whitespace().skip_while(|word| !["INSERT", "UPDATE", "DELETE"].contains(word));
    let table = if words.next()? == "UPDATE" { words.next() } else { words.nth(1) };
    table.map(Arc::from)
}

fn bind(portal: &str, prepared: &Prepared, values: &[&dyn ToValue], out: &mut BytesMut) -> Result<()> {
    if values.len() != prepared.parameters.len() {
        let what = format!("{} values for {} parameters", values.len(), prepared.parameters.len());
        return Err(Error::Wire { what });
    }
    let before = out.len();
    let pairs = values.iter().zip(&prepared.parameters);
    let write = |(value, oid): (&&dyn ToValue, &Oid), out: &mut BytesMut| types::write(*value, *oid, out);
    frontend::bind(portal, &prepared.name, [1], pairs, write, [1], out).map_err(|error| {
        // Half a message must not leave.
        out.truncate(before);
        match error {
            BindError::Conversion(error) => Error::Wire { what: error.to_string() },
            BindError::Serialization(error) => error.into(),
        }
    })
}

impl DataRow {
    fn new(body: DataRowBody, prepared: &Arc<Prepared>) -> Result<Self> {
        let columns = body.ranges().collect()?;
        Ok(DataRow { body, columns, prepared: Arc::clone(prepared) })
    }

    pub(crate) fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        let missing = || Error::Wire { what: format!("the row has no column {column}") };
        match self.columns.get(column).ok_or_else(missing)? {
            None => Ok(ValueRef::Null),
            Some(range) => types::read(&self.body.buffer()[range.clone()], self.prepared.columns[column]),
        }
    }
}

impl Cursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<&DataRow>> {
        if self.rows.is_empty() && self.portal.is_some() {
            let client = self.client;
            client.session.borrow_mut().fetch(self)?;
        }
        self.current = self.rows.pop_front();
        Ok(self.current.as_ref())
    }
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        if let Some(portal) = self.portal.take() {
            // Leaves with the next statement; a name too long is not given here.
            _ = frontend::close(b'P', &portal, self.client.session.borrow_mut().wire.out());
        }
    }
}

impl Prepared {
    pub(crate) fn column_count(&self) -> usize {
        self.columns.len()
    }
}
