//! What the server answers when it is well: lists, watches, discovery and reviews, to whom our own engine allows it.

use serde_json::{Value, json};
use tokio::sync::broadcast;
use whycan::authz::request::ResourceRequest;
use whycan::authz::{Door, Request, Verdict, explain};
use whycan::base::Name;
use whycan::identity::Identity;

use super::store::Store;
use super::{Push, Reply, Seen, Shared};

/// What becomes of a request.
pub enum Turn {
    Reply(Reply),
    Watch { path: String, plural: String, namespace: String, events: Vec<Value>, pushes: broadcast::Receiver<(String, Push)> },
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// Answers a request, or plays what was asked for instead.
pub fn turn(shared: &Shared, seen: &Seen) -> Turn {
    let line = seen.line();
    if let Some(rule) = shared.rules.lock().unwrap().iter_mut().find(|rule| rule.left > 0 && is_meant(&rule.on, &line)) {
        rule.left -= usize::from(rule.left != usize::MAX);
        return Turn::Reply((rule.reply)(seen));
    }
    let store = shared.store.lock().unwrap();
    let caller = if seen.method == "CONNECT" { Ok(Identity::default()) } else { caller(shared, &store, seen) };
    match caller {
        Ok(caller) => answer(shared, &store, seen, &caller),
        Err(reply) => Turn::Reply(reply),
    }
}

/// Whether a rule is about a request: its part is in the line or, with a dollar sign, at its end.
fn is_meant(part: &str, line: &str) -> bool {
    part.strip_suffix('$').map_or_else(|| line.contains(part), |end| line.ends_with(end))
}

fn allows(store: &Store, who: &Identity, request: &Request) -> bool {
    store.index().decide(who, request, Door::Literal) == Verdict::Allowed
}

/// Who asks: the token's user or, where they may be, whom they want to be.
fn caller(shared: &Shared, store: &Store, seen: &Seen) -> Result<Identity, Reply> {
    let token = seen.header("authorization").first().and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    let known = shared.users.lock().unwrap().iter().find(|(known, _)| *known == token).map(|(_, identity)| identity.clone());
    let caller = match known {
        Some(caller) => caller,
        None if token.is_empty() => Identity::literal("system:anonymous", ["system:unauthenticated".into()]),
        None => return Err(Reply::status(401, "Unauthorized")),
    };
    let Some(user) = seen.header("impersonate-user").first().copied() else { return Ok(caller) };
    let groups = seen.header("impersonate-group");
    let wanted = std::iter::once(("users", user)).chain(groups.iter().map(|group| ("groups", *group)));
    for (resource, name) in wanted {
        let request = Request::Resource(ResourceRequest {
            verb: "impersonate".into(),
            resource: resource.into(),
            name: name.into(),
            ..ResourceRequest::default()
        });
        if !allows(store, &caller, &request) {
            let who = caller.username.map_or("", Name::as_str);
            return Err(Reply::status(
                403,
                &format!(
                    "{resource} \"{name}\" is forbidden: User \"{who}\" cannot impersonate resource \"{resource}\" in API group \"\" at the cluster scope"
                ),
            ));
        }
    }
    let mut all: Vec<Name> = groups.iter().map(|group| Name::new(group)).collect();
    if !groups.contains(&"system:authenticated") {
        all.push("system:authenticated".into());
    }
    Ok(Identity::literal(user, all))
}

fn answer(shared: &Shared, store: &Store, seen: &Seen, caller: &Identity) -> Turn {
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let reply = match parts.as_slice() {
        // a proxy that leads to the server itself
        _ if seen.method == "CONNECT" => Reply::tunnel(),
        ["version"] => Reply::json(&json!({ "gitVersion": "v1.36.3", "platform": "linux/amd64" })),
        [".well-known", "openid-configuration"] => Reply::json(&json!({ "issuer": "https://kubernetes.default.svc" })),
        ["api" | "apis"] | ["api", "v1"] | ["apis", _, _] => discovery(seen, &parts),
        ["apis", "authentication.k8s.io", version, "selfsubjectreviews"] => whoami(version, caller),
        ["apis", "authorization.k8s.io", "v1", review] => self::review(store, seen, caller, review),
        ["api", "v1", rest @ ..] => return objects(shared, store, seen, caller, ("", rest, query)),
        ["apis", group, "v1", rest @ ..] if *group == RBAC => return objects(shared, store, seen, caller, (RBAC, rest, query)),
        _ => Reply::status(404, "the server could not find the requested resource"),
    };
    Turn::Reply(reply)
}

/// Lists, watches and the one object that is read by its name.
fn objects(shared: &Shared, store: &Store, seen: &Seen, caller: &Identity, (group, rest, query): (&str, &[&str], &str)) -> Turn {
    let (namespace, plural, name) = match rest {
        ["namespaces", namespace, plural] => (*namespace, *plural, ""),
        ["namespaces", namespace, plural, name] => (*namespace, *plural, *name),
        [plural] => ("", *plural, ""),
        [plural @ "nodes", name] => ("", *plural, *name),
        _ => return Turn::Reply(Reply::status(404, "the server could not find the requested resource")),
    };
    let value = |key: &str| {
        let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key);
        pair.map(|(_, value)| decoded(value)).unwrap_or_default()
    };
    let is_watch = value("watch") == "1";
    let verb = if !name.is_empty() {
        "get"
    } else if is_watch {
        "watch"
    } else {
        "list"
    };
    let request = Request::Resource(ResourceRequest {
        verb: verb.into(),
        api_group: group.into(),
        resource: plural.into(),
        name: name.into(),
        namespace: namespace.into(),
        ..ResourceRequest::default()
    });
    if !allows(store, caller, &request) {
        return Turn::Reply(Reply::status(403, &refusal(caller, verb, (group, plural, name), namespace)));
    }
    if !name.is_empty() {
        return Turn::Reply(match store.get(plural, namespace, name) {
            Some(object) => Reply::json(object),
            None => Reply::status(404, &format!("{plural} \"{name}\" not found")),
        });
    }
    if is_watch {
        let from = value("resourceVersion").parse().unwrap_or(0);
        return match store.since(plural, from) {
            None => Turn::Reply(Reply::json(&json!({ "type": "ERROR", "object": expired() }))),
            Some(events) => Turn::Watch {
                path: seen.path.clone(),
                plural: plural.to_owned(),
                namespace: namespace.to_owned(),
                events,
                pushes: shared.pushes.subscribe(),
            },
        };
    }
    let Some(page) = store.page(plural, namespace, value("limit").parse().unwrap_or(0), &value("continue")) else {
        return Turn::Reply(Reply::new(410, "application/json", expired().to_string()));
    };
    let mut metadata = json!({ "resourceVersion": page.version.to_string() });
    if !page.continues.is_empty() {
        metadata["continue"] = Value::from(page.continues);
        metadata["remainingItemCount"] = Value::from(page.remaining);
    }
    Turn::Reply(Reply::json(&json!({
        "kind": format!("{}List", kind(plural)),
        "apiVersion": if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") },
        "metadata": metadata,
        "items": page.items,
    })))
}

fn expired() -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Expired", "code": 410,
        "message": "too old resource version",
    })
}

fn kind(plural: &str) -> &'static str {
    match plural {
        "roles" => "Role",
        "rolebindings" => "RoleBinding",
        "clusterroles" => "ClusterRole",
        "clusterrolebindings" => "ClusterRoleBinding",
        "namespaces" => "Namespace",
        "serviceaccounts" => "ServiceAccount",
        "nodes" => "Node",
        "pods" => "Pod",
        "persistentvolumes" => "PersistentVolume",
        other => panic!("{other} are not played"),
    }
}

/// A refusal in the words of an API server.
fn refusal(caller: &Identity, verb: &str, (group, plural, name): (&str, &str, &str), namespace: &str) -> String {
    let qualified = if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") };
    let named = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
    let user = caller.username.map_or("", Name::as_str);
    let place = if namespace.is_empty() { "at the cluster scope".to_owned() } else { format!("in the namespace \"{namespace}\"") };
    format!("{qualified}{named} is forbidden: User \"{user}\" cannot {verb} resource \"{plural}\" in API group \"{group}\" {place}")
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match code {
            Some(code) if *first == b'%' => {
                bytes.push(code);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Aggregated where that is accepted, as by a server of today.
fn discovery(seen: &Seen, parts: &[&str]) -> Reply {
    let is_aggregated = seen.header("accept").iter().any(|accept| accept.contains("APIGroupDiscoveryList"));
    let pods = |scope| json!({ "resource": "pods", "responseKind": { "kind": "Pod" }, "scope": scope, "verbs": ["get"] });
    match parts {
        ["api"] if is_aggregated => group("", vec![("v1", "Current", vec![pods("Namespaced")])]),
        ["apis"] if is_aggregated => {
            let widgets = json!({ "resource": "widgets", "responseKind": { "kind": "Widget" }, "scope": "Namespaced", "verbs": ["get"] });
            group("example.com", vec![("v1", "Current", vec![widgets])])
        }
        ["api"] => Reply::json(&json!({ "kind": "APIVersions", "versions": ["v1"] })),
        ["apis"] => {
            let groups = ["example.com", "broken.example.com"];
            let groups =
                groups.map(|name| json!({ "name": name, "versions": [{ "groupVersion": format!("{name}/v1"), "version": "v1" }] }));
            Reply::json(&json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups }))
        }
        ["api", "v1"] => resources("v1", "pods", "Pod"),
        ["apis", "example.com", "v1"] => resources("example.com/v1", "widgets", "Widget"),
        ["apis", "broken.example.com", "v1"] => Reply::new(503, "text/plain", "service unavailable"),
        _ => Reply::status(404, "the server could not find the requested resource"),
    }
}

fn group(name: &str, versions: Vec<(&str, &str, Vec<Value>)>) -> Reply {
    let versions: Vec<Value> = versions
        .into_iter()
        .map(|(version, freshness, resources)| json!({ "version": version, "freshness": freshness, "resources": resources }))
        .collect();
    Reply::json(&json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
        "items": [{ "metadata": { "name": name }, "versions": versions }],
    }))
}

fn resources(version: &str, plural: &str, kind: &str) -> Reply {
    let resource = json!({ "name": plural, "singularName": "", "namespaced": true, "kind": kind, "verbs": ["get"] });
    Reply::json(&json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": [resource] }))
}

fn whoami(version: &str, caller: &Identity) -> Reply {
    Reply::json(&json!({
        "kind": "SelfSubjectReview", "apiVersion": format!("authentication.k8s.io/{version}"),
        "status": { "userInfo": { "username": caller.username.map_or("", Name::as_str), "groups": names(&caller.groups) } },
    }))
}

fn names(names: &[Name]) -> Vec<&'static str> {
    names.iter().map(|name| name.as_str()).collect()
}

/// What somebody may do in a namespace; like a real server's Node authorizer it says that it is not complete.
fn rules(store: &Store, caller: &Identity, body: &Value) -> Reply {
    let namespace = Name::new(body["spec"]["namespace"].as_str().unwrap_or_default());
    let probe = Request::Resource(ResourceRequest { verb: "probe".into(), namespace, ..ResourceRequest::default() });
    let decision = explain(store.index(), caller, &probe, Door::Literal);
    let rules = decision.links.iter().filter(|link| link.in_scope).flat_map(|link| link.rules.iter()).map(|rule| {
        json!({ "verbs": *rule.verbs, "apiGroups": *rule.api_groups, "resources": *rule.resources, "resourceNames": *rule.resource_names })
    });
    Reply::json(&json!({
        "kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1",
        "status": {
            "resourceRules": rules.collect::<Vec<_>>(), "nonResourceRules": [], "incomplete": true,
            "evaluationError": "node authorizer does not support user rule resolution",
        },
    }))
}

/// A review, answered by our own engine.
fn review(store: &Store, seen: &Seen, caller: &Identity, review: &str) -> Reply {
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let spec = &body["spec"];
    let who = match review {
        "selfsubjectaccessreviews" => caller.clone(),
        "subjectaccessreviews" => {
            let create = Request::resource("create", "authorization.k8s.io", "subjectaccessreviews", "");
            if !allows(store, caller, &create) {
                let what = ("authorization.k8s.io", "subjectaccessreviews", "");
                return Reply::status(403, &refusal(caller, "create", what, ""));
            }
            let groups = spec["groups"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Identity::literal(spec["user"].as_str().unwrap_or_default(), groups.map(Name::from))
        }
        "selfsubjectrulesreviews" => return rules(store, caller, &body),
        _ => return Reply::status(404, "the server could not find the requested resource"),
    };
    let (resource, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let name = |value: &Value| Name::new(value.as_str().unwrap_or_default());
    let request = if path.is_object() {
        Request::NonResource { verb: name(&path["verb"]), path: name(&path["path"]) }
    } else {
        Request::Resource(ResourceRequest {
            verb: name(&resource["verb"]),
            api_group: name(&resource["group"]),
            resource: name(&resource["resource"]),
            subresource: name(&resource["subresource"]),
            name: name(&resource["name"]),
            namespace: name(&resource["namespace"]),
            ..ResourceRequest::default()
        })
    };
    let decision = explain(store.index(), &who, &request, Door::Literal);
    let reason = decision.grants.first().map(|grant| grant.reason.clone()).unwrap_or_default();
    Reply::json(&json!({
        "kind": body["kind"], "apiVersion": body["apiVersion"], "spec": spec,
        "status": { "allowed": decision.verdict == Verdict::Allowed, "reason": reason },
    }))
}
