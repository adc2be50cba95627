//! XML, element by element. A document that is well formed by construction: what is opened is closed.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An XML document under construction.
pub(crate) struct Xml {
    writer: Writer<Vec<u8>>,
}

/// Attributes of an element.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    pub fn new() -> Xml {
        let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// An element with what `inside` writes into it.
    pub fn element(&mut self, name: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Xml)) {
        self.event(Event::Start(start(name, attributes)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.event(Event::Empty(start(name, attributes)));
    }

    /// An element with text.
    pub fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |xml| xml.event(Event::Text(BytesText::new(&legal(text)))));
    }

    pub fn finish(self) -> String {
        String::from_utf8(self.writer.into_inner()).expect("only text is ever written")
    }

    fn event(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory does not fail");
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, legal(value).as_ref()));
    }
    start
}

/// A text without the characters that XML 1.0 cannot hold, escaped or not.
fn legal(text: &str) -> std::borrow::Cow<'_, str> {
    let illegal = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(illegal) { text.replace(illegal, "").into() } else { text.into() }
}
