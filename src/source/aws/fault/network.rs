//! The way to AWS: names, connections, TLS, proxies.

use std::error::Error as StdError;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use super::{At, Fault, regions};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::source::live::causes;

/// What is no answer of AWS.
pub fn garbage(status: u16, at: &At<'_>) -> Fault {
    Fault::failed(
        Failure::failed(format!("what answers for {} is not AWS (status {status})", at.place()))
            .hint(where_to_look(at, "Look for a proxy, a login page or a firewall on the way: HTTPS_PROXY, NO_PROXY.")),
    )
}

/// An error on the way.
pub fn of(error: &(dyn StdError + 'static), at: &At<'_>) -> Fault {
    let causes = causes(error);
    let place = at.place();
    let tls = causes.iter().find_map(|cause| cause.downcast_ref::<TlsError>());
    if let Some(tls) = tls {
        return Fault::failed(of_tls(tls, at));
    }
    let kind = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let texts: Vec<String> = causes.iter().map(ToString::to_string).collect();
    let has = |part: &str| texts.iter().any(|text| text.to_lowercase().contains(part));
    let check = "Check the network or VPN, and HTTPS_PROXY.";
    Fault::failed(match kind {
        _ if has("dns error") || has("failed to lookup address") || has("name or service not known") => {
            let hint = if regions::is_known(at.region) {
                where_to_look(at, "Check the network or VPN.")
            } else {
                format!("whycan knows no region {}: check its name, and the network.", at.region)
            };
            Failure::failed(format!("the name of {place} cannot be resolved")).hint(hint)
        }
        Some(io::ErrorKind::ConnectionRefused) => {
            Failure::failed(format!("nobody listens where {place} should be (connection refused)")).hint(where_to_look(at, check))
        }
        Some(
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof,
        ) => Failure::failed(format!("the connection to {place} was broken off")).hint("Try again; a proxy or firewall does this too."),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown) => {
            Failure::failed(format!("there is no way to {place}")).hint(check)
        }
        _ if has("timed out") || has("timeout") => return super::credentials::silent(at),
        _ if has("tunnel") || has("proxy") => {
            Failure::failed(format!("the proxy does not lead to {place}: {}", last(&texts))).hint("Check HTTPS_PROXY and NO_PROXY.")
        }
        _ if has("incomplete") || has("closed before") => {
            Failure::failed(format!("the connection to {place} was broken off")).hint("Try again; a proxy or firewall does this too.")
        }
        _ => Failure::failed(format!("cannot talk to {place}: {}", last(&texts))).hint(where_to_look(at, check)),
    })
}

fn last(texts: &[String]) -> String {
    let text = texts.last().map(String::as_str).unwrap_or_default();
    sanitise(text.split(" (os error").next().unwrap_or(text)).into_owned()
}

fn of_tls(error: &TlsError, at: &At<'_>) -> Failure {
    let place = at.place();
    match error {
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            let bundle = at.profiles.authorities(at.profile);
            let hint = match bundle {
                Some(path) => {
                    format!("`{}` does not hold it: add the authority of your proxy or endpoint there.", sanitise(&path.to_string_lossy()))
                }
                None => "If a proxy opens TLS here, name its authority: AWS_CA_BUNDLE=FILE.pem, or ca_bundle in the profile.".to_owned(),
            };
            Failure::failed(format!("the certificate of {place} is signed by an authority that is not trusted")).hint(hint)
        }
        TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            Failure::failed(format!("the certificate of {place} has expired"))
                .hint("Check the clock of this machine, and proxies on the way.")
        }
        TlsError::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            Failure::failed(format!("the certificate of {place} is not valid yet")).hint("Check the clock of this machine.")
        }
        TlsError::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            Failure::failed(format!("the certificate of {place} is for another host"))
                .hint(where_to_look(at, "Look for a proxy or a login page on the way."))
        }
        TlsError::InvalidMessage(_) => Failure::failed(format!("what answers for {place} does not speak TLS"))
            .hint(where_to_look(at, "Look for a proxy on the way: HTTPS_PROXY.")),
        other => Failure::failed(format!("TLS with {place} fails: {}", sanitise(&other.to_string())))
            .hint("Look for a proxy on the way: HTTPS_PROXY."),
    }
}

/// An endpoint of somebody's own is looked at first.
fn where_to_look(at: &At<'_>, otherwise: &str) -> String {
    let names = [if at.service == "STS" { "AWS_ENDPOINT_URL_STS" } else { "AWS_ENDPOINT_URL_EKS" }, "AWS_ENDPOINT_URL"];
    match names.into_iter().find(|name| at.profiles.variable(name).is_some()) {
        Some(name) => format!("{name} is set: check it, or unset it."),
        None => otherwise.to_owned(),
    }
}
