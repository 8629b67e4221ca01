//! The URL inside a token, read as Go reads it (`net/url`, 1.26), without what is secret in it.

use std::fmt::Write as _;

use crate::base::text::quote;

/// The parts of a URL that are looked at; its fragment and who is named before the host are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The whole, secret values masked.
    pub shown: String,
    /// What Go says where it takes it for no URL, secret values masked.
    pub refused: Option<String>,
    /// The scheme, in small letters.
    pub scheme: String,
    /// The host, with its port where it has one.
    pub host: String,
    /// The path, decoded.
    pub path: String,
    /// The parameters of the query, in order and decoded; secret values are masked.
    pub parameters: Vec<Parameter>,
    /// Whether Go finds the query malformed; what could be read of it is there.
    pub is_malformed: bool,
}

/// A parameter of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as it is written.
    pub name: String,
    /// The value; `…` where it is secret.
    pub value: String,
}

/// What stands for a secret.
pub const MASK: &str = "…";

/// The most parameters that Go reads.
const MOST_PARAMETERS: usize = 10_000;

impl Address {
    /// Reads a URL. One that Go refuses is read as far as it goes.
    pub fn read(bytes: &[u8]) -> Self {
        let (before, fragment) = cut(bytes, b'#');
        let refused = defect(before, fragment.unwrap_or_default())
            .map(|(is_whole, why)| format!("parse {}: {}", quote(&masked(if is_whole { bytes } else { before })), hidden(&why)));
        let (scheme, rest) = scheme(before).unwrap_or((&[], before));
        let (rest, query) = cut(rest, b'?');
        let (authority, path) = match rest.strip_prefix(b"//") {
            Some(rest) => rest.split_at_checked(rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len())).unwrap_or((rest, &[])),
            None => (&[][..], rest),
        };
        let host = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
        // without a slash after the scheme, the rest is no path
        let path = if path.starts_with(b"/") || scheme.is_empty() { path } else { &[] };
        let (parameters, is_malformed) = parameters(query.unwrap_or_default());
        Self {
            shown: masked(bytes),
            refused,
            scheme: hidden(&text(scheme).to_ascii_lowercase()),
            host: hidden(&lenient(host, false)),
            path: hidden(&lenient(path, false)),
            parameters,
            is_malformed,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn cut(bytes: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|byte| *byte == at).and_then(|position| bytes.split_at_checked(position)) {
        Some((before, after)) => (before, after.get(1..)),
        None => (bytes, None),
    }
}

/// The scheme and what follows its colon; none where there is no scheme, an empty text before the colon being refused.
fn scheme(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')))?;
    let (scheme, rest) = bytes.split_at_checked(end)?;
    (scheme.first()?.is_ascii_alphabetic()).then_some(())?;
    Some((scheme, rest.strip_prefix(b":")?))
}

/// Why Go takes a text for no URL, and whether it then names the whole, fragment included.
fn defect(before: &[u8], fragment: &[u8]) -> Option<(bool, String)> {
    parse(before).err().map(|why| (false, why)).or_else(|| unescape(fragment, Place::Other).err().map(|why| (true, why)))
}

fn parse(bytes: &[u8]) -> Result<(), String> {
    if bytes.iter().any(u8::is_ascii_control) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if bytes == b"*" {
        return Ok(());
    }
    if bytes.first() == Some(&b':') {
        return Err("missing protocol scheme".to_owned());
    }
    let found = scheme(bytes);
    let (scheme, rest) = found.unwrap_or((&[], bytes));
    let (rest, _) = cut(rest, b'?');
    if !rest.starts_with(b"/") {
        if !scheme.is_empty() {
            return Ok(());
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let is_hierarchical = !scheme.is_empty() || !rest.starts_with(b"///");
    let path = match rest.strip_prefix(b"//").filter(|_| is_hierarchical) {
        None => rest,
        Some(rest) => {
            let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            check_authority(scheme, authority)?;
            path
        }
    };
    unescape(path, Place::Other).map(drop)
}

fn check_authority(scheme: &[u8], authority: &[u8]) -> Result<(), String> {
    let at = authority.iter().rposition(|byte| *byte == b'@');
    let (user, host) = at.and_then(|at| authority.split_at_checked(at)).map_or((None, authority), |(user, host)| (Some(user), host));
    let host = if user.is_some() { host.get(1..).unwrap_or_default() } else { host };
    check_host(scheme, host)?;
    let Some(user) = user else { return Ok(()) };
    let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !user.iter().all(is_fit) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    unescape(user, Place::Other).map(drop)
}

fn check_host(scheme: &[u8], host: &[u8]) -> Result<(), String> {
    // an address in brackets is no host of STS, however it is written
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {
            let end = host.iter().rposition(|byte| *byte == b']').ok_or("missing ']' in host")?;
            return check_port(host.get(end + 1..).unwrap_or_default());
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    let colon = |byte: &u8| *byte == b':';
    let is_strict = scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"http");
    let at = if is_strict { host.iter().position(colon) } else { host.iter().rposition(colon) };
    check_port(at.and_then(|at| host.get(at..)).unwrap_or_default())?;
    unescape(host, Place::Host).map(drop)
}

/// Nothing, or a colon and digits.
fn check_port(port: &[u8]) -> Result<(), String> {
    let is_fit = port.strip_prefix(b":").map_or_else(|| port.is_empty(), |digits| digits.iter().all(u8::is_ascii_digit));
    if is_fit { Ok(()) } else { Err(format!("invalid port {} after host", quote(&text(port)))) }
}

/// Where an escape stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Host,
    Query,
    Other,
}

/// Undoes escapes, or says what Go says of the first that is none.
fn unescape(bytes: &[u8], place: Place) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'%' => {
                let escaped = after.get(..2).and_then(|digits| Some(hex(*digits.first()?)? << 4 | hex(*digits.get(1)?)?));
                let shown = || text(&[b"%", after.get(..after.len().min(2)).unwrap_or_default()].concat());
                let Some(value) = escaped else { return Err(format!("invalid URL escape {}", quote(&shown()))) };
                if place == Place::Host && value < 0x80 && value != b'%' {
                    return Err(format!("invalid URL escape {}", quote(&shown())));
                }
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            b'+' if place == Place::Query => out.push(b' '),
            _ if place == Place::Host && byte.is_ascii() && !is_of_host(*byte) => {
                return Err(format!("invalid character {} in host name", quote(&text(&[*byte]))));
            }
            _ => out.push(*byte),
        }
    }
    Ok(out)
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Undone where it can be, as it stands where not.
fn lenient(bytes: &[u8], is_query: bool) -> String {
    let place = if is_query { Place::Query } else { Place::Other };
    unescape(bytes, place).map_or_else(|_| text(bytes), |bytes| text(&bytes))
}

/// The parameters, and whether Go finds the whole malformed.
fn parameters(query: &[u8]) -> (Vec<Parameter>, bool) {
    let mut is_malformed = false;
    let mut found = Vec::new();
    for (position, piece) in query.split(|byte| *byte == b'&').enumerate() {
        if position >= MOST_PARAMETERS {
            return (found, true);
        }
        if piece.is_empty() {
            continue;
        }
        let (name, value) = cut(piece, b'=');
        let value = value.unwrap_or_default();
        is_malformed |= piece.contains(&b';') || unescape(name, Place::Query).is_err() || unescape(value, Place::Query).is_err();
        let name = lenient(name, true);
        let value = if is_secret(&name, value) { MASK.to_owned() } else { hidden(&lenient(value, true)) };
        found.push(Parameter { name: hidden(&name), value });
    }
    (found, is_malformed)
}

/// The names of what is secret, in small letters.
const SECRET: [&str; 2] = ["signature", "security-token"];

/// Whether the value of a parameter is not to be shown: by its name, or for its length where the name is none of a request.
fn is_secret(name: &str, value: &[u8]) -> bool {
    /// Whatever is longer may be a session token under another name.
    const LONG: usize = 100;
    let name = name.to_ascii_lowercase();
    let is_known = super::check::KNOWN.contains(&name.as_str());
    !value.is_empty() && (SECRET.iter().any(|word| name.contains(word)) || !is_known && value.len() > LONG)
}

/// A text without secrets that came to stand where they do not belong: what follows the name of one, and what looks like a
/// signature.
fn hidden(text: &str) -> String {
    /// A signature has 64.
    const DIGITS: usize = 40;
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(left) = lower.get(rest..).filter(|left| !left.is_empty()) {
        let named = SECRET.iter().find_map(|word| {
            let after = left.strip_prefix(word)?;
            let after = after.strip_prefix('=').or_else(|| after.strip_prefix("%3d"))?;
            Some((left.len() - after.len(), after.find(['&', ';', '#', '"', ' ']).unwrap_or(after.len())))
        });
        let digits = left.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (shown, gone) = match named {
            Some(found) => found,
            None if digits >= DIGITS => (0, digits),
            None if digits > 0 => (digits, 0),
            None => (left.chars().next().map_or(1, char::len_utf8), 0),
        };
        out.push_str(text.get(rest..rest + shown).unwrap_or_default());
        if gone > 0 {
            out.push_str(MASK);
        }
        rest += shown + gone;
    }
    out
}

/// A URL without its secrets: signature and session token masked, and a password before the host.
fn masked(bytes: &[u8]) -> String {
    let (before, query) = cut(bytes, b'?');
    let mut out = text(before);
    if let (Some(start), Some(end)) = (out.find("//"), out.rfind('@'))
        && start + 2 < end
    {
        out.replace_range(start + 2..end, MASK);
    }
    let Some(query) = query else { return hidden(&out) };
    for (position, piece) in query.split(|byte| *byte == b'&').enumerate() {
        out.push(if position == 0 { '?' } else { '&' });
        let (name, value) = cut(piece, b'=');
        out.push_str(&text(name));
        let Some(value) = value else { continue };
        let shown = if is_secret(&lenient(name, true), value) { MASK.to_owned() } else { text(value) };
        let _ = write!(out, "={shown}");
    }
    hidden(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_for_no_url() {
        for (url, why) in [
            ("https://sts.us-east-1.amazonaws.com/?a=b", ""),
            ("", ""),
            ("*", ""),
            ("mailto:x", ""),
            ("//host/x", ""),
            ("https://user:word@host/", ""),
            ("https://h\x01/", "net/url: invalid control character in URL"),
            (":x", "missing protocol scheme"),
            ("1https://x", "first path segment in URL cannot contain colon"),
            ("https://x/%zz?y", "invalid URL escape \"%zz\""),
            ("https://x/%2", "invalid URL escape \"%2\""),
            ("https://x:80a/", "invalid port \":80a\" after host"),
            ("https://x:1:2/", "invalid port \":1:2\" after host"),
            ("https://x y/", "invalid character \" \" in host name"),
            ("https://x%41/", "invalid URL escape \"%41\""),
            ("https://a b@x/", "net/url: invalid userinfo"),
            ("https://[::1/", "missing ']' in host"),
            ("https://[::1]x/", "invalid port \"x\" after host"),
        ] {
            let refused = Address::read(url.as_bytes()).refused;
            assert_eq!(refused.as_deref().map_or("", |text| text.rsplit_once("\": ").unwrap().1), why, "{url}");
        }
        let refused = Address::read(b"https://x/#%z?X-Amz-Signature=abc").refused.unwrap();
        assert_eq!(refused, "parse \"https://x/#%z?X-Amz-Signature=…\": invalid URL escape \"%z?\"");
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let address = Address::read(
            b"https://me:hunter2@sts.x.y/?a=1&X-Amz-Signature=hunter2&x%2Damz-security-token=hunter2&b=1;X-Amz-Signature=hunter2#f",
        );
        assert!(!format!("{address:?}").contains("hunter2"), "{address:?}");
        assert_eq!(address.shown, "https://…@sts.x.y/?a=1&X-Amz-Signature=…&x%2Damz-security-token=…&b=1;X-Amz-Signature=…#f");
        assert!(address.is_malformed);
        assert_eq!((address.host.as_str(), address.path.as_str()), ("sts.x.y", "/"));
    }
}
