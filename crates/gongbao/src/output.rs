//! What commands print. A reader that goes away early (`| head`) ends the program quietly.

use std::io::{ErrorKind, Write as _};

/// Prints a line to standard output.
pub fn line(text: impl std::fmt::Display) {
    if let Err(fault) = writeln!(std::io::stdout().lock(), "{text}") {
        let quiet = fault.kind() == ErrorKind::BrokenPipe;
        if !quiet {
            eprintln!("gongbao: {fault}");
        }
        std::process::exit(i32::from(!quiet));
    }
}

/// As `println!`, by [`line`].
macro_rules! outln {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}
