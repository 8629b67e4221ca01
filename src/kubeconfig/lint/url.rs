//! What Go's `net/url` takes for no URL, as far as it is worth telling; never with the URL, which may hold a password.

/// What is wrong with a URL, as it goes on after `it`.
pub fn flaw(url: &str) -> Option<&'static str> {
    if url.chars().any(|c| c.is_ascii_control()) {
        return Some("holds a control character");
    }
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = match authority.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            None => return Some("has an opening bracket and no closing one"),
            Some((_, after)) => after,
        },
        None => authority.find(':').and_then(|at| authority.get(at..)).unwrap_or_default(),
    };
    if authority.contains(' ') {
        return Some("has a space in the host");
    }
    // an empty port is one to Go
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()));
    (!port.is_empty() && !is_port(port)).then_some("has a port that is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As kubectl 1.36 takes and refuses them for `server` and `proxy-url`.
    #[test]
    fn urls_that_go_refuses() {
        for (url, is_url) in [
            ("https://host", true),
            ("https://me:p%40ss@host:6443/k8s?x#y", true),
            ("https://[::1]:6443", true),
            ("https://[::1]", true),
            ("https://host:", true),
            ("host:6443", true),
            ("http://", true),
            ("", true),
            ("https://a b", false),
            ("https://host:x", false),
            ("https://a:b:c", false),
            ("https://[::1", false),
            ("https://[::1]x", false),
            ("https://host\u{7f}", false),
            ("https://host\n", false),
        ] {
            assert_eq!(flaw(url).is_none(), is_url, "{url:?} {:?}", flaw(url));
        }
    }
}
