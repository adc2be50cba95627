//! Under which name a file leaves the site (`Content-Disposition`): a plain one for old programs, and the one that people read.

use crate::layout::encode_part;

/// A file that browsers show.
pub(crate) fn shown(plain: &str, name: &str) -> String {
    disposition("inline", plain, name)
}

/// A file that browsers save.
pub(crate) fn saved(plain: &str, name: &str) -> String {
    disposition("attachment", plain, name)
}

fn disposition(how: &str, plain: &str, name: &str) -> String {
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", encode_part(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_header() {
        let header = saved("file.xlsx", "名册\"; filename=x\r\nA: b.xlsx");
        assert_eq!(
            header,
            "attachment; filename=\"file.xlsx\"; filename*=UTF-8''%E5%90%8D%E5%86%8C%22%3B%20filename%3Dx%0D%0AA%3A%20b.xlsx"
        );
    }
}
