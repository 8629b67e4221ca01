//! From a principal to a verdict, with 1,000 access entries and 500 rows of aws-auth: `cargo bench --bench mapping`.

#![allow(clippy::unwrap_used, reason = "a bench, no library")]

use std::fmt::Write as _;

use divan::{Bencher, black_box};
use whycan::authz::{Door, Index, Request, explain};
use whycan::facts::{Facts, parse};
use whycan::identity::aws::{Mapping, Release, listing};
use whycan::identity::{Form, Means};

fn main() {
    divan::main();
}

const ENTRIES: usize = 1_000;
const ROWS: usize = 500;

/// A cluster of that size, each entry with a policy.
fn facts() -> Facts {
    let mut texts = vec![r#"{"cluster": {"name": "prod", "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}}"#.to_owned()];
    let arn = |number: usize| format!("arn:aws:iam::111122223333:role/team-{}/role-{number}", number % 20);
    let listed: Vec<String> = (0..ENTRIES).map(arn).collect();
    texts.push(format!(r#"{{"accessEntries": {listed:?}}}"#));
    for number in 0..ENTRIES {
        let arn = arn(number);
        texts.push(format!(
            r#"{{"accessEntry": {{"clusterName": "prod", "principalArn": "{arn}", "type": "STANDARD", "kubernetesGroups": ["team-{}"]}}}}"#,
            number % 20
        ));
        texts.push(format!(
            r#"{{"clusterName": "prod", "principalArn": "{arn}", "associatedAccessPolicies": [{{"policyArn":
            "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", "accessScope": {{"type": "namespace", "namespaces": ["team-{}"]}}}}]}}"#,
            number % 20
        ));
    }
    let mut rows = String::new();
    for number in 0..ROWS {
        let _ = write!(
            rows,
            "    - rolearn: arn:aws:iam::111122223333:role/old-{number}\n      username: old:{{{{SessionName}}}}\n      groups: [old]\n"
        );
    }
    texts.push(format!(
        "kind: ConfigMap\napiVersion: v1\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n{rows}"
    ));
    Facts::collect(texts.iter().flat_map(|text| parse::document("eks", text.as_bytes())))
}

/// One with an entry, one with a row, one with neither.
const WHO: [&str; 3] = [
    "arn:aws:sts::111122223333:assumed-role/role-777/me",
    "arn:aws:sts::111122223333:assumed-role/old-333/me",
    "arn:aws:sts::111122223333:assumed-role/nobody/me",
];

#[divan::bench(args = WHO)]
fn map(bencher: Bencher<'_, '_>, arn: &str) {
    let facts = facts();
    bencher.bench(|| Mapping::of_arn(black_box(arn), &facts, Release::default()).unwrap());
}

#[divan::bench(args = &WHO[..2])]
fn why(bencher: Bencher<'_, '_>, arn: &str) {
    let facts = facts();
    let index = Index::new(&facts);
    let request = Request::resource("get", "", "pods", "prod");
    bencher.bench(|| {
        let form = Form::read(black_box(arn)).unwrap();
        let identity = form.settle(&[], "--as", &Means { facts: &facts, read: None, now: None }).unwrap().identity;
        explain(&index, &identity, &request, Door::Person)
    });
}

/// The index of the policies is made when it is first asked.
#[divan::bench]
fn index_and_why(bencher: Bencher<'_, '_>) {
    let facts = facts();
    let request = Request::resource("get", "", "pods", "prod");
    bencher.bench(|| {
        let identity = Form::read(WHO[0]).unwrap().settle(&[], "--as", &Means { facts: &facts, read: None, now: None }).unwrap().identity;
        explain(&Index::new(&facts), &identity, &request, Door::Person)
    });
}

#[divan::bench]
fn list(bencher: Bencher<'_, '_>) {
    let facts = facts();
    bencher.bench(|| listing::list(black_box(&facts), Release::default()));
}
