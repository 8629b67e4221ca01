//! What AWS knows of a cluster, read beside roles and bindings: in pages, refused, throttled, expired, of another cluster, silent.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use tempfile::TempDir;
use whycan::authz::Verdict;
use whycan::base::{Gap, Loss};
use whycan::facts::{AuthenticationMode, Facts};
use whycan::kubeconfig::Target;
use whycan::session::{Event, Find, Options, Session, State, Walk};
use whycan::source::aws::Reach;
use whycan::source::live;

use crate::account::{self, Account, action, denied, refused, target};
use crate::aws::{Answer, Aws};
use crate::fake::Fake;
use crate::support::{AMPLE, SHORT, of_alice, of_carol, plain, within};

/// A cluster, an account, and what a session has come to.
struct Ground {
    fake: Fake,
    aws: Aws,
    folder: TempDir,
}

impl Ground {
    fn lay(aws: Aws) -> Self {
        Self { fake: plain(), aws, folder: tempfile::tempdir().unwrap() }
    }

    fn target(&self) -> Target {
        target(&self.fake.url(), &self.aws.url(), self.folder.path())
    }

    /// Everything that a session of a target comes to.
    async fn walk(&self, target: Target, reach: Reach, limit: Duration) -> Walk {
        let live = live::Options { timeout: limit, ..live::Options::default() };
        let options = Options { aws: reach, ..Options::everybody(live) };
        let mut session = Session::start(Find::new(move || Ok(target.clone())), options);
        let mut walk = Walk::default();
        within("the end", async {
            while let Some(event) = session.next().await {
                walk.take(event);
            }
        })
        .await;
        walk
    }

    async fn facts(&self, reach: Reach) -> Facts {
        facts(&self.walk(self.target(), reach, AMPLE).await)
    }

    /// How often each action was called.
    fn count(&self, wanted: &str) -> usize {
        self.aws.calls().iter().filter(|call| action(call) == wanted).count()
    }
}

fn facts(walk: &Walk) -> Facts {
    walk.snapshot.as_ref().unwrap().facts.clone()
}

/// A gap as a line: what, why, what it hides, what to do.
fn line(gap: &Gap) -> String {
    let kinds: Vec<&str> = gap.kinds.iter().map(|kind| kind.as_str()).collect();
    format!("{}: {}\n  hides {}; {}", gap.what, gap.why, kinds.join(", "), gap.settled_by.as_deref().unwrap_or("nothing to do"))
}

/// The cluster says what it says, whatever AWS does.
fn assert_rights(facts: &Facts) {
    assert_eq!(of_carol(facts), Verdict::Allowed);
    assert!(facts.is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_cluster_is_read() {
    let ground = Ground::lay(Account::default().start());
    let walk = ground.walk(ground.target(), Reach::everything(), AMPLE).await;
    let facts = facts(&walk);
    assert_eq!(facts.gaps(), [], "{:?}", facts.gaps());
    let aws = facts.aws();
    let cluster = aws.cluster().unwrap();
    assert_eq!((cluster.authentication_mode, cluster.version.as_str()), (Some(AuthenticationMode::ApiAndConfigMap), "1.33"));
    assert_eq!(cluster.issuer, "https://oidc.eks.eu-central-1.amazonaws.com/id/AB12");
    assert_eq!(cluster.created.unwrap().to_string(), "2023-11-14T22:13:20.5Z");
    assert_eq!((aws.listed.as_ref().unwrap().names.len(), aws.listed.as_ref().unwrap().has_more), (3, false));
    let entry = aws.entries_of_cluster().find(|entry| entry.principal.ends_with("/team/dev")).unwrap();
    assert_eq!((entry.username.as_str(), entry.kind.as_str()), ("arn:aws:sts::111122223333:assumed-role/dev/{{SessionName}}", "STANDARD"));
    assert_eq!(entry.created.unwrap().to_string(), "2025-06-15T15:06:40.25Z");
    let policies = aws.policies_of(entry).unwrap();
    assert!(policies[0].policy.ends_with("/AmazonEKSViewPolicy") && policies[0].is_namespaced && policies[0].namespaces == ["dev"]);
    assert_eq!(aws.caller.as_ref().unwrap().id, "AROADEV:me");
    let provider = aws.identity_providers.values().next().unwrap();
    assert_eq!((provider.issuer.as_str(), provider.groups_prefix.as_deref()), ("https://login.acme.example", Some("oidc:")));
    let association = aws.pod_identities.values().next().unwrap();
    assert_eq!((association.service_account.as_str(), association.role.as_deref()), ("sa-0", Some("arn:aws:iam::111122223333:role/pod")));
    assert_eq!(aws.pod_identities_listed, Some(true));
    let principal = &aws.principals["arn:aws:iam::111122223333:role/team/dev"];
    assert_eq!((principal.id.as_str(), principal.trust.as_deref()), ("AROADEV", Some(r#"{"Version":"2012-10-17"}"#)));
    assert_eq!((&walk.aws.state, walk.aws.message.as_str()), (&State::Ready, "API_AND_CONFIG_MAP, 3 access entries"));
    assert_rights(&facts);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_asks_what_it_needs() {
    let ground = Ground::lay(Account::with_entries(20).start());
    let own = ground.facts(Reach::caller()).await;
    assert_eq!((own.aws().entries.len(), own.aws().policies.len(), own.aws().listed.as_ref().unwrap().names.len()), (1, 1, 20));
    assert_eq!((ground.count("eks:DescribeAccessEntry"), ground.count("iam:GetRole"), ground.aws.calls().len()), (1, 0, 5));
    let of = ground.facts(Reach::of("arn:aws:sts::111122223333:assumed-role/ROLE-007/x")).await;
    // the role, as access entries compare it
    assert_eq!(
        of.aws().entries.values().map(|entry| entry.principal.as_str()).collect::<Vec<_>>(),
        ["arn:aws:iam::111122223333:role/role-007"]
    );
    assert_eq!((ground.count("iam:GetRole"), ground.count("sts:GetCallerIdentity")), (1, 2));
    let before = ground.aws.calls().len();
    let lists = ground.facts(Reach::lists()).await;
    assert_eq!(
        (lists.aws().entries.len(), lists.aws().pod_identities.len(), lists.aws().listed_identity_providers.is_some()),
        (0, 1, true)
    );
    assert_eq!(ground.aws.calls().len() - before, 4);
    // a question that AWS has no part in, and a cluster that is none of EKS
    let before = ground.aws.calls().len();
    assert!(ground.facts(Reach::default()).await.aws().is_empty());
    let mut elsewhere = ground.target();
    elsewhere.user.exec.as_mut().unwrap().args = vec!["--profile".to_owned(), "me".to_owned()];
    elsewhere.user.exec.as_mut().unwrap().command = "other".to_owned();
    let walk = ground.walk(elsewhere, Reach::everything(), AMPLE).await;
    assert!(facts(&walk).aws().is_empty() && facts(&walk).gaps().is_empty());
    assert_eq!((walk.aws.state, ground.aws.calls().len()), (State::Idle, before));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_entries_are_read_ten_at_a_time_ones_own_first() {
    let ground = Ground::lay(account::slow(Account::with_entries(500), Duration::from_millis(2)));
    let facts = ground.facts(Reach::everybody()).await;
    let aws = facts.aws();
    assert_eq!((aws.entries.len(), aws.policies.len(), aws.listed.as_ref().unwrap().names.len()), (500, 500, 500));
    assert_eq!(facts.gaps(), []);
    assert_eq!((ground.count("eks:ListAccessEntries"), ground.count("eks:DescribeAccessEntry")), (5, 500));
    let most = ground.aws.most().0;
    assert!((5..=10).contains(&most), "{most} at once");
    let first = ground.aws.calls().into_iter().find(|call| action(call) == "eks:DescribeAccessEntry").unwrap();
    assert!(first.path.ends_with("dev"), "{}", first.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_shown_while_the_rest_is_read() {
    let ground = Ground::lay(account::slow(Account::with_entries(60), Duration::from_millis(10)));
    let target = ground.target();
    let live = live::Options { timeout: AMPLE, ..live::Options::default() };
    let mut session = Session::start(Find::new(move || Ok(target.clone())), Options::watching(live));
    let (mut walk, mut seen, mut was_loading, mut progress) = (Walk::default(), Vec::new(), false, 0);
    within("all of it", async {
        while walk.aws.state != State::Ready || walk.snapshot.as_ref().is_none_or(|snapshot| snapshot.facts.aws().entries.len() < 60) {
            let event = session.next().await.unwrap();
            progress += usize::from(matches!(&event, Event::Aws(stage) if stage.message.ends_with(" of 60 access entries")));
            walk.take(event);
            if let Some(snapshot) = &walk.snapshot {
                seen.push(snapshot.facts.aws().entries.len());
                was_loading |= snapshot.is_complete() && snapshot.facts.gaps().iter().any(|gap| gap.loss == Loss::Loading);
            }
        }
    })
    .await;
    seen.dedup();
    assert!(was_loading, "roles and bindings do not wait for AWS");
    assert!(seen.len() > 3 && seen.is_sorted() && progress > 30, "{seen:?} {progress}");
    assert_eq!(facts(&walk).gaps(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_a_gap_that_names_the_action() {
    const ACTIONS: [&str; 10] = [
        "eks:DescribeCluster",
        "eks:ListAccessEntries",
        "eks:DescribeAccessEntry",
        "eks:ListAssociatedAccessPolicies",
        "eks:ListIdentityProviderConfigs",
        "eks:DescribeIdentityProviderConfig",
        "eks:ListPodIdentityAssociations",
        "eks:DescribePodIdentityAssociation",
        "iam:GetRole",
        "sts:GetCallerIdentity",
    ];
    let mut told = String::new();
    for refused in ACTIONS.map(Some).into_iter().chain([None]) {
        let account = Account::default();
        let ground = Ground::lay(Aws::start(move |call| {
            let is_refused = refused.is_none_or(|wanted| action(call) == wanted);
            if is_refused { denied(call) } else { account.answer(call) }
        }));
        let facts = ground.facts(Reach::everything()).await;
        assert_rights(&facts);
        assert!(facts.gaps().iter().all(|gap| gap.loss == Loss::Refused && !gap.kinds.is_empty()), "{:?}", facts.gaps());
        let aws = facts.aws();
        let _ =
            writeln!(told, "# {}: {} entries, {} with policies", refused.unwrap_or("every read"), aws.entries.len(), aws.policies.len());
        told.extend(facts.gaps().iter().map(|gap| line(gap) + "\n"));
    }
    assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_turned_away_is_asked_again_and_not_for_ever() {
    let (account, tries) = (Account::default(), AtomicUsize::new(0));
    let ground = Ground::lay(Aws::start(move |call| match action(call).as_str() {
        "eks:ListAccessEntries" | "iam:GetRole" if tries.fetch_add(1, Ordering::SeqCst) < 3 => {
            refused(call, 429, "ThrottlingException", "Rate exceeded")
        }
        _ => account.answer(call),
    }));
    let facts = ground.facts(Reach::everything()).await;
    assert_eq!((facts.gaps(), facts.aws().entries.len(), facts.aws().principals.len()), (&[][..], 3, 1));

    let account = Account::default();
    let ground = Ground::lay(Aws::start(move |call| match action(call).as_str() {
        "eks:ListIdentityProviderConfigs" => refused(call, 429, "ThrottlingException", "Rate exceeded"),
        _ => account.answer(call),
    }));
    let facts = ground.facts(Reach::lists()).await;
    let [gap] = facts.gaps() else { panic!("{:?}", facts.gaps()) };
    assert_eq!(
        line(gap),
        "EKS identity providers: EKS in eu-central-1 turns requests away (throttling), also after several attempts\n  \
        hides IdentityProvider; Try again later, or in fewer regions at once: the limit is the account's, in this region."
    );
    assert_eq!(ground.count("eks:ListIdentityProviderConfigs"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_every_call_is_told_once() {
    let expired = Aws::start(|call| refused(call, 403, "ExpiredTokenException", "The security token included in the request is expired"));
    let unknown =
        Aws::start(|call| refused(call, 403, "UnrecognizedClientException", "The security token included in the request is invalid."));
    let closing = Aws::start(|_| Answer::Close);
    let garbage = Aws::start(|_| Answer::Says(502, "text/html", "<html>proxy</html>".to_owned()));
    let mut told = String::new();
    for (name, aws) in [("expired", expired), ("unknown", unknown), ("closing", closing), ("garbage", garbage)] {
        let ground = Ground::lay(aws);
        let walk = ground.walk(ground.target(), Reach::everything(), AMPLE).await;
        let facts = facts(&walk);
        assert_rights(&facts);
        let [gap] = facts.gaps() else { panic!("{name}: {:?}", facts.gaps()) };
        assert_eq!(walk.aws.state.failure().map(|failure| failure.message.as_str()), Some(gap.why.as_str()));
        let _ = writeln!(told, "# {name}\n{}", line(gap));
    }
    // a profile without credentials, one that is not there, and no region
    let ground = Ground::lay(Account::default().start());
    for (name, profile) in [("no credentials", "empty"), ("no profile", "mee")] {
        let mut target = ground.target();
        let config = ground.folder.path().join("aws-config");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, format!("{text}[profile empty]\nregion = eu-central-1\n")).unwrap();
        *target.user.exec.as_mut().unwrap().args.last_mut().unwrap() = profile.to_owned();
        let facts = facts(&ground.walk(target, Reach::everything(), AMPLE).await);
        assert_rights(&facts);
        let [gap] = facts.gaps() else { panic!("{name}: {:?}", facts.gaps()) };
        let _ = writeln!(told, "# {name}\n{}", line(gap));
    }
    assert_eq!(ground.aws.calls().len(), 0);
    assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_without_access_entries_has_no_gap_for_them() {
    let account = Account { mode: "CONFIG_MAP", ..Account::default() };
    let ground = Ground::lay(account.clone().start());
    let facts = ground.facts(Reach::everybody()).await;
    assert_eq!((facts.gaps(), facts.aws().listed.clone()), (&[][..], None));
    assert_eq!(facts.aws().cluster().unwrap().authentication_mode, Some(AuthenticationMode::ConfigMap));
    // the refusal tells the mode where the description is refused
    let ground =
        Ground::lay(Aws::start(move |call| if action(call) == "eks:DescribeCluster" { denied(call) } else { account.answer(call) }));
    let facts = ground.facts(Reach::everybody()).await;
    assert_eq!(facts.gaps().iter().map(|gap| gap.what.as_str()).collect::<Vec<_>>(), ["the description of the EKS cluster"]);
    assert_eq!(facts.aws().cluster().unwrap().authentication_mode, Some(AuthenticationMode::ConfigMap));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_believed_of_another_cluster() {
    let ground = Ground::lay(Account::default().start());
    let at = |host: &str| {
        let mut target = ground.target();
        target.cluster.tls_server_name = Some(host.to_owned());
        target
    };
    let facts_of = async |target: Target| facts(&ground.walk(target, Reach::everything(), AMPLE).await);
    let facts = facts_of(at("cd34.gr7.eu-central-1.eks.amazonaws.com")).await;
    assert!(facts.aws().is_empty(), "{:?}", facts.aws());
    let [gap] = facts.gaps() else { panic!("{:?}", facts.gaps()) };
    let line = |gap: &Gap| line(gap).replace(&ground.fake.address().to_string(), "SERVER");
    let mut told = format!("# another endpoint\n{}\n", line(gap));
    assert_rights(&facts);
    let facts = facts_of(at("ab12.gr7.eu-central-1.eks.amazonaws.com")).await;
    assert_eq!((facts.gaps(), facts.aws().entries.len()), (&[][..], 3));
    // a name that AWS does not know, and none at all: then the endpoint tells
    let mut target = at("ab12.gr7.eu-central-1.eks.amazonaws.com");
    target.user.exec.as_mut().unwrap().args[5] = "bleu".to_owned();
    let facts = facts_of(target).await;
    let [gap] = facts.gaps() else { panic!("{:?}", facts.gaps()) };
    let _ = writeln!(told, "# another name\n{}", line(gap));
    let mut target = at("ab12.gr7.eu-central-1.eks.amazonaws.com");
    target.user.exec.as_mut().unwrap().args.drain(4..6);
    assert_eq!(facts_of(target).await.aws().entries.len(), 3);
    let mut target = at("cd34.gr7.eu-central-1.eks.amazonaws.com");
    target.user.exec.as_mut().unwrap().args.drain(4..6);
    let facts = facts_of(target).await;
    let [gap] = facts.gaps() else { panic!("{:?}", facts.gaps()) };
    let _ = writeln!(told, "# no name, and no cluster with the endpoint\n{}", line(gap));
    assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_aws_longer_than_the_limit() {
    let account = Account::default();
    let ground = Ground::lay(Aws::start(move |call| match action(call).as_str() {
        "eks:ListAccessEntries" => Answer::Silence,
        _ => account.answer(call),
    }));
    let began = Instant::now();
    let facts = facts(&ground.walk(ground.target(), Reach::everything(), SHORT).await);
    assert!(began.elapsed() < AMPLE, "{:?}", began.elapsed());
    let [gap] = facts.gaps() else { panic!("{:?}", facts.gaps()) };
    assert_eq!((gap.what.as_str(), gap.why.as_str()), ("EKS access entries", "no answer from EKS in eu-central-1 within 700 ms"));
    assert_eq!((facts.aws().identity_providers.len(), facts.aws().pod_identities.len()), (1, 1));
    assert_eq!(of_alice(&facts), Verdict::Allowed);
}
