//! What looks like a token or a key by itself.

use super::HIDDEN;

/// The text with a stand-in for each.
pub fn hide(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_of_token(c) && c != ':') {
        // the host of a URL, or a whole ARN, is kept as it is
        let kept = match piece.split_once("://") {
            _ if piece.starts_with("arn:") => piece.len(),
            Some((scheme, rest)) => {
                let host = rest.find(|c: char| !c.is_ascii_alphanumeric() && !".-:".contains(c)).unwrap_or(rest.len());
                scheme.len() + "://".len() + host
            }
            None => 0,
        };
        let (kept, rest) = if is_marked(piece) { ("", piece) } else { piece.split_at(kept) };
        clean.push_str(kept);
        for part in rest.split_inclusive(|c: char| !is_of_token(c)) {
            let word = part.trim_end_matches(|c: char| !is_of_token(c));
            clean.push_str(if is_secret(word) { HIDDEN } else { word });
            clean.push_str(part.get(word.len()..).unwrap_or_default());
        }
    }
    clean
}

/// Whether a token may hold it: base64 of both kinds, JSON web tokens, percent signs of a URL, secrets of Azure (`~`).
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+=/~%".contains(c)
}

/// Whether it says itself that it is a token: of EKS, or a JSON web token.
fn is_marked(word: &str) -> bool {
    word.contains("k8s-aws-v1.") || word.contains("eyJ")
}

/// What says so itself, and anything long without a break that has letters and digits, unless it reads like words: a path,
/// the name of a host or of a cluster.
fn is_secret(word: &str) -> bool {
    // a key may begin or end with a slash, and has no character to lose: those of AWS are 40 long
    let word = word.trim_matches(|c: char| "-_.~%".contains(c));
    is_marked(word) || is_blob(word)
}

fn is_blob(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    if word.len() < 40 || !has(char::is_ascii_digit) || !has(char::is_ascii_alphabetic) {
        return false;
    }
    if word.contains('/') {
        return is_random(word);
    }
    if has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) {
        return true;
    }
    // a name in letters of one size has short parts and few digits
    let longest = word.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max().unwrap_or_default();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    longest >= 30 || digits * 4 >= word.len()
}

/// Whether it reads like base64: many capitals, and hardly four small letters in a row (of random base64, one character in
/// fourteen stands in such a row; of a path, about every second).
fn is_random(word: &str) -> bool {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    let rows = word.split(|c: char| !c.is_ascii_lowercase()).map(str::len).filter(|length| *length >= 4);
    capitals * 6 >= word.len() && rows.sum::<usize>() * 3 < word.len()
}
