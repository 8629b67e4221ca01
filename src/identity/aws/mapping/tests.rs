use super::*;
use crate::facts::parse;

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/dev/alice";
const LIST: &str = r#"{"accessEntries": ["arn:aws:iam::111122223333:role/team/dev"]}"#;
const EMPTY_LIST: &str = r#"{"accessEntries": []}"#;
const AWS_AUTH: &str = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws-auth","namespace":"kube-system"},
    "data":{"mapRoles":"- rolearn: arn:aws:iam::111122223333:role/dev\n  username: by-map\n  groups: [g]\n"}}"#;

fn cluster(mode: &str) -> String {
    format!(r#"{{"cluster": {{"name": "c", "accessConfig": {{"authenticationMode": "{mode}"}}}}}}"#)
}

fn entry(rest: &str) -> String {
    let common =
        r#""clusterName": "c", "principalArn": "arn:aws:iam::111122223333:role/team/dev", "createdAt": "2024-05-01T10:00:00+02:00""#;
    format!(r#"{{"accessEntry": {{{common}, {rest}}}}}"#)
}

fn role(created: &str) -> String {
    format!(r#"{{"Role": {{"Arn": "arn:aws:iam::111122223333:role/team/dev", "RoleId": "AROA", "CreateDate": "{created}"}}}}"#)
}

fn mapped(arn: &str, facts: &[&str]) -> Mapping {
    let facts = Facts::collect(facts.iter().flat_map(|text| parse::document("x", text.as_bytes())));
    assert_eq!(facts.gaps(), []);
    Mapping::of_arn(arn, &facts, Release::default()).unwrap()
}

fn told(mapping: &Mapping) -> String {
    let outcome = match &mapping.outcome {
        Outcome::Mapped(named) => format!("{} [{}]", named.username.as_ref().unwrap_or(&named.template), named.groups.join(" ")),
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::Unmapped => "unmapped".to_owned(),
        Outcome::Unknown(why) => format!("unknown: {why}"),
    };
    format!("{} {outcome}", mapping.decided_by.as_str())
}

#[test]
fn the_mode_says_what_counts() {
    let entry = entry(r#""type": "STANDARD", "username": "by-entry", "kubernetesGroups": ["e"]"#);
    for (mode, facts, expected) in [
        ("CONFIG_MAP", vec![AWS_AUTH, LIST, &entry], "aws-auth by-map [g]"),
        ("API_AND_CONFIG_MAP", vec![AWS_AUTH, LIST, &entry], "access-entry by-entry [e]"),
        ("API_AND_CONFIG_MAP", vec![AWS_AUTH, EMPTY_LIST], "aws-auth by-map [g]"),
        ("API_AND_CONFIG_MAP", vec![AWS_AUTH], "none unknown: access entries come first, and were not all read"),
        ("API_AND_CONFIG_MAP", vec![EMPTY_LIST], "none unknown: aws-auth was not read"),
        (
            "API_AND_CONFIG_MAP",
            vec![AWS_AUTH, LIST],
            "access-entry unknown: the principal has an access entry, and what it says was not read",
        ),
        ("API", vec![AWS_AUTH, EMPTY_LIST], "none unmapped"),
        ("API", vec![AWS_AUTH], "none unknown: access entries come first, and were not all read"),
        ("CONFIG_MAP", vec![LIST, &entry], "none unknown: aws-auth was not read"),
        ("", vec![AWS_AUTH], "aws-auth by-map [g]"),
        ("", vec![AWS_AUTH, &entry], "access-entry by-entry [e]"),
    ] {
        let described = cluster(mode);
        let facts: Vec<&str> = facts.into_iter().chain([described.as_str()]).collect();
        assert_eq!(told(&mapped(SESSION, &facts)), expected, "{mode} {facts:?}");
    }
}

#[test]
fn an_entry_gives_what_its_type_says() {
    for (rest, expected) in [
        (r#""type": "STANDARD""#, "access-entry arn:aws:sts::111122223333:assumed-role/dev/alice []"),
        (
            r#""type": "STANDARD", "username": "system:{{SessionName}}""#,
            "access-entry refused: invalid username 'system:alice' for mapper DynamicFile: username must not begin with with the following prefixes: [aws: eks: amazon: iam: system:]",
        ),
        (
            r#""type": "EC2_LINUX""#,
            "access-entry refused: mapper DynamicFile renderTemplates error: error rendering username template \"system:node:{{EC2PrivateDNSName}}\": SessionName did not contain an instance id",
        ),
        (r#""type": "HYBRID_LINUX", "kubernetesGroups": ["system:nodes"]"#, "access-entry system:node:alice [system:nodes]"),
        (r#""type": "FARGATE_LINUX""#, "access-entry unknown: the groups that EKS gives to type FARGATE_LINUX were not read"),
        (r#""type": "HYPERPOD_LINUX""#, "access-entry unknown: the user name that EKS gives to type HYPERPOD_LINUX is not documented"),
    ] {
        let entry = entry(rest);
        assert_eq!(told(&mapped(SESSION, &[&cluster("API"), LIST, &entry])), expected);
    }
}

#[test]
fn an_entry_of_a_role_made_again_does_not_hold() {
    let entry = entry(r#""type": "STANDARD", "username": "by-entry""#);
    let described = cluster("API_AND_CONFIG_MAP");
    let base = [described.as_str(), LIST, &entry, AWS_AUTH];
    let is_open = |mapping: &Mapping| mapping.open.iter().any(|open| open.gap.what.starts_with("whether"));
    let unsure = mapped(SESSION, &base);
    assert_eq!((told(&unsure).as_str(), is_open(&unsure)), ("access-entry by-entry []", true));
    let (older, newer) = (role("2024-05-01T07:59:59+00:00"), role("2024-05-01T08:00:01+00:00"));
    let sure = mapped(SESSION, &[&base[..], &[older.as_str()]].concat());
    assert_eq!((told(&sure).as_str(), is_open(&sure)), ("access-entry by-entry []", false));
    let stale = mapped(SESSION, &[&base[..], &[newer.as_str()]].concat());
    assert_eq!(told(&stale), "aws-auth by-map [g]");
    assert!(!stale.considered[0].matches && stale.considered[0].why.contains("gone"), "{:?}", stale.considered);
}

#[test]
fn who_comes_near_is_told_why() {
    let map = |arn: &str| AWS_AUTH.replace("arn:aws:iam::111122223333:role/dev", arn);
    for (arn, code) in [
        ("arn:aws:iam::111122223333:role/team/dev", "aws-auth-path"),
        ("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/dev", "aws-auth-sso-path"),
        ("arn:aws:sts::111122223333:assumed-role/dev/alice", "aws-auth-session"),
        ("arn:aws:iam::111122223333:instance-profile/dev", "aws-auth-instance-profile"),
        ("'arn:aws:iam::111122223333:role/dev '", "aws-auth-blanks"),
        ("arn:aws-cn:iam::111122223333:role/dev", "aws-auth-other-partition"),
        ("arn:aws:iam::444455556666:role/dev", "aws-auth-other-account"),
        ("arn:aws:iam::111122223333:user/dev", "aws-auth-other-kind"),
    ] {
        let mapping = mapped(SESSION, &[&map(arn)]);
        assert_eq!((told(&mapping).as_str(), mapping.nearest), ("none unmapped", Some(0)), "{arn}");
        assert_eq!(mapping.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [code], "{arn}");
    }
    assert_eq!(mapped(SESSION, &[&map("arn:aws:iam::111122223333:role/other")]).nearest, None);
}

#[test]
fn what_a_creator_may_be_is_open_where_no_list_shows_it() {
    let other = AWS_AUTH.replace("role/dev", "role/other");
    let is_open = |mode: &str| {
        let mapping = mapped(SESSION, &[&cluster(mode), &other, EMPTY_LIST]);
        mapping.open.iter().any(|open| open.gap.what == "who created the cluster")
    };
    assert_eq!((is_open("CONFIG_MAP"), is_open("API_AND_CONFIG_MAP")), (true, false));
}

#[test]
fn what_could_not_be_read_says_why() {
    use crate::base::{Gap, Loss, Name};
    let mut facts = Facts::collect(parse::document("x", AWS_AUTH.as_bytes()));
    let refused = |kinds: &[&str], why: &str| Gap {
        what: "something of AWS".to_owned(),
        why: why.to_owned(),
        kinds: kinds.iter().map(|kind| Name::new(kind)).collect(),
        loss: Loss::Refused,
        settled_by: Some("ask for it".to_owned()),
        ..Gap::default()
    };
    facts.apply(crate::facts::Change::Gap(refused(&["AccessEntry", "AccessPolicy"], "eks:ListAccessEntries is not allowed")));
    facts.apply(crate::facts::Change::Gap(refused(&["EKSCluster"], "eks:DescribeCluster is not allowed")));
    let mapping = Mapping::of_arn(SESSION, &facts, Release::default()).unwrap();
    let told: Vec<String> = mapping
        .open
        .iter()
        .map(|open| format!("{}: {}; {}", open.gap.what, open.gap.why, open.gap.settled_by.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            "the authentication mode: eks:DescribeCluster is not allowed; ask for it",
            "access entries: eks:ListAccessEntries is not allowed; ask for it"
        ]
    );
}
