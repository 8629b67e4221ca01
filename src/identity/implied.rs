//! The groups that the API server adds by itself, and where each part of an identity comes from.
//!
//! Sources: `apiserver/pkg/authentication/group/authenticated_group_adder.go`, and the service account, node and
//! anonymous authenticators.

use super::{Identity, Provenance, SERVICE_ACCOUNT};
use crate::base::{Name, known};

/// A user, or without one a group, as a person gives them, with the implied groups last.
pub fn complete(username: Option<&str>, groups: &[&str], from: &str) -> Identity {
    let mut identity = Identity { username: username.map(Name::new), ..Identity::default() };
    if let Some(username) = username {
        identity.provenance.push(Provenance { what: format!("user {username}"), from: from.to_owned() });
    }
    for group in groups {
        add(&mut identity, group, from);
    }
    for (group, why) in implied(username.unwrap_or_default(), &identity.groups) {
        add(&mut identity, &group, &format!("implied: {why}"));
    }
    identity
}

/// Adds a group, and where it comes from.
pub fn add(identity: &mut Identity, group: &str, from: &str) {
    let name = Name::new(group);
    if !identity.holds(name) {
        identity.groups.push(name);
        identity.provenance.push(Provenance { what: format!("group {group}"), from: from.to_owned() });
    }
}

/// The implied groups of a user, each with the reason.
fn implied(username: &str, groups: &[Name]) -> Vec<(String, &'static str)> {
    if username == "system:anonymous" {
        return vec![("system:unauthenticated".to_owned(), "nobody presented a credential")];
    }
    let mut implied = Vec::new();
    if let Some((namespace, _)) = username.strip_prefix(SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':')) {
        implied.push(("system:serviceaccounts".to_owned(), "every service account has it"));
        implied.push((format!("system:serviceaccounts:{namespace}"), "every service account of the namespace has it"));
    }
    if username.starts_with("system:node:") {
        implied.push(("system:nodes".to_owned(), "every node has it"));
    }
    // who is explicitly one or the other is not made the other too
    if !groups.contains(&known::AUTHENTICATED) && !groups.contains(&known::UNAUTHENTICATED) {
        implied.push(("system:authenticated".to_owned(), "everybody who is authenticated has it"));
    }
    implied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_follow_from_what_somebody_is() {
        for (username, groups, all) in [
            (Some("alice"), &["dev"][..], "dev system:authenticated"),
            (Some("system:serviceaccount:ci:deployer"), &[], "system:serviceaccounts system:serviceaccounts:ci system:authenticated"),
            (Some("system:node:n1"), &[], "system:nodes system:authenticated"),
            (Some("system:node:n1"), &["system:nodes"], "system:nodes system:authenticated"),
            (Some("system:anonymous"), &[], "system:unauthenticated"),
            (Some("alice"), &["system:unauthenticated"], "system:unauthenticated"),
            (None, &["dev"], "dev system:authenticated"),
        ] {
            let identity = complete(username, groups, "--as");
            let held: Vec<&str> = identity.groups.iter().map(|group| group.as_str()).collect();
            assert_eq!(held.join(" "), all, "{username:?}");
        }
    }

    #[test]
    fn every_part_says_where_it_comes_from() {
        let told: Vec<String> =
            complete(Some("alice"), &["dev"], "--as").provenance.iter().map(|p| format!("{}: {}", p.what, p.from)).collect();
        assert_eq!(
            told,
            ["user alice: --as", "group dev: --as", "group system:authenticated: implied: everybody who is authenticated has it"]
        );
    }
}
