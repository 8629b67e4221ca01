//! Wildcards that nobody needs, and rules that others make needless.

use crate::authz::covers::covers;
use crate::base::{Name, Severity};
use crate::facts::{Role, Rule};

use super::role::Told;

/// What a rule has beside a star.
pub fn beside_star(rule: &Rule) -> Vec<Told> {
    let lists: [(&str, &[Name]); 3] = [("verbs", &rule.verbs), ("apiGroups", &rule.api_groups), ("resources", &rule.resources)];
    let mut told = Vec::new();
    for (what, list) in lists {
        // a star among resources holds their subresources too
        if list.contains(&Name::STAR) && list.iter().any(|name| *name != Name::STAR) {
            let message = format!("has more {what} beside the star, which holds them all");
            let fix = format!("leave the star out, and name the {what} that are needed");
            told.push(Told::new("beside-star", Severity::Info, message, fix));
        }
    }
    told
}

/// Stars that give more than who writes them thinks of.
pub fn stars(rule: &Rule) -> Vec<Told> {
    let mut told = Vec::new();
    let has = |resource: &str| rule.resources.iter().any(|own| *own == resource);
    let is_star = |list: &[Name]| list.contains(&Name::STAR);
    let rbac = ["roles", "clusterroles"].into_iter().any(has);
    if is_star(&rule.verbs) && rbac && rule.api_groups.iter().any(|group| *group == "rbac.authorization.k8s.io" || *group == Name::STAR) {
        let message = "allows every verb on roles, escalate and bind among them: who has it may give away any right";
        told.push(Told::new("star-verbs-escalate", Severity::Warning, message, "name the verbs that are needed"));
    }
    let people = ["users", "groups", "serviceaccounts"].into_iter().any(has);
    if is_star(&rule.verbs)
        && people
        && rule.resource_names.is_empty()
        && rule.api_groups.iter().any(|group| group.is_empty() || *group == Name::STAR)
    {
        let message = "allows every verb on users, groups or service accounts, impersonate among them: who has it may act as anybody";
        told.push(Told::new("star-verbs-impersonate", Severity::Warning, message, "name the verbs that are needed"));
    }
    if is_star(&rule.api_groups) && !is_star(&rule.resources) && !rule.resources.is_empty() {
        let message = "names resources in every API group, those of groups to come among them";
        told.push(Told::new("star-api-groups", Severity::Info, message, "name the API groups of these resources"));
    }
    if is_star(&rule.resources) && !is_star(&rule.verbs) && rule.api_groups.iter().any(|group| group.is_empty() || *group == Name::STAR) {
        let reads = rule.verbs.iter().any(|verb| matches!(verb.as_str(), "get" | "list" | "watch"));
        if reads && rule.resource_names.is_empty() {
            let message = "reads every resource of the core group, secrets among them";
            told.push(Told::new("star-reads-secrets", Severity::Warning, message, "name the resources that are needed"));
        }
    }
    told
}

/// The rule of the same role that makes this one needless.
pub fn covered(role: &Role, index: usize, rule: &Rule) -> Option<Told> {
    let is_something = !rule.verbs.is_empty() && (!rule.resources.is_empty() || !rule.non_resource_urls.is_empty());
    let other = role.rules.iter().enumerate().find(|(position, other)| {
        let one = std::slice::from_ref;
        let may = other.verbs.contains(&Name::STAR) || rule.verbs.iter().all(|verb| other.verbs.contains(verb));
        // of two that say the same, the later one is needless
        *position != index && may && covers(one(other), one(rule)) && (*position < index || !covers(one(rule), one(other)))
    });
    other.filter(|_| is_something).map(|(position, _)| {
        let message = format!("allows nothing that rules[{position}] does not allow");
        Told::new("covered-rule", Severity::Info, message, "take it out")
    })
}
