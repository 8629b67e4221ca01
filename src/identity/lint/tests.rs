use std::collections::BTreeSet;
use std::fmt::Write as _;

use insta::assert_snapshot;

use super::*;
use crate::facts::parse::document;

const ISSUER: &str = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

fn facts(texts: &[String]) -> Facts {
    let facts = Facts::collect(texts.iter().flat_map(|text| document("world", text.as_bytes())));
    assert_eq!(facts.gaps(), [], "a text of the test is none");
    facts
}

/// The findings, a paragraph each; and their codes.
fn told(texts: &[String]) -> (String, BTreeSet<&'static str>) {
    let findings = lint(&facts(texts));
    let mut text = String::new();
    for finding in &findings {
        let severity = format!("{:?}", finding.severity).to_lowercase();
        let line = finding.source.as_ref().and_then(|source| source.line).map(|line| format!(" (line {line})")).unwrap_or_default();
        let _ = writeln!(text, "{severity} {} {}{line}", finding.code, finding.subject);
        let _ = writeln!(text, "  {}\n  fix: {}", finding.message, finding.fix.as_deref().unwrap_or("none"));
        assert!(finding.fix.as_deref().is_some_and(|fix| !fix.is_empty()), "{} has no fix", finding.code);
    }
    (text.replace(ISSUER, "I"), findings.iter().map(|finding| finding.code).collect())
}

fn cluster(mode: &str) -> String {
    format!(
        r#"{{"cluster":{{"name":"prod","arn":"arn:aws:eks:eu-central-1:111122223333:cluster/prod","accessConfig":{{"authenticationMode":"{mode}"}},"identity":{{"oidc":{{"issuer":"https://{ISSUER}"}}}}}}}}"#
    )
}

fn aws_auth(data: &str) -> String {
    format!("kind: ConfigMap\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n{data}")
}

fn binding(group: &str) -> String {
    format!(
        r#"{{"kind":"ClusterRoleBinding","metadata":{{"name":"b"}},"roleRef":{{"kind":"ClusterRole","name":"view"}},"subjects":[{{"kind":"Group","name":"{group}"}}]}}"#
    )
}

const IAM: &str = "arn:aws:iam::111122223333";

#[test]
fn arns_that_match_nobody() {
    let arns = [
        ("rolearn", format!("{IAM}:role/team/dev")),
        ("rolearn", format!("{IAM}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef")),
        ("rolearn", "arn:aws:sts::111122223333:assumed-role/dev/alice".to_owned()),
        ("rolearn", format!("{IAM}:instance-profile/node")),
        ("rolearn", format!("'{IAM}:role/dev '")),
        ("rolearn", format!("{IAM}:group/dev")),
        ("rolearn", format!("{IAM}:role/*")),
        ("rolearn", "dev".to_owned()),
        ("rolearn", format!("{IAM}:root")),
        ("rolearn", format!("{IAM}:user/ci")),
        ("rolearn", "arn:aws-cn:iam::111122223333:role/china".to_owned()),
        ("rolearn", "arn:aws:iam::444455556666:role/partner".to_owned()),
    ];
    let items: Vec<String> = arns.iter().map(|(field, arn)| format!("    - {{{field}: {arn}, username: u, groups: [ops]}}\n")).collect();
    let items = items.concat();
    let (text, codes) = told(&[cluster("CONFIG_MAP"), aws_auth(&format!("  mapRoles: |\n{items}")), binding("ops")]);
    assert_snapshot!(text);
    assert_eq!(codes.len(), 11, "{codes:?}");
}

#[test]
fn items_that_surprise() {
    let items = "  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/node
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:nodes]
    - rolearn: arn:aws:iam::111122223333:role/fargate
      username: system:node:{{SessionName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: arn:aws:iam::111122223333:role/windows-node
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: arn:aws:iam::111122223333:role/admin
      username: admin
      groups: [system:masters, nowhere]
      username: root
    - rolearn: arn:aws:iam::111122223333:role/nameless
      groups:
      - a
       - b
    - rolearn: arn:aws:iam::111122223333:role/Admin
      roleARN: arn:aws:iam::111122223333:role/other
      username: 5
      groups: [12, ops]
    - username: lost
    - rolearn: arn:aws:iam::111122223333:role/bare
      username: bare
    - sso: {permissionSetName: x, accountID: '111122223333'}
      username: sso
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/alice
      username: '{{EC2PrivateDNSName}}'
      groups: [ops]
    - userarn: arn:aws:iam::111122223333:user/Alice
      username: alice
      groups: [ops]
    - userarn: arn:aws:iam::111122223333:role/admin
      username: admin
      groups: [ops]
  mapAccounts: |
    - '111122223333'
    - 12
  maproles: |
    - x
";
    let windows = r#"{"kind":"Node","metadata":{"name":"w","labels":{"kubernetes.io/os":"windows"}}}"#.to_owned();
    let (text, codes) = told(&[cluster("API_AND_CONFIG_MAP"), aws_auth(items), binding("ops"), windows]);
    assert_snapshot!(text);
    for code in [
        "aws-auth-node-groups",
        "aws-auth-fargate-groups",
        "aws-auth-windows-groups",
        "aws-auth-masters",
        "aws-auth-unbound-group",
        "aws-auth-key-twice",
        "aws-auth-no-username",
        "aws-auth-joined-groups",
        "aws-auth-shadowed",
        "aws-auth-value",
        "aws-auth-empty-group",
        "aws-auth-dropped",
        "aws-auth-no-groups",
        "aws-auth-sso",
        "aws-auth-node-template",
        "aws-auth-either",
        "aws-auth-other-section",
        "aws-auth-account",
        "aws-auth-account-number",
        "aws-auth-key-case",
    ] {
        assert!(codes.contains(code), "{code} is not told:\n{text}");
    }
}

#[test]
fn a_section_that_is_lost_and_a_mode_that_ignores_all() {
    let broken = aws_auth("  mapRoles: \"- rolearn: a\\n\\tusername: b\\n\"\n");
    assert_snapshot!(told(&[cluster("CONFIG_MAP"), broken.clone()]).0);
    assert_snapshot!(told(&[cluster("API"), broken]).0);
}

#[test]
fn access_entries() {
    let entry = |principal: &str, more: &str| {
        format!(r#"{{"accessEntry":{{"clusterName":"prod","principalArn":"{IAM}:{principal}","createdAt":"2026-01-01T00:00:00Z"{more}}}}}"#)
    };
    let role = |name: &str, created: &str| format!(r#"{{"Role":{{"Arn":"{IAM}:role/{name}","CreateDate":"{created}"}}}}"#);
    let policies = |principal: &str, policies: &str| {
        format!(r#"{{"clusterName":"prod","principalArn":"{IAM}:{principal}","associatedAccessPolicies":[{policies}]}}"#)
    };
    let view = |namespaces: &str| {
        format!(
            r#"{{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{{"type":"namespace","namespaces":[{namespaces}]}}}}"#
        )
    };
    let linked = role("aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS", "2025-01-01T00:00:00Z");
    let linked = linked
        .replace(r#"{"Role":{"#, r#"{"Roles":[{"#)
        .replace("}}", r#"},{"Arn":"arn:aws:iam::111122223333:role/dev","CreateDate":"2025-01-01T00:00:00Z"}]}"#);
    let (text, codes) = told(&[
        cluster("API_AND_CONFIG_MAP"),
        binding("ops"),
        linked,
        r#"{"kind":"Namespace","metadata":{"name":"shop"}}"#.to_owned(),
        role("anew", "2026-06-01T00:00:00Z"),
        entry("role/dev", r#","type":"STANDARD","kubernetesGroups":["ops","nowhere"],"username":"dev:{{SessionName}}""#),
        entry("role/gone", r#","type":"EC2_LINUX""#),
        entry("role/anew", r#","type":"EC2_LINUX""#),
        entry("user/ci", r#","type":"STANDARD""#),
        policies("user/ci", ""),
        policies("role/dev", &view(r#""shop","dev-*","nowhere""#)),
        aws_auth(
            "  mapRoles: |\n    - {rolearn: 'arn:aws:iam::111122223333:role/dev', username: u, groups: [ops]}\n    - {rolearn: 'arn:aws:iam::111122223333:role/left', username: u, groups: [ops]}\n",
        ),
    ]);
    assert_snapshot!(text);
    for code in [
        "access-entry-principal-gone",
        "access-entry-stale",
        "access-entry-unbound-group",
        "access-entry-without-rights",
        "access-policy-namespace",
        "access-entry-session-name",
        "aws-auth-behind-access-entry",
        "aws-auth-principal-gone",
    ] {
        assert!(codes.contains(code), "{code} is not told:\n{text}");
    }
}

#[test]
fn identity_providers() {
    let provider = |name: &str, more: &str| {
        format!(
            r#"{{"identityProviderConfig":{{"oidc":{{"identityProviderConfigName":"{name}","clusterName":"prod","clientId":"k"{more}}}}}}}"#
        )
    };
    let (text, codes) = told(&[
        cluster("API"),
        provider("corp", r#","issuerUrl":"https://login.example","status":"CREATING","groupsClaim":"groups""#),
        provider("bare", r#","issuerUrl":"http://login.example","status":"ACTIVE","usernamePrefix":"-""#),
        provider("own", &format!(r#","issuerUrl":"https://{ISSUER}","status":"ACTIVE","usernameClaim":"email""#)),
        provider(
            "good",
            r#","issuerUrl":"https://sso.example","status":"ACTIVE","usernamePrefix":"sso:","groupsClaim":"g","groupsPrefix":"sso:""#,
        ),
    ]);
    assert_snapshot!(text);
    assert_eq!(codes.len(), 6, "{codes:?}");
    assert!(!text.contains("identity provider good"));
}

#[test]
fn roles_of_workloads() {
    let role = |name: &str, condition: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{IAM}:oidc-provider/{ISSUER}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{condition}}}}}"#
        );
        format!(
            r#"{{"Role":{{"Arn":"{IAM}:role/{name}","AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":[{statement}]}}}}}}"#
        )
    };
    let sub = |operator: &str, sub: &str| format!(r#""{operator}":{{"{ISSUER}:sub":"{sub}"}}"#);
    let (text, codes) = told(&[
        cluster("API"),
        format!(r#"{{"OpenIDConnectProviderList":[{{"Arn":"{IAM}:oidc-provider/{ISSUER}"}}]}}"#),
        r#"{"associations":[{"clusterName":"prod","associationId":"a-1","namespace":"shop","serviceAccount":"gone"}]}"#.to_owned(),
        format!(
            r#"{{"kind":"ServiceAccount","metadata":{{"namespace":"shop","name":"api","annotations":{{"eks.amazonaws.com/role-arn":"{IAM}:role/star"}}}}}}"#
        ),
        role("all", ""),
        role("star", &sub("StringEquals", "system:serviceaccount:shop:*")),
        role("short", &sub("StringEquals", "shop:api")),
        role("old", &sub("StringEquals", "system:serviceaccount:shop:old")),
        role("odd", "").replace(r#""Effect":"Allow","#, ""),
        role("good", &sub("StringEquals", "system:serviceaccount:shop:api")),
    ]);
    assert_snapshot!(text);
    for code in [
        "association-without-service-account",
        "trust-policy-open-to-all",
        "trust-policy-star",
        "trust-policy-sub",
        "trust-policy-missing-service-account",
        "trust-policy-unreadable",
        "trust-policy-refuses",
    ] {
        assert!(codes.contains(code), "{code} is not told:\n{text}");
    }
    assert!(!text.contains("role/good"));
}
