//! What is wrong with the certificates, keys and tokens of a kubeconfig.
//!
//! As in [`kubeconfig::lint`](crate::kubeconfig::lint), a finding is made only when it is certainly so: a file that could
//! not be read gives none here, and neither does time where it is not known. [`CODES`] lists the codes.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use super::key;
use super::x509::{self, Certificate};
use super::{Content, Decoded};
use crate::base::Finding;
use crate::base::text::sanitise;
use crate::kubeconfig::lint::part::Part;
use crate::kubeconfig::lint::{Surroundings, in_order};
use crate::kubeconfig::{Cluster, Data, Kubeconfig, User};

/// Each code with what it means. Scripts rely on them: a code is never given another meaning.
pub const CODES: [(&str, &str); 11] = [
    ("authority-cannot-sign", "a certificate authority is a certificate that can have signed none"),
    ("certificate-not-for-clients", "a client certificate is not made for clients"),
    ("expired", "a certificate or token has expired"),
    ("expires-soon", "a certificate expires within 30 days"),
    ("key-encrypted", "a client key is encrypted, which clients do not take"),
    ("key-of-another-certificate", "a client key does not belong to the client certificate"),
    ("no-certificate", "where a certificate should be is none in PEM"),
    ("no-key", "where a client key should be is none in PEM"),
    ("not-yet-valid", "a certificate is not valid yet"),
    ("token-file-empty", "a token file holds nothing"),
    ("token-in-file", "a token that lives long stands in a kubeconfig"),
];

/// What is soon, and what lives long.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Everything about certificates, keys and tokens, in the order of [`kubeconfig::lint`](crate::kubeconfig::lint).
pub fn lint(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Vec<Finding> {
    let clusters = kubeconfig.clusters().iter().flat_map(|cluster| of_cluster(cluster, surroundings));
    let users = kubeconfig.users().iter().flat_map(|user| of_user(user, surroundings));
    let mut findings = clusters.chain(users).collect();
    in_order(&mut findings);
    findings
}

fn of_cluster(cluster: &Cluster, surroundings: &Surroundings) -> Vec<Finding> {
    let Some(data) = &cluster.certificate_authority else { return Vec::new() };
    let Some(bytes) = surroundings.bytes(data) else { return Vec::new() };
    let part = Part::from(cluster).at(field(data, "certificate-authority", "certificate-authority-data"));
    let what = "certificate authority";
    let all = match x509::certificates(bytes) {
        Ok(all) => all,
        Err(problem) => {
            let fix = "Get the cluster's kubeconfig again: what stands there may be cut short, or encoded twice.";
            return vec![part.error("no-certificate", &format!("has a {what} that {problem}"), fix)];
        }
    };
    let mut findings = Vec::new();
    // an old authority beside its successor is what a change of them looks like
    let is_over = |certificate: &Certificate| surroundings.now.is_some_and(|now| certificate.not_after < now);
    let counts: Vec<&Certificate> = all.iter().filter(|certificate| !is_over(certificate)).collect();
    match (counts.as_slice(), all.last()) {
        ([], Some(last)) => findings.extend(of_time(part, what, last, surroundings.now)),
        ([only], _) => findings.extend(of_time(part, what, only, surroundings.now)),
        _ => {}
    }
    if let [first, ..] = all.as_slice()
        && !all.iter().any(Certificate::may_sign)
    {
        let what = format!("has a {what}, {}, that is none: it fits no server but one that shows this very certificate", named(first));
        let fix = "Set certificate-authority-data to the certificate of who signed the server's.";
        findings.push(part.warning("authority-cannot-sign", &what, fix));
    }
    findings
}

fn of_user(user: &User, surroundings: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let certificate = user.client_certificate.as_ref().and_then(|data| of_certificate(user, data, surroundings, &mut findings));
    // client-go looks at the key only beside a certificate
    if let (Some(_), Some(data)) = (&user.client_certificate, &user.client_key) {
        findings.extend(of_key(user, data, certificate.as_ref(), surroundings));
    }
    findings.extend(of_token(user, surroundings));
    findings
}

fn of_certificate(user: &User, data: &Data, surroundings: &Surroundings, findings: &mut Vec<Finding>) -> Option<Certificate> {
    let part = Part::from(user).at(field(data, "client-certificate", "client-certificate-data"));
    let what = "client certificate";
    match x509::presented(surroundings.bytes(data)?) {
        Err(problem) => {
            let fix = "Get the user's kubeconfig again: what stands there may be cut short, or encoded twice.";
            findings.push(part.error("no-certificate", &format!("has a {what} that {problem}"), fix));
            None
        }
        Ok(certificate) => {
            findings.extend(of_time(part, what, &certificate, surroundings.now));
            // the API server verifies for this use (DefaultVerifyOptions)
            if !certificate.is_for_clients() {
                let usages = certificate.extended_usages.as_deref().unwrap_or_default().join(" and ");
                let what = format!("has a {what}, {}, that is made for {}, and not for clientAuth", named(&certificate), sanitise(&usages));
                let fix = "Get a certificate with the extended key usage clientAuth: servers refuse this one.";
                findings.push(part.error("certificate-not-for-clients", &what, fix));
            }
            Some(certificate)
        }
    }
}

fn of_key(user: &User, data: &Data, certificate: Option<&Certificate>, surroundings: &Surroundings) -> Option<Finding> {
    let part = Part::from(user).at(field(data, "client-key", "client-key-data"));
    let fix = "Set the key that the certificate was made with.";
    match key::private(surroundings.bytes(data)?) {
        Err(key::Problem::Encrypted) => {
            let fix = "Decrypt it: openssl pkey -in KEY -out DECRYPTED";
            Some(part.error("key-encrypted", "has a client key that is encrypted, which clients do not take", fix))
        }
        Err(problem) => Some(part.error("no-key", &format!("has a client key that {problem}"), fix)),
        Ok(key) => {
            let fits = key?.fits(certificate?)?;
            let what = "has a client key that does not belong to its certificate";
            (!fits).then(|| part.error("key-of-another-certificate", what, fix))
        }
    }
}

fn of_token(user: &User, surroundings: &Surroundings) -> Option<Finding> {
    if let Some(token) = &user.token {
        // a file that can be read wins over it
        let part = Part::from(user).at("token");
        let counts = user.token_file.is_none();
        return of_inline(part, &Decoded::read(token.expose_secret().as_bytes()), surroundings.now, counts);
    }
    let path = user.token_file.as_deref()?;
    let part = Part::from(user).at("tokenFile");
    let text = surroundings.content(path)?.trim_ascii();
    if text.is_empty() {
        let what = format!("has its token in {}, which is empty", sanitise(path));
        return Some(part.error("token-file-empty", &what, "Get the token again."));
    }
    expired(part, &Decoded::read(text), surroundings.now)
}

fn of_inline(part: Part<'_>, token: &Decoded, now: Option<Timestamp>, counts: bool) -> Option<Finding> {
    if let Some(expired) = expired(part, token, now).filter(|_| counts) {
        return Some(expired);
    }
    let fix = "Use a plugin, or a tokenFile with a token that ends: kubectl create token SERVICEACCOUNT";
    match &token.content {
        Content::Jwt(token) => match token.expires_at() {
            None => Some(part.warning("token-in-file", "has a token in the file that never ends: whoever reads the file can use it", fix)),
            Some(end) if end.duration_since(now?) > SOON => {
                let what = format!("has a token in the file that ends only on {}: whoever reads the file can use it", date(end));
                Some(part.info("token-in-file", &what, fix))
            }
            Some(_) => None,
        },
        Content::Opaque | Content::Bootstrap(_) | Content::X509(_) => {
            Some(part.info("token-in-file", "has a token in the file: whoever reads the file can use it until it is revoked", fix))
        }
        // it ends within 15 minutes
        Content::Eks(_) => None,
    }
}

/// A token that says that its time is over.
fn expired(part: Part<'_>, token: &Decoded, now: Option<Timestamp>) -> Option<Finding> {
    let end = token.expires_at().filter(|end| now.is_some_and(|now| *end <= now))?;
    Some(part.error("expired", &format!("has a token that expired on {}", date(end)), "Get a new one: log in again."))
}

/// What is wrong with the time of a certificate.
fn of_time(part: Part<'_>, what: &str, certificate: &Certificate, now: Option<Timestamp>) -> Option<Finding> {
    let now = now?;
    let (from, end) = (certificate.not_before, certificate.not_after);
    let name = named(certificate);
    let renew = "Get the kubeconfig again from who runs the cluster.";
    if end < now {
        Some(part.error("expired", &format!("has a {what}, {name}, that expired on {}", date(end)), renew))
    } else if now < from {
        let fix = "Check the clock of this machine.";
        Some(part.error("not-yet-valid", &format!("has a {what}, {name}, that is valid only from {}", date(from)), fix))
    } else if end.duration_since(now) <= SOON && end.duration_since(from) > SOON {
        // what is made for a short time is renewed by whoever makes it
        Some(part.info("expires-soon", &format!("has a {what}, {name}, that expires on {}", date(end)), renew))
    } else {
        None
    }
}

/// A certificate as a sentence names it.
fn named(certificate: &Certificate) -> String {
    if certificate.subject.is_empty() { "without a name".to_owned() } else { sanitise(&certificate.subject).into_owned() }
}

/// `2027-01-31 08:00 UTC`.
fn date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The field that data stands in.
fn field(data: &Data, file: &'static str, inline: &'static str) -> &'static str {
    match data {
        Data::Inline(_) => inline,
        Data::File(_) => file,
    }
}

#[cfg(test)]
mod tests;
