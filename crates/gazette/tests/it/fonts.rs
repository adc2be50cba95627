//! The fonts of the machine the tests run on.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use gazette::typeset::{Fonts, Typesetter};

/// Where Debian's fonts-noto-cjk and fonts-lxgw-wenkai put their files.
const FOLDERS: [&str; 2] = ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/lxgw-wenkai"];

static TYPESETTER: LazyLock<Option<Typesetter>> = LazyLock::new(|| {
    let fonts = Fonts::new(FOLDERS.iter().flat_map(|folder| files(Path::new(folder))).collect());
    fonts.has('宅').then(|| Typesetter::new(Arc::new(fonts)))
});

/// A typesetter that can set Chinese, or nothing, with the reason printed, where no Chinese font is installed.
pub fn typesetter() -> Option<&'static Typesetter> {
    let typesetter = TYPESETTER.as_ref();
    if typesetter.is_none() {
        eprintln!("skipped: no Chinese font in {FOLDERS:?}; install fonts-noto-cjk");
    }
    typesetter
}

#[expect(clippy::disallowed_methods, reason = "the crate takes fonts as bytes; the tests stand in for its caller")]
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a font file that can be read")).collect()
}
