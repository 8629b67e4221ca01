use Holds::{No, Unknown, Yes};

use super::*;

const ISSUER: &str = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const OLD: &str = "oidc.eks.eu-central-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const CLUSTER: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/prod";
const ROLE: &str = "arn:aws:iam::111122223333:role/pods";

/// A policy of statements in short: `I` is the issuer, `P` its provider.
fn policy(statements: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Policy::read(&text.replace("$OLD", OLD).replace("$I", ISSUER).replace("$P", PROVIDER).replace("$C", CLUSTER)).unwrap()
}

fn short(text: &str) -> String {
    text.replace(PROVIDER, "P").replace(ISSUER, "I").replace(OLD, "OLD").replace(CLUSTER, "C")
}

/// A statement as EKS documents it, with conditions.
fn usual(conditions: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"$P"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{conditions}}}}}"#
    )
}

fn by_token(policy: &Policy) -> Verdict {
    let context = Context::of_token(ISSUER, "system:serviceaccount:shop:api", "sts.amazonaws.com");
    judge(policy, &Call { action: "sts:AssumeRoleWithWebIdentity", caller: Caller::Federated(PROVIDER), context: &context })
}

fn by_service(policy: &Policy, action: &'static str, tags: bool) -> Verdict {
    let context = Context::of_pod_identity("shop", "api", Some(CLUSTER), tags);
    judge(policy, &Call { action, caller: Caller::Service("pods.eks.amazonaws.com"), context: &context })
}

fn by_role(policy: &Policy, external_id: Option<&str>) -> Verdict {
    let context = Context::of_target("shop", "api", Some(CLUSTER), true, ROLE, external_id);
    judge(policy, &Call { action: "sts:AssumeRole", caller: Caller::Role(ROLE), context: &context })
}

fn told(verdict: &Verdict) -> (Holds, String) {
    (verdict.holds, short(&verdict.because))
}

/// The table of tokens: conditions of the usual statement, and what comes of them.
#[test]
fn conditions_of_tokens() {
    let fails = |condition: &str| (No, format!("statement 1: {condition}"));
    let open = |condition: &str| (Unknown, format!("statement 1: {condition}"));
    let holds = (Yes, "statement 1 allows it".to_owned());
    for (conditions, expected) in [
        ("", holds.clone()),
        (r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:api","$I:aud":"sts.amazonaws.com"}"#, holds.clone()),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:web"}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccount:shop:web", and the token has "system:serviceaccount:shop:api": it is service account web of that namespace, not api"#,
            ),
        ),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccount:prod:api"}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccount:prod:api", and the token has "system:serviceaccount:shop:api": it is of that name in namespace prod, not shop"#,
            ),
        ),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:*"}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccount:shop:*", and the token has "system:serviceaccount:shop:api": StringEquals takes a star as it stands, and StringLike would fit"#,
            ),
        ),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:API"}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccount:shop:API", and the token has "system:serviceaccount:shop:api": capitals and small letters differ"#,
            ),
        ),
        (
            r#""StringEquals":{"$I:sub":"shop:api"}"#,
            fails(
                r#"StringEquals wants I:sub to be "shop:api", and the token has "system:serviceaccount:shop:api": sub begins with system:serviceaccount:"#,
            ),
        ),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccounts:shop"}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccounts:shop", and the token has "system:serviceaccount:shop:api": that is a group, and sub names a service account"#,
            ),
        ),
        (r#""StringEquals":{"$I:aud":"$I"}"#, fails(r#"StringEquals wants I:aud to be "I", and the token has "sts.amazonaws.com""#)),
        (
            r#""StringEquals":{"$OLD:sub":"system:serviceaccount:shop:api"}"#,
            fails(
                r#"StringEquals wants OLD:sub to be "system:serviceaccount:shop:api", and the token has no such key: the key is of OLD, which did not issue the token"#,
            ),
        ),
        // several values: one is enough; several keys: all are needed
        (r#""StringEquals":{"$I:sub":["system:serviceaccount:shop:web","system:serviceaccount:shop:api"]}"#, holds.clone()),
        (
            r#""StringEquals":{"$I:sub":["system:serviceaccount:a:b","c"]}"#,
            fails(
                r#"StringEquals wants I:sub to be "system:serviceaccount:a:b" or "c", and the token has "system:serviceaccount:shop:api""#,
            ),
        ),
        (
            r#""StringLike":{"$I:sub":"system:serviceaccount:shop:*"},"StringEquals":{"$I:aud":"sts.amazonaws.com.cn"}"#,
            fails(r#"StringEquals wants I:aud to be "sts.amazonaws.com.cn", and the token has "sts.amazonaws.com""#),
        ),
        (r#""StringLike":{"$I:sub":"system:serviceaccount:*:api"}"#, holds.clone()),
        (r#""StringLike":{"$I:sub":"system:serviceaccount:shop:ap?"}"#, holds.clone()),
        (
            r#""StringLike":{"$I:sub":"system:serviceaccount:shop:web-*"}"#,
            fails(
                r#"StringLike wants I:sub to be "system:serviceaccount:shop:web-*", and the token has "system:serviceaccount:shop:api": it is service account web-* of that namespace, not api"#,
            ),
        ),
        // the keys of conditions are the same in any case, their values are not
        (&r#""StringEquals":{"$I:SUB":"system:serviceaccount:shop:api"}"#.replace("$I", &ISSUER.to_lowercase()), holds.clone()),
        (r#""StringEqualsIgnoreCase":{"$I:sub":"System:ServiceAccount:Shop:API"}"#, holds.clone()),
        (
            r#""StringNotEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#,
            fails(
                r#"StringNotEquals wants I:sub not to be "system:serviceaccount:shop:api", and the token has "system:serviceaccount:shop:api""#,
            ),
        ),
        (r#""StringNotEquals":{"$I:sub":["system:serviceaccount:shop:web","x"]}"#, holds.clone()),
        (
            r#""StringNotLike":{"$I:sub":["system:serviceaccount:kube-system:*","system:serviceaccount:shop:*"]}"#,
            fails(
                r#"StringNotLike wants I:sub not to be "system:serviceaccount:kube-system:*" or "system:serviceaccount:shop:*", and the token has "system:serviceaccount:shop:api""#,
            ),
        ),
        // what is not there: what negates holds, and what says so
        (r#""StringNotEquals":{"$OLD:sub":"x"}"#, holds.clone()),
        (r#""StringEqualsIfExists":{"$OLD:sub":"x"}"#, holds.clone()),
        (
            r#""StringEqualsIfExists":{"$I:sub":"x"}"#,
            fails(r#"StringEqualsIfExists wants I:sub to be "x", and the token has "system:serviceaccount:shop:api""#),
        ),
        (r#""Null":{"$I:sub":"false"}"#, holds.clone()),
        (r#""Null":{"$I:sub":"true"}"#, fails(r#"Null wants I:sub not to be there, and the token has "system:serviceaccount:shop:api""#)),
        (r#""Null":{"$I:amr":true}"#, holds.clone()),
        // the words of sets on a key of one value
        (r#""ForAnyValue:StringLike":{"$I:sub":["x","system:serviceaccount:shop:*"]}"#, holds.clone()),
        (
            r#""ForAnyValue:StringEquals":{"$I:amr":"x"}"#,
            fails(r#"ForAnyValue:StringEquals wants I:amr to be "x", and the token has no such key"#),
        ),
        (r#""ForAllValues:StringEquals":{"$OLD:sub":"x"}"#, holds.clone()),
        (
            r#""ForAllValues:StringEquals":{"$I:sub":"x"}"#,
            fails(r#"ForAllValues:StringEquals wants I:sub to be "x", and the token has "system:serviceaccount:shop:api""#),
        ),
        (
            r#""StringEquals":{"sts:ExternalId":"x"}"#,
            fails(r#"StringEquals wants sts:ExternalId to be "x", and the token has no such key"#),
        ),
        (
            r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#,
            fails(r#"StringEquals wants aws:SourceAccount to be "111122223333", and the token has no such key"#),
        ),
        // what is not evaluated is named
        (
            r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
            open(r#"IpAddress wants aws:SourceIp to be "10.0.0.0/8", and IpAddress is not evaluated"#),
        ),
        (
            r#""StringEquals":{"sts:RoleSessionName":"x"}"#,
            open(r#"StringEquals wants sts:RoleSessionName to be "x", and what the token has there is not known"#),
        ),
        (
            r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:${aws:username}"}"#,
            open(
                r#"StringEquals wants I:sub to be "system:serviceaccount:shop:${aws:username}", and variables of policies are not evaluated"#,
            ),
        ),
        (r#""stringequals":{"$I:sub":"x"}"#, open(r#"stringequals wants I:sub to be "x", and stringequals is not evaluated"#)),
        (
            r#""ForAnyValue:StringEqualsIfExists":{"$I:amr":"x"}"#,
            open(r#"ForAnyValue:StringEqualsIfExists wants I:amr to be "x", and the token has no such key"#),
        ),
        // something unknown does not save what fails
        (
            r#""StringEquals":{"$I:aud":"x"},"Bool":{"aws:SecureTransport":"true"}"#,
            fails(r#"StringEquals wants I:aud to be "x", and the token has "sts.amazonaws.com""#),
        ),
    ] {
        assert_eq!(told(&by_token(&policy(&usual(conditions)))), expected, "{conditions}");
    }
}

/// The table of whole statements.
#[test]
fn statements_of_tokens() {
    let sub = r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#;
    let allow = usual(sub);
    let deny = |conditions: &str| usual(conditions).replace("Allow", "Deny");
    let other_account = allow.replace("$P", &PROVIDER.replace("111122223333", "444455556666"));
    for (statements, holds, because) in [
        (format!("{allow},{}", deny("")), No, "statement 2 denies it, whatever allows it"),
        (format!("{allow},{}", deny(r#""StringNotEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#)), Yes, "statement 1 allows it"),
        (
            format!("{allow},{}", deny(r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#)),
            Unknown,
            r#"statement 2: NotIpAddress wants aws:SourceIp to be "10.0.0.0/8", and NotIpAddress is not evaluated"#,
        ),
        (format!("{},{allow}", usual(r#""Bool":{"aws:SecureTransport":"true"}"#)), Yes, "statement 2 allows it"),
        (allow.replace("sts:AssumeRoleWithWebIdentity", "sts:*"), Yes, "statement 1 allows it"),
        (allow.replace("sts:AssumeRoleWithWebIdentity", "STS:assumerolewith*"), Yes, "statement 1 allows it"),
        (
            allow.replace("sts:AssumeRoleWithWebIdentity", "sts:AssumeRole"),
            No,
            "statement 1: it is about sts:AssumeRole, not sts:AssumeRoleWithWebIdentity",
        ),
        (
            allow.replace("\"Action\"", "\"NotAction\""),
            No,
            "statement 1: it is about everything but sts:AssumeRoleWithWebIdentity, not sts:AssumeRoleWithWebIdentity",
        ),
        (
            allow.replace("$P", "arn:aws:iam::111122223333:oidc-provider/$OLD"),
            No,
            "statement 1: it trusts provider arn:aws:iam::111122223333:oidc-provider/OLD, not P: that is another cluster's issuer, or an old one of this",
        ),
        (
            other_account,
            No,
            "statement 1: it trusts provider arn:aws:iam::444455556666:oidc-provider/I, not P: that is in account 444455556666, and STS looks for it in the role's own, 111122223333",
        ),
        (
            allow.replace(r#"{"Federated":"$P"}"#, r#"{"Service":"ec2.amazonaws.com"}"#),
            No,
            "statement 1: it trusts service ec2.amazonaws.com, not provider P",
        ),
        (
            allow.replace(r#"{"Federated":"$P"}"#, r#"{"AWS":"arn:aws:iam::111122223333:root"}"#),
            No,
            "statement 1: it trusts arn:aws:iam::111122223333:root, not provider P",
        ),
        (
            allow.replace(r#"{"Federated":"$P"}"#, "\"*\""),
            Unknown,
            "statement 1: it trusts everybody, and whether that is provider P is not known",
        ),
        (allow.replace("\"Effect\"", r#""Resource":"*","Effect""#), Unknown, "statement 1: it has Resource, which trust policies have not"),
        (String::new(), No, "no statement allows sts:AssumeRoleWithWebIdentity"),
        // of two that do not fit, the nearer one is told
        (
            format!(
                r#"{{"Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole"}},{}"#,
                usual(r#""StringEquals":{"$I:sub":"x"}"#)
            ),
            No,
            r#"statement 2: StringEquals wants I:sub to be "x", and the token has "system:serviceaccount:shop:api""#,
        ),
    ] {
        assert_eq!(told(&by_token(&policy(&statements))), (holds, because.to_owned()), "{statements}");
    }
    let named = by_token(&policy(&allow.replace("\"Effect\"", r#""Sid":"Pods","Effect""#)));
    assert_eq!(named.because, "statement 1 (Pods) allows it");
}

#[test]
fn the_failing_condition_is_a_value_too() {
    let verdict = by_token(&policy(&usual(r#""StringEquals":{"$I:aud":"sts.amazonaws.com","$I:sub":["a","b"]}"#)));
    let failing = verdict.failing.unwrap();
    assert_eq!((failing.operator.as_str(), short(&failing.key).as_str()), ("StringEquals", "I:sub"));
    assert_eq!(
        (failing.wants, failing.has.unwrap()),
        (vec!["a".to_owned(), "b".to_owned()], vec!["system:serviceaccount:shop:api".to_owned()])
    );
    let checks: Vec<Holds> = verdict.statements[0].checks.iter().map(|check| check.holds).collect();
    assert_eq!(checks, [Yes, Yes, Yes, No]);
}

/// The table of Pod Identity.
#[test]
fn conditions_of_pod_identity() {
    let statement = |actions: &str, conditions: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},"Action":{actions},"Condition":{{{conditions}}}}}"#
        )
    };
    let both = r#"["sts:AssumeRole","sts:TagSession"]"#;
    let fails = |what: &str| (No, format!("statement 1: {what}"));
    let holds = (Yes, "statement 1 allows it".to_owned());
    for (actions, conditions, action, tags, expected) in [
        (both, "", "sts:AssumeRole", true, holds.clone()),
        (both, "", "sts:TagSession", true, holds.clone()),
        (r#""sts:AssumeRole""#, "", "sts:TagSession", true, fails("it is about sts:AssumeRole, not sts:TagSession")),
        (both, r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#, "sts:AssumeRole", true, holds.clone()),
        (
            both,
            r#""StringEquals":{"aws:SourceAccount":"444455556666"}"#,
            "sts:AssumeRole",
            true,
            fails(r#"StringEquals wants aws:SourceAccount to be "444455556666", and the session has "111122223333""#),
        ),
        (both, r#""ArnLike":{"AWS:sourceArn":"arn:aws:eks:*:111122223333:cluster/*"}"#, "sts:AssumeRole", true, holds.clone()),
        (both, r#""ArnEquals":{"aws:SourceArn":"$C"}"#, "sts:AssumeRole", true, holds.clone()),
        (
            both,
            r#""ArnLike":{"aws:SourceArn":"arn:aws:eks:*:111122223333:podidentityassociation/prod/*"}"#,
            "sts:AssumeRole",
            true,
            fails(
                r#"ArnLike wants aws:SourceArn to be "arn:aws:eks:*:111122223333:podidentityassociation/prod/*", and the session has "C""#,
            ),
        ),
        // a star does not go over the colons of an ARN's first parts
        (
            both,
            r#""ArnLike":{"aws:SourceArn":"arn:aws:*:cluster/prod"}"#,
            "sts:AssumeRole",
            true,
            (Unknown, r#"statement 1: ArnLike wants aws:SourceArn to be "arn:aws:*:cluster/prod", and the session has "C""#.to_owned()),
        ),
        (
            both,
            r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"shop","aws:RequestTag/kubernetes-service-account":"api"}"#,
            "sts:AssumeRole",
            true,
            holds.clone(),
        ),
        (
            both,
            r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"prod"}"#,
            "sts:AssumeRole",
            true,
            fails(r#"StringEquals wants aws:RequestTag/kubernetes-namespace to be "prod", and the session has "shop""#),
        ),
        (both, r#""StringEquals":{"aws:RequestTag/eks-cluster-name":"prod"}"#, "sts:AssumeRole", true, holds.clone()),
        (
            both,
            r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"shop"}"#,
            "sts:AssumeRole",
            false,
            fails(r#"StringEquals wants aws:RequestTag/kubernetes-namespace to be "shop", and the session has no such key"#),
        ),
        (
            both,
            r#""StringEquals":{"aws:RequestTag/kubernetes-pod-name":"api-0"}"#,
            "sts:AssumeRole",
            true,
            (
                Unknown,
                r#"statement 1: StringEquals wants aws:RequestTag/kubernetes-pod-name to be "api-0", and it is another for each pod"#
                    .to_owned(),
            ),
        ),
        (both, r#""ForAllValues:StringLike":{"aws:TagKeys":["eks-*","kubernetes-*"]}"#, "sts:TagSession", true, holds.clone()),
        (
            both,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["kubernetes-namespace"]}"#,
            "sts:TagSession",
            true,
            fails(
                r#"ForAllValues:StringEquals wants aws:TagKeys to be "kubernetes-namespace", and the session has "eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name" and "kubernetes-pod-uid""#,
            ),
        ),
        (both, r#""ForAnyValue:StringNotLike":{"aws:TagKeys":["eks-*"]}"#, "sts:TagSession", true, holds.clone()),
        (
            both,
            r#""StringEquals":{"aws:SourceOrgID":"o-1"}"#,
            "sts:AssumeRole",
            true,
            (
                Unknown,
                r#"statement 1: StringEquals wants aws:SourceOrgID to be "o-1", and what the session has there is not known"#.to_owned(),
            ),
        ),
        (
            both,
            r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#,
            "sts:AssumeRole",
            true,
            fails(r#"StringEquals wants I:sub to be "system:serviceaccount:shop:api", and the session has no such key"#),
        ),
    ] {
        let verdict = by_service(&policy(&statement(actions, conditions)), action, tags);
        assert_eq!(told(&verdict), expected, "{actions} {conditions}");
    }
    let ec2 = statement(both, "").replace("pods.eks", "ec2");
    let other = by_service(&policy(&ec2), "sts:AssumeRole", true);
    assert_eq!(other.because, "statement 1: it trusts service ec2.amazonaws.com, not service pods.eks.amazonaws.com");
    // of a cluster that is not described, it is not known where the call comes from
    let context = Context::of_pod_identity("shop", "api", None, true);
    let call = Call { action: "sts:AssumeRole", caller: Caller::Service("pods.eks.amazonaws.com"), context: &context };
    let verdict = judge(&policy(&statement(both, r#""ArnEquals":{"aws:SourceArn":"$C"}"#)), &call);
    assert_eq!(
        told(&verdict),
        (Unknown, r#"statement 1: ArnEquals wants aws:SourceArn to be "C", and the cluster is not described among the facts"#.to_owned())
    );
}

/// The table of targets, which the first role becomes.
#[test]
fn principals_and_external_ids_of_targets() {
    let statement = |principal: &str, conditions: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{{{conditions}}}}}"#)
    };
    let aws = |name: &str| format!(r#"{{"AWS":"{name}"}}"#);
    for (principal, conditions, holds) in [
        (aws(ROLE), "", Yes),
        (aws("111122223333"), "", Yes),
        (aws("arn:aws:iam::111122223333:root"), "", Yes),
        (aws("*"), "", Yes),
        ("\"*\"".to_owned(), "", Yes),
        (aws("arn:aws:iam::111122223333:role/other"), "", No),
        (aws("arn:aws:iam::444455556666:root"), "", No),
        (aws("AROAEXAMPLE"), "", Unknown),
        (aws("arn:aws:sts::111122223333:assumed-role/pods/eks-prod"), "", Unknown),
        (aws("arn:aws:sts::111122223333:assumed-role/other/eks-prod"), "", No),
        (r#"{"Service":"pods.eks.amazonaws.com"}"#.to_owned(), "", No),
        (aws(ROLE), r#""StringEquals":{"sts:ExternalId":"eu/111122223333/prod/shop/api"}"#, Yes),
        (aws(ROLE), r#""StringEquals":{"sts:ExternalId":"other"}"#, No),
        (aws("111122223333"), r#""ArnEquals":{"aws:PrincipalARN":"arn:aws:iam::111122223333:role/pods"}"#, Yes),
        (aws("111122223333"), r#""ArnEquals":{"aws:PrincipalARN":"arn:aws:iam::111122223333:role/other"}"#, No),
    ] {
        let verdict = by_role(&policy(&statement(&principal, conditions)), Some("eu/111122223333/prod/shop/api"));
        assert_eq!(verdict.holds, holds, "{principal} {conditions}: {}", verdict.because);
    }
    let unread = by_role(&policy(&statement(&aws(ROLE), r#""StringEquals":{"sts:ExternalId":"x"}"#)), None);
    assert_eq!(
        unread.because,
        r#"statement 1: StringEquals wants sts:ExternalId to be "x", and the association's external id was not read"#
    );
}

#[test]
fn texts_that_are_read_and_those_that_are_none() {
    let statement = usual("").replace("$P", PROVIDER);
    let whole = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    let escaped: String = whole
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    assert_eq!(Policy::read(&escaped), Policy::read(&whole));
    assert_eq!(by_token(&Policy::read(&whole).unwrap()).holds, Yes);
    // variables came with the newer version
    let old = whole.replace("\"Condition\":{}", r#""Condition":{"StringEquals":{"a.b:sub":"${x}"}}"#).replace("2012", "2008");
    assert_eq!(by_token(&Policy::read(&old).unwrap()).holds, No);
    for (text, why) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[]", "it is a list and no object"),
        ("{}", "it has no statements"),
        (r#"{"Statement":[],"Statement":[]}"#, "policy.Statement stands in it twice, and which of them counts is not known"),
        (r#"{"statement":[]}"#, "`statement` is no part of a policy"),
        (r#"{"Version":"2015","Statement":[]}"#, "`2015` is no version of policies"),
        (r#"{"Statement":["x"]}"#, "statement 1 is no object"),
        (r#"{"Statement":[{"Effect":"allow"}]}"#, "statement 1 has neither Effect Allow nor Deny"),
        (r#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#, "statement 1 does not say who, in one Principal or NotPrincipal"),
        (
            r#"{"Statement":[{"Effect":"Allow","Principal":"x","Action":"*"}]}"#,
            "statement 1 does not say who, in one Principal or NotPrincipal",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":"x"}}]}"#,
            "statement 1 has a Condition that is none",
        ),
    ] {
        assert_eq!(Policy::read(text).unwrap_err().to_string(), why, "{text}");
    }
}

#[test]
fn short_and_long_answers_agree() {
    let conditions = [r#""StringEquals":{"$I:aud":"sts.amazonaws.com"}"#, r#""StringLike":{"$I:sub":"*:web"}"#, r#""Bool":{"a":"true"}"#];
    for first in conditions {
        for second in conditions {
            for effect in ["Allow", "Deny"] {
                let policy = policy(&format!("{},{}", usual(first), usual(second).replace("Allow", effect)));
                let verdict = by_token(&policy);
                let of = |effect| verdict.statements.iter().filter(move |s| s.effect == effect).map(|s| s.holds).fold(No, Holds::or);
                assert_eq!(verdict.holds, of(Effect::Allow).and(of(Effect::Deny).negated()), "{first} {second} {effect}");
            }
        }
    }
}
