//! URLs: what the API server takes them for.

use serde_json::{Value, json};
use whycan::authz::ask::url::{self, Attributes};

use crate::oracle::Oracle;
use crate::seed::{Random, cases};

/// Questions that are under way at once.
const BATCH: u64 = 500;

const METHODS: [&str; 13] = ["GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "CONNECT", "FOO", "G T"];
const PARTS: [&str; 30] = [
    "api",
    "apis",
    "v1",
    "apps",
    "namespaces",
    "namespaces",
    "dev",
    "pods",
    "pods",
    "p",
    "status",
    "finalize",
    "watch",
    "proxy",
    "log",
    "",
    "a%2Fb",
    "%41",
    "a%zz",
    "%ff",
    "é",
    "x+y",
    "..",
    ".",
    "services",
    "https:svc:443",
    "#x",
    "a;b",
    "*",
    ":",
];
const PAIRS: [&str; 45] = [
    "watch",
    "watch=1",
    "watch=true",
    "watch=false",
    "watch=FALSE",
    "watch=0",
    "watch=no",
    "watch=",
    "limit=5",
    "limit=abc",
    "limit=",
    "limit=+5",
    "timeoutSeconds=9999999999999999999",
    "timeoutSeconds=3",
    "fieldSelector=metadata.name%3Dp",
    "fieldSelector=metadata.name=p",
    "fieldSelector=metadata.name==p",
    "fieldSelector=metadata.name!=p",
    "fieldSelector=metadata.name=p,spec.nodeName=n",
    "fieldSelector=a=b,metadata.name=q,metadata.name=p",
    "fieldSelector=metadata.name=a%5C,b",
    "fieldSelector=metadata.name=a%5Cb",
    "fieldSelector=metadata.name=..",
    "fieldSelector=metadata.name=a%2Fb",
    "fieldSelector=metadata.name=",
    "fieldSelector=x",
    "fieldSelector=,",
    "labelSelector=a=b",
    "labelSelector=a%20in%20(b,c)",
    "labelSelector=!a",
    "labelSelector=a=b=c",
    "labelSelector=a,",
    "labelSelector=a%20in%20()",
    "labelSelector=a>1",
    "labelSelector=-a",
    "labelSelector=x.y/z",
    "continue=x",
    "a;b=c",
    "%zz=1",
    "x=%zz",
    "",
    "watch=%31",
    "resourceVersion=0",
    "sendInitialEvents=x",
    "allowWatchBookmarks",
];

#[test]
#[ignore = "needs peers"]
fn urls_are_taken_for_what_kubernetes_takes_them_for() {
    let mut oracle = Oracle::start();
    let total = cases(100_000);
    let (mut resources, mut refused) = (0, 0);
    for batch in 0..total.div_ceil(BATCH) {
        let asked: Vec<(String, String)> = (0..BATCH).map(|number| request(&mut Random::of_case("urls", batch * BATCH + number))).collect();
        for (method, url) in &asked {
            oracle.ask(json!({"op": "requestInfo", "method": method, "url": url}));
        }
        for (method, url) in &asked {
            let theirs = oracle.answer();
            let ours = url::attributes(method, url);
            if theirs.get("error").is_some() {
                assert!(ours.is_err(), "{method} {url}\ntheirs {theirs}\nours {ours:?}");
                refused += 1;
                continue;
            }
            let ours = ours.unwrap_or_else(|error| panic!("{method} {url}\ntheirs {theirs}\nours {error}"));
            assert_eq!(value(&ours), theirs, "{method} {url}");
            resources += u64::from(ours.is_resource);
        }
    }
    println!("{total} URLs, {resources} for resources, {refused} refused: no difference");
    assert!(resources > total / 4 && refused > 0, "the generator asks too little");
}

fn value(ours: &Attributes) -> Value {
    json!({
        "resourceRequest": ours.is_resource, "verb": ours.verb, "path": ours.path, "apiGroup": ours.api_group,
        "apiVersion": ours.api_version, "namespace": ours.namespace, "resource": ours.resource, "subresource": ours.subresource,
        "name": ours.name, "fieldSelector": ours.field_selector, "labelSelector": ours.label_selector,
    })
}

/// A method and a URL, put together of what makes trouble.
fn request(random: &mut Random) -> (String, String) {
    let prefix: &[&str] = match random.below(6) {
        0 | 1 => &["api", "v1"],
        2 => &["apis", "apps", "v1"],
        3 => &["api", "v1", "namespaces", "dev"],
        4 => &["apis", "apps", "v1", "namespaces", "dev"],
        _ => &[],
    };
    let mut path = String::new();
    for part in prefix {
        path.push('/');
        path.push_str(part);
    }
    for _ in 0..random.below(5) {
        path.push('/');
        path.push_str(random.pick(&PARTS));
    }
    if random.percent(15) {
        path.push('/');
    }
    if random.percent(3) {
        path.insert(0, '/');
    }
    if random.percent(4) {
        path = format!("{}{path}", random.pick(&["https://host:6443", "http://h", "HTTP://u@h:1", "http://h:x", "http:", "x:"]));
    }
    if random.percent(50) {
        path.push('?');
        let count = random.below(4);
        path.push_str(&(0..count).map(|_| random.pick(&PAIRS)).collect::<Vec<_>>().join("&"));
    }
    (random.pick(&METHODS).to_owned(), path)
}
