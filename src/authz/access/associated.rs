//! What one associated policy says to a request.

use std::sync::Arc;

use super::policy::{name_of, of_arn};
use super::scope::Reach;
use crate::authz::decision::RuleCheck;
use crate::authz::{Request, rbac};
use crate::base::text::{enumerate, quote};
use crate::facts::Rule;
use crate::facts::aws::PolicyAssociation;

/// What a policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// A rule of it allows the request.
    Allows,
    /// None of its rules does.
    Nothing,
    /// It is associated for other namespaces.
    Elsewhere,
    /// A rule would allow the request, and AWS does not document whether it holds outside namespaces.
    Undocumented,
    /// Its rules are not published.
    Unpublished,
}

/// A policy that a principal has, and what it says to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Associated {
    /// The principal of the access entry.
    pub principal: String,
    /// The association.
    pub association: PolicyAssociation,
    /// What it says.
    pub says: Says,
    /// Its rules; none that are not published.
    pub rules: Arc<[Rule]>,
    /// What each rule says, in the order of `rules`.
    pub checks: Vec<RuleCheck>,
}

impl Says {
    /// What an associated policy says.
    pub fn of(association: &PolicyAssociation, request: &Request) -> Self {
        let reach = Reach::of(association, request);
        if reach == Reach::Elsewhere {
            return Self::Elsewhere;
        }
        let Some(rules) = of_arn(&association.policy).and_then(|policy| policy.rules.as_ref()) else { return Self::Unpublished };
        match (rules.iter().any(|rule| rbac::allows(rule, request)), reach) {
            (false, _) => Self::Nothing,
            (true, Reach::Holds) => Self::Allows,
            (true, _) => Self::Undocumented,
        }
    }
}

impl Says {
    /// Whether the policy allows the request, for all that is known of it.
    pub fn could_allow(self) -> bool {
        matches!(self, Self::Allows | Self::Undocumented | Self::Unpublished)
    }
}

impl Associated {
    /// What an association of a principal says to a request.
    pub fn of(principal: &str, association: &PolicyAssociation, request: &Request) -> Self {
        let rules = of_arn(&association.policy).and_then(|policy| policy.rules.clone()).unwrap_or_default();
        let checks = rules.iter().map(|rule| RuleCheck { failing: rbac::failing(rule, request), from: None }).collect();
        Self { principal: principal.to_owned(), association: association.clone(), says: Says::of(association, request), rules, checks }
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        name_of(&self.association.policy)
    }

    /// The position of the first rule that allows the request by itself, wherever it holds.
    pub fn allowing(&self) -> Option<usize> {
        self.checks.iter().position(|check| check.failing.is_empty())
    }

    /// The reason that EKS gives in its audit log; empty for what no such reason is known of.
    ///
    /// Seen of associations with the whole cluster: `EKS Access Policy: allowed by ClusterRoleBinding "PRINCIPAL+POLICY" of
    /// ClusterRole "POLICY" to User "ID"`.
    pub fn reason(&self, principal_id: Option<&str>) -> String {
        let Some(id) = principal_id.filter(|_| !self.association.is_namespaced) else { return String::new() };
        let policy = &self.association.policy;
        let binding = quote(&format!("{}+{policy}", self.principal));
        format!("EKS Access Policy: allowed by ClusterRoleBinding {binding} of ClusterRole {} to User {}", quote(policy), quote(id))
    }

    /// Where it holds: `the whole cluster`, `namespaces dev and dev-*`.
    pub fn scope(&self) -> String {
        scope_of(&self.association)
    }

    /// What it says, as a sentence without a final stop.
    pub fn sentence(&self, request: &Request) -> String {
        let (name, scope) = (self.name(), self.scope());
        match self.says {
            Says::Allows => format!("access policy {name} for {scope} allows it"),
            Says::Nothing => format!("access policy {name} has no rule for it: {}", self.lack(request)),
            Says::Elsewhere => {
                let asked = match request.namespace().as_str() {
                    "" => "and this asks about all namespaces".to_owned(),
                    namespace => format!("not for {namespace}"),
                };
                let would = if self.allowing().is_some() { " would allow it, and" } else { "" };
                format!("access policy {name}{would} is associated for {scope}, {asked}")
            }
            Says::Undocumented => {
                format!(
                    "access policy {name} has a rule for it and is associated for {scope}; AWS does not document whether that reaches what has no namespace"
                )
            }
            Says::Unpublished => format!("AWS does not publish the rules of access policy {name}, which is associated for {scope}"),
        }
    }

    /// What its nearest rule lacks.
    fn lack(&self, request: &Request) -> String {
        let has = |list: fn(&Rule) -> &[crate::base::Name], name| self.rules.iter().any(|rule| rbac::has(list(rule), name));
        match request {
            Request::NonResource { path, .. } => format!("it does not reach {path}"),
            Request::Resource(resource) => {
                let what = resource.qualified();
                let is_known = self.checks.iter().any(|check| {
                    check.failing.iter().all(|kind| matches!(kind, crate::authz::CheckKind::Verb | crate::authz::CheckKind::ResourceName))
                });
                if is_known {
                    format!("it does not give {} on {what}", resource.verb)
                } else if has(|rule| &rule.api_groups, resource.api_group) {
                    format!("it does not have {what}")
                } else {
                    format!("it has nothing of API group {}", quote(resource.api_group.as_str()))
                }
            }
        }
    }
}

/// Where an association holds.
pub fn scope_of(association: &PolicyAssociation) -> String {
    match association.namespaces.as_slice() {
        _ if !association.is_namespaced => "the whole cluster".to_owned(),
        [] => "no namespace".to_owned(),
        [one] => format!("namespace {one}"),
        several => format!("namespaces {}", enumerate(several, "and")),
    }
}
