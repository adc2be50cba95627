//! Tables (表格), forms (表单) and rosters (名单).

/// A table as recovered from print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What kind of table it is.
    pub kind: TableKind,
    /// Header rows (表头); a header repeated on the next page is dropped.
    pub header: Vec<Vec<String>>,
    /// Rows, all of one width; markup in cells is gone, what is printed stays.
    pub rows: Vec<Vec<String>>,
    /// For rosters: who is on it, columns read in the order of print.
    pub members: Vec<Member>,
    /// Sentences that the print set among the rows, such as where a body has its office.
    pub notes: Vec<String>,
    /// In how many parts it was printed (印刷分段): at least 1.
    pub page_parts: u32,
    /// Cells that break off at a page or column end.
    pub cut_cells: Vec<Cell>,
}

/// What kind of table it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Rows under a header.
    Grid,
    /// Labels with blanks to fill in.
    Form,
    /// Roles, names and posts, row by row.
    Roster,
    /// Two print columns flattened into rows: read down the left one, then down the right one.
    ColumnFlow,
}

/// A cell, by row and column of [`Table::rows`] from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
}

/// A line of a roster (名单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The role that its group is printed under, such as 组长.
    pub role: Option<String>,
    /// Name; empty where only a post is printed.
    pub name: String,
    /// Post or unit.
    pub post: String,
    /// Telephone, where one is printed.
    pub contact: Option<String>,
    /// Line of its first word.
    pub line: u32,
}
