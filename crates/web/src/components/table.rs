//! Tables (表格): on a phone each row becomes a card whose lines keep their column's name.

use maud::{Markup, html};

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Heading; a link where the table can be sorted by it.
    pub heading: Markup,
    /// Heading as text, for phones.
    pub name: String,
    /// Numbers stand on the right.
    pub number: bool,
    /// The table is in this column's order, downwards or not.
    pub order: Option<bool>,
}

impl Column {
    /// A column of text.
    #[must_use]
    pub fn text(name: &str) -> Column {
        Column { heading: html! { (name) }, name: name.to_owned(), number: false, order: None }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(name: &str) -> Column {
        Column { number: true, ..Column::text(name) }
    }

    /// With a heading that is a link.
    #[must_use]
    pub fn linked(mut self, href: &str) -> Column {
        self.heading = html! { a href=(href) { (self.name) } };
        self
    }

    /// With a heading that is a link which puts the table in this order; `order` is the one it has, downwards or not.
    #[must_use]
    pub fn ordered(self, href: &str, order: Option<bool>) -> Column {
        let mark = match order {
            None => "",
            Some(false) => " ▲",
            Some(true) => " ▼",
        };
        let heading = html! { a href=(href) { (self.name) span aria-hidden="true" { (mark) } } };
        Column { heading, order, ..self }
    }
}

/// A row that may stand out.
#[derive(Debug, Clone)]
pub struct Row {
    /// Cells.
    pub cells: Vec<Markup>,
    /// How: `late`, `total`.
    pub class: Option<&'static str>,
}

/// A table; the first cell of each row names the row.
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    let plain = |cells: &Vec<Markup>| Row { cells: cells.clone(), class: None };
    marked_table(caption, columns, &rows.iter().map(plain).collect::<Vec<_>>())
}

/// A table some of whose rows stand out.
#[must_use]
pub fn marked_table(caption: &str, columns: &[Column], rows: &[Row]) -> Markup {
    html! {
        div class="table-scroll" tabindex="0" {
            table class="stack" {
                caption class="hidden-visually" { (caption) }
                thead { tr { @for column in columns { th scope="col" class=[column.number.then_some("number")] aria-sort=[column.order.map(|down| if down { "descending" } else { "ascending" })] { (column.heading) } } } }
                tbody { @for row in rows { tr class=[row.class] { @for (place, cell) in row.cells.iter().enumerate() { (self::cell(columns.get(place), place, cell)) } } } }
            }
        }
    }
}

fn cell(column: Option<&Column>, place: usize, content: &Markup) -> Markup {
    let number = column.is_some_and(|column| column.number).then_some("number");
    html! {
        @if place == 0 && !content.0.is_empty() { th scope="row" { (content) } }
        @else { td class=[number] data-label=[column.map(|column| column.name.as_str())] { (content) } }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let columns =
        [Column::text("事项"), Column::text("环节"), Column::number("面积（平方米）").ordered("#", Some(true))];
    let row =
        |name: &str, step: &str, area: &str| vec![html! { a href="#" { (name) } }, html! { (step) }, html! { (area) }];
    table("示例", &columns, &[row("李某某建房申请", "公示", "180"), row("王某某建房申请", "村级审查", "200")])
}
