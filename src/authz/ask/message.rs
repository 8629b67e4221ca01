//! A pasted Forbidden message, with whatever stands around it.
//!
//! Source of the grammar: `apiserver/pkg/endpoints/handlers/responsewriters/errors.go` and `NewForbidden` of apimachinery;
//! what other layers say with the same status is told apart and not answered, as authorization had allowed that request.

mod denial;
mod elsewhere;
mod symptom;

use super::{Asked, Need, Part};
use crate::authz::Request;
use crate::base::{Failure, Name};
use denial::Denial;

/// Whether a text is a message rather than words of a request.
pub fn looks_like_one(text: &str) -> bool {
    ["forbidden", "cannot ", "denied the request"].iter().any(|mark| text.contains(mark)) || tells_of_symptom(text)
}

/// Whether a text is what clients, plugins, AWS or networks say when it does not come to authorization.
pub fn tells_of_symptom(text: &str) -> bool {
    symptom::find(text).is_some()
}

/// Whether a text holds a denial, whatever stands around it: the prompt and the command that met it, too.
pub fn holds_denial(text: &str) -> bool {
    !denials(text).is_empty()
}

/// The user of the first denial in a text.
pub fn user_of(text: &str) -> Option<Name> {
    denials(text).first().map(|denial| Name::new(&denial.username))
}

fn denials(text: &str) -> Vec<Denial> {
    let text = without_colours(text);
    let found = denial::all(&text);
    if !found.is_empty() {
        return found;
    }
    // a chat or a ticket breaks it into lines
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = denial::all(&folded);
    // logs quote the message in a string of their own
    if found.is_empty() { denial::all(&text.replace("\\\"", "\"").replace("\\\\", "\\")) } else { found }
}

/// Reads a message.
///
/// # Errors
/// When it is the message of another layer, or of none that is known.
pub fn read(text: &str) -> Result<Asked, Failure> {
    let denials = denials(text);
    let count = denials.len();
    let Some(first) = denials.into_iter().next() else {
        return Err(elsewhere::explain(&without_colours(text)));
    };
    let mut notes = notes(&first);
    if count > 1 {
        notes.push(format!("the first of {count} messages is answered"));
    }
    Ok(Asked {
        parts: vec![Part { request: first.request, need: Need::All, purpose: String::new() }],
        read_as: "Forbidden message".to_owned(),
        username: Some(Name::new(&first.username)),
        groups: Vec::new(),
        context: None,
        notes,
    })
}

fn notes(denial: &Denial) -> Vec<String> {
    let mut notes = Vec::new();
    if !denial.reason.is_empty() {
        notes.push(format!("the server's reason: {}", denial.reason));
    }
    if denial.username == "system:anonymous" {
        notes.push("system:anonymous means that the client sent no credential that the server looked at".to_owned());
        notes.push(
            "the context's user may be missing or empty, which `whycan lint kubeconfig` tells, or a proxy takes the credential away"
                .to_owned(),
        );
    }
    // what the API server puts before the claim where no prefix is set: issuer and #
    if denial.username.starts_with("https://") && denial.username.contains('#') {
        notes.push("the user name has the issuer before it, as OIDC gives it without a prefix of its own: bind exactly this name, or set the prefix of the user name to -".to_owned());
    }
    let verb = denial.request.verb();
    if verb == "impersonate" || verb.as_str().starts_with("impersonate") {
        notes.push("this is about acting as somebody else (--as): the request itself was not looked at yet".to_owned());
    }
    if verb.as_str().starts_with("impersonate-on:") {
        notes.push("since 1.36 the server names its constrained verbs first; the verb impersonate on users, groups or serviceaccounts allows it too".to_owned());
    }
    if let Request::Resource(request) = denial.request
        && request.verb == "create"
        && matches!(request.subresource.as_str(), "exec" | "attach" | "portforward")
    {
        notes.push("kubectl tried get first, over a WebSocket, and fell back to create when that failed".to_owned());
    }
    notes
}

/// Terminal colours that came along with the copy.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            // up to the letter that ends the sequence
            while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests;
