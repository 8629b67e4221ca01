//! What is called a secret where it stands: `password=…`, `"SecretAccessKey": "…"`, `Authorization: Bearer …`.

use super::HIDDEN;

/// Parts of names of what is a secret, in small letters without `-` and `_`.
const NAMES: [&str; 10] =
    ["password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "clientkeydata", "signature", "authorization"];

/// Words after which a credential stands.
const SCHEMES: [&str; 3] = ["bearer", "basic", "negotiate"];

/// Variables of plugins that say where and who, and are no secrets; any other may be one.
const HARMLESS: [&str; 7] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_CONFIG_FILE",
    "KUBERNETES_EXEC_INFO",
];

/// Whether a variable of a plugin is known to hold no secret.
pub fn is_harmless_variable(name: &str) -> bool {
    HARMLESS.contains(&name)
}

/// Whether a flag is named for a secret: `--client-secret`.
pub fn is_secret_flag(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with('-') && ["token", "password", "secret", "key"].iter().any(|word| name.contains(word))
}

/// The text with a stand-in for the value of each.
pub fn hide(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((kept, secret)) = next(rest) {
        let (before, from) = rest.split_at(kept);
        clean.push_str(before);
        clean.push_str(HIDDEN);
        rest = from.get(secret..).unwrap_or_default();
    }
    clean + rest
}

/// Where the next secret begins, and how long it is.
fn next(text: &str) -> Option<(usize, usize)> {
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_of_name = c.is_alphanumeric() || matches!(c, '-' | '_');
        match (is_of_name, start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                start = None;
                let found = value(text.get(begun..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
                if let Some((skipped, length)) = found {
                    return Some((at + skipped, length));
                }
            }
            _ => {}
        }
    }
    None
}

/// The value behind a name, as far as it is a secret: how much stands before it, and its length.
fn value(name: &str, after: &str) -> Option<(usize, usize)> {
    let plain: String = name.chars().filter(|c| !"-_".contains(*c)).map(|c| c.to_ascii_lowercase()).collect();
    if SCHEMES.contains(&plain.as_str()) {
        let (skipped, word) = (after.len() - after.trim_start_matches(' ').len(), bare(after.trim_start_matches(' ')));
        return (skipped > 0 && !is_prose(word)).then_some((skipped, word.len()));
    }
    if !NAMES.iter().any(|known| plain.contains(known)) {
        return None;
    }
    // the quote that closes the name, one of `=` and `:`, and the quote that opens the value; each may be escaped
    let inner = after.trim_start_matches(['"', '\'', '\\']).trim_start_matches(' ');
    let inner = inner.strip_prefix(['=', ':'])?;
    let is_equation = after.len() > inner.len() && after.get(..after.len() - inner.len()).is_some_and(|sign| sign.ends_with('='));
    let spaced = inner.trim_start_matches([' ', '\\']);
    let (content, secret) = match spaced.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let content = spaced.get(1..)?;
            (content, content.split([quote, '\n']).next().unwrap_or_default())
        }
        // a scheme, and what is behind it
        _ if spaced.split_once(' ').is_some_and(|(word, _)| SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))) => return None,
        _ => (spaced, bare(spaced)),
    };
    let is_quoted = content.len() < spaced.len();
    // `secret:a` is a part of a name: of a service account, of AWS
    if !is_quoted && !is_equation && spaced.len() == inner.len() {
        return None;
    }
    let is_hidden = secret == HIDDEN || secret.is_empty();
    // `token: expired` is a sentence, `password: hunter` is none
    let is_told = is_quoted || is_equation || plain.contains("passw") || !is_prose(secret);
    (!is_hidden && is_told).then_some((after.len() - content.len(), secret.len()))
}

/// A value without quotes: as far as the next blank or delimiter.
fn bare(text: &str) -> &str {
    if text.starts_with(HIDDEN) {
        return HIDDEN;
    }
    text.split(|c: char| c.is_whitespace() || "\"'`,;&)}]".contains(c)).next().unwrap_or_default()
}

/// Whether it is a word of a sentence.
fn is_prose(word: &str) -> bool {
    word == HIDDEN || word.len() < 20 && word.trim_end_matches(['.', ':', '!', '?']).chars().all(|c| c.is_lowercase() || c == '\u{2026}')
}
