//! Uploaded files: their kind is told by their first bytes, not by their name.

use super::json::file_value;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::sent::{Answers, Sent, Upload};
use crate::site::{Length, Running, Scanned};
use axum::http::StatusCode;
use engine::FieldFault;
use jiff::civil::DateTime;

/// Behind the path of a plot, the name of the file that may be sent in place of its text.
pub const PLOT_FILE: &str = "._geojson";

/// The media type of a file that may be uploaded; nothing for any other.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] = [
        (b"%PDF-", "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF8", "image/gif"),
    ];
    let simple = KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, media)| *media);
    simple.or_else(|| match (bytes.get(..4), bytes.get(4..12)) {
        (Some(b"RIFF"), Some(rest)) if rest.ends_with(b"WEBP") => Some("image/webp"),
        (_, Some(b"ftypheic" | b"ftypheix" | b"ftypmif1")) => Some("image/heic"),
        _ => None,
    })
}

/// Keeps one file.
pub fn keep_one(
    app: &Running,
    holder: Option<&str>,
    name: &str,
    bytes: Vec<u8>,
    now: DateTime,
) -> Result<regulation::expr::FileRef, Problem> {
    let media = sniff(&bytes).ok_or_else(|| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media",
            format!("“{name}”不是照片或 PDF"),
            format!("`{name}` is neither a picture nor a PDF"),
        )
        .hint("请上传 JPG、PNG、WEBP、HEIC 照片或 PDF 文件。", "Upload a JPG, PNG, WEBP or HEIC picture or a PDF.")
    })?;
    scan(app, name, &bytes)?;
    let upload = store::aside::Upload {
        holder: holder.map(str::to_owned),
        name: name.to_owned(),
        media: media.to_owned(),
        bytes,
        now,
    };
    Ok(app.store().put_file(upload)?)
}

/// How long a form may take: its files wait for the scanner, and pages must not wait behind them.
#[must_use]
pub fn length(app: &Running, sent: &Sent) -> Length {
    if sent.files.is_empty() || app.site.scanner.is_none() { Length::Short } else { Length::Long }
}

/// Asks the scanner, where there is one. What it cannot look at is not kept either.
pub(crate) fn scan(app: &Running, name: &str, bytes: &[u8]) -> Result<(), Problem> {
    let Some(scanner) = &app.site.scanner else { return Ok(()) };
    match scanner(bytes) {
        Ok(Scanned::Clean) => Ok(()),
        Ok(Scanned::Harmful) => {
            let (zh, en) = (format!("“{name}”未通过病毒扫描"), format!("`{name}` did not pass the virus scan"));
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "harmful", zh, en);
            Err(problem.hint("请换一台设备重新拍照或导出。", "Take or export it anew on another device."))
        }
        Err(fault) => {
            tracing::error!(fault = format!("{fault:#}"), "a file could not be scanned");
            let (zh, en) =
                ("暂时不能接收文件：病毒扫描没有运行", "No files can be taken now: the virus scan does not run");
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "scan", zh, en);
            Err(problem.hint("请稍后再传。", "Send the file later."))
        }
    }
}

/// Keeps the files of a form and puts their references among its answers, in place of earlier ones where one is asked for.
/// A file that is not taken is a fault of its field; the rest of the form is none the worse.
pub fn keep(
    app: &Running,
    holder: Option<&str>,
    sent: &mut Sent,
    many: impl Fn(&str) -> bool,
    now: DateTime,
) -> Result<Vec<FieldFault>, Problem> {
    let mut faults = Vec::new();
    for upload in std::mem::take(&mut sent.files) {
        if let Some(field) = upload.field.strip_suffix(PLOT_FILE) {
            match plot_in(&upload) {
                Ok(text) => put(&mut sent.answers, field, text, false),
                Err(said) => faults.push(FieldFault { field: field.to_owned(), ..*said }),
            }
            continue;
        }
        match keep_one(app, holder, &upload.name, upload.bytes, now) {
            Ok(file) => put(&mut sent.answers, &upload.field, file_value(&file).to_string(), many(&upload.field)),
            Err(problem) if problem.status.is_client_error() || problem.code == "scan" => {
                faults.push(kept_out(upload.field, &problem))
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(faults)
}

/// The corners in a file, as they are typed: what was typed beside it stays where it cannot be read.
fn plot_in(upload: &Upload) -> Result<String, Box<FieldFault>> {
    let read = plots::read(&String::from_utf8_lossy(&upload.bytes));
    let name = &upload.name;
    let text = read.map(|plot| plot.to_string().replace("; ", "\n"));
    text.map_err(|wrong| {
        Box::new(FieldFault {
            field: String::new(),
            label: "".into(),
            zh: format!("文件“{name}”：{}", wrong.zh),
            en: format!("`{name}`: {}", wrong.en),
            clauses: Vec::new(),
        })
    })
}

/// A file that was not taken, as a fault of its field.
pub(crate) fn kept_out(field: String, problem: &Problem) -> FieldFault {
    let said = |lang: Lang| {
        let hint = problem.hint.as_ref().map_or("", |hint| hint.in_lang(lang));
        format!("{}{}{hint}", problem.title.in_lang(lang), lang.say("。", ". "))
    };
    FieldFault { field, label: "".into(), zh: said(Lang::Zh), en: said(Lang::En), clauses: Vec::new() }
}

fn put(answers: &mut Answers, field: &str, reference: String, many: bool) {
    let texts = answers.entry(field.to_owned()).or_default();
    if !many {
        texts.clear();
    }
    texts.push(reference);
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn kinds_by_first_bytes() {
        assert_eq!(sniff(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(sniff(b"RIFF\x00\x00\x00\x00WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniff(b"\x00\x00\x00\x18ftypheic\x00"), Some("image/heic"));
        assert_eq!(sniff(b"<html><script>"), None);
        assert_eq!(sniff(b""), None);
    }
}
