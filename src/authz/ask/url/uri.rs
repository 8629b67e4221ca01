//! A request URI, read as Go's `net/http` and `net/url` read it.

/// A request URI: the decoded path, and the query's parameters in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uri {
    pub path: String,
    parameters: Vec<(String, String)>,
}

const ESCAPE: &str = "a percent sign is not followed by two hexadecimal digits";

impl Uri {
    /// Reads a URI of a request line: a path, or a URL with scheme and host.
    pub fn read(method: &str, text: &str) -> Result<Self, &'static str> {
        if text.chars().any(|c| c == ' ' || c.is_ascii_control()) {
            return Err("it holds a blank or a control character");
        }
        if text == "*" {
            return Ok(Self { path: "*".to_owned(), parameters: Vec::new() });
        }
        // CONNECT is the one method that names a host alone
        let is_host = method == "CONNECT" && !text.starts_with('/');
        if text.is_empty() && !is_host {
            return Err("it is empty");
        }
        let with_scheme = if is_host { format!("http://{text}") } else { text.to_owned() };
        let (scheme, rest) = scheme(&with_scheme)?;
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !before.starts_with('/') {
            // `mailto:x`: a URL without a path
            return if scheme {
                Ok(Self { path: String::new(), parameters: parameters(query) })
            } else {
                Err("it does not begin with a slash")
            };
        }
        let path = if scheme && before.starts_with("//") { after_authority(before.get(2..).unwrap_or_default())? } else { before };
        Ok(Self { path: decode(path, false).ok_or(ESCAPE)?, parameters: parameters(query) })
    }

    /// The first value of a parameter.
    pub fn first(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }
}

/// Whether there is a scheme, and what comes after its colon.
fn scheme(text: &str) -> Result<(bool, &str), &'static str> {
    for (position, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if position > 0 => {}
            ':' if position == 0 => return Err("its scheme is missing"),
            ':' => return Ok((true, text.get(position + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Ok((false, text))
}

/// The path behind user, host and port.
fn after_authority(text: &str) -> Result<&str, &'static str> {
    let (authority, path) = text.find('/').map_or((text, ""), |slash| text.split_at(slash));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = if let Some(end) = host.rfind(']') {
        host.get(end + 1..).unwrap_or_default()
    } else {
        host.rfind(':').map_or("", |at| host.get(at..).unwrap_or_default())
    };
    let is_port = port.is_empty() || (port.starts_with(':') && port.chars().skip(1).all(|c| c.is_ascii_digit()));
    let is_host = host.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(c));
    if is_port && is_host { Ok(path) } else { Err("its host or port cannot be") }
}

/// The parameters; one that holds a semicolon or a bad escape is dropped.
fn parameters(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|parameter| !parameter.is_empty() && !parameter.contains(';'))
        .filter_map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            Some((decode(key, true)?, decode(value, true)?))
        })
        .collect()
}

/// Percent-decodes; in a query a plus is a blank. A byte that is no UTF-8 becomes a replacement character, each for itself.
fn decode(text: &str, is_query: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut input = text.bytes();
    while let Some(byte) = input.next() {
        bytes.push(match byte {
            b'%' => hex(input.next()?)? << 4 | hex(input.next()?)?,
            b'+' if is_query => b' ',
            byte => byte,
        });
    }
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                break;
            }
            Err(error) => {
                let (valid, bad) = rest.split_at(error.valid_up_to());
                out.push_str(&String::from_utf8_lossy(valid));
                out.push('\u{fffd}');
                rest = bad.get(1..).unwrap_or_default();
            }
        }
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
