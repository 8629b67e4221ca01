//! What a server asks its authorizers before it lets somebody be somebody else.

use super::{About, Mode, Wanted, names};
use crate::authz::Request;
use crate::authz::request::ResourceRequest;
use crate::base::{Name, known};
use crate::identity::Identity;

const AUTHENTICATION: &str = "authentication.k8s.io";

/// From so many groups or attributes on, the modes of 1.36 try one grant for all of them first.
const MANY: usize = 4;

/// The extra attribute of a service account's token that says which node it is bound to.
const NODE_NAME: &str = "authentication.kubernetes.io/node-name";

/// What a mode checks, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps; each must be allowed.
    pub steps: Vec<Step>,
    /// What the mode never lets anybody do, whatever is granted.
    pub refused: Option<String>,
}

/// One step: each of its requests must be allowed, or the one that stands for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub about: About,
    /// The request that stands for all, where it is tried.
    pub whole: Option<Request>,
    /// The requests.
    pub each: Vec<Request>,
}

/// What a mode checks before it lets somebody be somebody else for a request; none where it does not apply.
pub fn plan(mode: Mode, requestor: &Identity, wanted: &Wanted, target: &Request) -> Option<Plan> {
    if !applies(mode, requestor, wanted) {
        return None;
    }
    let mut plan = Plan::default();
    if mode != Mode::Legacy {
        plan.add(About::Target, None, vec![on_target(mode, target)]);
    }
    plan.add(About::User, None, vec![user(mode, wanted.user)]);
    if !wanted.uid.is_empty() {
        plan.add(About::Uid, None, vec![identity(mode, AUTHENTICATION, "uids", wanted.uid)]);
    }
    plan.add_groups(mode, wanted);
    plan.add_extra(mode, wanted);
    Some(plan)
}

fn applies(mode: Mode, requestor: &Identity, wanted: &Wanted) -> bool {
    let is_alone = wanted.uid.is_empty() && wanted.groups.is_empty() && wanted.extra.is_empty();
    let node = names::node(wanted.user);
    let account = names::service_account(wanted.user);
    match mode {
        Mode::AssociatedNode => is_alone && node.is_some_and(|node| is_bound_to(requestor, node)),
        Mode::ArbitraryNode => is_alone && node.is_some(),
        Mode::ServiceAccount => is_alone && account.is_some(),
        Mode::UserInfo => node.is_none() && account.is_none(),
        Mode::Legacy => true,
    }
}

/// Whether somebody is a service account whose token is bound to a node.
fn is_bound_to(requestor: &Identity, node: &str) -> bool {
    let is_account = requestor.username.is_some_and(|user| names::service_account(user).is_some());
    let bound = requestor.extra.iter().find(|(key, _)| **key == NODE_NAME).map(|(_, values)| values.as_slice());
    is_account && matches!(bound, Some([only]) if *only == node)
}

/// The verb of a mode on what is asked.
fn on_target(mode: Mode, target: &Request) -> Request {
    let verb = Name::new(&format!("impersonate-on:{}:{}", mode.as_str(), target.verb()));
    match *target {
        Request::Resource(request) => Request::Resource(ResourceRequest { verb, ..request }),
        Request::NonResource { path, .. } => Request::NonResource { verb, path },
    }
}

/// The verb of a mode on a part of an identity.
fn identity(mode: Mode, api_group: &str, resource: &str, name: Name) -> Request {
    let verb = if mode == Mode::Legacy { Name::new("impersonate") } else { Name::new(&format!("impersonate:{}", mode.as_str())) };
    // the parts of old are of the core group, and so are what rules on them name
    let api_group = if mode == Mode::Legacy { api_group } else { AUTHENTICATION };
    Request::Resource(ResourceRequest {
        verb,
        api_group: Name::new(api_group),
        resource: Name::new(resource),
        name,
        ..ResourceRequest::default()
    })
}

fn user(mode: Mode, user: Name) -> Request {
    if let Some((namespace, name)) = names::service_account(user) {
        let Request::Resource(request) = identity(mode, "", "serviceaccounts", Name::new(name)) else {
            return identity(mode, "", "users", user);
        };
        return Request::Resource(ResourceRequest { namespace: Name::new(namespace), ..request });
    }
    match (mode, names::node(user)) {
        // a grant that is kept for all nodes must be one for all
        (Mode::AssociatedNode, Some(_)) => identity(mode, "", "nodes", Name::STAR),
        (Mode::ArbitraryNode, Some(node)) => identity(mode, "", "nodes", Name::new(node)),
        _ => identity(mode, "", "users", user),
    }
}

/// An extra attribute: its key is the subresource.
fn attribute(mode: Mode, key: Name, value: Name) -> Request {
    match identity(mode, AUTHENTICATION, "userextras", value) {
        Request::Resource(request) => Request::Resource(ResourceRequest { subresource: key, ..request }),
        path @ Request::NonResource { .. } => path,
    }
}

impl Plan {
    fn add(&mut self, about: About, whole: Option<Request>, each: Vec<Request>) {
        // what comes behind a refusal is never asked
        if self.refused.is_none() && !each.is_empty() {
            self.steps.push(Step { about, whole, each });
        }
    }

    fn add_groups(&mut self, mode: Mode, wanted: &Wanted) {
        if mode != Mode::Legacy {
            if wanted.groups.iter().any(|group| group.is_empty()) {
                self.refused = Some("impersonating the empty string group is not allowed".to_owned());
            } else if wanted.groups.contains(&*known::MASTERS) {
                self.refused = Some("impersonating the system:masters group is not allowed".to_owned());
            }
        }
        let is_many = mode != Mode::Legacy && wanted.groups.len() >= MANY;
        let whole = is_many.then(|| identity(mode, "", "groups", Name::STAR));
        self.add(About::Group, whole, wanted.groups.iter().map(|group| identity(mode, "", "groups", *group)).collect());
    }

    fn add_extra(&mut self, mode: Mode, wanted: &Wanted) {
        if mode != Mode::Legacy && self.refused.is_none() {
            self.refused = wanted.extra.iter().find_map(|(key, values)| names::mistake_in_extra(key.as_str(), values));
        }
        let each: Vec<Request> =
            wanted.extra.iter().flat_map(|(key, values)| values.iter().map(move |value| attribute(mode, *key, *value))).collect();
        let is_many = mode != Mode::Legacy && (each.len() >= MANY || wanted.extra.len() >= MANY);
        let whole = is_many.then(|| attribute(mode, Name::STAR, Name::STAR));
        self.add(About::Extra, whole, each);
    }
}
