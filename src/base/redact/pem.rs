//! Private keys in PEM, with line breaks or with `\n` for them.

use super::HIDDEN;

const BEGIN: &str = "-----BEGIN ";

/// The text with a stand-in for each private key; one that is not closed goes on to the end, and one that was not opened
/// begins where the text does.
pub fn hide(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = match text.split_once("PRIVATE KEY-----") {
        Some((before, after)) if before.rfind("-----END ") > before.rfind(BEGIN) => {
            clean.push_str(HIDDEN);
            after
        }
        _ => text,
    };
    while let Some(start) = rest.find(BEGIN) {
        let (before, from) = rest.split_at(start);
        clean.push_str(before);
        let label = from.get(BEGIN.len()..).and_then(|after| after.split_once("-----")).map(|(label, _)| label);
        match label {
            Some(label) if label.ends_with("PRIVATE KEY") => {
                clean.push_str(HIDDEN);
                let end = format!("-----END {label}-----");
                rest = from.split_once(&end).map_or("", |(_, after)| after);
            }
            _ => {
                let (mark, after) = from.split_at(BEGIN.len());
                clean.push_str(mark);
                rest = after;
            }
        }
    }
    clean + rest
}
