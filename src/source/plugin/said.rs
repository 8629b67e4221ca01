//! What a plugin said on standard error, fit for a sentence.

use crate::base::redact::{HIDDEN, redact};
use crate::base::text::sanitise;

/// How much of it is worth repeating.
const MOST: usize = 300;

/// Its last lines in one, without anything that looks like a secret.
///
/// What its own variables hold may be a password.
pub fn last_words(said: &[u8], variables: &[(String, String)]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = redact(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut clean = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ");
    for (_, value) in variables.iter().filter(|(_, value)| value.len() >= 8) {
        clean = clean.replace(value.as_str(), HIDDEN);
    }
    let clean = sanitise(&clean);
    match clean.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean.into_owned(),
    }
}
