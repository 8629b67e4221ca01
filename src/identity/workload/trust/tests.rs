mod associations;
mod tokens;

use Holds::{No, Unknown, Yes};

use super::*;

/// A variable of policies, which is no format of Rust.
const VARIABLE: &str = concat!("$", "{aws:username}");

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

/// The table of tokens.
#[test]
fn conditions_of_tokens() {
    assert!(tokens::TOKENS.len() >= 30);
    for (conditions, holds, sentence) in tokens::TOKENS {
        let because = if *holds == Yes { "statement 1 allows it".to_owned() } else { format!("statement 1: {sentence}") };
        let conditions = conditions.replace("$i", &ISSUER.to_lowercase()).replace("$V", VARIABLE);
        assert_eq!(told(&by_token(&policy(&usual(&conditions)))), (*holds, because.replace("$V", VARIABLE)), "{conditions}");
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
