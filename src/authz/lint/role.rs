//! Findings about one role: rules that never match, and rules that match too much.

use std::sync::Arc;

use super::{Use, all_read, finding, is_built_in, is_selected, served, width};
use crate::authz::near_miss;
use crate::authz::request::{METHODS, VERBS};
use crate::base::text::{enumerate, quote};
use crate::base::{Finding, Name, Severity};
use crate::facts::{Facts, Kind, ObjectRef, Role, Rule, Scoping};

/// Checks a role.
pub fn check(facts: &Facts, role: &Arc<Role>, use_: Use) -> Vec<Finding> {
    if is_built_in(&role.meta) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let reference = role.reference();
    if let Some((into, why)) = mislabelled(facts, role) {
        findings.push(finding(
            "aggregation-label",
            Severity::Error,
            &reference,
            format!("{reference} looks meant to be part of {into}, and is not: {why}"),
            "correct the label: labels are compared byte for byte",
        ));
    } else if !use_.bound && !is_selected(facts, role) && all_read(facts, Kind::RoleBinding) {
        findings.push(finding("unused-role", Severity::Info, &reference, format!("no binding names {reference}"), "delete it, or bind it"));
    }
    if role.is_unfilled() {
        findings.push(finding(
            "aggregated-role-empty",
            Severity::Warning,
            &reference,
            format!("{reference} is aggregated and has no rules: no controller has filled it"),
            "run kube-controller-manager, or label ClusterRoles so that its selectors find them",
        ));
    }
    // the rules of an aggregated role are those of its contributors, where they are told
    if role.aggregation.is_none() {
        for (index, rule) in role.rules.iter().enumerate() {
            Rules { facts, role, use_, index, rule, findings: &mut findings }.check();
        }
    }
    findings
}

/// The aggregated role that a ClusterRole was meant for, and what is wrong with its label.
fn mislabelled(facts: &Facts, role: &Role) -> Option<(ObjectRef, String)> {
    let mut aggregated: Vec<&Arc<Role>> = facts.roles().filter(|other| other.aggregation.is_some() && role.cluster).collect();
    aggregated.sort_by_key(|other| other.reference());
    aggregated.into_iter().find_map(|other| {
        let selectors = &other.aggregation.as_ref()?.selectors;
        let is_part = selectors.iter().any(|selector| selector.matches(&role.meta));
        let why = selectors.iter().find_map(|selector| near_miss::mislabelled(role, selector)).filter(|_| !is_part)?;
        Some((other.reference(), why))
    })
}

/// Something to tell of a rule.
pub struct Told {
    code: &'static str,
    severity: Severity,
    message: String,
    fix: String,
}

impl Told {
    /// What is wrong, to go on after which rule it is, and what would mend it.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), fix: fix.into() }
    }
}

struct Rules<'a> {
    facts: &'a Facts,
    role: &'a Arc<Role>,
    use_: Use,
    index: usize,
    rule: &'a Rule,
    findings: &'a mut Vec<Finding>,
}

impl Rules<'_> {
    fn tell(&mut self, code: &'static str, severity: Severity, message: &str, fix: impl Into<String>) {
        let reference = self.role.reference();
        let message = format!("rules[{}] of {reference} {message}", self.index);
        self.findings.push(finding(code, severity, &reference, message, fix));
    }

    fn check(&mut self) {
        self.check_verbs();
        self.check_urls();
        self.check_names();
        self.check_width();
        self.check_needless();
        for resource in self.rule.resources.iter().copied().filter(|resource| *resource != Name::STAR) {
            self.check_resource(resource);
        }
        if !self.rule.resources.is_empty() && self.rule.api_groups.is_empty() {
            self.tell(
                "no-api-groups",
                Severity::Error,
                "has no API groups, so it matches nothing",
                "add apiGroups; the core group is \"\"",
            );
        }
    }

    fn check_verbs(&mut self) {
        for verb in self.rule.verbs.iter() {
            let text = verb.as_str();
            let is_known = text == "*" || VERBS.contains(&text) || METHODS.contains(&text) || text.contains(':');
            if text.chars().any(char::is_uppercase) {
                let fix = format!("write {}", quote(&text.to_lowercase()));
                self.tell(
                    "verb-never-matches",
                    Severity::Error,
                    &format!("has verb {}: verbs are lower case, so it never matches", quote(text)),
                    fix,
                );
            } else if !is_known {
                self.tell(
                    "unknown-verb",
                    Severity::Warning,
                    &format!("has verb {}, which Kubernetes never asks for", quote(text)),
                    "use get, list, watch, create, update, patch, delete or deletecollection",
                );
            }
        }
    }

    fn check_urls(&mut self) {
        if self.rule.non_resource_urls.is_empty() {
            return;
        }
        if !self.role.cluster {
            self.tell(
                "paths-in-role",
                Severity::Error,
                "has nonResourceURLs: a Role cannot grant them",
                "use a ClusterRole and a ClusterRoleBinding",
            );
        } else if self.use_.bound && !self.use_.cluster_bound {
            self.tell(
                "paths-in-role-binding",
                Severity::Warning,
                "has nonResourceURLs, but only RoleBindings name the role: they cannot grant them",
                "bind the role by a ClusterRoleBinding",
            );
        }
        for url in self.rule.non_resource_urls.iter() {
            let inner = url.as_str().trim_end_matches('*');
            if inner.contains('*') {
                let message = format!("has path {}: a star that is not at the end is a star, no wildcard", quote(url.as_str()));
                self.tell("star-in-path", Severity::Warning, &message, "end the path with the star");
            }
        }
    }

    fn check_names(&mut self) {
        if self.rule.resource_names.is_empty() {
            return;
        }
        if self.rule.resource_names.contains(&Name::STAR) {
            self.tell(
                "star-resource-name",
                Severity::Error,
                "has resourceNames *, which is a name, no wildcard",
                "leave resourceNames out to mean every name",
            );
        }
        let is_parent = self.rule.resources.iter().any(|resource| !resource.as_str().contains('/'));
        let nameless: Vec<&str> = self
            .rule
            .verbs
            .iter()
            .map(|verb| verb.as_str())
            .filter(|verb| matches!(*verb, "create" | "deletecollection" | "list" | "watch") && is_parent)
            .collect();
        if !nameless.is_empty() {
            let verbs = enumerate(&nameless, "and");
            self.tell(
                "names-without-name",
                Severity::Warning,
                &format!(
                    "limits {verbs} to names, but such requests carry none (list and watch do with --field-selector metadata.name=NAME)"
                ),
                format!("put {verbs} into a rule without resourceNames"),
            );
        }
    }

    fn check_width(&mut self) {
        let star = |list: &[Name]| list.contains(&Name::STAR);
        if star(&self.rule.verbs) && star(&self.rule.resources) && star(&self.rule.api_groups) {
            self.tell(
                "allows-everything",
                Severity::Warning,
                "allows everything, what comes later too",
                "name the verbs and resources that are needed",
            );
        }
    }

    /// What another rule or a star makes needless, and what the API does not serve.
    fn check_needless(&mut self) {
        let mut told = width::beside_star(self.rule);
        let is_everything = |list: &[Name]| list.contains(&Name::STAR);
        if !(is_everything(&self.rule.verbs) && is_everything(&self.rule.resources) && is_everything(&self.rule.api_groups)) {
            told.extend(width::stars(self.rule));
        }
        told.extend(width::covered(self.role, self.index, self.rule));
        if self.use_.is_discovered {
            told.extend(served::groups(self.facts, self.rule));
            told.extend(served::verbs(self.facts, self.rule));
        }
        for told in told {
            self.tell(told.code, told.severity, &told.message, told.fix);
        }
    }

    fn check_resource(&mut self, resource: Name) {
        let text = resource.as_str();
        if text.ends_with("/*") {
            let parent = text.trim_end_matches("/*");
            self.tell(
                "star-subresource",
                Severity::Error,
                &format!("has resource {}: the star is no wildcard there, so it matches nothing", quote(text)),
                format!("name the subresources: {parent}/status, …"),
            );
            return;
        }
        let (parent, _) = text.split_once('/').map_or((text, ""), |(parent, sub)| (parent, sub));
        if parent == "*" || self.rule.api_groups.contains(&Name::STAR) {
            return;
        }
        let known = self.rule.api_groups.iter().find_map(|group| self.facts.resources().get(*group, Name::new(parent)));
        match known {
            Some(known) => {
                if let Some(told) = served::subresource(known, text).filter(|_| self.use_.is_discovered) {
                    self.tell(told.code, told.severity, &told.message, told.fix);
                }
                if known.scoping == Scoping::Cluster && !(known.plural == "namespaces" && known.group.is_empty()) && !self.role.cluster {
                    self.tell(
                        "cluster-resource-in-role",
                        Severity::Error,
                        &format!("has {text}, which has no namespace: a Role cannot grant it"),
                        "use a ClusterRole and a ClusterRoleBinding",
                    );
                }
            }
            None => self.check_unknown(text, parent),
        }
    }

    /// A resource that is not known in any of the rule's groups: another group, another name, or something not installed.
    fn check_unknown(&mut self, text: &str, parent: &str) {
        let groups: Vec<String> = self.rule.api_groups.iter().map(|group| quote(group.as_str())).collect();
        let groups = enumerate(&groups, "and");
        let named = self.facts.resources().named(parent);
        let is_group_known = self.facts.resources().iter().any(|resource| self.rule.api_groups.contains(&resource.group));
        if let Some(other) = named.iter().find(|other| other.plural == parent) {
            let fix = format!("use apiGroups [{}]", quote(other.group.as_str()));
            self.tell("wrong-api-group", Severity::Error, &format!("has {text} in API group {groups}, where it is not"), fix);
        } else if let Some(other) = named.first() {
            let fix = format!("write {}", other.plural);
            self.tell(
                "resource-never-matches",
                Severity::Error,
                &format!("has resource {}: rules take the lower-case plural", quote(text)),
                fix,
            );
        } else if is_group_known {
            let near = self.facts.resources().nearest(parent);
            let fix = near.first().map_or_else(
                || "check the spelling, or install what serves it".to_owned(),
                |near| format!("check the spelling: {near} is known"),
            );
            self.tell(
                "unknown-resource",
                Severity::Warning,
                &format!("has {text} in API group {groups}, and no such resource is known"),
                fix,
            );
        }
    }
}
