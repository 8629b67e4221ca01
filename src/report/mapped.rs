//! What `map` says, in words for text and Markdown.

use crate::base::Name;
use crate::facts::PolicyAssociation;
use crate::identity::aws::mapping::{Candidate, Likeness, Named};
use crate::identity::aws::{Decider, Mapping, Outcome};

/// The answer in one sentence.
pub fn headline(mapping: &Mapping) -> String {
    let arn = &mapping.arn;
    match &mapping.outcome {
        Outcome::Mapped(Named { username: Ok(username), .. }) if username.is_empty() => {
            format!("{arn} has an empty user name in the cluster")
        }
        Outcome::Mapped(Named { username: Ok(username), .. }) => format!("{arn} is {username} in the cluster"),
        Outcome::Mapped(Named { template, .. }) => format!("{arn} is {template} in the cluster"),
        Outcome::Refused(_) => format!("{arn} is refused"),
        Outcome::Unmapped => format!("{arn} is not mapped"),
        Outcome::Unknown(_) => format!("who {arn} is in the cluster is not known"),
    }
}

/// What decided, or why nothing did.
pub fn reason(mapping: &Mapping) -> String {
    let decides = mapping.considered.iter().find(|candidate| candidate.decides).map(place);
    match (&mapping.outcome, decides) {
        (Outcome::Refused(reason), _) => format!("the authenticator says: {reason}"),
        (Outcome::Unknown(reason), _) => reason.clone(),
        (Outcome::Mapped(_), Some(place)) if mapping.decided_by == Decider::AwsAuth => format!("by aws-auth, {place}"),
        (Outcome::Mapped(_), Some(place)) => format!("by {place}"),
        (Outcome::Mapped(_), None) => "by items that say the same".to_owned(),
        (Outcome::Unmapped, _) => format!("{}; the API server says Unauthorized (401)", missed(mapping)),
    }
}

/// Why nothing maps it, the likeliest reason: what names it and does not count, what is lost, what was meant to name it.
fn missed(mapping: &Mapping) -> String {
    let told = |candidate: &Candidate| format!("{} does not map it: {}", place(candidate), candidate.why);
    let nearest = mapping.nearest.and_then(|nearest| mapping.considered.get(nearest));
    let is = |wanted: &[Likeness]| nearest.filter(|near| near.likeness.is_some_and(|likeness| wanted.contains(&likeness)));
    if let Some(idle) = mapping.considered.iter().find(|candidate| candidate.matches).or_else(|| is(&[Likeness::Recreated])) {
        return told(idle);
    }
    if let Some(lost) = mapping.findings.iter().find(|finding| finding.code == "aws-auth-section-lost") {
        let line = lost.source.as_ref().and_then(|source| source.line).map(|line| format!(" (line {line})")).unwrap_or_default();
        return format!("{} is lost, {}{line}", lost.subject, lost.message);
    }
    let meant =
        [Likeness::Blanks, Likeness::Path, Likeness::Session, Likeness::InstanceProfile, Likeness::PermissionSet, Likeness::Partition];
    is(&meant).map_or_else(|| "no access entry and nothing in aws-auth that was read names it".to_owned(), told)
}

/// What is known of it.
pub fn facts(mapping: &Mapping) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(principal) = &mapping.principal {
        facts.push(("looked up as", principal.looked_up.clone()));
        facts.extend(principal.session.clone().filter(|session| !session.is_empty()).map(|session| ("session", session)));
    }
    facts.push(("mode", mapping.mode.map_or("not known", |mode| mode.as_str()).to_owned()));
    if let Some(identity) = &mapping.identity {
        let told = |username: Name| if username.is_empty() { "(empty)".to_owned() } else { username.to_string() };
        facts.extend(identity.username.map(|username| ("user", told(username))));
        let groups: Vec<&str> = identity.groups.iter().map(|group| group.as_str()).collect();
        facts.push(("groups", groups.join(", ")));
        facts.extend((!identity.uid.is_empty()).then(|| ("uid", identity.uid.to_string())));
    }
    facts.extend(mapping.policies.iter().map(|policy| ("access policy", self::policy(policy))));
    facts
}

/// `AmazonEKSViewPolicy in dev`.
pub fn policy(policy: &PolicyAssociation) -> String {
    let name = policy.policy.rsplit('/').next().unwrap_or_default();
    if policy.is_namespaced { format!("{name} in {}", policy.namespaces.join(", ")) } else { format!("{name} in the whole cluster") }
}

/// `mapRoles[3], line 12`, `access-entry[0]`.
pub fn place(candidate: &Candidate) -> String {
    match candidate.line {
        Some(line) => format!("{}, line {line}", candidate.place()),
        None => candidate.place(),
    }
}

/// What is worth knowing beside it.
pub fn notes(mapping: &Mapping) -> Vec<String> {
    let path = mapping.principal.as_ref().and_then(crate::identity::aws::Principal::path);
    let path = path.map(|path| format!("the role's path {path} shows in none of its sessions: they are looked up without it"));
    path.into_iter().collect()
}
