//! The catalogue of what goes wrong (symptoms S62 to S65 among it): what is said first, the code of the finding, its fix.

use super::*;

type Case = (World, Holds, &'static str, &'static str, &'static str);

fn check(cases: Vec<Case>) {
    for (world, holds, because, code, fix) in cases {
        let workload = world.ask();
        let (told, why) = told(&workload);
        assert_eq!(told, holds, "{code}: {why}");
        assert!(why.contains(because), "{code}: {why}");
        let finding = workload.findings.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{code} is not among {:?}", codes(&workload)));
        let told = finding.fix.as_ref().unwrap().replace(ISSUER, "I");
        assert!(told.contains(fix), "{code}: {told}");
    }
}

#[test]
fn failures_of_tokens() {
    let token = |sub: &str| World::usual(&annotation(ROLE)).role(ROLE, &by_token(sub));
    let audience = format!(r#"{},"eks.amazonaws.com/audience":"vault""#, annotation(ROLE));
    let good = by_token("system:serviceaccount:shop:api");
    check(vec![
        // S62, the sub
        (
            token("system:serviceaccount:prod:api"),
            No,
            "statement 1: StringEquals wants I:sub to be \"system:serviceaccount:prod:api\", and the token has \"system:serviceaccount:shop:api\": it is of that name in namespace prod, not shop",
            "trust-policy-refuses",
            "aws iam update-assume-role-policy --role-name api --policy-document file://trust.json",
        ),
        (
            token("system:serviceaccount:shop:*"),
            No,
            "StringEquals takes a star as it stands, and StringLike would fit",
            "trust-policy-refuses",
            "Let the policy want I:sub to be system:serviceaccount:shop:api, or add a statement that does",
        ),
        // the audience, of the provider and of the policy
        (
            World::usual(&audience).role(ROLE, &good),
            No,
            "the provider does not take audience vault (InvalidIdentityToken: Incorrect token audience)",
            "provider-audience",
            "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/I --client-id vault",
        ),
        (
            World::usual(&audience).provider("vault").role(ROLE, &good),
            No,
            "StringEquals wants I:aud to be \"sts.amazonaws.com\", and the token has \"vault\"",
            "trust-policy-refuses",
            "aws iam update-assume-role-policy",
        ),
        // an old cluster's provider
        (
            World::usual(&annotation(ROLE)).role(ROLE, &good.replace(ISSUER, &ISSUER.replace("0123", "9999"))),
            No,
            "that is another cluster's issuer, or an old one of this",
            "trust-policy-refuses",
            "aws iam update-assume-role-policy",
        ),
        // S63, in the account of the cluster
        (
            World(vec![World::usual("").0[0].clone()])
                .with(r#"{"OpenIDConnectProviderList":[{"Arn":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}]}"#)
                .associations("")
                .account("shop", "api", &annotation(ROLE))
                .role(ROLE, &good),
            No,
            "account 111122223333 has no OpenID Connect provider for https://I (InvalidIdentityToken: No OpenIDConnect provider found in your account)",
            "provider-missing",
            "aws iam create-open-id-connect-provider --url https://I --client-id-list sts.amazonaws.com",
        ),
    ]);
}

#[test]
fn failures_of_annotations() {
    let named = |role: &str| World::usual(&annotation(role)).role(ROLE, &by_token("system:serviceaccount:shop:api"));
    check(vec![
        // the annotation itself
        (
            named("arn:aws:iam::111122223333:instance-profile/api"),
            No,
            "it is an instance profile, and must be the role",
            "role-arn-malformed",
            "kubectl annotate serviceaccount -n shop api --overwrite",
        ),
        (
            named("arn:aws:sts::111122223333:assumed-role/api/x"),
            No,
            "it is a session, and must be the role",
            "role-arn-malformed",
            "kubectl annotate",
        ),
        (named("arn:aws:iam::1111:role/api"), No, "its account is no number of twelve digits", "role-arn-malformed", "kubectl annotate"),
        (named("arn:aws:iam::111122223333:role/api "), No, "there are blanks around it", "role-arn-malformed", "kubectl annotate"),
        (
            named("arn:aws:iam::111122223333:role/team/api"),
            No,
            "there is no arn:aws:iam::111122223333:role/team/api: the role of that name is arn:aws:iam::111122223333:role/api",
            "role-arn-path",
            "Write the ARN with the role's path: arn:aws:iam::111122223333:role/api",
        ),
        (
            World::usual(r#""eks.amazonaws.com/role_arn":"arn:aws:iam::111122223333:role/api""#),
            No,
            "no association and no annotation gives it a role",
            "role-annotation-misspelt",
            "kubectl annotate serviceaccount -n shop api eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/api",
        ),
        (
            World::usual("").pod("p", r#","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/api"}"#, ""),
            No,
            "no association and no annotation gives it a role",
            "role-annotation-on-pod",
            "kubectl annotate serviceaccount -n shop api eks.amazonaws.com/role-arn=ROLE",
        ),
    ]);
}

#[test]
fn failures_of_associations() {
    let good = by_token("system:serviceaccount:shop:api");
    check(vec![
        // Pod Identity
        (
            World::usual("").association(ROLE, "").role(ROLE, &by_service(r#""sts:AssumeRole""#)),
            No,
            "EKS sends tags along, and STS then refuses the whole call",
            "trust-policy-without-tags",
            "for sts:AssumeRole and sts:TagSession: aws iam update-assume-role-policy --role-name api",
        ),
        (
            World::usual("").association(ROLE, "").role(ROLE, &good),
            No,
            "not service pods.eks.amazonaws.com",
            "trust-policy-refuses",
            "aws iam update-assume-role-policy",
        ),
        (
            World::usual("").association("arn:aws:iam::444455556666:role/api", ""),
            No,
            "the role is of account 444455556666, and the cluster of 111122223333: Pod Identity reaches other accounts by a target role alone",
            "association-other-account",
            "aws eks update-pod-identity-association --cluster-name prod --association-id a-1 --role-arn arn:aws:iam::111122223333:role/ROLE --target-role-arn arn:aws:iam::444455556666:role/api",
        ),
        (
            World::usual("").associations(r#"{"clusterName":"prod","associationId":"a-2","namespace":"prod","serviceAccount":"api"}"#),
            No,
            "no association and no annotation gives it a role",
            "association-elsewhere",
            "aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account api --role-arn ROLE",
        ),
        (
            World::usual("").pod("p", r#","annotations":{"iam.amazonaws.com/role":"api"}"#, ""),
            No,
            "its pods take the node's",
            "legacy-role-annotation",
            "aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account api",
        ),
    ]);
}

#[test]
fn failures_of_pods() {
    check(vec![
        // S64: it would work, and the pods do not have it
        (good_token().pod("p", "", ""), Yes, "statement 1 allows it", "pod-without-role", "kubectl rollout restart -n shop"),
        (
            good_token().pod("p", "", r#"{"name":"AWS_ROLE_ARN","value":"arn:aws:iam::111122223333:role/old"}"#),
            Yes,
            "statement 1 allows it",
            "pod-with-other-role",
            "kubectl rollout restart -n shop",
        ),
        (
            good_token().pod(
                "p",
                "",
                r#"{"name":"AWS_ROLE_ARN","value":"arn:aws:iam::111122223333:role/api"},{"name":"AWS_ACCESS_KEY_ID","value":"x"}"#,
            ),
            Yes,
            "statement 1 allows it",
            "pod-with-own-keys",
            "Take AWS_ACCESS_KEY_ID out of the environment",
        ),
        // S65 and its like
        (
            good_association().with(r#"{"kind":"Pod","metadata":{"namespace":"kube-system","name":"coredns-1"}}"#),
            Yes,
            "statement 1 allows it",
            "pod-identity-agent-missing",
            "aws eks create-addon --cluster-name prod --addon-name eks-pod-identity-agent",
        ),
        (good_association().pod("p", "", ""), Yes, "statement 1 allows it", "pod-without-pod-identity", "kubectl rollout restart -n shop"),
        (
            good_association().pod("p", r#","labels":{"eks.amazonaws.com/fargate-profile":"x"}"#, ""),
            Yes,
            "statement 1 allows it",
            "pod-identity-on-fargate",
            "Annotate the service account with a role instead",
        ),
        (
            good_association().with(r#"{"kind":"Node","metadata":{"name":"n1","labels":{"kubernetes.io/os":"windows"}}}"#).pod("p", "", ""),
            Yes,
            "statement 1 allows it",
            "pod-identity-on-windows",
            "Annotate the service account with a role instead",
        ),
        (
            good_association().pod("p", "", r#"{"name":"AWS_CONTAINER_CREDENTIALS_FULL_URI"},{"name":"AWS_ROLE_ARN","value":"x"}"#),
            Yes,
            "statement 1 allows it",
            "pod-with-other-role",
            "Take AWS_ROLE_ARN out of the environment",
        ),
    ]);
}
