//! What is not known of access policies, and of the name of a session.

use super::super::access::{Access, Held, Says, Template};
use super::super::decision::GapEffect;
use super::super::{Door, Index, Request, command};
use crate::base::text::enumerate;
use crate::base::{Gap, Loss, Name};
use crate::identity::Identity;

/// The kind of what AWS did not tell of access entries and their policies; no object of a cluster is of it.
pub const ACCESS_POLICY: &str = "AccessPolicy";

/// Whether a gap is about access policies.
pub fn is_about_policies(gap: &Gap) -> bool {
    gap.kinds.iter().any(|kind| *kind == ACCESS_POLICY)
}

/// Whether the identity may have access policies that nobody has read: a principal of IAM, or a user who may be one.
pub fn may_have_policies(index: &Index, identity: &Identity, door: Door) -> bool {
    // what else AWS did not tell is about others
    if matches!(index.access().held(identity), Held::Policies(..)) {
        return false;
    }
    let may_be_one = door == Door::Person && identity.extra.is_empty() && identity.username.is_some();
    let has_none = identity.service_account().is_some() || identity.node().is_some();
    identity.iam_principal().is_some() || (may_be_one && !has_none)
}

/// Whether access policies, or the name of a session, could allow the request.
pub fn could_allow(index: &Index, identity: &Identity, request: &Request, door: Door) -> bool {
    let access = index.access();
    access.policies_could(identity, request)
        || (door == Door::Person && namesakes(access, identity, request).next().is_some())
        || sessions(index, identity, request, door).next().is_some()
}

/// What of that is open, as gaps.
pub fn effects(index: &Index, identity: &Identity, request: &Request, door: Door) -> Vec<GapEffect> {
    let access = index.access();
    let mut gaps: Vec<(Gap, Option<String>)> = Vec::new();
    if let Held::Unread(principal) = access.held(identity) {
        let command = list(access, principal);
        gaps.push((gap(format!("the access policies of {principal}"), "they are not among the facts", Loss::Recorded), Some(command)));
    }
    for policy in access.associated(identity, request) {
        if matches!(policy.says, Says::Undocumented | Says::Unpublished) {
            let what = format!("what access policy {} allows", policy.name());
            gaps.push((gap(what, policy.sentence(request), Loss::NotEvaluated), None));
        }
    }
    if door == Door::Person {
        gaps.extend(of_namesakes(access, identity, request));
    }
    gaps.extend(of_sessions(index, identity, request, door));
    let settle = |command: Option<String>| command.unwrap_or_else(|| command::can_i(identity, request));
    gaps.into_iter().map(|(gap, command)| GapEffect { gap, could_change_verdict: true, settled_by: settle(command) }).collect()
}

/// What is open of the policies of an identity, whatever it asks.
pub fn of_anything(index: &Index, identity: &Identity, door: Door) -> Vec<GapEffect> {
    let access = index.access();
    let mut gaps: Vec<(Gap, String)> = Vec::new();
    if let Held::Policies(principal, policies) = access.held(identity) {
        if policies.iter().any(|association| association.is_namespaced) {
            let what = "what access policies for namespaces allow beyond them".to_owned();
            let why = "AWS does not document whether they reach the namespace itself, and what has none";
            gaps.push((gap(what, why, Loss::NotEvaluated), format!("ask for each: whycan why REQUEST --as {principal}")));
        }
    } else if door == Door::Person {
        let principals = access.namesakes(identity);
        if let (Some(username), Some(first)) = (identity.username, principals.first()) {
            let why = format!(
                "{username} is the user name that EKS gives to {}, whose access policies count for whoever logs in so",
                enumerate(&principals, "and")
            );
            let what = format!("whether {username} is a principal of IAM");
            gaps.push((gap(what, why, Loss::NotEvaluated), format!("ask about the principal: --as {first}")));
        }
    }
    let effect = |(gap, settled_by)| GapEffect { gap, could_change_verdict: true, settled_by };
    gaps.into_iter().map(effect).collect()
}

fn gap(what: impl Into<String>, why: impl Into<String>, loss: Loss) -> Gap {
    Gap { what: what.into(), why: why.into(), kinds: vec![Name::new(ACCESS_POLICY)], loss, ..Gap::default() }
}

fn list(access: &Access, principal: &str) -> String {
    let cluster = access.aws().cluster().map_or("CLUSTER", |cluster| cluster.name.as_str());
    format!("aws eks list-associated-access-policies --cluster-name {cluster} --principal-arn {principal}")
}

/// The principals that may be meant by a user name, and have policies that could allow the request.
fn namesakes<'a>(access: &'a Access, identity: &Identity, request: &'a Request) -> impl Iterator<Item = &'a str> + use<'a> {
    access.namesakes(identity).into_iter().filter(|principal| access.namesake_could(principal, request))
}

fn of_namesakes(access: &Access, identity: &Identity, request: &Request) -> Option<(Gap, Option<String>)> {
    let principals: Vec<&str> = namesakes(access, identity, request).collect();
    let first = principals.first()?;
    let username = identity.username.map_or("", Name::as_str);
    let why = format!(
        "{username} is the user name that EKS gives to {}, whose access policies could allow this: they count for whoever logs in so, and not for whoever acts as a user of that name",
        enumerate(&principals, "and")
    );
    let settle = format!("ask about the principal: --as {first}");
    Some((gap(format!("whether {username} is a principal of IAM"), why, Loss::NotEvaluated), Some(settle)))
}

/// The user names in bindings that a session of the role may have, and that would allow the request.
fn sessions<'a>(index: &'a Index, identity: &'a Identity, request: &'a Request, door: Door) -> impl Iterator<Item = Name> + use<'a> {
    let template = identity.template.map(|template| Template::new(template.as_str()));
    let users = template.into_iter().flat_map(|template| {
        index.principals().filter_map(move |principal| match principal {
            super::super::Principal::User(name) if template.fits(name.as_str()) => Some(name),
            _ => None,
        })
    });
    users.filter(move |name| {
        let session = Identity { username: Some(*name), template: None, ..identity.clone() };
        index.allowing(&session, request, door).is_some()
    })
}

fn of_sessions(index: &Index, identity: &Identity, request: &Request, door: Door) -> Option<(Gap, Option<String>)> {
    let mut names: Vec<Name> = sessions(index, identity, request, door).collect();
    names.sort_unstable();
    names.dedup();
    let first = names.first()?;
    let told: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let why = format!("bindings let {} do this, and no session is named", enumerate(&told, "and"));
    let gap = gap("which session of the role it is", why, Loss::NotEvaluated);
    Some((gap, Some(format!("name the session: --as {first}"))))
}
