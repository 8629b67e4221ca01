//! `User "alice" cannot delete resource "pods" in API group "" in the namespace "dev"`, wherever it stands in a text.

use crate::authz::Request;
use crate::authz::request::ResourceRequest;
use crate::base::Name;

/// One denial by the authorizers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The user as the server named it.
    pub username: String,
    /// What was asked.
    pub request: Request,
    /// The authorizers' reason, often empty.
    pub reason: String,
}

/// Every denial of a text, in order.
pub fn all(text: &str) -> Vec<Denial> {
    text.match_indices("User \"").filter_map(|(at, _)| denial(text.get(..at)?, text.get(at + "User ".len()..)?)).collect()
}

/// The denial whose user begins `rest`; `before` is what stands before the word `User`.
fn denial(before: &str, rest: &str) -> Option<Denial> {
    let (username, rest) = quoted(rest)?;
    let rest = rest.strip_prefix(" cannot ")?;
    // the verb may be empty: an OPTIONS request has none
    let (verb, rest) = rest.split_once(' ')?;
    let username = without_entities(&username);
    if let Some(rest) = rest.strip_prefix("path ") {
        let (path, rest) = quoted(rest)?;
        return Some(Denial { username, request: Request::path(verb, &without_entities(&path)), reason: reason(rest) });
    }
    let (resource, rest) = match rest.strip_prefix("resource ") {
        Some(rest) => new_style(rest)?,
        None => old_style(rest)?,
    };
    let (namespace, rest) = if let Some(rest) = rest.strip_prefix(" in the namespace ") {
        let (namespace, rest) = quoted(rest)?;
        (without_entities(&namespace), rest)
    } else {
        (String::new(), rest.strip_prefix(" at the cluster scope")?)
    };
    let request = Request::Resource(ResourceRequest {
        verb: Name::new(verb),
        name: Name::new(&name_before(before).unwrap_or_default()),
        namespace: Name::new(&namespace),
        ..resource
    });
    Some(Denial { username, request, reason: reason(rest) })
}

/// `"pods/log" in API group ""`.
fn new_style(rest: &str) -> Option<(ResourceRequest, &str)> {
    let (resource, rest) = quoted(rest)?;
    let (group, rest) = quoted(rest.strip_prefix(" in API group ")?)?;
    Some((parts(&without_entities(&resource), &without_entities(&group)), rest))
}

/// `pods.apps/log`, as servers before about 1.12 wrote it.
fn old_style(rest: &str) -> Option<(ResourceRequest, &str)> {
    let end = rest.find(" in the namespace ").into_iter().chain(rest.find(" at the cluster scope")).min()?;
    let (written, rest) = rest.split_at(end);
    if written.is_empty() || written.contains(char::is_whitespace) {
        return None;
    }
    let (qualified, subresource) = written.split_once('/').map_or((written, String::new()), |(parent, sub)| (parent, format!("/{sub}")));
    let (resource, group) = qualified.split_once('.').unwrap_or((qualified, ""));
    Some((parts(&format!("{resource}{subresource}"), group), rest))
}

fn parts(resource: &str, group: &str) -> ResourceRequest {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    ResourceRequest {
        api_group: Name::new(group),
        resource: Name::new(resource),
        subresource: Name::new(subresource),
        ..ResourceRequest::default()
    }
}

/// The name in `pods "web-0" is forbidden: `, before the body; the body's entities are not in it.
fn name_before(before: &str) -> Option<String> {
    let prefix = before.strip_suffix(" is forbidden: ")?;
    let inside = prefix.strip_suffix('"')?;
    // the quote that opens the name is the nearest before which the rest reads as one quoted string
    inside.rmatch_indices(" \"").map(|(at, _)| at).find_map(|at| {
        let (name, rest) = quoted(prefix.get(at + 1..)?)?;
        rest.is_empty().then_some(name)
    })
}

/// What follows the body: `: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found`.
fn reason(rest: &str) -> String {
    let reason = rest.strip_prefix(": ").unwrap_or_default();
    reason.trim_end_matches(['"', '}', '\n', ' ', ',']).lines().next().unwrap_or_default().to_owned()
}

/// A string as Go quotes it, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, inside.get(at + 1..)?)),
            '\\' => {
                let (_, escape) = chars.next()?;
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if digits == 0 {
                    out.push(unescaped(escape)?);
                } else {
                    let code: String = chars.by_ref().take(digits).map(|(_, digit)| digit).collect();
                    out.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)?);
                }
            }
            c => out.push(c),
        }
    }
    None
}

fn unescaped(escape: char) -> Option<char> {
    Some(match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '"' | '\\' | '\'' => escape,
        _ => return None,
    })
}

/// The server writes three characters of the body as for a page.
fn without_entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
