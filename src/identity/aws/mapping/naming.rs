//! What a mapping comes to: a user name and groups, a refusal, or nothing known.

use super::super::template::{Unrendered, render};
use super::super::{Instances, Principal};
use super::candidate::Candidate;
use crate::base::text::quote;
use crate::base::{Name, known};
use crate::identity::{Identity, Provenance};

/// What a mapping comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A user name and groups.
    Mapped(Named),
    /// The authenticator knows the principal and refuses it: the words of its log.
    Refused(String),
    /// Nothing knows the principal.
    Unmapped,
    /// It hangs on what is not known: why.
    Unknown(String),
}

/// Who somebody is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The user name; or why it is not known, where the groups are.
    pub username: Result<String, String>,
    /// The user name with its placeholders.
    pub template: String,
    /// The groups, as the authenticator gives them: the API server adds one.
    pub groups: Vec<String>,
}

/// Fills in user name and groups, as `renderTemplates` does; `mapper` is what the authenticator calls the backend.
pub fn rendered(username: &str, groups: &[String], mapper: &str, principal: &Principal, instances: &Instances) -> Outcome {
    let one = |what: &str, template: &str| {
        render(template, principal, instances).map_err(|error| match error {
            Unrendered::Refused(why) => Outcome::Refused(format!(
                "mapper {mapper} renderTemplates error: error rendering {what} template {}: {why}",
                quote(template)
            )),
            Unrendered::Unknown(why) => Outcome::Unknown(why),
        })
    };
    let name = one("username", username);
    let groups: Vec<Result<String, Outcome>> = groups.iter().map(|group| one("group", group)).collect();
    // what is refused is refused whatever the rest comes to
    let all = || std::iter::once(&name).chain(&groups).filter_map(|rendered| rendered.as_ref().err());
    if let Some(refused) = all().find(|outcome| matches!(outcome, Outcome::Refused(_))) {
        return refused.clone();
    }
    let name = match name {
        Ok(name) => Ok(name),
        // a name of EC2 may turn out to be none, and the caller be refused
        Err(unknown) if username.contains("{{EC2PrivateDNSName}}") => return unknown,
        Err(Outcome::Unknown(why)) => Err(why),
        Err(other) => return other,
    };
    match groups.into_iter().collect() {
        Ok(groups) => Outcome::Mapped(Named { username: name, template: username.to_owned(), groups }),
        Err(unknown) => unknown,
    }
}

/// The identity that the API server makes of it.
pub fn identity(outcome: &Outcome, principal: &Principal, considered: &[Candidate]) -> Option<Identity> {
    let Outcome::Mapped(named) = outcome else { return None };
    let from = considered.iter().find(|candidate| candidate.decides).map_or_else(String::new, |candidate| match candidate.line {
        Some(line) => format!("aws-auth, {} (line {line})", candidate.place()),
        None => format!("access entry {}", candidate.subject),
    });
    let mut identity = Identity::default();
    let mut told = |what: String| identity.provenance.push(Provenance { what, from: from.clone() });
    if let Ok(username) = &named.username {
        told(format!("user {username}"));
        identity.username = Some(Name::new(username));
    }
    if named.username.is_err() {
        identity.template = Some(Name::new(&named.template));
    }
    for group in &named.groups {
        identity.provenance.push(Provenance { what: format!("group {group}"), from: from.clone() });
        identity.groups.push(Name::new(group));
    }
    if !identity.holds(*known::AUTHENTICATED) && !identity.holds(*known::UNAUTHENTICATED) {
        let why = "implied: everybody who is authenticated has it".to_owned();
        identity.provenance.push(Provenance { what: format!("group {}", *known::AUTHENTICATED), from: why });
        identity.groups.push(*known::AUTHENTICATED);
    }
    if let Some(id) = &principal.id {
        identity.uid = Name::new(&format!("aws-iam-authenticator:{}:{id}", principal.account));
    }
    let mut extra = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            identity.extra.insert(Name::new(key), vec![Name::new(value)]);
        }
    };
    // of a role's own ARN it is not known which session calls
    extra("arn", principal.session.is_some().then_some(principal.arn.as_str()));
    extra("canonicalArn", Some(&principal.looked_up));
    extra("sessionName", principal.session.as_deref());
    extra("accessKeyId", principal.access_key_id.as_deref());
    extra("principalId", principal.id.as_deref());
    Some(identity)
}
