//! QR codes (二维码, GB/T 18284) as SVG.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The light margin around the code, in modules; readers need four.
const QUIET_ZONE: usize = 4;

/// The text is too long for the largest QR code: at this level of error correction 2,331 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("二维码内容过长 / a QR code cannot hold {length_bytes} bytes")]
pub struct TooLong {
    /// The length of the text in UTF-8.
    pub length_bytes: usize,
}

/// A text as a QR code: a square SVG without size of its own, black on white, one unit per module.
///
/// A code survives the loss of 15 % of its area (level M), as stamps and folds take their share of paper.
///
/// ```
/// let svg = gazette::qr::qr_svg("https://example.cn/v/00000")?;
/// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
/// # Ok::<(), gazette::qr::TooLong>(())
/// ```
pub fn qr_svg(text: &str) -> Result<String, TooLong> {
    svg(text, EcLevel::M)
}

/// The same at the lowest level of error correction (L, 7 %): for long texts that are printed large.
pub fn dense_qr_svg(text: &str) -> Result<String, TooLong> {
    svg(text, EcLevel::L)
}

fn svg(text: &str, level: EcLevel) -> Result<String, TooLong> {
    let code = QrCode::with_error_correction_level(text, level).map_err(|_| TooLong { length_bytes: text.len() })?;
    let side = code.width() + 2 * QUIET_ZONE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    for (row, modules) in code.to_colors().chunks(code.width()).enumerate() {
        for (start, length) in dark_runs(modules) {
            let (x, y) = (start + QUIET_ZONE, row + QUIET_ZONE);
            write!(svg, "M{x} {y}h{length}v1h-{length}z").expect("writing to a string never fails");
        }
    }
    svg.push_str("\"/></svg>");
    Ok(svg)
}

/// Where a row is dark: start and length of each run.
fn dark_runs(modules: &[Color]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = 0;
    for run in modules.chunk_by(|one, next| one == next) {
        if run[0] == Color::Dark {
            runs.push((start, run.len()));
        }
        start += run.len();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_finder_patterns() {
        let svg = qr_svg("公报").unwrap();
        // Version 1 is 21 modules wide, 29 with its margin; its first row starts and ends with seven dark modules.
        assert!(svg.contains("viewBox=\"0 0 29 29\""), "{svg}");
        assert!(svg.contains("M4 4h7v1h-7z") && svg.contains("M18 4h7v1h-7z"), "{svg}");
    }

    #[test]
    fn refuses_what_no_code_can_hold() {
        let length_bytes = 3000;
        assert_eq!(qr_svg(&"a".repeat(length_bytes)), Err(TooLong { length_bytes }));
    }
}
