//! What can be wrong with TLS.

use rustls::{AlertDescription, CertificateError, Error};

use crate::base::Failure;
use crate::base::text::sanitise;

/// The sentence for an error of TLS.
pub fn of_error(server: &str, error: &Error) -> Failure {
    match error {
        Error::InvalidCertificate(error) => of_certificate(server, error),
        Error::AlertReceived(alert) => of_alert(server, *alert),
        Error::InvalidMessage(_) => Failure::failed(format!("{server} does not speak TLS"))
            .hint("Check the server's URL in the kubeconfig: http:// and https:// may be mixed up, or another service stands there."),
        Error::PeerIncompatible(_) => Failure::failed(format!("{server} speaks no version of TLS that whycan does (1.2 and 1.3)"))
            .hint("Update the server, or reach it through a newer proxy."),
        other => Failure::failed(format!("TLS with {server} fails: {}", sanitise(&other.to_string())))
            .hint("Check the cluster's certificate authority in the kubeconfig."),
    }
}

fn of_certificate(server: &str, error: &CertificateError) -> Failure {
    let failed = |why: String| Failure::failed(format!("the certificate of {server} {why}"));
    match error {
        CertificateError::Expired => failed("has expired".to_owned()).hint("Renew the API server's certificate."),
        CertificateError::ExpiredContext { not_after, .. } => {
            failed(format!("has expired, on {}", day(not_after.as_secs()))).hint("Renew the API server's certificate.")
        }
        CertificateError::NotValidYet => failed("is not valid yet".to_owned()).hint("Check the clock of this machine."),
        CertificateError::NotValidYetContext { not_before, .. } => {
            failed(format!("is not valid before {}", day(not_before.as_secs()))).hint("Check the clock of this machine.")
        }
        CertificateError::NotValidForName => {
            failed("is for another host".to_owned()).hint("Use a name that it has, or set tls-server-name in the kubeconfig.")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().map(|name| readable(name)).take(5).collect();
            let names = if names.is_empty() { "no name at all".to_owned() } else { sanitise(&names.join(", ")).into_owned() };
            failed(format!("is for another host: it has {names}")).hint("Use a name that it has, or set tls-server-name in the kubeconfig.")
        }
        // an authority of the same name with another key: every kubeadm cluster has one
        CertificateError::UnknownIssuer | CertificateError::BadSignature => failed(
            "is signed by an authority that the kubeconfig does not trust".to_owned(),
        )
        .hint("Check certificate-authority-data of the cluster: the cluster may have been built anew, or a proxy answers in its place."),
        CertificateError::Revoked => failed("has been revoked".to_owned()).hint("Renew the API server's certificate."),
        other => failed(format!("cannot be verified ({})", sanitise(&format!("{other:?}").to_lowercase())))
            .hint("Check certificate-authority-data of the cluster."),
    }
}

/// `DnsName("localhost")` and `IpAddress(127.0.0.1)` without what they are wrapped in.
fn readable(name: &str) -> &str {
    let inside = name.split_once('(').map_or(name, |(_, inside)| inside.trim_end_matches(')'));
    inside.trim_matches('"')
}

/// What a server says of our certificate.
fn of_alert(server: &str, alert: AlertDescription) -> Failure {
    let why = match alert {
        AlertDescription::CertificateExpired => "has expired",
        AlertDescription::CertificateRevoked => "has been revoked",
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::DecryptError
        | AlertDescription::AccessDenied => "is not one that it trusts",
        AlertDescription::CertificateRequired => {
            return Failure::failed(format!("{server} takes nobody without a client certificate"))
                .hint("Get a kubeconfig with a client certificate for this cluster, or reach the server without what demands it.");
        }
        other => {
            return Failure::failed(format!("{server} ends TLS: {}", format!("{other:?}").to_lowercase()))
                .hint("Check the server's URL and tls-server-name in the kubeconfig.");
        }
    };
    Failure::failed(format!("{server} refuses our client certificate: it {why}"))
        .hint("Get a new kubeconfig or certificate for this cluster.")
}

/// `2026-03-01`
fn day(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| "an unknown day".to_owned(), |time| time.to_string().split('T').next().unwrap_or_default().to_owned())
}
