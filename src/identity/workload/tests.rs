mod catalogue;

use super::trust::Holds::{self, No, Unknown, Yes};
use super::*;
use crate::base::Name;
use crate::facts::Facts;
use crate::facts::parse::document;

const ISSUER: &str = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

/// A world of a cluster `prod` in account 111122223333, in pieces.
#[derive(Clone, Default)]
struct World(Vec<String>);

impl World {
    /// The cluster, the provider of its issuer, a full list of no associations, and service account shop/api.
    fn usual(annotations: &str) -> Self {
        let cluster = format!(
            r#"{{"cluster":{{"name":"prod","arn":"arn:aws:eks:eu-central-1:111122223333:cluster/prod","identity":{{"oidc":{{"issuer":"https://{ISSUER}"}}}}}}}}"#
        );
        Self(vec![cluster]).provider("sts.amazonaws.com").associations("").account("shop", "api", annotations)
    }

    fn with(mut self, text: impl Into<String>) -> Self {
        self.0.push(text.into());
        self
    }

    fn provider(self, audience: &str) -> Self {
        let arn = format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}");
        self.with(format!(r#"{{"OpenIDConnectProviderList":[{{"Arn":"{arn}"}}]}}"#))
            .with(format!(r#"{{"Url":"{ISSUER}","ClientIDList":["{audience}"]}}"#))
    }

    fn associations(self, associations: &str) -> Self {
        self.with(format!(r#"{{"associations":[{associations}]}}"#))
    }

    /// An association of shop/api with more of its fields.
    fn association(self, role: &str, more: &str) -> Self {
        self.with(format!(
            r#"{{"association":{{"clusterName":"prod","associationId":"a-1","namespace":"shop","serviceAccount":"api","roleArn":"{role}"{more}}}}}"#
        ))
    }

    fn account(self, namespace: &str, name: &str, annotations: &str) -> Self {
        self.with(format!(
            r#"{{"kind":"ServiceAccount","metadata":{{"namespace":"{namespace}","name":"{name}","annotations":{{{annotations}}}}}}}"#
        ))
    }

    fn role(self, arn: &str, statements: &str) -> Self {
        let trust = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        self.with(format!(r#"{{"Role":{{"Arn":"{arn}","AssumeRolePolicyDocument":{trust}}}}}"#))
    }

    fn pod(self, name: &str, more: &str, environment: &str) -> Self {
        self.with(format!(
            r#"{{"kind":"Pod","metadata":{{"namespace":"shop","name":"{name}"{more}}},"spec":{{"serviceAccountName":"api","nodeName":"n1","containers":[{{"env":[{environment}]}}]}}}}"#
        ))
    }

    fn facts(&self) -> Facts {
        let facts = Facts::collect(self.0.iter().flat_map(|text| document("world", text.as_bytes())));
        assert_eq!(facts.gaps(), [], "a text of the test is none");
        facts
    }

    fn ask(&self) -> Workload {
        Workload::of(Name::new("shop"), Name::new("api"), &Known::of(&self.facts()))
    }
}

const ROLE: &str = "arn:aws:iam::111122223333:role/api";

fn annotation(role: &str) -> String {
    format!(r#""eks.amazonaws.com/role-arn":"{role}""#)
}

fn by_token(sub: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{ISSUER}:aud":"sts.amazonaws.com","{ISSUER}:sub":"{sub}"}}}}}}"#
    )
}

fn by_service(actions: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},"Action":[{actions}]}}"#)
}

const BOTH: &str = r#""sts:AssumeRole","sts:TagSession""#;

fn good_token() -> World {
    World::usual(&annotation(ROLE)).role(ROLE, &by_token("system:serviceaccount:shop:api"))
}

fn good_association() -> World {
    World::usual("").association(ROLE, "").role(ROLE, &by_service(BOTH))
}

fn told(workload: &Workload) -> (Holds, String) {
    (workload.holds, workload.because.replace(ISSUER, "I"))
}

fn codes(workload: &Workload) -> Vec<&'static str> {
    workload.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn by_a_token() {
    let workload = good_token().ask();
    assert_eq!(told(&workload), (Yes, "statement 1 allows it".to_owned()));
    assert_eq!((workload.role(), workload.ways[0].kind), (Some(ROLE), Kind::WebIdentity));
    let injected: Vec<String> = workload.injected.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        injected,
        [
            "AWS_ROLE_ARN=arn:aws:iam::111122223333:role/api",
            "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
            "token audience=sts.amazonaws.com",
            "token expires=86400 s",
            "AWS_REGION=eu-central-1",
        ]
    );
    assert!(workload.findings.is_empty() && workload.open.is_empty(), "{workload:?}");
}

#[test]
fn by_an_association() {
    let workload = good_association().ask();
    assert_eq!(told(&workload), (Yes, "statement 1 allows it".to_owned()));
    assert_eq!((workload.role(), workload.ways[0].from.as_str()), (Some(ROLE), "association a-1"));
    assert_eq!(workload.injected[0].0, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    assert!(workload.findings.is_empty() && workload.open.is_empty(), "{workload:?}");
}

/// An association decides alone, also when it leads nowhere.
#[test]
fn an_association_comes_before_an_annotation() {
    let other = "arn:aws:iam::111122223333:role/other";
    let world = good_token().association(other, "");
    let workload = world.clone().role(other, &by_service(BOTH)).ask();
    assert_eq!((workload.holds, workload.role()), (Yes, Some(other)));
    assert_eq!(codes(&workload), ["role-annotation-ignored"]);
    let refused = world.role(other, &by_token("x")).ask();
    assert_eq!((refused.holds, refused.role()), (No, None));
    assert_eq!(codes(&refused), ["trust-policy-refuses", "role-annotation-ignored"]);
}

/// What is not read makes the answer unknown where it could change it, and says what would settle it.
#[test]
fn what_was_not_read() {
    let cluster = World::usual("").0[0].clone();
    let provider = |world: World| world.provider("sts.amazonaws.com");
    let trust = by_token("system:serviceaccount:shop:api");
    let bare = World(vec![cluster]);
    let annotated = annotation(ROLE);
    for (world, because, settled_by) in [
        (
            provider(bare.clone()).account("shop", "api", &annotated).role(ROLE, &trust),
            "pod identity associations come before annotations, and were not all read",
            "aws eks list-pod-identity-associations --cluster-name prod",
        ),
        (
            provider(bare.clone()).with(r#"{"associations":[],"nextToken":"x"}"#).account("shop", "api", &annotated).role(ROLE, &trust),
            "pod identity associations come before annotations, and were not all read",
            "aws eks list-pod-identity-associations --cluster-name prod",
        ),
        (
            bare.clone().associations("").account("shop", "api", &annotated).role(ROLE, &trust),
            "whether account 111122223333 has an OpenID Connect provider for https://I is not among the facts",
            "aws iam list-open-id-connect-providers, in account 111122223333",
        ),
        (
            provider(bare.clone()).associations("").account("shop", "api", &annotated),
            "the trust policy of arn:aws:iam::111122223333:role/api was not read",
            "aws iam get-role --role-name api",
        ),
        (
            provider(bare.clone()).associations("").account("shop", "api", &annotation("api")),
            "`api` is not the ARN of a role: it is a name, and no ARN; only a webhook that is told to makes one of it",
            "kubectl annotate serviceaccount -n shop api",
        ),
        (
            World::default().account("shop", "api", &annotated).role(ROLE, &trust),
            "the issuer of the cluster's tokens is not among the facts",
            "aws eks describe-cluster --name CLUSTER",
        ),
        (bare.clone().associations(""), "the service account was not read", "kubectl get serviceaccount -n shop api -o json"),
        (
            bare.associations(r#"{"clusterName":"prod","associationId":"a-1","namespace":"shop","serviceAccount":"api"}"#)
                .account("shop", "api", ""),
            "the association is listed, and its role was not read",
            "aws eks describe-pod-identity-association --cluster-name prod --association-id a-1",
        ),
    ] {
        let workload = world.ask();
        assert_eq!(told(&workload), (Unknown, because.to_owned()));
        let open: Vec<&str> =
            workload.open.iter().filter(|open| open.could_change).filter_map(|open| open.gap.settled_by.as_deref()).collect();
        assert!(open.iter().any(|settle| settle.starts_with(settled_by)), "{because}: {open:?}");
    }
    // of no cluster of EKS, nothing says that there are associations
    let plain = World::default().account("shop", "api", "").ask();
    assert_eq!(plain.holds, No);
    assert_eq!(World::usual("").account("shop", "other", "").ask().holds, No);
    let gone = World::default().account("shop", "other", "").ask();
    assert_eq!(told(&gone), (No, "the service account does not exist".to_owned()));
}

/// A target is reached where both trust policies let it, and the first role's own policies, which nobody read.
#[test]
fn by_a_target_role() {
    let target = "arn:aws:iam::444455556666:role/data";
    let more = format!(r#","targetRoleArn":"{target}","externalId":"eu/1""#);
    let world = World::usual("").association(ROLE, &more).role(ROLE, &by_service(BOTH));
    let trust = |principal: &str, id: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":[{BOTH}],"Condition":{{"StringEquals":{{"sts:ExternalId":"{id}"}}}}}}"#
        )
    };
    let open = world.clone().role(target, &trust(ROLE, "eu/1")).ask();
    assert_eq!(told(&open), (Unknown, format!("whether the policies of api let it become {target} was not read")));
    assert!(open.open[0].gap.settled_by.as_deref().unwrap().starts_with("aws iam simulate-principal-policy --policy-source-arn"));
    assert_eq!((open.ways[0].role.as_deref(), open.ways[0].through.as_deref()), (Some(target), Some(ROLE)));
    let refused = world.role(target, &trust(ROLE, "eu/2")).ask();
    assert_eq!(refused.holds, No);
    assert!(refused.because.contains(r#"StringEquals wants sts:ExternalId to be "eu/2", and the call has "eu/1""#), "{}", refused.because);
    let document = refused.ways[0].failure().unwrap().remedy.as_ref().unwrap().document.clone().unwrap();
    assert!(document.contains(r#""sts:ExternalId": "eu/1""#) && document.contains(r#""AWS": "arn:aws:iam::111122223333:role/api""#));
}

/// Without tags nothing asks for sts:TagSession.
#[test]
fn an_association_without_tags() {
    let world = World::usual("").association(ROLE, r#","disableSessionTags":true"#).role(ROLE, &by_service(r#""sts:AssumeRole""#));
    assert_eq!(told(&world.ask()), (Yes, "statement 1 allows it".to_owned()));
}

#[test]
fn a_remedy_is_what_lets_it_in_and_says_when_it_is_too_long() {
    let world = World::usual(&annotation(ROLE)).role(ROLE, &by_token("system:serviceaccount:prod:api"));
    let remedy = world.ask().ways[0].failure().unwrap().remedy.clone().unwrap();
    let document = remedy.document.unwrap();
    assert_eq!(trust::Policy::read(&document).unwrap().statements.len(), 2);
    let trust: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mended = World::usual(&annotation(ROLE)).with(format!(r#"{{"Role":{{"Arn":"{ROLE}","AssumeRolePolicyDocument":{trust}}}}}"#));
    assert_eq!(mended.ask().holds, Yes);
    let long: Vec<String> = (0..8).map(|number| by_token(&format!("system:serviceaccount:prod:api-{number}"))).collect();
    let remedy = World::usual(&annotation(ROLE)).role(ROLE, &long.join(",")).ask().ways[0].failure().unwrap().remedy.clone().unwrap();
    assert!(remedy.title.ends_with("characters then, and IAM takes 2048 by default."), "{}", remedy.title);
}

#[test]
fn annotations_as_the_webhook_reads_them() {
    for (annotations, audience, regional, expiration) in [
        ("", "sts.amazonaws.com", None, 86_400),
        (r#""eks.amazonaws.com/audience":"vault","eks.amazonaws.com/sts-regional-endpoints":"TRUE""#, "vault", Some(true), 86_400),
        (
            r#""eks.amazonaws.com/sts-regional-endpoints":"yes","eks.amazonaws.com/token-expiration":"3600""#,
            "sts.amazonaws.com",
            None,
            3600,
        ),
        (r#""eks.amazonaws.com/token-expiration":"60""#, "sts.amazonaws.com", None, 600),
        (r#""eks.amazonaws.com/token-expiration":"-1""#, "sts.amazonaws.com", None, 600),
        (r#""eks.amazonaws.com/token-expiration":"1h""#, "sts.amazonaws.com", None, 86_400),
    ] {
        let read = World::usual(annotations).ask().annotations.unwrap();
        assert_eq!((read.audience.as_str(), read.regional, read.expiration), (audience, regional, expiration), "{annotations}");
    }
}

#[test]
fn annotations_of_kube2iam_and_kiam_are_told_with_what_they_meant() {
    let pod = r#","annotations":{"iam.amazonaws.com/role":"api","iam.amazonaws.com/session-name":"s"}"#;
    let kiam = |permitted: &str| {
        let namespace = format!(r#"{{"kind":"Namespace","metadata":{{"name":"shop","annotations":{{{permitted}}}}}}}"#);
        World::usual(r#""iam.amazonaws.com/role":"x""#).pod("p", pod, "").pod("q", pod, "").with(namespace).ask().legacy
    };
    let legacy = kiam(r#""iam.amazonaws.com/permitted":".*""#);
    let told: Vec<String> = legacy.iter().map(|one| format!("{} {} {}={}", one.object, one.count, one.annotation, one.value)).collect();
    assert_eq!(
        told,
        [
            "Pod shop/p 2 iam.amazonaws.com/role=api",
            "Pod shop/p 2 iam.amazonaws.com/session-name=s",
            "Namespace shop 1 iam.amazonaws.com/permitted=.*",
            "ServiceAccount shop/api 1 iam.amazonaws.com/role=x",
        ]
    );
    assert!(legacy[0].meaning.starts_with("kube2iam or kiam"));
    assert!(kiam("")[0].meaning.contains("kiam gave none"));
}

#[test]
fn who_may_become_a_role() {
    let world = good_token()
        .account("shop", "web", &annotation(ROLE))
        .account("shop", "plain", "")
        .role(ROLE, &format!("{},{}", by_token("system:serviceaccount:shop:api"), by_service(BOTH)))
        .with(format!(
            r#"{{"association":{{"clusterName":"prod","associationId":"a-1","namespace":"data","serviceAccount":"etl","roleArn":"{ROLE}"}}}}"#
        ));
    let ask = |world: &World| {
        let facts = world.facts();
        let admissions = Admissions::of(ROLE, &Known::of(&facts));
        let told: Vec<String> = admissions
            .accounts
            .iter()
            .map(|one| format!("{}/{} {} {} {}", one.namespace, one.name, one.way.as_str(), one.from.is_some(), one.holds.as_str()))
            .collect();
        (told, admissions)
    };
    assert_eq!(
        ask(&world).0,
        ["data/etl pod-identity true denied", "shop/api web-identity true allowed", "shop/web web-identity true denied"],
        "of namespace data all accounts are known"
    );
    // a pattern lets others in
    let wide = world.role(ROLE, &by_token("system:serviceaccount:shop:*").replace("StringEquals", "StringLike"));
    let (told, admissions) = ask(&wide);
    assert_eq!(
        told[1..],
        ["shop/api web-identity true allowed", "shop/web web-identity true allowed", "shop/plain web-identity false allowed"]
    );
    assert!(!admissions.is_open_to_all);
    let all = wide.role(ROLE, &by_token("*").replace("StringEquals", "StringLike"));
    let (told, admissions) = ask(&all);
    assert!(admissions.is_open_to_all && told.len() == 4, "{told:?}");
    assert_eq!(admissions.findings[0].code, "trust-policy-open-to-all");
}

/// A thousand associations and five thousand service accounts of as many roles take no time that anybody would notice.
#[test]
fn many_of_all() {
    let mut world = World::usual("");
    let associations: Vec<String> = (0..1000)
        .map(|number| format!(r#"{{"clusterName":"prod","associationId":"a-{number}","namespace":"n{}","serviceAccount":"a{number}","roleArn":"{ROLE}"}}"#, number % 50))
        .collect();
    world = world.associations(&associations.join(","));
    for number in 0..5000 {
        world = world.account(
            &format!("n{}", number % 50),
            &format!("a{number}"),
            if number % 2 == 0 { "" } else { r#""eks.amazonaws.com/role-arn":"x""# },
        );
    }
    let facts = world
        .role(ROLE, &format!("{},{}", by_token("system:serviceaccount:n1:*").replace("StringEquals", "StringLike"), by_service(BOTH)))
        .facts();
    let known = Known::of(&facts);
    let workload = Workload::of(Name::new("n7"), Name::new("a7"), &known);
    assert_eq!((workload.holds, workload.role()), (Yes, Some(ROLE)));
    let admissions = Admissions::of(ROLE, &known);
    let of = |is_named: bool| admissions.accounts.iter().filter(|one| one.from.is_some() == is_named && one.holds == Yes).count();
    assert_eq!((of(true), of(false)), (1000, 100));
}
