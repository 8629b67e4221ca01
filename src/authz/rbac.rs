//! One rule against one request, exactly as Kubernetes compares them.
//!
//! Source: `plugin/pkg/auth/authorizer/rbac/rbac.go` (`RuleAllows`) and `pkg/apis/rbac/v1/evaluation_helpers.go`.

use super::Request;
use super::decision::CheckKind;
use super::request::ResourceRequest;
use crate::base::Name;
use crate::facts::Rule;

/// Whether the rule allows the request. Nothing is allocated or interned: this is the innermost loop.
pub fn allows(rule: &Rule, request: &Request) -> bool {
    match request {
        Request::Resource(request) => {
            has(&rule.verbs, request.verb)
                && has(&rule.api_groups, request.api_group)
                && has_resource(rule, request)
                && has_resource_name(rule, request.name)
        }
        Request::NonResource { verb, path } => has(&rule.verbs, *verb) && has_url(rule, *path),
    }
}

/// Whether a list of verbs or API groups holds `*` or the name.
pub fn has(list: &[Name], name: Name) -> bool {
    list.iter().any(|entry| *entry == Name::STAR || *entry == name)
}

fn has_resource(rule: &Rule, request: &ResourceRequest) -> bool {
    if request.subresource.is_empty() {
        return has(&rule.resources, request.resource);
    }
    rule.resources.iter().any(|entry| *entry == Name::STAR || covers_subresource(entry.as_str(), request))
}

/// Whether an entry such as `pods/log` or `*/scale` is the request's resource and subresource.
fn covers_subresource(entry: &str, request: &ResourceRequest) -> bool {
    let Some(parent) = entry.strip_suffix(request.subresource.as_str()).and_then(|rest| rest.strip_suffix('/')) else { return false };
    parent == "*" || parent == request.resource.as_str()
}

/// An empty list means any name; else the request's name must be in it, also when that is empty.
fn has_resource_name(rule: &Rule, name: Name) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.contains(&name)
}

fn has_url(rule: &Rule, path: Name) -> bool {
    rule.non_resource_urls.iter().any(|url| url_covers(url.as_str(), path.as_str()))
}

/// Whether a non-resource URL of a rule is this path: equal, or a prefix when it ends with stars.
pub fn url_covers(url: &str, path: &str) -> bool {
    url == path || (url.ends_with('*') && path.starts_with(url.trim_end_matches('*')))
}

/// Whether the rule speaks of the same kind of thing as the request: resources, or paths.
pub fn is_comparable(rule: &Rule, request: &Request) -> bool {
    match request {
        Request::Resource(_) => !rule.resources.is_empty() && !rule.verbs.is_empty(),
        Request::NonResource { .. } => !rule.non_resource_urls.is_empty() && !rule.verbs.is_empty(),
    }
}

/// The checks that fail, in the order of [`CheckKind`]; empty exactly when [`allows`].
pub fn failing(rule: &Rule, request: &Request) -> Vec<CheckKind> {
    let mut failing = Vec::new();
    let mut check = |holds: bool, kind: CheckKind| {
        if !holds {
            failing.push(kind);
        }
    };
    match request {
        Request::Resource(request) => {
            check(has(&rule.verbs, request.verb), CheckKind::Verb);
            check(has(&rule.api_groups, request.api_group), CheckKind::ApiGroup);
            check(has_resource(rule, request), if has_relative(rule, request) { CheckKind::Subresource } else { CheckKind::Resource });
            check(has_resource_name(rule, request.name), CheckKind::ResourceName);
        }
        Request::NonResource { verb, path } => {
            check(has(&rule.verbs, *verb), CheckKind::Verb);
            check(has_url(rule, *path), CheckKind::NonResourceUrl);
        }
    }
    failing
}

/// Whether the rule has the request's resource, but another part of it: the parent, or a subresource.
fn has_relative(rule: &Rule, request: &ResourceRequest) -> bool {
    let parent = request.resource.as_str();
    rule.resources.iter().any(|entry| {
        let entry = entry.as_str();
        entry == parent || entry.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> std::sync::Arc<[Name]> {
        names.iter().map(|name| Name::new(name)).collect()
    }

    fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str]) -> Rule {
        Rule {
            verbs: list(verbs),
            api_groups: list(groups),
            resources: list(resources),
            resource_names: list(names),
            non_resource_urls: list(&[]),
        }
    }

    fn request(verb: &str, group: &str, resource: &str, subresource: &str, name: &str) -> Request {
        Request::Resource(ResourceRequest {
            verb: verb.into(),
            api_group: group.into(),
            resource: resource.into(),
            subresource: subresource.into(),
            name: name.into(),
            namespace: "dev".into(),
            selected_node: Name::EMPTY,
        })
    }

    #[test]
    fn resources_and_subresources() {
        for (entry, resource, subresource, allowed) in [
            ("pods", "pods", "", true),
            ("pods", "pods", "log", false),
            ("pods/log", "pods", "log", true),
            ("pods/log", "pods", "", false),
            ("*/log", "pods", "log", true),
            ("*/log", "pods", "", false),
            ("*/log", "pods/log", "", false),
            ("pods/log", "pods/log", "", true),
            ("*", "pods", "log", true),
            ("pods/*", "pods", "log", false),
            ("pods/*", "pods", "*", true),
            ("Pods", "pods", "", false),
            ("xpods/log", "pods", "log", false),
            ("/log", "pods", "log", false),
            ("*/a/log", "pods", "log", false),
            ("a/b/c", "a/b", "c", true),
        ] {
            let rule = rule(&["get"], &[""], &[entry], &[]);
            let request = request("get", "", resource, subresource, "");
            assert_eq!(allows(&rule, &request), allowed, "{entry} for {resource} {subresource}");
            assert_eq!(failing(&rule, &request).is_empty(), allowed);
        }
    }

    #[test]
    fn names() {
        let limited = rule(&["get", "list"], &[""], &["secrets"], &["db"]);
        assert!(allows(&limited, &request("get", "", "secrets", "", "db")));
        assert!(!allows(&limited, &request("get", "", "secrets", "", "web")));
        assert!(!allows(&limited, &request("list", "", "secrets", "", "")));
        // a literal empty entry matches a request without name
        assert!(allows(&rule(&["list"], &[""], &["secrets"], &[""]), &request("list", "", "secrets", "", "")));
        // the star is no glob here
        assert!(!allows(&rule(&["get"], &[""], &["secrets"], &["*"]), &request("get", "", "secrets", "", "db")));
    }

    #[test]
    fn urls() {
        for (url, path, covered) in [
            ("*", "/metrics", true),
            ("/metrics", "/metrics", true),
            ("/metrics", "/metrics/", false),
            ("/metrics/*", "/metrics", false),
            ("/healthz*", "/healthzabc", true),
            ("/api/**", "/api/v1", true),
            ("/a/*/b", "/a/x/b", false),
            ("/a/*/b", "/a/*/b", true),
        ] {
            assert_eq!(url_covers(url, path), covered, "{url} {path}");
        }
    }

    #[test]
    fn failing_names_each_check() {
        use CheckKind::{ApiGroup, Resource, ResourceName, Subresource, Verb};
        let rule = rule(&["get"], &["apps"], &["deployments/scale"], &["web"]);
        assert_eq!(failing(&rule, &request("get", "apps", "deployments", "", "web")), [Subresource]);
        assert_eq!(failing(&rule, &request("get", "apps", "daemonsets", "scale", "web")), [Resource]);
        assert_eq!(failing(&rule, &request("list", "", "deployments", "scale", "")), [Verb, ApiGroup, ResourceName]);
    }
}
