//! Lists: paged, and lied about in every way; one kind that is lost takes nothing else with it.

use std::fmt::Write as _;

use futures::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use whycan::facts::Kind;

use crate::fake::{Fake, Reply, Seen, Then};
use crate::support::{AMPLE, binding, facts, masked, of_alice, of_carol, open, plain, readers, target};

const BINDINGS: &str = "v1/rolebindings";

fn list(items: &Value, continues: &str) -> Reply {
    Reply::json(&json!({
        "kind": "RoleBindingList", "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": { "resourceVersion": "1", "continue": continues }, "items": items,
    }))
}

/// Another page for every request: its number is in the token that leads to it.
fn endless(items: fn(usize) -> Value) -> impl Fn(&Seen) -> Reply + Send + Sync + 'static {
    move |seen| {
        let number: usize = seen.path.split_once("continue=p").map_or(0, |(_, number)| number.parse().unwrap());
        list(&items(number), &format!("p{}", number + 1))
    }
}

/// A server with more bindings than a page holds.
fn large() -> Fake {
    let fake = plain();
    for number in 0..1200 {
        fake.put(&binding("RoleBinding", "prod", &format!("b{number:04}"), "bob", ("Role", "none")));
    }
    fake
}

fn with(change: impl FnOnce(&Fake)) -> Fake {
    let fake = plain();
    change(&fake);
    fake
}

fn cases() -> Vec<(&'static str, Fake)> {
    let one = |item: &Value| list(&json!([item]), "");
    let pod = json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "x", "namespace": "dev" } });
    let of_other = json!({ "kind": "Role", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": { "name": "x", "namespace": "dev" } });
    let nameless = json!({ "metadata": { "namespace": "dev" }, "subjects": [], "roleRef": {} });
    let misshapen = json!({ "metadata": { "name": "x", "namespace": "dev" }, "subjects": "alice", "roleRef": {} });
    vec![
        ("well", plain()),
        ("tokens that lead back", with(|fake| fake.on(BINDINGS, list(&json!([]), "again")))),
        ("empty pages without end", with(|fake| fake.play(BINDINGS, endless(|_| json!([]))))),
        (
            "the same page without end",
            with(|fake| fake.play(BINDINGS, endless(|_| json!([binding("RoleBinding", "x", "x", "x", ("Role", "x"))])))),
        ),
        (
            "other pages without end",
            with(|fake| {
                fake.play(BINDINGS, endless(|number| json!([binding("RoleBinding", "x", &format!("n{number}"), "x", ("Role", "x"))])));
            }),
        ),
        ("a pod among them", with(|fake| fake.on(BINDINGS, one(&pod)))),
        ("a role among them", with(|fake| fake.on(BINDINGS, one(&of_other)))),
        ("a null among them", with(|fake| fake.on(BINDINGS, one(&Value::Null)))),
        ("a number among them", with(|fake| fake.on(BINDINGS, one(&json!(7))))),
        ("one without a name", with(|fake| fake.on(BINDINGS, one(&nameless)))),
        ("one of another shape", with(|fake| fake.on(BINDINGS, one(&misshapen)))),
        ("items that are an object", with(|fake| fake.on(BINDINGS, list(&json!({}), "")))),
        ("items that are a text", with(|fake| fake.on(BINDINGS, list(&json!("none"), "")))),
        ("an API that is not served", with(|fake| fake.on(BINDINGS, Reply::new(404, "text/plain", "404 page not found")))),
        ("a connection that breaks once", with(|fake| fake.times(1, BINDINGS, list(&json!([]), "").cut(60, Then::Reset)))),
        ("a connection that breaks in the body once", with(|fake| fake.times(1, BINDINGS, list(&json!([]), "").cut(180, Then::Close)))),
        ("a connection that always breaks", with(|fake| fake.on(BINDINGS, list(&json!([]), "").cut(180, Then::Reset)))),
        ("429 once, for a second", with(|fake| fake.times(1, BINDINGS, Reply::status(429, "later").header("retry-after", "1")))),
        ("503 twice", with(|fake| fake.times(2, BINDINGS, Reply::new(503, "text/plain", "overloaded")))),
        ("503 again and again", with(|fake| fake.on(BINDINGS, Reply::new(503, "text/plain", "overloaded")))),
        ("410 on the second page", {
            let fake = large();
            fake.times(1, "continue=", Reply::status(410, "the provided continue parameter is too old"));
            fake
        }),
        ("410 on the second page and for all in one", {
            let fake = large();
            fake.play(BINDINGS, |seen| {
                let is_first = seen.path.contains("limit") && !seen.path.contains("continue");
                if is_first { list(&json!([readers()]), "next") } else { Reply::status(410, "too old") }
            });
            fake
        }),
        ("the second page breaks", {
            let fake = large();
            fake.on("continue=", list(&json!([]), "").cut(150, Then::Reset));
            fake
        }),
        ("the second page is refused", {
            let fake = large();
            fake.on("continue=", Reply::status(403, r#"rolebindings is forbidden: User "admin" cannot list resource "rolebindings""#));
            fake
        }),
    ]
}

async fn report((name, fake): (&'static str, Fake)) -> String {
    let facts = facts(&open(&target(&fake.url()), AMPLE).await).await;
    let verdict = of_alice(&facts).as_str();
    // what has nothing to do with it is as it was
    assert_eq!(of_carol(&facts).as_str(), "allowed", "{name}");
    assert_ne!(verdict, "denied", "{name}");
    let mut out = format!("# {name}\n{verdict}, {} read with {} requests\n", facts.count(Kind::RoleBinding), fake.count(BINDINGS));
    for gap in facts.gaps() {
        writeln!(out, "  {}: {}", gap.what, masked(&gap.why, &fake)).unwrap();
    }
    out + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_of_a_list_is_a_gap() {
    let reports: Vec<String> = stream::iter(cases().into_iter().map(report)).buffered(8).collect().await;
    insta::assert_snapshot!(reports.concat());
}

#[tokio::test]
async fn pages_are_asked_for_one_after_the_other() {
    let fake = large();
    let facts = facts(&open(&target(&fake.url()), AMPLE).await).await;
    assert_eq!(facts.count(Kind::RoleBinding), 1201);
    let asked: Vec<String> = fake.seen().into_iter().map(|seen| seen.path).filter(|path| path.contains("/rolebindings")).collect();
    let base = "/apis/rbac.authorization.k8s.io/v1/rolebindings?limit=500";
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0], base);
    assert!(asked[1..].iter().all(|path| path.starts_with(&format!("{base}&continue="))), "{asked:?}");
}
