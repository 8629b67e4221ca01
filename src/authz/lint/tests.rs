use super::*;
use crate::facts::parse::document;

/// A role `r` with these rules, which a binding gives to `alice`, beside what else there is.
fn findings(rules: &str, others: &[&str]) -> Vec<Finding> {
    let role = format!(r#"{{"kind":"ClusterRole","metadata":{{"name":"r"}},"rules":[{rules}]}}"#);
    let binding = binding("User", "alice");
    let texts = [role.as_str(), binding.as_str()];
    let facts = Facts::collect(texts.iter().chain(others).flat_map(|text| document("world", text.as_bytes())));
    assert_eq!(facts.gaps(), [], "a text of the test is none");
    lint(&facts)
}

fn binding(kind: &str, name: &str) -> String {
    format!(
        r#"{{"kind":"ClusterRoleBinding","metadata":{{"name":"b"}},"roleRef":{{"kind":"ClusterRole","name":"r"}},"subjects":[{{"kind":"{kind}","name":"{name}"}}]}}"#
    )
}

const DISCOVERY: &str = r#"{"kind":"APIResourceList","groupVersion":"v1","resources":[
    {"name":"pods","kind":"Pod","namespaced":true,"verbs":["get","list","watch","create","delete"]},
    {"name":"pods/log","kind":"Pod","namespaced":true,"verbs":["get"]},
    {"name":"bindings","kind":"Binding","namespaced":true,"verbs":["create"]}]}"#;

fn rule(groups: &str, resources: &str, verbs: &str) -> String {
    format!(r#"{{"apiGroups":[{groups}],"resources":[{resources}],"verbs":[{verbs}]}}"#)
}

#[test]
fn rules_that_are_wider_than_needed_or_never_match() {
    let core = |resources: &str, verbs: &str| rule(r#""""#, resources, verbs);
    let get = core(r#""pods""#, r#""get""#);
    for (rules, code, message) in [
        (core(r#""pods""#, r#""*","get""#), "beside-star", "has more verbs beside the star, which holds them all"),
        (rule(r#""*","apps""#, r#""deployments""#, r#""get""#), "beside-star", "has more apiGroups beside the star"),
        (
            rule(r#""rbac.authorization.k8s.io""#, r#""roles""#, r#""*""#),
            "star-verbs-escalate",
            "allows every verb on roles, escalate and bind among them",
        ),
        (core(r#""serviceaccounts""#, r#""*""#), "star-verbs-impersonate", "impersonate among them: who has it may act as anybody"),
        (rule(r#""*""#, r#""deployments""#, r#""get""#), "star-api-groups", "names resources in every API group"),
        (core(r#""*""#, r#""list""#), "star-reads-secrets", "reads every resource of the core group, secrets among them"),
        (
            format!("{get},{}", core(r#""pods","services""#, r#""get","list""#)),
            "covered-rule",
            "rules[0] of ClusterRole r allows nothing that rules[1] does not allow",
        ),
        (format!("{get},{get}"), "covered-rule", "rules[1] of ClusterRole r allows nothing that rules[0] does not allow"),
        (rule(r#""nobody.example""#, r#""things""#, r#""get""#), "unknown-api-group", "of which no discovery that was read tells"),
        (
            core(r#""pods/logs""#, r#""get""#),
            "unknown-subresource",
            "has pods/logs, and the API server serves no logs of pods: it never matches",
        ),
        (core(r#""bindings""#, r#""create","list""#), "verb-not-served", "allows list, which bindings cannot be asked for"),
    ] {
        let found = findings(&rules, &[DISCOVERY]);
        let finding = found.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{code} is not told of {rules}: {found:#?}"));
        assert!(finding.message.contains(message), "{}", finding.message);
        assert!(finding.fix.is_some());
    }
}

#[test]
fn what_is_right_or_not_known_is_not_told() {
    let core = |resources: &str, verbs: &str| rule(r#""""#, resources, verbs);
    for rules in [
        core(r#""pods","pods/log""#, r#""get","list""#),
        core(r#""nodes/metrics""#, r#""get""#),
        rule(r#""apps""#, r#""deployments/finalizers""#, r#""update""#),
        format!("{},{}", core(r#""pods""#, r#""get""#), core(r#""services""#, r#""get""#)),
        rule(r#""""#, r#""secrets""#, r#""*""#),
    ] {
        assert_eq!(findings(&rules, &[DISCOVERY]), [], "{rules}");
    }
    // without discovery, nobody says what is served
    assert_eq!(findings(&core(r#""pods/logs""#, r#""get""#), &[]), []);
    assert_eq!(findings(&core(r#""bindings""#, r#""list""#), &[]), []);
}

#[test]
fn subjects_that_nobody_is() {
    let cluster = r#"{"cluster":{"name":"prod","arn":"arn:aws:eks:eu-central-1:111122223333:cluster/prod","accessConfig":{"authenticationMode":"API"}}}"#;
    let entry =
        r#"{"accessEntry":{"clusterName":"prod","principalArn":"arn:aws:iam::111122223333:role/dev","username":"dev","type":"STANDARD"}}"#;
    let listed = r#"{"accessEntries":["arn:aws:iam::111122223333:role/dev"]}"#;
    let account = r#"{"kind":"ServiceAccount","metadata":{"namespace":"shop","name":"api"}}"#;
    let namespace = r#"{"kind":"Namespace","metadata":{"name":"shop"}}"#;
    for (kind, name, code, message) in [
        ("User", "arn:aws:iam::111122223333:role/dev", "arn-subject", "is the ARN of a role, and nobody logs in as that"),
        ("User", "arn:aws:iam::111122223333:group/dev", "arn-subject", "is the ARN of a group, and nobody logs in as that"),
        ("Group", "arn:aws:iam::111122223333:role/dev", "arn-subject", "EKS makes no groups of principals"),
        (
            "User",
            "arn:aws:sts::111122223333:assumed-role/dev/alice",
            "unmapped-session-subject",
            "is the ARN of a session, whose user name in this cluster is dev",
        ),
        ("User", "arn:aws:sts::111122223333:assumed-role/gone/alice", "unmapped-session-subject", "of a role that nothing maps"),
        ("User", "system:serviceaccount:shop:gone", "missing-service-account", "which does not exist"),
        ("Group", "system:serviceaccounts:gone", "unreachable-group", "of namespace gone, which does not exist"),
        ("User", "system:anonymous", "bound-to-everybody", "gives ClusterRole r to everybody, without a credential"),
        ("Group", "system:unauthenticated", "bound-to-everybody", "gives ClusterRole r to everybody, without a credential"),
    ] {
        let bound = binding(kind, name);
        let found = findings(&rule(r#""""#, r#""pods""#, r#""get""#), &[cluster, entry, listed, account, namespace, &bound]);
        let finding = found.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{code} is not told of {name}: {found:#?}"));
        assert!(finding.message.contains(message), "{}", finding.message);
    }
    for (kind, name) in [
        ("User", "arn:aws:iam::111122223333:user/ci"),
        ("User", "system:serviceaccount:shop:api"),
        ("Group", "system:serviceaccounts:shop"),
        ("Group", "dev"),
    ] {
        let bound = binding(kind, name);
        let found = findings(&rule(r#""""#, r#""pods""#, r#""get""#), &[cluster, entry, listed, account, namespace, &bound]);
        assert_eq!(found, [], "{name}");
    }
}
