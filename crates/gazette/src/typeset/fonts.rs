//! Fonts (字体), read once from bytes.

use std::fmt;

use typst::utils::LazyHash;
use typst_library::foundations::Bytes;
use typst_library::text::{Font, FontBook};

/// The fonts a [`Typesetter`](super::Typesetter) can use.
pub struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) faces: Vec<Font>,
}

impl Fonts {
    /// Reads font files (TTF, OTF, TTC). What is not a font is left out; [`Fonts::families`] tells what was found.
    pub fn new(files: Vec<Vec<u8>>) -> Self {
        let faces: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        let book = LazyHash::new(FontBook::from_fonts(&faces));
        Fonts { book, faces }
    }

    /// The names of the families, each once, in alphabetical order.
    pub fn families(&self) -> Vec<&str> {
        self.book.families().map(|(family, _)| family).collect()
    }

    /// Whether any face has a character. A name with a character that no font has cannot be printed.
    pub fn has(&self, character: char) -> bool {
        self.faces.iter().any(|face| face.info().coverage.contains(character.into()))
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Fonts").field(&self.families()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_font_is_left_out() {
        let fonts = Fonts::new(vec![Vec::new(), b"not a font".to_vec()]);
        assert!(fonts.families().is_empty());
        assert!(!fonts.has('中'));
    }
}
