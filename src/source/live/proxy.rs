//! Which proxy leads to a cluster: the kubeconfig's, else the environment's, as Go reads it.

use std::net::IpAddr;

use http::Uri;

use crate::base::Failure;
use crate::base::text::sanitise;

/// The proxy for `server`, if any. An explicit `proxy-url` wins over everything, `NO_PROXY` included.
///
/// # Errors
/// When a proxy is given that is none.
pub fn choose(server: &Uri, explicit: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Uri>, Failure> {
    if let Some(url) = explicit.filter(|url| !url.is_empty()) {
        return read(url, "proxy-url of the kubeconfig").map(Some);
    }
    let either = |upper: &str| {
        let value = variable(upper).or_else(|| variable(&upper.to_lowercase()));
        value.filter(|value| !value.trim().is_empty())
    };
    let name = if server.scheme_str() == Some("http") { "HTTP_PROXY" } else { "HTTPS_PROXY" };
    match either(name) {
        Some(url) if !is_excepted(server, &either("NO_PROXY").unwrap_or_default()) => read(url.trim(), name).map(Some),
        _ => Ok(None),
    }
}

fn read(url: &str, from: &str) -> Result<Uri, Failure> {
    let wrong = || {
        Failure::failed(format!("the proxy of {from} cannot be used: `{}`", sanitise(&without_secret(url))))
            .hint("Give a URL that begins with http://, https:// or socks5://.")
    };
    // Go takes a bare host for an HTTP proxy
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    // there is no way to look a name up on this side only for socks5 here, so both mean the same
    let url = url.strip_prefix("socks5h://").map(|rest| format!("socks5://{rest}")).unwrap_or(url);
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let known = matches!(uri.scheme_str(), Some("http" | "https" | "socks5")) && uri.host().is_some_and(|host| !host.is_empty());
    if known { Ok(uri) } else { Err(wrong()) }
}

/// A URL without user and password.
///
/// A password that should have been written with percent signs may hold anything, a slash too, and the URL is then none:
/// all that stands before the last `@` goes, but for the scheme.
pub fn without_secret(url: &str) -> String {
    let Some((before, host)) = url.rsplit_once('@') else { return url.to_owned() };
    let is_scheme = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    match before.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => format!("{scheme}://{host}"),
        _ => host.to_owned(),
    }
}

/// A part of a URL without its percent signs.
pub fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `NO_PROXY` as Go's `httpproxy` reads it; the cluster's host counts, not the proxy's.
fn is_excepted(server: &Uri, list: &str) -> bool {
    let host = server.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    if is_loopback(&host) {
        return true;
    }
    let default = if server.scheme_str() == Some("http") { 80 } else { 443 };
    let port = server.port_u16().unwrap_or(default);
    let ip: Option<IpAddr> = host.parse().ok();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let (Some((network, bits)), Some(ip)) = (entry.split_once('/'), ip) {
            return network.parse().ok().zip(bits.parse().ok()).is_some_and(|(network, bits)| is_within(ip, network, bits));
        }
        let (name, wanted) = match entry.rsplit_once(':') {
            Some((name, number)) if !name.contains(':') || name.ends_with(']') => (name, number.parse::<u16>().ok()),
            _ => (entry.as_str(), None),
        };
        if wanted.is_some_and(|wanted| wanted != port) {
            return false;
        }
        let name = name.trim_start_matches('[').trim_end_matches(']');
        if let Some(ip) = ip {
            return name.parse::<IpAddr>().is_ok_and(|excepted| excepted == ip);
        }
        // `.example.com` is for those below, `example.com` for itself too
        let bare = name.trim_start_matches("*.").trim_start_matches('.');
        let is_below = host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'));
        is_below || (host == bare && !name.starts_with('.') && !name.starts_with('*'))
    })
}

fn is_within(ip: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(ip) & mask == u32::from(network) & mask
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(ip) & mask == u128::from(network) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(server: &str, explicit: Option<&str>, variables: &[(&str, &str)]) -> String {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        match choose(&server.parse().unwrap(), explicit, variable) {
            Ok(Some(uri)) => uri.to_string(),
            Ok(None) => "none".to_owned(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn the_kubeconfig_wins_over_the_environment() {
        let environment = [("HTTPS_PROXY", "http://env:1"), ("NO_PROXY", "*")];
        assert_eq!(chosen("https://c", Some("socks5://file:2"), &environment), "socks5://file:2/");
        assert_eq!(chosen("https://c", None, &environment), "none");
        assert_eq!(chosen("https://c", None, &[("https_proxy", "env:1")]), "http://env:1/");
        assert_eq!(chosen("http://c", None, &[("https_proxy", "env:1")]), "none");
        assert_eq!(chosen("http://c", None, &[("HTTP_PROXY", "env:1")]), "http://env:1/");
        assert_eq!(chosen("https://127.0.0.1:6443", None, &[("HTTPS_PROXY", "env:1")]), "none");
    }

    #[test]
    fn exceptions_are_about_the_cluster() {
        for (server, list, proxied) in [
            ("https://api.example.com", "localhost,", true),
            ("https://api.example.com", "example.com", false),
            ("https://example.com", "example.com", false),
            ("https://example.com", ".example.com", true),
            ("https://badexample.com", "example.com", true),
            ("https://api.example.com", "*.example.com", false),
            ("https://api.example.com:6443", "api.example.com:443", true),
            ("https://api.example.com:6443", "api.example.com:6443", false),
            ("https://10.1.2.3", "10.0.0.0/8", false),
            ("https://11.1.2.3", "10.0.0.0/8", true),
            ("https://11.1.2.3", "0.0.0.0/0", false),
            ("https://[2001:db8::1]:6443", "2001:db8::/32", false),
            ("https://[2001:db8::1]:6443", "[2001:db8::1]:6443", false),
            ("https://10.1.2.3", "10.1.2.3", false),
        ] {
            let found = chosen(server, None, &[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", list)]);
            assert_eq!(found != "none", proxied, "{server} {list}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_said_without_its_password() {
        let told = chosen("https://c", Some("ftp://me:secret@x"), &[]);
        assert_eq!(told, "the proxy of proxy-url of the kubeconfig cannot be used: `ftp://x`");
        let told = chosen("https://c", None, &[("HTTPS_PROXY", r"corp\me:secret@proxy:8080")]);
        assert_eq!(told, "the proxy of HTTPS_PROXY cannot be used: `proxy:8080`");
    }

    #[test]
    fn a_secret_is_dropped_whatever_it_holds() {
        for (url, shown) in [
            ("https://c:6443/k8s/clusters/one", "https://c:6443/k8s/clusters/one"),
            ("proxy:8080", "proxy:8080"),
            ("http://me:secret@proxy:8080/", "http://proxy:8080/"),
            ("http://me:sec/ret@proxy", "http://proxy"),
            ("http://me:se@c/ret@proxy", "http://proxy"),
            (r"corp\me:secret@proxy:8080", "proxy:8080"),
            ("me:secret://x@proxy", "proxy"),
            ("://secret@proxy", "proxy"),
        ] {
            assert_eq!(without_secret(url), shown, "{url}");
        }
    }
}
