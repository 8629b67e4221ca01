//! What a text is.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Content, Decoded, Presented, note};
use crate::base::text::sanitise;
use crate::base::{Finding, Severity};
use crate::credential::{bootstrap, eks, jwt, pem, x509};

/// Reads a credential.
pub fn read(bytes: &[u8]) -> Decoded {
    if bytes.len() > jwt::LARGEST {
        let message = format!("the credential is {} bytes long: no server takes it", thousands(bytes.len()));
        let whole = vec![note("too-large", Severity::Error, message, "Give the token alone.")];
        return decoded("", bytes, bytes, Content::Opaque, whole);
    }
    if let Some(presented) = Presented::of_der(bytes) {
        return of_certificate(presented, bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    let given = text.trim_start_matches('\u{feff}').trim_matches(['\r', '\n']);
    if let Some(inner) = wrapped(given.trim()) {
        return of_text(&inner);
    }
    match bearer(given) {
        Some(token) => of_text(token),
        None => of_text(given),
    }
}

/// What follows `Bearer`, as a header of a request has it.
fn bearer(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = strip(text, "authorization:").map_or(text, str::trim_start);
    strip(text, "bearer ").map(str::trim)
}

/// A text without what it begins with, whatever the case.
fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// The answer of a credential plugin (ExecCredential) or of the API server (TokenRequest).
#[derive(Deserialize)]
struct Answer {
    kind: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
}

/// The credential in an answer, or in base64 as a kubeconfig has a certificate.
fn wrapped(text: &str) -> Option<String> {
    const PEM: &str = "LS0tLS1CRUdJTi"; // -----BEGIN
    if text.starts_with('{') {
        let answer: Answer = serde_json::from_str(text).ok()?;
        let is_known = matches!(answer.kind.as_str(), "ExecCredential" | "TokenRequest");
        let token = answer.status.token.filter(|token| !token.is_empty());
        return token.or(answer.status.client_certificate_data).filter(|_| is_known);
    }
    if !text.starts_with(PEM) {
        return None;
    }
    let one: String = text.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(one).ok()?).ok()
}

fn of_text(given: &str) -> Decoded {
    let text = given.trim();
    if text.contains("-----BEGIN ") {
        return of_pem(text);
    }
    if eks::is_like(text) {
        // blanks around it count for the server, but for line breaks at its end
        let token = eks::Token::read(given);
        let start = if token.has_prefix { eks::PREFIX } else { "" };
        return decoded(start, text.as_bytes(), text.as_bytes(), Content::Eks(Box::new(token)), Vec::new());
    }
    if jwt::is_like(text) {
        let token = jwt::Token::read(text);
        return decoded("eyJ", text.as_bytes(), text.as_bytes(), Content::Jwt(Box::new(token)), Vec::new());
    }
    if let Some(token) = bootstrap::Token::read(text) {
        let start = format!("{}.", token.id);
        return decoded(&start, text.as_bytes(), text.as_bytes(), Content::Bootstrap(token), Vec::new());
    }
    let whole = of_opaque(text);
    decoded("", text.as_bytes(), text.as_bytes(), Content::Opaque, whole)
}

fn of_opaque(text: &str) -> Vec<Finding> {
    let new = "Get a new one: log in again.";
    if text.is_empty() {
        return vec![note("empty", Severity::Error, "the credential is empty", new)];
    }
    if text.starts_with('{') || text.contains("\nkind: ") || text.starts_with("apiVersion: ") {
        let is_kubeconfig = text.contains("current-context") || text.contains("\nusers:") || text.contains("\"users\"");
        let (message, fix) = if is_kubeconfig {
            (
                "this is a kubeconfig, and not a credential",
                "Show what a context of it presents: whycan token show --kubeconfig FILE --context NAME",
            )
        } else {
            (
                "this is an object, and no credential stands where one is looked for: it may be cut short",
                "Give the token alone, or the whole ExecCredential.",
            )
        };
        return vec![note("no-credential", Severity::Error, message, fix)];
    }
    if text.contains(char::is_whitespace) {
        // the authenticator for bearer tokens takes the word after Bearer alone
        let message = "the credential has blanks in it: a server takes what stands before the first";
        return vec![note("several-words", Severity::Error, message, "Give the token as one word.")];
    }
    Vec::new()
}

fn of_pem(text: &str) -> Decoded {
    let problem = match Presented::of_pem(text.as_bytes()) {
        Ok(presented) => return of_certificate(presented, text.as_bytes()),
        Err(problem) => problem,
    };
    let is_key = pem::blocks(text.as_bytes()).iter().any(|block| block.label.ends_with("PRIVATE KEY"));
    let found = if is_key && problem == x509::Problem::NoCertificate {
        let message = "the credential is a private key, which is presented to nobody: it signs for the certificate beside it";
        note("private-key", Severity::Info, message, "Give the certificate.")
    } else {
        note("no-certificate", Severity::Error, format!("the credential {problem}"), "Get it again: it may be cut short.")
    };
    decoded("", text.as_bytes(), text.as_bytes(), Content::Opaque, vec![found])
}

fn of_certificate(presented: Presented, given: &[u8]) -> Decoded {
    let start = format!("certificate {} ", sanitise(&presented.certificate.who()));
    let der = presented.chain.first().cloned().unwrap_or_default();
    decoded(&start, given, &der, Content::X509(Box::new(presented)), Vec::new())
}

fn decoded(start: &str, given: &[u8], hashed: &[u8], content: Content, notes: Vec<Finding>) -> Decoded {
    let digest = ring::digest::digest(&ring::digest::SHA256, hashed);
    let sha256 = digest.as_ref().iter().take(6).fold(String::with_capacity(12), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    });
    let masked = format!("{start}… ({} characters, sha256 {sha256})", thousands(given.len()));
    Decoded { masked, sha256, length: given.len(), content, notes }
}

/// `1,234`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
