//! Everyone who may, and through what.

use super::access::{Associated, Says};
use super::index::{RoleId, Rules, principal_of};
use super::{Authorizer, Door, GapEffect, Index, Principal, Request, node, rbac, reason};
use crate::base::{Name, known};
use crate::facts::aws::PolicyAssociation;
use crate::facts::{ApiResources, Binding, Facts, Kind, ObjectRef, Scoping, Subject, SubjectKind};
use crate::identity::Identity;

/// Everyone who may do something.
#[derive(Clone, Debug)]
pub struct WhoCan {
    /// What was asked.
    pub request: Request,
    /// Everyone, those with the widest scope first, then by kind and name.
    pub who: Vec<Entitled>,
    /// What could not be read, and whether somebody could be missing because of it.
    pub gaps: Vec<GapEffect>,
    /// What was assumed or filled, as sentences.
    pub notes: Vec<String>,
}

/// One subject that may, wherever it may.
#[derive(Clone, Debug)]
pub struct Entitled {
    /// The subject; a service account's namespace is filled in.
    pub subject: Subject,
    /// Whether it may in the whole cluster.
    pub cluster_wide: bool,
    /// The namespaces in which a RoleBinding lets it, sorted.
    pub namespaces: Vec<Name>,
    /// Identities known to be in it, when it is a group.
    pub members: Vec<Principal>,
    /// Every chain that lets it.
    pub grants: Vec<Entitlement>,
}

/// One chain that lets a subject do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// The authorizer.
    pub authorizer: Authorizer,
    /// The binding; none for system:masters and Node.
    pub binding: Option<ObjectRef>,
    /// The role; none for system:masters and Node.
    pub role: Option<ObjectRef>,
    /// The position of the subject in the binding, counted from 0.
    pub subject_index: usize,
    /// The position of the first rule that allows, counted from 0.
    pub rule_index: usize,
    /// The names to which that rule is limited, when the request names none.
    pub names: Vec<Name>,
    /// The access policy, where it is one that grants.
    pub policy: Option<PolicyAssociation>,
}

/// Whether the resource of a request has namespaces; one that is not known is taken to have them.
pub fn is_namespaced(resources: &ApiResources, request: &Request) -> bool {
    match request {
        Request::NonResource { .. } => false,
        Request::Resource(request) => {
            let known = resources.get(request.api_group, request.resource);
            known.is_none_or(|resource| resource.scoping == Scoping::Namespaced)
        }
    }
}

impl Entitlement {
    /// One that needs no binding.
    fn of(authorizer: Authorizer) -> Self {
        Self { authorizer, binding: None, role: None, subject_index: 0, rule_index: 0, names: Vec::new(), policy: None }
    }

    /// The reason that the API server would give, byte for byte; empty where it gives none.
    pub fn reason(&self, facts: &Facts) -> String {
        let binding = self.binding.and_then(|reference| facts.binding(&reference));
        let subject = binding.and_then(|binding| binding.subjects.get(self.subject_index));
        match (binding, subject) {
            (Some(binding), Some(subject)) => reason::allowed_by(&binding.reference(), binding.role_ref, subject),
            _ => String::new(),
        }
    }
}

/// The kind of a subject that is a principal of IAM, who has rights by access policies.
pub const PRINCIPAL: &str = "Principal";

/// Everyone who may do exactly this: for a request without namespace, in the whole cluster.
pub fn who_can(index: &Index, facts: &Facts, request: &Request, door: Door) -> WhoCan {
    let namespace = request.namespace();
    let namespaces = if namespace.is_empty() { Vec::new() } else { vec![namespace] };
    collect(index, facts, request, door, &namespaces)
}

/// Everyone who may do this to a namespaced resource anywhere: in the whole cluster, or in some namespaces.
pub fn who_can_anywhere(index: &Index, facts: &Facts, request: &Request, door: Door) -> WhoCan {
    let mut namespaces = index.binding_namespaces();
    namespaces.sort_unstable();
    collect(index, facts, request, door, &namespaces)
}

fn collect(index: &Index, facts: &Facts, request: &Request, door: Door, namespaces: &[Name]) -> WhoCan {
    let mut everyone = Everyone::default();
    everyone.add_masters();
    let mut notes = Vec::new();
    let mut requests = vec![*request];
    requests.extend(namespaces.iter().map(|namespace| in_namespace(request, *namespace)));

    // a request without a name is also about the objects that a rule limited to names would allow
    let nameless = door == Door::Person && matches!(request, Request::Resource(r) if r.name.is_empty() && carries_name(r.verb));
    let matching = |role_namespace: Name| -> Vec<(RoleId, Matching)> {
        let all = if nameless {
            index.roles_of_resource(role_namespace, request, door)
        } else {
            index.roles_allowing(role_namespace, request, door)
        };
        all.into_iter().filter_map(|(id, rules)| Some((id, Matching::of(&rules, request, nameless)?))).collect()
    };
    for (id, matching) in matching(Name::EMPTY) {
        for binding in index.bindings_to(id, Name::EMPTY).iter().filter_map(|id| index.binding_at(*id)) {
            everyone.add(binding, &matching, None);
        }
        for namespace in namespaces {
            for binding in index.bindings_to(id, *namespace).iter().filter_map(|id| index.binding_at(*id)) {
                everyone.add(binding, &matching, Some(*namespace));
            }
        }
    }
    for namespace in namespaces {
        for (id, matching) in matching(*namespace) {
            for binding in index.bindings_to(id, *namespace).iter().filter_map(|id| index.binding_at(*id)) {
                everyone.add(binding, &matching, Some(*namespace));
            }
        }
    }
    match Nodes::of(index, request, nameless, namespaces) {
        Nodes::All => everyone.add_nodes(),
        Nodes::These(nodes) => nodes.into_iter().for_each(|node| everyone.add_node(node, request)),
        Nodes::SomeOfMany => {
            notes.push("a node may do this to objects that pods on it use (Node authorizer); such rights are not listed".to_owned());
        }
        Nodes::None => {}
    }
    everyone.add_principals(index, request, namespaces);
    let who = everyone.sorted(facts);
    let gaps = index
        .gaps()
        .iter()
        .map(|gap| GapEffect {
            could_change_verdict: requests.iter().any(|request| could_hold_grant(gap, request) || could_relate(gap, request)),
            settled_by: gap
                .settled_by
                .clone()
                .unwrap_or_else(|| "kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json".to_owned()),
            gap: gap.clone(),
        })
        .collect();
    notes.push(index.authorizers().to_owned());
    WhoCan { request: *request, who, gaps, notes }
}

/// The first rule of a role that allows the request, and the names it is limited to.
struct Matching {
    role: ObjectRef,
    rule_index: usize,
    names: Vec<Name>,
}

impl Matching {
    fn of(rules: &Rules<'_>, request: &Request, nameless: bool) -> Option<Self> {
        let allowing = rules.rules.iter().position(|rule| rbac::allows(rule, request)).map(|position| (position, Vec::new()));
        let limited = || {
            if !nameless {
                return None;
            }
            let position = rules
                .rules
                .iter()
                .position(|rule| !rule.resource_names.is_empty() && rbac::failing(rule, request) == [super::CheckKind::ResourceName])?;
            Some((position, rules.rules.get(position)?.resource_names.to_vec()))
        };
        let (rule_index, names) = allowing.or_else(limited)?;
        Some(Self { role: rules.role.reference(), rule_index, names })
    }
}

/// Verbs whose requests name an object; the others act on a collection.
fn carries_name(verb: Name) -> bool {
    !matches!(verb.as_str(), "list" | "watch" | "create" | "deletecollection")
}

fn in_namespace(request: &Request, namespace: Name) -> Request {
    match request {
        Request::Resource(request) => Request::Resource(super::request::ResourceRequest { namespace, ..*request }),
        Request::NonResource { .. } => *request,
    }
}

/// The nodes that may, by the Node authorizer.
enum Nodes {
    None,
    All,
    /// Those that the object belongs to.
    These(Vec<Name>),
    /// Each for objects of its own, and which those are is not asked.
    SomeOfMany,
}

impl Nodes {
    fn of(index: &Index, request: &Request, nameless: bool, namespaces: &[Name]) -> Self {
        let node = Identity::literal("system:node:every-node", [*known::NODES]);
        let Some(opinion) = node::rule(&node, request) else { return Self::None };
        match opinion.object {
            None if opinion.allowed => Self::All,
            // without a name or a namespace the question is about many
            None if nameless && is_by_name(&node, request) => Self::SomeOfMany,
            None => Self::None,
            Some(object) if object.sort.is_namespaced() && object.namespace.is_empty() && !namespaces.is_empty() => Self::SomeOfMany,
            // which objects are whose was not read
            Some(_) if !index.missing_for(&node, request).is_empty() => Self::SomeOfMany,
            Some(object) => {
                let graph = index.graph();
                Self::These(graph.nodes().into_iter().filter(|node| graph.is_related(*node, &object)).collect())
            }
        }
    }
}

/// Whether nodes may do it to objects of their own, which this request does not name.
fn is_by_name(node: &Identity, request: &Request) -> bool {
    let Request::Resource(request) = request else { return false };
    let namespace = if request.namespace.is_empty() { Name::new("default") } else { request.namespace };
    let named = Request::Resource(super::request::ResourceRequest { name: Name::new("some-object"), namespace, ..*request });
    node::rule(node, &named).is_some_and(|opinion| opinion.object.is_some())
}

fn could_hold_grant(gap: &crate::base::Gap, request: &Request) -> bool {
    let namespace = request.namespace();
    [Kind::ClusterRole, Kind::ClusterRoleBinding].into_iter().any(|kind| gap.may_hold(kind.as_str(), Name::EMPTY))
        || (!namespace.is_empty() && [Kind::Role, Kind::RoleBinding].into_iter().any(|kind| gap.may_hold(kind.as_str(), namespace)))
}

/// Whether something that relates the object to a node could be inside a gap.
fn could_relate(gap: &crate::base::Gap, request: &Request) -> bool {
    let node = Identity::literal("system:node:every-node", [*known::NODES]);
    node::kinds(&node, request).iter().any(|kind| match kind {
        // a Secret and a volume may be those of a claim anywhere
        Kind::Pod => gap.may_hold_anywhere(kind.as_str()),
        kind => gap.may_hold(kind.as_str(), Name::EMPTY),
    })
}

#[derive(Default)]
struct Everyone {
    by_principal: rustc_hash::FxHashMap<Principal, Entitled>,
}

impl Everyone {
    fn add_masters(&mut self) {
        self.add_group(*known::MASTERS, Authorizer::SystemMasters);
    }

    fn add_nodes(&mut self) {
        self.add_group(*known::NODES, Authorizer::Node);
    }

    /// A node that an object belongs to.
    fn add_node(&mut self, node: Name, request: &Request) {
        let name = Name::new(&format!("system:node:{node}"));
        let entitled = self.entitled(Principal::User(name), Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name });
        match request.namespace() {
            Name::EMPTY => entitled.cluster_wide = true,
            namespace if !entitled.namespaces.contains(&namespace) => entitled.namespaces.push(namespace),
            _ => {}
        }
        entitled.grants.insert(0, Entitlement::of(Authorizer::Node));
    }

    fn add_group(&mut self, name: Name, authorizer: Authorizer) {
        let entitled = self.entitled(Principal::Group(name), Subject { kind: SubjectKind::Group, namespace: Name::EMPTY, name });
        entitled.cluster_wide = true;
        entitled.grants.insert(0, Entitlement::of(authorizer));
    }

    /// The principals of IAM whose access policies allow it.
    fn add_principals(&mut self, index: &Index, request: &Request, namespaces: &[Name]) {
        for (arn, policies) in index.access().all() {
            let name = Name::new(arn);
            let subject = Subject { kind: SubjectKind::new(PRINCIPAL), namespace: Name::EMPTY, name };
            for association in policies {
                let named = association.namespaces.iter().filter(|namespace| !namespace.contains('*')).map(|name| Name::new(name));
                let mut everywhere: Vec<Name> =
                    if namespaces.len() > 1 { namespaces.iter().copied().chain(named).collect() } else { namespaces.to_vec() };
                everywhere.sort_unstable();
                everywhere.dedup();
                let is_cluster_wide = !association.is_namespaced && Says::of(association, request) == Says::Allows;
                let allows = |namespace: &Name| Says::of(association, &in_namespace(request, *namespace)) == Says::Allows;
                let holding: Vec<Name> = if is_cluster_wide { Vec::new() } else { everywhere.into_iter().filter(allows).collect() };
                if !is_cluster_wide && holding.is_empty() {
                    continue;
                }
                let entitled = self.entitled(Principal::User(name), subject);
                entitled.cluster_wide |= is_cluster_wide;
                entitled.namespaces.extend(holding);
                entitled.namespaces.sort_unstable();
                entitled.namespaces.dedup();
                entitled.grants.push(Entitlement {
                    rule_index: Associated::of(arn, association, request).allowing().unwrap_or_default(),
                    policy: Some(association.clone()),
                    ..Entitlement::of(Authorizer::AccessPolicy)
                });
            }
        }
    }

    fn entitled(&mut self, principal: Principal, subject: Subject) -> &mut Entitled {
        self.by_principal.entry(principal).or_insert_with(|| Entitled {
            subject,
            cluster_wide: false,
            namespaces: Vec::new(),
            members: Vec::new(),
            grants: Vec::new(),
        })
    }

    fn add(&mut self, binding: &Binding, matching: &Matching, namespace: Option<Name>) {
        let mut seen = rustc_hash::FxHashSet::default();
        for (subject_index, subject) in binding.subjects.iter().enumerate() {
            let Some(principal) = principal_of(subject, binding.meta.namespace).filter(|principal| seen.insert(*principal)) else {
                continue;
            };
            let mut named = *subject;
            if named.kind == SubjectKind::ServiceAccount && named.namespace.is_empty() {
                named.namespace = binding.meta.namespace;
            }
            let entitled = self.entitled(principal, named);
            match namespace {
                None => entitled.cluster_wide = true,
                Some(namespace) if !entitled.namespaces.contains(&namespace) => entitled.namespaces.push(namespace),
                Some(_) => {}
            }
            entitled.grants.push(Entitlement {
                authorizer: Authorizer::Rbac,
                binding: Some(binding.reference()),
                role: Some(matching.role),
                subject_index,
                rule_index: matching.rule_index,
                names: matching.names.clone(),
                policy: None,
            });
        }
    }

    fn sorted(self, facts: &Facts) -> Vec<Entitled> {
        let mut who: Vec<Entitled> = self.by_principal.into_values().collect();
        for entitled in &mut who {
            entitled.namespaces.sort_unstable();
            entitled.grants.sort_by_key(|grant| (grant.authorizer, grant.binding));
            if entitled.subject.kind == SubjectKind::Group {
                entitled.members = members(facts, entitled.subject.name);
            }
        }
        // masters first: they may before any rule is asked
        who.sort_by_key(|entitled| {
            let first = entitled.grants.first().map(|grant| grant.authorizer);
            (first, !entitled.cluster_wide, entitled.subject.kind, entitled.subject.namespace, entitled.subject.name)
        });
        who
    }
}

/// The identities known to be in a group: service accounts and nodes, whose groups follow from what they are.
pub fn members(facts: &Facts, group: Name) -> Vec<Principal> {
    let mut members: Vec<Principal> = if group == *known::NODES {
        facts.nodes().map(|node| Principal::User(Name::new(&format!("system:node:{}", node.meta.name)))).collect()
    } else if let Some(rest) = group.as_str().strip_prefix("system:serviceaccounts") {
        let namespace = rest.strip_prefix(':');
        facts
            .service_accounts()
            .filter(|account| rest.is_empty() || namespace.is_some_and(|namespace| account.meta.namespace == namespace))
            .map(|account| {
                Principal::User(Name::new(&format!("{}{}:{}", crate::identity::SERVICE_ACCOUNT, account.meta.namespace, account.meta.name)))
            })
            .collect()
    } else {
        Vec::new()
    };
    members.sort_unstable();
    members
}
