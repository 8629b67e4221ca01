//! The tables of Pod Identity, and of the roles that its first role becomes.

use super::*;

const BOTH: &str = r#"["sts:AssumeRole","sts:TagSession"]"#;

/// The actions and conditions of a statement, the action that is called, whether the call has tags; what it comes to, and the
/// sentence that says so.
const SERVICE: &[(&str, &str, &str, bool, Holds, &str)] = &[
    (BOTH, "", "sts:AssumeRole", true, Yes, ""),
    (BOTH, "", "sts:TagSession", true, Yes, ""),
    (r#""sts:AssumeRole""#, "", "sts:TagSession", true, No, "it is about sts:AssumeRole, not sts:TagSession"),
    (BOTH, r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#, "sts:AssumeRole", true, Yes, ""),
    (
        BOTH,
        r#""StringEquals":{"aws:SourceAccount":"444455556666"}"#,
        "sts:AssumeRole",
        true,
        No,
        r#"StringEquals wants aws:SourceAccount to be "444455556666", and the call has "111122223333""#,
    ),
    (BOTH, r#""ArnLike":{"AWS:sourceArn":"arn:aws:eks:*:111122223333:cluster/*"}"#, "sts:AssumeRole", true, Yes, ""),
    (BOTH, r#""ArnEquals":{"aws:SourceArn":"$C"}"#, "sts:AssumeRole", true, Yes, ""),
    (
        BOTH,
        r#""ArnLike":{"aws:SourceArn":"arn:aws:eks:*:111122223333:podidentityassociation/prod/*"}"#,
        "sts:AssumeRole",
        true,
        No,
        r#"ArnLike wants aws:SourceArn to be "arn:aws:eks:*:111122223333:podidentityassociation/prod/*", and the call has "C""#,
    ),
    // a star does not go over the colons of an ARN's first parts
    (
        BOTH,
        r#""ArnLike":{"aws:SourceArn":"arn:aws:*:cluster/prod"}"#,
        "sts:AssumeRole",
        true,
        Unknown,
        r#"ArnLike wants aws:SourceArn to be "arn:aws:*:cluster/prod", and the call has "C""#,
    ),
    (
        BOTH,
        r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"shop","aws:RequestTag/kubernetes-service-account":"api"}"#,
        "sts:AssumeRole",
        true,
        Yes,
        "",
    ),
    (
        BOTH,
        r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"prod"}"#,
        "sts:AssumeRole",
        true,
        No,
        r#"StringEquals wants aws:RequestTag/kubernetes-namespace to be "prod", and the call has "shop""#,
    ),
    (BOTH, r#""StringEquals":{"aws:RequestTag/eks-cluster-name":"prod"}"#, "sts:AssumeRole", true, Yes, ""),
    (
        BOTH,
        r#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"shop"}"#,
        "sts:AssumeRole",
        false,
        No,
        r#"StringEquals wants aws:RequestTag/kubernetes-namespace to be "shop", and the call has no such key"#,
    ),
    (
        BOTH,
        r#""StringEquals":{"aws:RequestTag/kubernetes-pod-name":"api-0"}"#,
        "sts:AssumeRole",
        true,
        Unknown,
        r#"StringEquals wants aws:RequestTag/kubernetes-pod-name to be "api-0", and it is another for each pod"#,
    ),
    (BOTH, r#""ForAllValues:StringLike":{"aws:TagKeys":["eks-*","kubernetes-*"]}"#, "sts:TagSession", true, Yes, ""),
    (
        BOTH,
        r#""ForAllValues:StringEquals":{"aws:TagKeys":["kubernetes-namespace"]}"#,
        "sts:TagSession",
        true,
        No,
        r#"ForAllValues:StringEquals wants aws:TagKeys to be "kubernetes-namespace", and the call has "eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name" and "kubernetes-pod-uid""#,
    ),
    (BOTH, r#""ForAnyValue:StringNotLike":{"aws:TagKeys":["eks-*"]}"#, "sts:TagSession", true, Yes, ""),
    (
        BOTH,
        r#""StringEquals":{"aws:SourceOrgID":"o-1"}"#,
        "sts:AssumeRole",
        true,
        Unknown,
        r#"StringEquals wants aws:SourceOrgID to be "o-1", and what the call has there is not known"#,
    ),
    (
        BOTH,
        r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#,
        "sts:AssumeRole",
        true,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:shop:api", and the call has no such key"#,
    ),
];

fn statement(actions: &str, conditions: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},"Action":{actions},"Condition":{{{conditions}}}}}"#)
}

#[test]
fn conditions_of_pod_identity() {
    for (actions, conditions, action, tags, holds, sentence) in SERVICE {
        let verdict = by_service(&policy(&statement(actions, conditions)), action, *tags);
        let because = if *holds == Yes { "statement 1 allows it".to_owned() } else { format!("statement 1: {sentence}") };
        assert_eq!(told(&verdict), (*holds, because), "{actions} {conditions}");
    }
    let ec2 = statement(BOTH, "").replace("pods.eks", "ec2");
    let other = by_service(&policy(&ec2), "sts:AssumeRole", true);
    assert_eq!(other.because, "statement 1: it trusts service ec2.amazonaws.com, not service pods.eks.amazonaws.com");
    // of a cluster that is not described, it is not known where the call comes from
    let context = Context::of_pod_identity("shop", "api", None, true);
    let call = Call { action: "sts:AssumeRole", caller: Caller::Service("pods.eks.amazonaws.com"), context: &context };
    let verdict = judge(&policy(&statement(BOTH, r#""ArnEquals":{"aws:SourceArn":"$C"}"#)), &call);
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
