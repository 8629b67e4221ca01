//! What a plugin said on standard error, fit for a sentence.

use crate::base::text::sanitise;
use crate::kubeconfig::Exec;

/// How much of it is worth repeating.
const MOST: usize = 300;

/// Its last lines in one, without anything that looks like a secret.
pub fn last_words(said: &[u8], exec: &Exec) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ");
    let mut clean = last.split(' ').map(|word| if is_secret(word) { "(hidden)" } else { word }).collect::<Vec<_>>().join(" ");
    // a variable of the kubeconfig may be a password
    for (_, value) in exec.env.iter().filter(|(_, value)| value.len() >= 8) {
        clean = clean.replace(value.as_str(), "(hidden)");
    }
    let clean = sanitise(&clean);
    match clean.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean.into_owned(),
    }
}

/// Tokens: of AWS, JSON web tokens, and anything long without a break that has letters and digits.
fn is_secret(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_blob = word.len() >= 40
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+=".contains(c))
        && word.chars().any(|c| c.is_ascii_digit())
        && word.chars().any(|c| c.is_ascii_alphabetic());
    word.starts_with("k8s-aws-v1.") || word.contains("eyJ") || is_blob
}
