//! What is lacking to be somebody, and the rule that would give it, in words.

use crate::authz::Request;
use crate::base::text::enumerate;

/// `impersonate on groups "dev"`: the check, in words.
fn lacks(request: &Request) -> String {
    let Request::Resource(asked) = request else { return request.to_string() };
    let place = if asked.namespace.is_empty() { String::new() } else { format!(" in {}", asked.namespace) };
    format!("{} on {} `{}`{place}", asked.verb, asked.qualified(), asked.name)
}

/// The rule that would give just this, as YAML on one line.
fn rule_for(request: &Request) -> String {
    let Request::Resource(asked) = request else { return String::new() };
    let resource = asked.combined();
    format!(
        "{{apiGroups: [{}], resources: [{}], resourceNames: [{}], verbs: [{}]}}",
        quoted(asked.api_group.as_str()),
        quoted(resource.as_str()),
        quoted(asked.name.as_str()),
        quoted(asked.verb.as_str())
    )
}

/// A scalar that YAML takes for text.
fn quoted(text: &str) -> String {
    let is_plain =
        text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '-');
    let is_word = matches!(text, "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null");
    if is_plain && !is_word { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// What somebody would have to be given for several checks, as sentences.
pub fn hints(requests: &[Request], most: usize) -> Vec<String> {
    let mut hints = Vec::new();
    let named: Vec<String> = requests.iter().take(most).map(lacks).collect();
    if let [_, ..] = named.as_slice() {
        hints.push(format!("What you lack: {}", enumerate(&named, "and")));
        let rules: Vec<String> = requests.iter().take(most).map(rule_for).collect();
        let rules = rules.join(", ");
        hints.push(format!("A ClusterRole bound to you would give it with the rules [{rules}]"));
    }
    hints
}
