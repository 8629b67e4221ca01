//! Whether one set of rules covers another: the API server's escalation check.
//!
//! Source: `component-helpers/auth/rbac/validation/policy_comparator.go`.

use std::sync::Arc;

use super::rbac::url_covers;
use crate::base::Name;
use crate::facts::Rule;

/// The parts of `servant` that no single rule of `owner` covers, each with at most one verb, resource, name or URL; empty
/// when all is covered.
pub fn uncovered(owner: &[Rule], servant: &[Rule]) -> Vec<Rule> {
    servant.iter().flat_map(break_down).filter(|part| !owner.iter().any(|rule| covers_part(rule, part))).collect()
}

/// Whether every part of `servant` is covered by some rule of `owner`.
pub fn covers(owner: &[Rule], servant: &[Rule]) -> bool {
    servant.iter().flat_map(break_down).all(|part| owner.iter().any(|rule| covers_part(rule, &part)))
}

/// A rule as rules of one verb and one resource (and name) or URL each, in Kubernetes' order.
pub fn break_down(rule: &Rule) -> Vec<Rule> {
    let one = |name: Name| -> Arc<[Name]> { Arc::from([name]) };
    let none: Arc<[Name]> = Arc::from([]);
    let mut parts = Vec::new();
    for group in rule.api_groups.iter() {
        for resource in rule.resources.iter() {
            for verb in rule.verbs.iter() {
                let part = |names: Arc<[Name]>| Rule {
                    verbs: one(*verb),
                    api_groups: one(*group),
                    resources: one(*resource),
                    resource_names: names,
                    non_resource_urls: Arc::clone(&none),
                };
                if rule.resource_names.is_empty() {
                    parts.push(part(Arc::clone(&none)));
                } else {
                    parts.extend(rule.resource_names.iter().map(|name| part(one(*name))));
                }
            }
        }
    }
    for url in rule.non_resource_urls.iter() {
        for verb in rule.verbs.iter() {
            parts.push(Rule { verbs: one(*verb), non_resource_urls: one(*url), ..Rule::default() });
        }
    }
    parts
}

fn covers_part(owner: &Rule, part: &Rule) -> bool {
    has_all(&owner.verbs, &part.verbs)
        && has_all(&owner.api_groups, &part.api_groups)
        && part.resources.iter().all(|resource| has_resource(&owner.resources, *resource))
        && has_names(owner, part)
        && part.non_resource_urls.iter().all(|url| owner.non_resource_urls.iter().any(|own| url_covers(own.as_str(), url.as_str())))
}

/// `*`, or every one; a star of the part is covered by a star alone.
fn has_all(owner: &[Name], part: &[Name]) -> bool {
    owner.contains(&Name::STAR) || part.iter().all(|name| owner.contains(name))
}

/// `*`, the same, or `*/sub` for `x/sub`; `pods` does not cover `pods/log`.
fn has_resource(owner: &[Name], resource: Name) -> bool {
    let every = || {
        let (_, subresource) = resource.as_str().split_once('/')?;
        Some(owner.iter().any(|own| own.as_str().strip_prefix("*/") == Some(subresource)))
    };
    owner.contains(&Name::STAR) || owner.contains(&resource) || every().unwrap_or(false)
}

/// Without names, only an owner without names; with a name, such an owner or one that has it.
fn has_names(owner: &Rule, part: &Rule) -> bool {
    owner.resource_names.is_empty()
        || (!part.resource_names.is_empty() && part.resource_names.iter().all(|name| owner.resource_names.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str], urls: &[&str]) -> Rule {
        let list = |names: &[&str]| -> Arc<[Name]> { names.iter().map(|name| Name::new(name)).collect() };
        Rule {
            verbs: list(verbs),
            api_groups: list(groups),
            resources: list(resources),
            resource_names: list(names),
            non_resource_urls: list(urls),
        }
    }

    #[test]
    fn as_the_escalation_check() {
        let pods = |verbs: &[&str], resources: &[&str], names: &[&str]| rule(verbs, &[""], resources, names, &[]);
        for (owner, servant, covered) in [
            (pods(&["get", "list"], &["pods"], &[]), pods(&["get"], &["pods"], &[]), true),
            (pods(&["get"], &["pods"], &[]), pods(&["get", "list"], &["pods"], &[]), false),
            (pods(&["get"], &["pods"], &[]), pods(&["get"], &["pods/log"], &[]), false),
            (pods(&["get"], &["*/log"], &[]), pods(&["get"], &["pods/log"], &[]), true),
            (pods(&["get"], &["*"], &[]), pods(&["get"], &["pods/log"], &[]), true),
            (pods(&["get"], &["pods"], &["a"]), pods(&["get"], &["pods"], &[]), false),
            (pods(&["get"], &["pods"], &["a", "b"]), pods(&["get"], &["pods"], &["a"]), true),
            (pods(&["get"], &["pods"], &[]), pods(&["get"], &["pods"], &["a"]), true),
            (pods(&["get", "list"], &["pods"], &[]), pods(&["*"], &["pods"], &[]), false),
            // nothing to cover: no API groups
            (pods(&[], &[], &[]), rule(&["get"], &[], &["pods"], &[], &[]), true),
        ] {
            let (owner, servant) = ([owner], [servant]);
            assert_eq!(covers(&owner, &servant), covered, "{owner:?} {servant:?}");
            assert_eq!(uncovered(&owner, &servant).is_empty(), covered);
        }
        let url = |url: &str| rule(&["get"], &[], &[], &[], &[url]);
        for (owner, servant, covered) in [("/a/*", "/a/b", true), ("/a/*", "/a", false), ("*", "/a", true), ("/api/*/*", "/api/v1", false)]
        {
            assert_eq!(covers(&[url(owner)], &[url(servant)]), covered, "{owner} {servant}");
        }
    }
}
