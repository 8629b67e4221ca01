//! The shapes that several commands share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::authz::{self, Authorizer, CheckKind, GapEffect, NearMissKind, Principal, SubjectAt};
use crate::base::Name;
use crate::facts::aws::PolicyAssociation;
use crate::facts::{self, Facts, Kind, ObjectRef, SubjectKind};
use crate::identity::{self, Provenance, SERVICE_ACCOUNT};
use crate::source::live::RulesReview;
use crate::view::sentence;

/// A request, and how it was read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    #[serde(flatten)]
    attributes: Attributes,
    /// How a kubectl line, URL or message was read.
    read_as: String,
    /// What was dropped, resolved or assumed, as sentences.
    notes: Vec<String>,
}

/// What is asked: a resource, or another path.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Attributes {
    #[serde(rename_all = "camelCase")]
    Resource {
        verb: Name,
        /// Empty for the core group.
        api_group: Name,
        resource: Name,
        subresource: Option<Name>,
        name: Option<Name>,
        /// Absent for cluster-scoped resources and for all namespaces.
        namespace: Option<Name>,
    },
    NonResource {
        verb: Name,
        path: Name,
    },
}

impl Request {
    /// A request with how it was read and all that was assumed.
    pub fn new(request: &authz::Request, read_as: &str, notes: &[&[String]]) -> Self {
        let attributes = match *request {
            authz::Request::NonResource { verb, path } => Attributes::NonResource { verb, path },
            authz::Request::Resource(request) => Attributes::Resource {
                verb: request.verb,
                api_group: request.api_group,
                resource: request.resource,
                subresource: present(request.subresource),
                name: present(request.name),
                namespace: present(request.namespace),
            },
        };
        Self { attributes, read_as: read_as.to_owned(), notes: notes.concat() }
    }
}

/// Who asks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Identity {
    /// Absent for a question about a group as such.
    username: Option<Name>,
    uid: Option<Name>,
    groups: Vec<Name>,
    extra: BTreeMap<Name, Vec<Name>>,
    /// Where the user name and each group come from.
    provenance: Vec<Provenance>,
}

impl From<&identity::Identity> for Identity {
    fn from(identity: &identity::Identity) -> Self {
        Self {
            username: identity.username,
            uid: present(identity.uid),
            groups: identity.groups.clone(),
            extra: identity.extra.clone(),
            provenance: identity.provenance.clone(),
        }
    }
}

/// Names one object.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Object {
    kind: &'static str,
    /// Absent for cluster-scoped objects.
    namespace: Option<Name>,
    name: Name,
    /// Absent when the object does not exist, or was not recorded from a server.
    uid: Option<Name>,
}

impl Object {
    /// The object of that reference, with its uid where the facts have it.
    pub fn new(reference: &ObjectRef, facts: &Facts) -> Self {
        let uid = match reference.kind {
            Kind::Role | Kind::ClusterRole => facts.role(reference).map(|role| role.meta.uid),
            Kind::RoleBinding | Kind::ClusterRoleBinding => facts.binding(reference).map(|binding| binding.meta.uid),
            _ => None,
        };
        Self { kind: reference.kind.as_str(), namespace: present(reference.namespace), name: reference.name, uid: uid.and_then(present) }
    }
}

/// A subject of a binding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Subject {
    kind: Name,
    /// A service account's; filled with the binding's where it was left out.
    namespace: Option<Name>,
    name: Name,
    /// Its position in the binding, counted from 0.
    index: Option<usize>,
}

impl From<&SubjectAt> for Subject {
    fn from(at: &SubjectAt) -> Self {
        let namespace = match at.subject.kind {
            SubjectKind::ServiceAccount if at.subject.namespace.is_empty() => at.binding_namespace,
            _ => at.subject.namespace,
        };
        Self { index: Some(at.index), ..Self::from(&facts::Subject { namespace, ..at.subject }) }
    }
}

impl From<&facts::Subject> for Subject {
    fn from(subject: &facts::Subject) -> Self {
        Self { kind: Name::new(subject.kind.as_str()), namespace: present(subject.namespace), name: subject.name, index: None }
    }
}

impl From<&Principal> for Subject {
    fn from(principal: &Principal) -> Self {
        let (kind, namespace, name) = match *principal {
            Principal::Group(name) => ("Group", None, name),
            Principal::User(name) => match name.as_str().strip_prefix(SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':')) {
                Some((namespace, account)) => ("ServiceAccount", Some(Name::new(namespace)), Name::new(account)),
                None => ("User", None, name),
            },
        };
        Self { kind: Name::new(kind), namespace, name, index: None }
    }
}

/// A rule of a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its position in the role, counted from 0.
    index: usize,
    verbs: Vec<Name>,
    api_groups: Vec<Name>,
    resources: Vec<Name>,
    resource_names: Vec<Name>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Vec<Name>,
    /// The ClusterRole that contributed it to an aggregated role.
    from: Option<Object>,
}

impl Rule {
    /// A rule at a position of its role.
    pub fn new(index: usize, rule: &facts::Rule, from: Option<&ObjectRef>, facts: &Facts) -> Self {
        Self {
            index,
            verbs: rule.verbs.to_vec(),
            api_groups: rule.api_groups.to_vec(),
            resources: rule.resources.to_vec(),
            resource_names: rule.resource_names.to_vec(),
            non_resource_urls: rule.non_resource_urls.to_vec(),
            from: from.map(|from| Object::new(from, facts)),
        }
    }
}

/// One complete chain that allows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Grant {
    /// Set where it is not RBAC: `system:masters`, `Node`, `EKS access policy`.
    pub(super) authorizer: Option<&'static str>,
    pub(super) binding: Option<Object>,
    pub(super) role: Option<Object>,
    pub(super) subject: Option<Subject>,
    pub(super) rule: Option<Rule>,
    /// The access policy that allows, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<AccessPolicy>,
    /// The API server's own words, byte for byte.
    pub(super) reason: String,
}

/// An access policy as it is associated with an access entry.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AccessPolicy {
    arn: String,
    scope: AccessScope,
}

/// Where it holds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct AccessScope {
    /// `cluster` or `namespace`.
    #[serde(rename = "type")]
    kind: &'static str,
    namespaces: Vec<String>,
}

impl From<&PolicyAssociation> for AccessPolicy {
    fn from(policy: &PolicyAssociation) -> Self {
        let kind = if policy.is_namespaced { "namespace" } else { "cluster" };
        Self { arn: policy.policy.clone(), scope: AccessScope { kind, namespaces: policy.namespaces.clone() } }
    }
}

impl Grant {
    /// A grant of a decision.
    pub fn new(grant: &authz::Grant, facts: &Facts) -> Self {
        Self {
            authorizer: beside_rbac(grant.authorizer),
            binding: grant.binding.as_ref().map(|binding| Object::new(binding, facts)),
            role: grant.role.as_ref().map(|role| Object::new(role, facts)),
            subject: grant.subject.as_ref().map(Subject::from),
            rule: grant.rule.as_ref().map(|at| Rule::new(at.index, &at.rule, at.from.as_ref(), facts)),
            policy: grant.policy.as_ref().map(|policy| AccessPolicy::from(&policy.association)),
            reason: grant.reason.clone(),
        }
    }
}

/// The authorizer's name, unless it is RBAC, which the binding tells.
pub fn beside_rbac(authorizer: Authorizer) -> Option<&'static str> {
    (authorizer != Authorizer::Rbac).then(|| authorizer.as_str())
}

/// A chain that fails in one or two named ways.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearMiss {
    kind: NearMissKind,
    sentence: String,
    binding: Object,
    role: Option<Object>,
    subject: Option<Subject>,
    rule: Option<Rule>,
    checks: Vec<Check>,
    /// The position in `fixes` of what would mend it.
    fix: Option<usize>,
}

/// One thing that must hold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Check {
    what: CheckKind,
    ok: bool,
    detail: String,
}

impl NearMiss {
    /// A near miss of a decision.
    pub fn new(miss: &authz::NearMiss, facts: &Facts) -> Self {
        Self {
            kind: miss.kind,
            sentence: miss.sentence.clone(),
            binding: Object::new(&miss.binding, facts),
            role: miss.role.as_ref().map(|role| Object::new(role, facts)),
            subject: miss.subject.as_ref().map(Subject::from),
            rule: miss.rule.as_ref().map(|at| Rule::new(at.index, &at.rule, at.from.as_ref(), facts)),
            checks: miss.checks.iter().map(|check| Check { what: check.what, ok: check.ok, detail: check.detail.clone() }).collect(),
            fix: miss.fix,
        }
    }
}

/// A change that would allow it, decided again before it was written down.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    title: String,
    /// The changed and new objects, for `kubectl apply -f -`.
    yaml: String,
    /// The commands that do the same, and last the one that proves it.
    commands: Vec<String>,
    verified: bool,
    /// Who may do what more once it is applied.
    widens: Vec<Widening>,
    /// Who may apply it.
    who_may_apply: String,
}

/// What one subject gains.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Widening {
    subject: Subject,
    gains: Vec<String>,
}

impl From<&authz::Fix> for Fix {
    fn from(fix: &authz::Fix) -> Self {
        let widening = |widening: &authz::Widening| Widening { subject: (&widening.subject).into(), gains: sentence::gains(widening) };
        Self {
            title: fix.title.clone(),
            yaml: fix.yaml.clone(),
            commands: fix.commands.clone(),
            verified: fix.verified,
            widens: fix.widens.iter().map(widening).collect(),
            who_may_apply: fix.who_may_apply.clone(),
        }
    }
}

/// What could not be read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    what: String,
    why: String,
    /// The kinds that may be missing; empty means any.
    kinds: Vec<Name>,
    /// The namespaces in which they may be missing; empty means all.
    namespaces: Vec<Name>,
    /// The namespaces in which they are not missing after all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    except: Vec<Name>,
    could_change_verdict: bool,
    /// The command or sentence that would settle it.
    settled_by: Option<String>,
}

impl From<&GapEffect> for Gap {
    fn from(effect: &GapEffect) -> Self {
        Self { could_change_verdict: effect.could_change_verdict, settled_by: Some(effect.settled_by.clone()), ..Self::from(&effect.gap) }
    }
}

/// A gap beside an answer without a verdict: what it could hide is missing from the list.
impl From<&crate::base::Gap> for Gap {
    fn from(gap: &crate::base::Gap) -> Self {
        Self {
            what: gap.what.clone(),
            why: gap.why.clone(),
            kinds: gap.kinds.clone(),
            namespaces: gap.namespaces.clone(),
            except: gap.except.clone(),
            could_change_verdict: true,
            settled_by: gap.settled_by.clone(),
        }
    }
}

/// What SelfSubjectRulesReview tells of the caller's rights in one namespace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    namespace: Name,
    rules: Vec<Rule>,
    /// Whether some authorizer cannot list its rules.
    incomplete: bool,
    evaluation_error: Option<String>,
}

impl From<&RulesReview> for Told {
    fn from(told: &RulesReview) -> Self {
        let facts = Facts::default();
        Self {
            namespace: told.namespace,
            rules: told.rules.iter().enumerate().map(|(index, rule)| Rule::new(index, rule, None, &facts)).collect(),
            incomplete: told.incomplete,
            evaluation_error: Some(told.evaluation_error.clone()).filter(|error| !error.is_empty()),
        }
    }
}

/// The name, unless it is empty.
pub fn present(name: Name) -> Option<Name> {
    (!name.is_empty()).then_some(name)
}
