//! What is wrong with one cluster: its server, its proxy, and whom it trusts.

use super::part::Part;
use super::url::flaw;
use crate::base::{Finding, Severity};
use crate::kubeconfig::{Address, Cluster};

/// What keeps it from being used, or surprises.
pub fn used(cluster: &Cluster) -> Vec<Finding> {
    let part = Part::from(cluster);
    let mut findings = part.given_twice(&cluster.given_twice);
    if cluster.server.is_empty() {
        findings.push(part.error("no-server", "has no server", "Set cluster.server, as https://HOST:PORT."));
    } else {
        let address = Address::of(&cluster.server);
        if !address.is_tls {
            let severity = if address.is_loopback() { Severity::Info } else { Severity::Warning };
            let what = "is reached without TLS: what is sent can be read on the way, and no credential is sent";
            findings.push(part.at("server").finding("plain-http", severity, what, "Write https:// in cluster.server."));
        }
    }
    // TLSConfigFor of client-go
    if cluster.insecure_skip_tls_verify && cluster.certificate_authority.is_some() {
        findings.push(part.at("insecure-skip-tls-verify").error(
            "authority-not-verified",
            "has a certificate authority and insecure-skip-tls-verify, which clients refuse",
            "Remove insecure-skip-tls-verify.",
        ));
    }
    if cluster.proxy_url.as_ref().is_some_and(|proxy| !has_known_scheme(proxy)) {
        let what = "has a proxy-url that begins with neither http://, https:// nor socks5://";
        findings.push(part.at("proxy-url").error("unknown-proxy", what, "Write the proxy as http://HOST:PORT, or remove proxy-url."));
    }
    findings.extend(part.shadows("shadowed-cluster", &cluster.shadowed));
    findings
}

fn has_known_scheme(proxy: &str) -> bool {
    let scheme = proxy.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "socks5"))
}

/// What else there is to say.
pub fn check(cluster: &Cluster) -> Vec<Finding> {
    let part = Part::from(cluster);
    let mut findings: Vec<Finding> = part.nameless("is that of every context that names none").into_iter().collect();
    if cluster.insecure_skip_tls_verify && cluster.certificate_authority.is_none() && Address::of(&cluster.server).is_tls {
        findings.push(part.at("insecure-skip-tls-verify").warning(
            "server-not-verified",
            "takes any server for the cluster: whoever stands in between gets the credential",
            "Set certificate-authority-data, and remove insecure-skip-tls-verify.",
        ));
    }
    // client-go takes a host alone too (DefaultServerURL); with a scheme, there must be a host
    if let Some(flaw) = flaw(&cluster.server).or_else(|| lacks_host(&cluster.server).then_some("names no host")) {
        let what = format!("has a server that is no URL: it {flaw}");
        findings.push(part.at("server").error("malformed-server", &what, "Set cluster.server, as https://HOST:PORT."));
    }
    let proxy = cluster.proxy_url.as_deref().filter(|proxy| has_known_scheme(proxy));
    if let Some(flaw) = proxy.and_then(flaw) {
        let what = format!("has a proxy-url that is no URL: it {flaw}");
        findings.push(part.at("proxy-url").error("malformed-proxy", &what, "Write the proxy as http://HOST:PORT, or remove proxy-url."));
    }
    findings
}

fn lacks_host(server: &str) -> bool {
    server.contains("://") && Address::of(server).host.is_empty()
}
