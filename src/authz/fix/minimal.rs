//! The narrowest fix of all: a new role with one rule for this request, bound to this identity.

use std::sync::Arc;

use super::Question;
use super::plan::{Plan, aggregated};
use crate::authz::command::subject_flag;
use crate::authz::{Index, Request};
use crate::base::text::shell_word;
use crate::base::{Name, known};
use crate::facts::{Binding, Kind, Meta, Object, ObjectRef, Role, RoleRef, Rule, Subject, SubjectKind};
use crate::identity::Identity;

/// The longest name a new object gets; Kubernetes takes more, readers do not.
const LONGEST: usize = 60;

/// A rule for exactly this request; none when it would take a wildcard or could not be written down.
pub fn rule(request: &Request) -> Option<Rule> {
    let one = |name: Name| -> Arc<[Name]> { Arc::from([name]) };
    let is_plain = |name: Name| !name.is_empty() && !name.as_str().contains('*');
    match request {
        Request::NonResource { verb, path } => {
            (is_plain(*verb) && is_plain(*path)).then(|| Rule { verbs: one(*verb), non_resource_urls: one(*path), ..Rule::default() })
        }
        Request::Resource(request) => {
            let combined = request.combined();
            let is_plain = is_plain(request.verb) && is_plain(combined) && !request.api_group.as_str().contains('*');
            is_plain.then(|| Rule {
                verbs: one(request.verb),
                api_groups: one(request.api_group),
                resources: one(combined),
                resource_names: if request.name.is_empty() { Arc::from([]) } else { one(request.name) },
                non_resource_urls: Arc::from([]),
            })
        }
    }
}

/// The subject that stands for an identity in a binding; none for nobody and for those who presented no credential.
pub fn subject(identity: &Identity) -> Option<Subject> {
    if let Some((namespace, name)) = identity.service_account() {
        return Some(Subject { kind: SubjectKind::ServiceAccount, namespace, name });
    }
    match identity.username {
        Some(name) if name.is_empty() || name == "system:anonymous" => None,
        Some(name) => Some(Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name }),
        None => {
            let group = identity.groups.first().copied()?;
            let is_everybody = group == *known::UNAUTHENTICATED || group == *known::AUTHENTICATED;
            (!is_everybody && !group.is_empty()).then_some(Subject { kind: SubjectKind::Group, namespace: Name::EMPTY, name: group })
        }
    }
}

/// A new role and binding.
pub fn plan(question: &Question<'_>) -> Option<Plan> {
    let rule = rule(question.request)?;
    let subject = subject(question.identity)?;
    let namespace = question.request.namespace();
    let cluster = namespace.is_empty();
    let (role_kind, binding_kind) = if cluster { (Kind::ClusterRole, Kind::ClusterRoleBinding) } else { (Kind::Role, Kind::RoleBinding) };
    let what = slug(&match question.request {
        Request::NonResource { verb, path } => format!("{verb}-{path}"),
        Request::Resource(request) => format!("{}-{}-{}", request.verb, request.combined(), request.name),
    });
    let role_name = free(question.index, role_kind, namespace, &what);
    let binding_name = free(question.index, binding_kind, namespace, &slug(&format!("{what}-{}", subject.name)));

    let role = Arc::new(Role { meta: Meta::named(namespace, role_name), cluster, rules: Arc::from([rule.clone()]), aggregation: None });
    let binding = Binding {
        meta: Meta::named(namespace, binding_name),
        cluster,
        role_ref: RoleRef { kind: Name::new(role_kind.as_str()), name: role_name },
        subjects: Arc::from([subject]),
    };
    let place = if cluster { String::new() } else { format!(" -n {}", shell_word(namespace.as_str())) };
    let commands = vec![
        create_role(&rule, role_kind, role_name, &place),
        format!(
            "kubectl create {} {} --{}={} {}{place}",
            binding_kind.as_str().to_lowercase(),
            shell_word(binding_name.as_str()),
            role_kind.as_str().to_lowercase(),
            shell_word(role_name.as_str()),
            subject_flag(&subject, namespace)
        ),
    ];
    Some(Plan {
        title: format!("let {} {} and nothing else, by a new {role_kind} and {binding_kind}", question.identity, question.request),
        consequences: aggregated(question, &role, &role.rules),
        changed: vec![Object::Role(role), Object::Binding(Arc::new(binding))],
        commands,
        who_may_apply: if cluster {
            "somebody who may create clusterroles and clusterrolebindings, and holds this right already or may escalate and bind".to_owned()
        } else {
            format!("somebody who may create roles and rolebindings in {namespace}, and holds this right already or may escalate and bind")
        },
    })
}

/// `kubectl create role` for one rule.
pub fn create_role(rule: &Rule, kind: Kind, name: Name, place: &str) -> String {
    let verbs = rule.verbs.iter().map(|verb| format!(" --verb={}", shell_word(verb.as_str())));
    let urls = rule.non_resource_urls.iter().map(|url| format!(" --non-resource-url={}", shell_word(url.as_str())));
    let group = rule.api_groups.first().copied().unwrap_or_default();
    let resources = rule.resources.iter().map(|resource| format!(" --resource={}", shell_word(&qualified(resource.as_str(), group))));
    let names = rule.resource_names.iter().map(|name| format!(" --resource-name={}", shell_word(name.as_str())));
    let flags: String = verbs.chain(urls).chain(resources).chain(names).collect();
    format!("kubectl create {} {}{flags}{place}", kind.as_str().to_lowercase(), shell_word(name.as_str()))
}

/// A rule's resource with its group where kubectl wants it: `deployments.apps/scale`.
fn qualified(resource: &str, group: Name) -> String {
    let (parent, subresource) = resource.split_once('/').map_or((resource, None), |(parent, subresource)| (parent, Some(subresource)));
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    let subresource = subresource.map(|subresource| format!("/{subresource}")).unwrap_or_default();
    format!("{parent}{group}{subresource}")
}

/// Lower-case letters, digits, dots and single dashes: fit for the name of any object.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        let c = if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        if c != '-' || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push(c);
        }
    }
    let cut: String = slug.chars().take(LONGEST).collect();
    let trimmed = cut.trim_matches(['-', '.']);
    if trimmed.is_empty() { "access".to_owned() } else { trimmed.to_owned() }
}

/// The wanted name, or the same with a number, so that no existing object is overwritten.
fn free(index: &Index, kind: Kind, namespace: Name, wanted: &str) -> Name {
    let is_taken = |name: Name| {
        let reference = ObjectRef { kind, namespace, name };
        match kind {
            // a binding may name a role that does not exist: creating it would give it to that binding's subjects
            Kind::Role | Kind::ClusterRole => index.is_named(&reference),
            _ => index.binding(&reference).is_some(),
        }
    };
    let numbered = (2..).map(|number| Name::new(&format!("{wanted}-{number}")));
    std::iter::once(Name::new(wanted)).chain(numbered).find(|name| !is_taken(*name)).unwrap_or_else(|| Name::new(wanted))
}
