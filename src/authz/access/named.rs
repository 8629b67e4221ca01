//! The user names that access entries give: whoever asks about a user of such a name may mean the entry's principal.

use crate::facts::aws::AwsFacts;
use crate::identity::aws::mapping::username_of;

/// A user name with its placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The principal of the entry that gives it; empty where it is of none.
    pub principal: String,
    /// What stands between the placeholders; one part where there are none.
    parts: Vec<String>,
}

/// The placeholders that the authenticator fills in.
const PLACEHOLDERS: [&str; 5] = ["{{EC2PrivateDNSName}}", "{{AccountID}}", "{{SessionName}}", "{{SessionNameRaw}}", "{{AccessKeyID}}"];

/// The user names of the entries of people: nodes have no policies.
pub fn templates(aws: &AwsFacts) -> Vec<Template> {
    let of_people = aws.entries_of_cluster().filter(|entry| matches!(entry.kind.as_str(), "" | "STANDARD"));
    of_people.filter_map(|entry| Some(Template { principal: entry.principal.clone(), ..Template::new(&username_of(entry)?) })).collect()
}

fn parts(template: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = template;
    while !rest.is_empty() {
        if let Some(after) = PLACEHOLDERS.iter().find_map(|placeholder| rest.strip_prefix(placeholder)) {
            parts.push(String::new());
            rest = after;
            continue;
        }
        let mut letters = rest.chars();
        if let (Some(letter), Some(part)) = (letters.next(), parts.last_mut()) {
            part.push(letter);
        }
        rest = letters.as_str();
    }
    parts
}

impl Template {
    /// The user name of some session.
    pub fn new(template: &str) -> Self {
        Self { principal: String::new(), parts: parts(template) }
    }

    /// Whether the user name can be of the entry.
    pub fn fits(&self, username: &str) -> bool {
        let [first, between @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|whole| whole == username);
        };
        let Some(mut rest) = username.strip_prefix(first.as_str()) else { return false };
        for part in between {
            let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
            rest = after;
        }
        rest.len() >= last.len() && rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_that_an_entry_can_give() {
        for (template, username, expected) in [
            ("alice", "alice", true),
            ("alice", "alice2", false),
            ("arn:aws:sts::1:assumed-role/Dev/{{SessionName}}", "arn:aws:sts::1:assumed-role/Dev/me", true),
            ("arn:aws:sts::1:assumed-role/Dev/{{SessionName}}", "arn:aws:sts::1:assumed-role/Ops/me", false),
            ("{{AccountID}}:{{SessionName}}-x", "1:me-x", true),
            ("{{AccountID}}:{{SessionName}}-x", "1:me-y", false),
            ("{{AccountID}}:{{SessionName}}-x", "1-x", false),
            ("{{ SessionName }}", "me", false),
        ] {
            let template = Template::new(template);
            assert_eq!(template.fits(username), expected, "{template:?} {username}");
        }
    }
}
