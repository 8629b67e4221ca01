//! How each near miss is mended.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Question, minimal, yaml};
use crate::authz::command::subject_flag;
use crate::authz::decision::{NearMiss, NearMissKind};
use crate::base::Name;
use crate::base::text::shell_word;
use crate::facts::{Aggregation, Binding, Kind, Meta, Object, ObjectRef, Requirement, Role, Rule, Subject};

/// How many rules a role may have to be handed out whole to somebody for whom it was not meant: more is more than was
/// asked for.
const HANDFUL: usize = 4;

/// A change, before it is decided again.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it does.
    pub title: String,
    /// The changed and new objects.
    pub changed: Vec<Object>,
    /// What the aggregation controller makes of them: roles with their new rules.
    pub consequences: Vec<Arc<Role>>,
    /// The commands that apply it.
    pub commands: Vec<String>,
    /// Who may apply it.
    pub who_may_apply: String,
}

impl Plan {
    /// The changed and new bindings.
    pub fn bindings(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.changed.iter().filter_map(|object| match object {
            Object::Binding(binding) => Some(binding),
            _ => None,
        })
    }

    /// The changed and new roles, and those that the aggregation controller changes in turn.
    pub fn roles(&self) -> impl Iterator<Item = &Arc<Role>> {
        let changed = self.changed.iter().filter_map(|object| match object {
            Object::Role(role) => Some(role),
            _ => None,
        });
        changed.chain(&self.consequences)
    }
}

/// Mends the near miss where it fails; none when that would be too much, and the minimal fix must do.
pub fn mend(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    match miss.kind {
        NearMissKind::OtherNamespace => bind_here(question, miss),
        NearMissKind::MissingRole => create_missing(question, miss),
        NearMissKind::Verb
        | NearMissKind::ApiGroup
        | NearMissKind::Resource
        | NearMissKind::Subresource
        | NearMissKind::ResourceName
        | NearMissKind::ResourceNamesWithoutName
        | NearMissKind::NonResourceUrl => add_rule(question, miss),
        NearMissKind::SubjectName
        | NearMissKind::SubjectKind
        | NearMissKind::SubjectNamespace
        | NearMissKind::SubjectMissing
        | NearMissKind::GroupNotHeld => add_subject(question, miss),
        NearMissKind::NotAggregated => add_label(question, miss),
        // what holds in one namespace would come to hold in all of them
        NearMissKind::RoleBindingForClusterScope => None,
    }
}

/// Whether anybody would be surprised to see this changed: the API server's own, and what a controller writes.
fn is_kept_by_others(meta: &Meta) -> bool {
    meta.label("kubernetes.io/bootstrapping").is_some() || is_built_in(meta.name)
}

fn is_built_in(name: Name) -> bool {
    name.as_str().starts_with("system:") || matches!(name.as_str(), "cluster-admin" | "admin" | "edit" | "view")
}

fn has_wildcard(rules: &[Rule]) -> bool {
    let is_open = |name: &Name| name.as_str().contains('*');
    rules.iter().any(|rule| {
        [&rule.verbs, &rule.api_groups, &rule.resources, &rule.non_resource_urls].into_iter().any(|list| list.iter().any(is_open))
    })
}

/// The role of a near miss, when it may be handed out as it is.
fn grantable<'a>(question: &Question<'a>, miss: &NearMiss) -> Option<(ObjectRef, &'a Arc<[Rule]>)> {
    let reference = miss.role?;
    let rules = question.index.role_rules(&reference, question.door)?.rules;
    let is_too_much = has_wildcard(rules) || reference.name == "cluster-admin";
    (!is_too_much).then_some((reference, rules))
}

/// A RoleBinding like the one of the other namespace, here; a Role there cannot be bound from here.
fn bind_here(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    let (role, _) = grantable(question, miss).filter(|(role, rules)| role.kind == Kind::ClusterRole && rules.len() <= HANDFUL)?;
    let there = question.index.binding(&miss.binding)?;
    let namespace = question.request.namespace();
    let reference = ObjectRef { kind: Kind::RoleBinding, namespace, name: there.meta.name };
    if question.index.binding(&reference).is_some() {
        return None;
    }
    let named = miss.subject.map(|at| at.subject).filter(|subject| !subject.name.as_str().starts_with("system:"));
    let subject = match named {
        // without a namespace it would become the account of that name here
        Some(subject) if subject.kind != crate::facts::SubjectKind::ServiceAccount => subject,
        _ => minimal::subject(question.identity)?,
    };
    let binding =
        Binding { meta: Meta::named(namespace, there.meta.name), cluster: false, role_ref: there.role_ref, subjects: Arc::from([subject]) };
    let command = format!(
        "kubectl create rolebinding {} --clusterrole={} {} -n {}",
        shell_word(binding.meta.name.as_str()),
        shell_word(role.name.as_str()),
        subject_flag(&subject, namespace),
        shell_word(namespace.as_str())
    );
    Some(Plan {
        title: format!("bind {role} to {} {} in namespace {namespace} too", subject.kind, subject.name),
        changed: vec![Object::Binding(Arc::new(binding))],
        consequences: Vec::new(),
        commands: vec![command],
        who_may_apply: format!("somebody who may create rolebindings in {namespace}, and holds what {role} grants or may bind it"),
    })
}

/// The role that a binding names, with one rule for this request.
fn create_missing(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    let reference = miss.role.filter(|role| !is_built_in(role.name) && (role.kind == Kind::ClusterRole || !role.namespace.is_empty()))?;
    let rule = minimal::rule(question.request)?;
    let cluster = reference.kind == Kind::ClusterRole;
    let place = if cluster { String::new() } else { format!(" -n {}", shell_word(reference.namespace.as_str())) };
    let role =
        Role { meta: Meta::named(reference.namespace, reference.name), cluster, rules: Arc::from([rule.clone()]), aggregation: None };
    let where_ = if cluster { String::new() } else { format!(" in {}", reference.namespace) };
    let role = Arc::new(role);
    Some(Plan {
        title: format!("create the missing {reference}, with a rule for this request"),
        consequences: aggregated(question, &role, &role.rules),
        changed: vec![Object::Role(role)],
        commands: vec![minimal::create_role(&rule, reference.kind, reference.name, &place)],
        who_may_apply: format!(
            "somebody who may create {}s{where_}, and holds this right already or may escalate",
            reference.kind.as_str().to_lowercase()
        ),
    })
}

/// One more rule in the role, for this request alone.
fn add_rule(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    let reference = miss.role?;
    let role = question.index.role(&reference)?;
    if is_kept_by_others(&role.meta) || role.aggregation.is_some() || has_wildcard(&role.rules) {
        return None;
    }
    let rule = minimal::rule(question.request)?;
    let rules: Arc<[Rule]> = role.rules.iter().cloned().chain(std::iter::once(rule.clone())).collect();
    let changed = Arc::new(Role { rules, ..Role::clone(role) });
    let place = if reference.namespace.is_empty() { String::new() } else { format!(" -n {}", shell_word(reference.namespace.as_str())) };
    let patch = format!(r#"[{{"op":"add","path":"/rules/-","value":{}}}]"#, yaml::rule_json(&rule));
    let kind = reference.kind.as_str().to_lowercase();
    let where_ = if reference.namespace.is_empty() { String::new() } else { format!(" in {}", reference.namespace) };
    Some(Plan {
        title: format!("add a rule for this request to {reference}"),
        consequences: aggregated(question, &changed, &[rule]),
        changed: vec![Object::Role(changed)],
        commands: vec![format!(
            "kubectl patch {kind} {}{place} --type=json -p {}",
            shell_word(reference.name.as_str()),
            shell_word(&patch)
        )],
        who_may_apply: format!("somebody who may patch {kind}s{where_}, and holds all that the role grants or may escalate"),
    })
}

/// The identity as one more subject of the binding.
fn add_subject(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    let (_, rules) = grantable(question, miss)?;
    // where the binding was not meant for this identity, it is not made to give all it has, nor in every namespace
    let is_meant = matches!(miss.kind, NearMissKind::SubjectName | NearMissKind::SubjectKind | NearMissKind::SubjectNamespace);
    let is_wide = rules.len() > HANDFUL || (miss.binding.kind == Kind::ClusterRoleBinding && !question.request.namespace().is_empty());
    if !is_meant && is_wide {
        return None;
    }
    let binding = question.index.binding(&miss.binding).filter(|binding| !is_kept_by_others(&binding.meta))?;
    let subject = minimal::subject(question.identity)?;
    let subjects: Arc<[Subject]> = binding.subjects.iter().copied().chain(std::iter::once(subject)).collect();
    let changed = Binding { subjects, ..Binding::clone(binding) };
    let value = yaml::subject_json(&subject);
    let patch = if binding.subjects.is_empty() {
        format!(r#"[{{"op":"add","path":"/subjects","value":[{value}]}}]"#)
    } else {
        format!(r#"[{{"op":"add","path":"/subjects/-","value":{value}}}]"#)
    };
    let kind = miss.binding.kind.as_str().to_lowercase();
    let (place, where_) = if miss.binding.namespace.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" -n {}", shell_word(miss.binding.namespace.as_str())), format!(" in {}", miss.binding.namespace))
    };
    let role = miss.role.map_or_else(String::new, |role| role.to_string());
    Some(Plan {
        title: format!("add {} to {}", question.identity, miss.binding),
        changed: vec![Object::Binding(Arc::new(changed))],
        consequences: Vec::new(),
        commands: vec![format!(
            "kubectl patch {kind} {}{place} --type=json -p {}",
            shell_word(miss.binding.name.as_str()),
            shell_word(&patch)
        )],
        who_may_apply: format!("somebody who may patch {kind}s{where_}, and holds what {role} grants or may bind it"),
    })
}

/// The label that makes a ClusterRole part of the aggregated one.
fn add_label(question: &Question<'_>, miss: &NearMiss) -> Option<Plan> {
    let contributor = miss.rule.as_ref()?.from?;
    let role = question.index.role(&contributor).filter(|role| !is_kept_by_others(&role.meta) && !has_wildcard(&role.rules))?;
    let aggregation = question.index.role(&miss.role?)?.aggregation.clone()?;
    // labelled already: what is missing is the controller
    if aggregation.selectors.iter().any(|selector| selector.matches(&role.meta)) {
        return None;
    }
    let (key, value) = wanted_label(&aggregation)?;
    let mut labels: Vec<(Name, Name)> = role.meta.labels.iter().copied().filter(|(k, _)| *k != key).collect();
    labels.push((key, value));
    labels.sort_unstable();
    let changed = Arc::new(Role { meta: Meta { labels: labels.into(), ..role.meta.clone() }, ..Role::clone(role) });
    let label = format!("{key}={value}");
    Some(Plan {
        title: format!("label {contributor} with {label}, so that it becomes part of {}", miss.role?),
        consequences: aggregated(question, &changed, &changed.rules),
        changed: vec![Object::Role(changed)],
        commands: vec![format!("kubectl label clusterrole {} {} --overwrite", shell_word(contributor.name.as_str()), shell_word(&label))],
        who_may_apply: "somebody who may patch clusterroles, and holds all that the role grants or may escalate".to_owned(),
    })
}

/// The label of the first selector that wants exactly one.
fn wanted_label(aggregation: &Aggregation) -> Option<(Name, Name)> {
    aggregation.selectors.iter().find_map(|selector| match selector.requirements.as_slice() {
        [Requirement::In(key, values)] => match values.as_slice() {
            [value] => Some((*key, *value)),
            _ => None,
        },
        _ => None,
    })
}

/// What the aggregation controller makes of a ClusterRole's new rules: every role that selects it, and those that
/// select these. A selector may take in a role without any label.
pub fn aggregated(question: &Question<'_>, changed: &Arc<Role>, gained: &[Rule]) -> Vec<Arc<Role>> {
    let mut consequences = Vec::new();
    let mut seen = BTreeSet::from([changed.reference()]);
    let mut queue = if changed.cluster { vec![Arc::clone(changed)] } else { Vec::new() };
    while let Some(source) = queue.pop() {
        for role in question.index.cluster_roles() {
            let Some(aggregation) = role.aggregation.as_ref() else { continue };
            let selects = aggregation.selectors.iter().any(|selector| selector.matches(&source.meta));
            if !selects || !seen.insert(role.reference()) {
                continue;
            }
            let before = question.index.role_rules(&role.reference(), question.door).map_or(&role.rules, |rules| rules.rules);
            let new = gained.iter().filter(|rule| !before.contains(rule)).cloned();
            let filled = Arc::new(Role { rules: before.iter().cloned().chain(new).collect(), ..Role::clone(role) });
            queue.push(Arc::clone(&filled));
            consequences.push(filled);
        }
    }
    consequences
}
