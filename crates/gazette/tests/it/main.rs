//! Tests of `gazette` with real fonts and with the templates of the regulations.

mod body;
mod documents;
mod finished;
mod fonts;
mod fuzz;
mod issue;
mod issue_papers;
mod official;
mod pdf;
mod reading;
mod templates;
mod typeset;
