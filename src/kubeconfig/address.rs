//! Where a cluster's server is: scheme, host and port of its URL.

use std::net::IpAddr;

/// The parts of a server's URL that tell where it is; without user and password, which may stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Whether the URL has https; what has no scheme is http to client-go.
    pub is_tls: bool,
    /// The host, an IPv6 address without its brackets.
    pub host: &'a str,
    /// The port, when the URL has one.
    pub port: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// The address of a server; of what is no URL, what stands at the place of the host.
    pub fn of(server: &'a str) -> Self {
        let (scheme, rest) = server.split_once("://").unwrap_or(("http", server));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        Self { is_tls: scheme.eq_ignore_ascii_case("https"), host, port: port.filter(|port| !port.is_empty()) }
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
    }

    /// Whether it is this machine or a network that no router leads to, as that of a virtual machine.
    pub fn is_near(&self) -> bool {
        let is_private = |ip: IpAddr| matches!(ip, IpAddr::V4(ip) if ip.is_private());
        self.is_loopback()
            || matches!(self.host, "kubernetes.docker.internal" | "host.docker.internal")
            || self.host.parse().is_ok_and(is_private)
    }
}

/// `HOST:PORT`, or the host where the URL has no port.
impl std::fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        match self.port {
            Some(port) => write!(f, "{host}:{port}"),
            None => f.write_str(&host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_urls() {
        for (server, address, is_tls, is_near) in [
            ("https://127.0.0.1:36443", "127.0.0.1:36443", true, true),
            ("https://me:secret@acme.example:6443/k8s?x#y", "acme.example:6443", true, false),
            ("HTTPS://acme.example", "acme.example", true, false),
            ("http://[::1]:8080", "[::1]:8080", false, true),
            ("acme.example:6443", "acme.example:6443", false, false),
            ("https://0.0.0.0:6550", "0.0.0.0:6550", true, true),
            ("https://192.168.49.2:8443", "192.168.49.2:8443", true, true),
            ("https://kubernetes.docker.internal:6443", "kubernetes.docker.internal:6443", true, true),
            ("", "", false, false),
            ("://", "", false, false),
        ] {
            let found = Address::of(server);
            assert_eq!((found.to_string().as_str(), found.is_tls, found.is_near()), (address, is_tls, is_near), "{server}");
        }
    }
}
