//! Names in reasons are quoted as Go quotes them, every character there is.

use serde_json::json;
use whycan::base::text::quote;

use crate::oracle::Oracle;

/// Characters in one name.
const LENGTH: usize = 1_000;
/// Questions that are under way at once.
const BATCH: usize = 100;

#[test]
#[ignore = "needs peers"]
fn every_character_is_quoted_as_go_quotes_it() {
    let mut oracle = Oracle::start();
    let characters: Vec<char> = ('\0'..=char::MAX).collect();
    let names: Vec<String> = characters.chunks(LENGTH).map(|chunk| chunk.iter().collect()).collect();
    let mut differ = Vec::new();
    for batch in names.chunks(BATCH) {
        for name in batch {
            let role = json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"},
                "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
            });
            let binding = json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "b"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}],
            });
            oracle.ask(json!({"op": "load", "facts": {"apiVersion": "v1", "kind": "List", "items": [role, binding]}}));
            oracle.ask(json!({
                "op": "authorize", "user": name, "groups": [], "resourceAttributes": {"verb": "get", "resource": "pods"},
            }));
        }
        for name in batch {
            assert_eq!(oracle.answer(), json!({"ok": true}));
            let theirs = oracle.answer();
            let reason = theirs["reason"].as_str().unwrap();
            let quoted = reason.split_once(" to User ").unwrap().1;
            if quoted != quote(name) {
                // one by one, to name the characters: each starts where the other's quoting of it starts
                let mut rest = quoted.strip_prefix('"').unwrap();
                for c in name.chars() {
                    let one = quote(&c.to_string());
                    let one = &one[1..one.len() - 1];
                    let plain = c.to_string();
                    let escaped = format!("\\u{:04x}", u32::from(c));
                    let long = format!("\\U{:08x}", u32::from(c));
                    let theirs = [one, &plain, &escaped, &long].into_iter().find(|form| rest.starts_with(*form)).unwrap().to_owned();
                    if theirs != one {
                        differ.push(format!("{:x}: {one} {theirs}", u32::from(c)));
                    }
                    rest = &rest[theirs.len()..];
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} characters differ: {}", differ.len(), differ[..differ.len().min(200)].join("\n"));
}
