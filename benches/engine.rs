//! Deciding, explaining, indexing, changing and parsing, on the big cluster: `cargo bench`.

#![expect(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a bench, no library")]

#[path = "support/world.rs"]
mod world;

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use whycan::authz::{Door, Index, Request, explain, who_can};
use whycan::base::Name;
use whycan::facts::{Change, Facts, Object, parse};
use whycan::identity::Identity;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

static JSON: LazyLock<String> = LazyLock::new(world::json);
static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts::collect(parse::document("big", JSON.as_bytes())));
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&FACTS));

fn main() {
    divan::main();
}

fn stranger() -> Identity {
    Identity::user("stranger")
}

/// Somebody in ten groups, each of which is bound many times.
fn member() -> Identity {
    let groups = (0..10).map(|number| Name::new(&format!("group-{number}")));
    Identity::literal("user-1@example.com", groups.chain([Name::new("system:authenticated")]))
}

/// Denied to both.
fn denied() -> Request {
    Request::resource("delete", "", "nodes", &world::namespace(7))
}

#[divan::bench]
fn decide_stranger(bencher: Bencher<'_, '_>) {
    let (index, who, what) = (&*INDEX, stranger(), denied());
    bencher.bench(|| index.decide(black_box(&who), black_box(&what), Door::Literal));
}

#[divan::bench]
fn decide_member_of_ten_groups(bencher: Bencher<'_, '_>) {
    let (index, who, what) = (&*INDEX, member(), denied());
    bencher.bench(|| index.decide(black_box(&who), black_box(&what), Door::Literal));
}

#[divan::bench]
fn explain_member_of_ten_groups(bencher: Bencher<'_, '_>) {
    let (index, who, what) = (&*INDEX, member(), denied());
    bencher.bench(|| explain(index, black_box(&who), black_box(&what), Door::Person));
}

#[divan::bench]
fn explain_with_many_near_misses(bencher: Bencher<'_, '_>) {
    let index = &*INDEX;
    // of many questions the denied one with the most near misses
    let questions = (0..200).flat_map(|user| {
        let who = Identity::literal(format!("user-{user}@example.com").as_str(), [Name::new("group-3")]);
        ["secrets", "pods/exec", "jobs"]
            .map(|resource| (who.clone(), Request::resource("delete", "batch", resource, &world::namespace(user % 150))))
    });
    let near = |(who, what): &(Identity, Request)| explain(index, who, what, Door::Person).more_near_misses;
    let (who, what) = questions.max_by_key(near).unwrap();
    assert!(near(&(who.clone(), what)) > 0);
    bencher.bench(|| explain(index, black_box(&who), black_box(&what), Door::Person));
}

#[divan::bench]
fn who_can_get_secrets_anywhere(bencher: Bencher<'_, '_>) {
    let (index, facts) = (&*INDEX, &*FACTS);
    let what = Request::resource("get", "", "secrets", "");
    bencher.bench(|| who_can::who_can_anywhere(index, facts, black_box(&what), Door::Person));
}

/// Ten thousand pods on a hundred nodes, as `kubectl get pods -o json` prints them.
static PODS: LazyLock<String> = LazyLock::new(|| {
    let pods = (0..10_000).map(|number| {
        let (namespace, node) = (world::namespace(number % 150), number % 100);
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"namespace":"{namespace}","name":"pod-{number}","uid":"{number}","labels":{{"app":"app-{}"}},
            "annotations":{{"checksum/config":"0123456789abcdef"}}}},"spec":{{"nodeName":"node-{node}","serviceAccountName":"app-{}",
            "containers":[{{"name":"app","image":"registry.example/app:1","args":["--level","info"],"env":[{{"name":"A","value":"b"}},
            {{"name":"DB","valueFrom":{{"secretKeyRef":{{"name":"db-{}","key":"url"}}}}}}],"envFrom":[{{"configMapRef":{{"name":"settings"}}}}]}}],
            "volumes":[{{"name":"data","persistentVolumeClaim":{{"claimName":"data-{number}"}}}},{{"name":"kube-api-access","projected":{{"sources":[
            {{"serviceAccountToken":{{"path":"token"}}}},{{"configMap":{{"name":"kube-root-ca.crt","items":[{{"key":"ca.crt","path":"ca.crt"}}]}}}}]}}}}]}},
            "status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"True"}}]}}}}"#,
            number % 40,
            number % 40,
            number % 40
        )
    });
    format!(r#"{{"apiVersion":"v1","kind":"List","items":[{}]}}"#, pods.collect::<Vec<_>>().join(","))
});
static BUSY: LazyLock<Facts> = LazyLock::new(|| Facts::collect(parse::document("pods", PODS.as_bytes())));

/// What a kubelet asks for a Secret of one of its hundred pods, or of none.
fn of_kubelet(secret: &str) -> (Identity, Request) {
    let mut what = whycan::authz::request::ResourceRequest { verb: "get".into(), resource: "secrets".into(), ..Default::default() };
    (what.namespace, what.name) = (Name::new(&world::namespace(7)), secret.into());
    (Identity::literal("system:node:node-7", [Name::new("system:nodes")]), Request::Resource(what))
}

#[divan::bench(args = ["db-7", "none"])]
fn decide_kubelet_among_ten_thousand_pods(bencher: Bencher<'_, '_>, secret: &str) {
    let (index, (who, what)) = (Index::new(&BUSY), of_kubelet(secret));
    bencher.bench(|| index.decide(black_box(&who), black_box(&what), Door::Literal));
}

#[divan::bench(args = ["db-7", "none"])]
fn explain_kubelet_among_ten_thousand_pods(bencher: Bencher<'_, '_>, secret: &str) {
    let (index, (who, what)) = (Index::new(&BUSY), of_kubelet(secret));
    bencher.bench(|| explain(&index, black_box(&who), black_box(&what), Door::Person));
}

#[divan::bench(sample_count = 20)]
fn index_ten_thousand_pods(bencher: Bencher<'_, '_>) {
    let facts = &*BUSY;
    bencher.bench(|| Index::new(black_box(facts)));
}

#[divan::bench]
fn apply_one_pod(bencher: Bencher<'_, '_>) {
    let mut index = Index::new(&BUSY);
    let pod = BUSY.pods().min_by_key(|pod| (pod.meta.namespace, pod.meta.name)).unwrap();
    let change = Change::Upsert(Object::Pod(std::sync::Arc::clone(pod)));
    bencher.bench_local(move || index.apply(black_box(&change)));
}

#[divan::bench(sample_count = 20)]
fn parse_ten_thousand_pods(bencher: Bencher<'_, '_>) {
    let json = PODS.as_bytes();
    bencher.counter(divan::counter::BytesCount::new(json.len())).bench(|| parse::document("pods", black_box(json)));
}

#[divan::bench(sample_count = 30)]
fn index_the_world(bencher: Bencher<'_, '_>) {
    let facts = &*FACTS;
    bencher.bench(|| Index::new(black_box(facts)));
}

#[divan::bench]
fn apply_one_binding(bencher: Bencher<'_, '_>) {
    let mut index = INDEX.clone();
    let binding = FACTS.bindings().min_by_key(|binding| binding.reference()).unwrap();
    let change = Change::Upsert(Object::Binding(std::sync::Arc::clone(binding)));
    bencher.bench_local(move || index.apply(black_box(&change)));
}

#[divan::bench]
fn apply_one_role(bencher: Bencher<'_, '_>) {
    let mut index = INDEX.clone();
    let role = FACTS.roles().min_by_key(|role| role.reference()).unwrap();
    let change = Change::Upsert(Object::Role(std::sync::Arc::clone(role)));
    bencher.bench_local(move || index.apply(black_box(&change)));
}

#[divan::bench(sample_count = 20)]
fn parse_the_list(bencher: Bencher<'_, '_>) {
    let json = JSON.as_bytes();
    bencher.counter(divan::counter::BytesCount::new(json.len())).bench(|| parse::document("big", black_box(json)));
}
