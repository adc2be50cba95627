//! Tests of `gazette` with real fonts and with the templates of the regulations.

mod fonts;
mod templates;
mod typeset;
