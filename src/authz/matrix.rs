//! The access matrix: all that an identity may do.

mod tell;

use std::collections::{BTreeMap, BTreeSet};

use super::access::Says;
use super::explain::weigh;
use super::request::ResourceRequest;
use super::{Decision, Door, GapEffect, Index, Request, Verdict, command, gaps};
use crate::base::{Name, known};
use crate::facts::{ApiResources, Kind, ObjectRef, Rule, Scoping};
use crate::identity::Identity;

/// The verbs that have columns of their own, in their order.
pub const COLUMNS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// All that an identity may do in one namespace (and cluster-wide), or cluster-wide alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Whose.
    pub identity: Identity,
    /// The namespace; empty for what holds in all of them.
    pub namespace: Name,
    /// One row for each resource, subresource and set of names that a rule speaks of, sorted.
    pub rows: Vec<Row>,
    /// The paths.
    pub non_resource: Vec<PathRow>,
    /// What could not be read.
    pub gaps: Vec<GapEffect>,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

/// One resource of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The API group, `*` for all.
    pub api_group: Name,
    /// The resource, `*` for all.
    pub resource: Name,
    /// The subresource, or empty.
    pub subresource: Name,
    /// The names to which it is limited; empty for all objects.
    pub resource_names: Vec<Name>,
    /// Each verb with its verdict, columns first, then others by name.
    pub verbs: Vec<(Name, Verdict)>,
    /// The chains that grant any of them.
    pub grants: Vec<RowGrant>,
}

/// One path of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRow {
    /// The path, with a trailing `*` as prefix.
    pub path: Name,
    /// The verbs allowed, `*` for all.
    pub verbs: Vec<Name>,
    /// The chains that grant any of them.
    pub grants: Vec<RowGrant>,
}

/// A chain behind a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowGrant {
    /// The binding; none for system:masters and Node.
    pub binding: Option<ObjectRef>,
    /// The role.
    pub role: Option<ObjectRef>,
    /// The access policy, by ARN, where it is one that grants.
    pub policy: Option<Name>,
    /// The position of the rule, counted from 0.
    pub rule_index: usize,
}

/// What an identity may do in a namespace and cluster-wide; with an empty namespace, cluster-wide alone.
pub fn matrix(index: &Index, resources: &ApiResources, identity: &Identity, namespace: Name, door: Door) -> Matrix {
    let probe = Request::Resource(ResourceRequest { namespace, ..ResourceRequest::default() });
    let mut decision = weigh(index, identity, &probe, door);
    for effect in &mut decision.gaps {
        // one question would not settle a list
        effect.settled_by = effect.gap.settled_by.clone().unwrap_or_else(|| command::can_i_list(Some(identity), namespace));
    }
    let mut rows: BTreeMap<RowKey, BTreeSet<RowGrant>> = BTreeMap::new();
    let mut paths: BTreeMap<Name, (BTreeSet<Name>, BTreeSet<RowGrant>)> = BTreeMap::new();
    if identity.holds(*known::MASTERS) {
        let key = RowKey { api_group: Name::STAR, resource: Name::STAR, subresource: Name::EMPTY, names: Vec::new() };
        rows.entry(key).or_default();
        paths.entry(Name::STAR).or_default().0.insert(Name::STAR);
    }
    if identity.node().is_some() {
        for (api_group, resource, subresource) in super::node::RESOURCES {
            let key = RowKey { api_group: api_group.into(), resource: resource.into(), subresource: subresource.into(), names: Vec::new() };
            rows.entry(key).or_default();
        }
    }
    for link in &decision.links {
        for (rule_index, rule) in link.rules.iter().enumerate() {
            let grant = RowGrant { binding: Some(link.binding), role: link.role, policy: None, rule_index };
            for key in RowKey::of(rule) {
                rows.entry(key).or_default().insert(grant);
            }
            // paths are granted cluster-wide only
            if link.binding.kind == Kind::ClusterRoleBinding {
                for path in rule.non_resource_urls.iter() {
                    let entry = paths.entry(*path).or_default();
                    entry.0.extend(rule.verbs.iter());
                    entry.1.insert(grant);
                }
            }
        }
    }
    for policy in decision.policies.iter().filter(|policy| policy.says != Says::Elsewhere) {
        for (rule_index, rule) in policy.rules.iter().enumerate() {
            let grant = RowGrant { binding: None, role: None, policy: Some(Name::new(&policy.association.policy)), rule_index };
            for key in RowKey::of(rule) {
                rows.entry(key).or_default().insert(grant);
            }
            // whether one for namespaces reaches paths is not documented, and is said as a gap
            if !policy.association.is_namespaced {
                for path in rule.non_resource_urls.iter() {
                    let entry = paths.entry(*path).or_default();
                    entry.0.extend(rule.verbs.iter());
                    entry.1.insert(grant);
                }
            }
        }
    }
    let question = Asking { index, resources, identity, namespace, door };
    let rows = rows.into_iter().map(|(key, grants)| question.row(key, grants, &decision)).filter(Row::says_something).collect();
    for effect in gaps::of_policies(index, identity, door) {
        if !decision.gaps.iter().any(|known| known.gap.what == effect.gap.what) {
            decision.gaps.push(effect);
        }
    }
    let mut notes = Vec::new();
    if identity.node().is_some() {
        notes.push("a node may also read what pods on it use (Node authorizer); such rights are not listed".to_owned());
    }
    notes.push(index.authorizers().to_owned());
    Matrix {
        identity: identity.clone(),
        namespace,
        rows,
        non_resource: paths
            .into_iter()
            .map(|(path, (verbs, grants))| PathRow { path, verbs: verbs.into_iter().collect(), grants: grants.into_iter().collect() })
            .collect(),
        gaps: decision.gaps,
        notes,
    }
}

/// What would have to be asked to know one unknown verb of a row: each of these, for the least of them counts.
#[derive(Clone, Debug)]
pub struct Open {
    /// The position of the row.
    pub row: usize,
    /// The position of the verb in it.
    pub verb: usize,
    /// The requests, one for each name.
    pub requests: Vec<Request>,
}

impl Matrix {
    /// Everything in the rows that is unknown, as requests.
    pub fn open(&self, resources: &ApiResources) -> Vec<Open> {
        let mut open = Vec::new();
        for (position, row) in self.rows.iter().enumerate() {
            let key = row.key();
            for (verb, _) in row.verbs.iter().enumerate().filter(|(_, (_, verdict))| *verdict == Verdict::Unknown) {
                let name = row.verbs.get(verb).map_or(Name::EMPTY, |(verb, _)| *verb);
                let requests = key.names_for(name).iter().map(|object| request(resources, self.namespace, &key, name, *object));
                open.push(Open { row: position, verb, requests: requests.collect() });
            }
        }
        open
    }
}

/// No name at all, as a name.
static NAMELESS: [Name; 1] = [Name::EMPTY];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowKey {
    api_group: Name,
    resource: Name,
    subresource: Name,
    names: Vec<Name>,
}

impl RowKey {
    /// The names that a request for a verb carries, one each: these verbs act on collections and carry none.
    fn names_for(&self, verb: Name) -> &[Name] {
        let carries_name = !matches!(verb.as_str(), "create" | "deletecollection") || !self.subresource.is_empty();
        if self.names.is_empty() || !carries_name { &NAMELESS } else { &self.names }
    }

    fn of(rule: &Rule) -> Vec<Self> {
        let mut keys = Vec::new();
        for api_group in rule.api_groups.iter() {
            for entry in rule.resources.iter() {
                let (resource, subresource) = entry.as_str().split_once('/').map_or((*entry, Name::EMPTY), |(r, s)| (r.into(), s.into()));
                keys.push(Self { api_group: *api_group, resource, subresource, names: rule.resource_names.to_vec() });
            }
        }
        keys
    }
}

struct Asking<'a> {
    index: &'a Index,
    resources: &'a ApiResources,
    identity: &'a Identity,
    namespace: Name,
    door: Door,
}

impl Asking<'_> {
    fn row(&self, key: RowKey, grants: BTreeSet<RowGrant>, decision: &Decision) -> Row {
        // verbs without a column of their own, as the rules behind the row have them
        let others: BTreeSet<Name> = grants
            .iter()
            .filter_map(|grant| {
                let link = decision.links.iter().find(|link| Some(link.binding) == grant.binding);
                let of_policy =
                    || decision.policies.iter().find(|policy| grant.policy.is_some_and(|arn| arn == *policy.association.policy));
                let rules = link.map(|link| &link.rules).or_else(|| of_policy().map(|policy| &policy.rules))?;
                rules.get(grant.rule_index)
            })
            .flat_map(|rule| rule.verbs.iter().copied())
            .filter(|verb| *verb != Name::STAR && !COLUMNS.contains(&verb.as_str()))
            .collect();
        let verbs = COLUMNS.iter().map(|verb| Name::new(verb)).chain(others);
        let verbs = verbs.map(|verb| (verb, self.verdict(&key, verb))).collect();
        Row {
            api_group: key.api_group,
            resource: key.resource,
            subresource: key.subresource,
            resource_names: key.names,
            verbs,
            grants: grants.into_iter().collect(),
        }
    }

    /// The verdict for every name of the row: the least of them.
    fn verdict(&self, key: &RowKey, verb: Name) -> Verdict {
        let asked = |name: &Name| request(self.resources, self.namespace, key, verb, *name);
        let verdicts = key.names_for(verb).iter().map(|name| self.index.decide(self.identity, &asked(name), self.door));
        verdicts
            .max_by_key(|verdict| [Verdict::Allowed, Verdict::Unknown, Verdict::Denied].iter().position(|v| v == verdict))
            .unwrap_or(Verdict::Denied)
    }
}

/// The request for one verb of a row, and one of its names.
fn request(resources: &ApiResources, namespace: Name, key: &RowKey, verb: Name, name: Name) -> Request {
    // a RoleBinding grants nothing on what has no namespace
    let scoping = resources.get(key.api_group, key.resource).map(|resource| resource.scoping);
    let is_own_namespace = key.resource == "namespaces" && key.api_group.is_empty() && name == namespace;
    let namespace = if scoping == Some(Scoping::Cluster) && !is_own_namespace { Name::EMPTY } else { namespace };
    Request::Resource(ResourceRequest {
        verb,
        api_group: key.api_group,
        resource: key.resource,
        subresource: key.subresource,
        name,
        namespace,
        selected_node: Name::EMPTY,
    })
}

impl Row {
    /// A rule may speak of a resource and, in this scope, grant nothing.
    fn says_something(&self) -> bool {
        self.verbs.iter().any(|(_, verdict)| *verdict != Verdict::Denied)
    }
}
