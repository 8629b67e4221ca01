//! What AWS knows of a cluster, read here, and what the aws command line prints of the same: the same facts.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use whycan::base::Gap;
use whycan::facts::aws::{AwsFact, AwsFacts};
use whycan::facts::{Change, Facts, parse};
use whycan::kubeconfig::{Cluster, Exec, Target, User};
use whycan::source::aws::{Reach, Reading, Update, openid_providers, principals};

use crate::account;
use crate::emulator::{Emulator, program};

const ACCOUNT: &str = "000000000000";
const REGION: &str = "eu-west-1";
const NAME: &str = "acme";
const LIMIT: Duration = Duration::from_secs(20);

/// A context of the cluster, entered with keys.
fn target(emulator: &Emulator, folder: &Path, key: &str) -> Target {
    let config = folder.join("config");
    let profile = format!(
        "[profile me]\nregion = {REGION}\naws_access_key_id = {key}\naws_secret_access_key = test\nendpoint_url = {}\n",
        emulator.url()
    );
    std::fs::write(&config, profile).unwrap();
    let exec = Exec {
        command: "aws".to_owned(),
        args: ["eks", "get-token", "--cluster-name", NAME, "--region", REGION, "--profile", "me"].map(str::to_owned).to_vec(),
        env: vec![("AWS_CONFIG_FILE".to_owned(), config.display().to_string())],
        ..Exec::default()
    };
    Target {
        cluster: Cluster { server: "https://127.0.0.1:6443".to_owned(), ..Cluster::default() },
        user: User { exec: Some(exec), ..User::default() },
        ..Target::default()
    }
}

/// Everything that a reading gives, and how long it took to the first entry and to the end.
async fn read(target: Target, reach: Reach) -> (Facts, Duration, Duration) {
    let began = Instant::now();
    let mut reading = Reading::start(Arc::new(target), reach, LIMIT);
    let (mut facts, mut first) = (Facts::default(), None);
    while let Some(update) = reading.next().await {
        if let Update::Changes(changes) = update {
            for change in changes {
                facts.apply(change);
            }
        }
        if !facts.aws().entries.is_empty() {
            first.get_or_insert_with(|| began.elapsed());
        }
    }
    (facts, first.unwrap_or_default(), began.elapsed())
}

/// The facts of what the aws command line prints.
fn printed(outputs: &[Value]) -> AwsFacts {
    let mut facts = AwsFacts::default();
    for output in outputs {
        for change in parse::document("aws", output.to_string().as_bytes()) {
            match change {
                Change::Aws(fact) => facts.put(fact),
                other => panic!("{output}: {other:?}"),
            }
        }
    }
    facts
}

/// An account of the emulator, which the aws command line fills.
struct Account {
    emulator: Emulator,
    folder: TempDir,
}

impl Account {
    fn start() -> Self {
        let (emulator, _) = Emulator::account(&format!("{ACCOUNT}/{REGION}/{NAME}"));
        Self { emulator, folder: TempDir::with_prefix("whycan-reads-").unwrap() }
    }

    fn aws(&self, words: &[&str]) -> Value {
        let mut command = Command::new(program("aws"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.folder.path());
        command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", REGION)]);
        let output = command.env("AWS_ENDPOINT_URL", self.emulator.url()).args(words).args(["--output", "json"]).output().unwrap();
        assert!(output.status.success(), "aws {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default()
    }

    /// A call about the cluster.
    fn eks(&self, verb: &str, words: &[&str]) -> Value {
        self.aws(&[&["eks", verb, "--cluster-name", NAME], words].concat())
    }

    /// A cluster with all that is read of one.
    fn fill(&self, dev: &str, ops: &str, ci: &str) {
        let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:{name}");
        let (aws, eks) = (|words: &[&str]| self.aws(words), |verb: &str, words: &[&str]| self.eks(verb, words));
        let policy = "arn:aws:eks::aws:cluster-access-policy";
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": arn("root")}, "Action": "sts:AssumeRole"}]})
        .to_string();
        for (name, path) in [("cluster", "/"), ("dev", "/team/"), ("ops", "/")] {
            aws(&["iam", "create-role", "--role-name", name, "--path", path, "--assume-role-policy-document", &trust]);
        }
        aws(&["iam", "create-user", "--user-name", "ci"]);
        aws(&[
            "eks",
            "create-cluster",
            "--name",
            NAME,
            "--role-arn",
            &arn("role/cluster"),
            "--resources-vpc-config",
            "subnetIds=subnet-1",
            "--access-config",
            "authenticationMode=API_AND_CONFIG_MAP",
        ]);
        eks("create-access-entry", &["--principal-arn", dev, "--kubernetes-groups", "dev-readers", "more"]);
        eks("create-access-entry", &["--principal-arn", ops, "--username", "ops:{{SessionName}}"]);
        eks("create-access-entry", &["--principal-arn", ci]);
        let associate = |principal: &str, name: &str, scope: &str| {
            eks(
                "associate-access-policy",
                &["--principal-arn", principal, "--policy-arn", &format!("{policy}/{name}"), "--access-scope", scope],
            );
        };
        associate(dev, "AmazonEKSViewPolicy", "type=namespace,namespaces=dev,dev-*");
        associate(ops, "AmazonEKSClusterAdminPolicy", "type=cluster");
        associate(ops, "AmazonEKSAdminViewPolicy", "type=cluster");
        let oidc = "identityProviderConfigName=login,issuerUrl=https://login.acme.example,clientId=kubernetes,usernameClaim=email,groupsClaim=groups,groupsPrefix=oidc:";
        eks("associate-identity-provider-config", &["--oidc", oidc]);
        eks("create-pod-identity-association", &["--namespace", "dev", "--service-account", "web", "--role-arn", ops]);
        aws(&[
            "iam",
            "create-open-id-connect-provider",
            "--url",
            "https://oidc.eks.eu-west-1.amazonaws.com/id/AB12",
            "--client-id-list",
            "sts.amazonaws.com",
            "--thumbprint-list",
            "9e99a48a9960b14926bb7f3b02e22da2b0ab7280",
        ]);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers: the aws command line and ministack"]
async fn what_is_read_is_what_the_aws_command_line_prints() {
    let account = Account::start();
    let aws = |words: &[&str]| account.aws(words);
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:{name}");
    let (dev, ops, ci) = (arn("role/team/dev"), arn("role/ops"), arn("user/ci"));
    account.fill(&dev, &ops, &ci);
    let target = target(&account.emulator, account.folder.path(), "test");
    let (facts, _, _) = read(target.clone(), Reach::everything()).await;
    // the emulator's root is nobody whom IAM tells of
    let eks = |verb: &str, words: &[&str]| account.eks(verb, words);
    let gaps: Vec<&Gap> = facts.gaps().iter().collect();
    assert!(gaps.is_empty(), "{gaps:?}");
    let ours = facts.aws();
    let mut outputs = vec![aws(&["sts", "get-caller-identity"]), aws(&["eks", "describe-cluster", "--name", NAME])];
    outputs.push(eks("list-access-entries", &[]));
    for principal in ours.listed.iter().flat_map(|listed| &listed.names) {
        outputs.push(eks("describe-access-entry", &["--principal-arn", principal]));
        outputs.push(eks("list-associated-access-policies", &["--principal-arn", principal]));
    }
    outputs.push(eks("list-identity-provider-configs", &[]));
    outputs.push(eks("describe-identity-provider-config", &["--identity-provider-config", "type=oidc,name=login"]));
    let listed = eks("list-pod-identity-associations", &[]);
    let id = listed["associations"][0]["associationId"].as_str().unwrap().to_owned();
    outputs.push(listed);
    outputs.push(eks("describe-pod-identity-association", &["--association-id", &id]));
    let mut theirs = printed(&outputs);
    // it may have become active in between
    for provider in theirs.identity_providers.values_mut() {
        provider.status = ours.identity_providers.values().next().unwrap().status.clone();
    }
    assert_eq!(*ours, theirs);
    assert_eq!((ours.entries.len() >= 3, ours.policies_of(&ours.entries[&(NAME.to_owned(), ops.clone())]).unwrap().len()), (true, 2));

    // IAM, in calls that are signed here
    let told =
        principals(&target, &[dev.clone(), ci.clone(), arn("role/none"), "arn:aws:iam::111122223333:role/dev".to_owned()], LIMIT).await;
    let [role @ Change::Aws(_), user @ Change::Aws(_), Change::Aws(AwsFact::Missing(missing)), Change::Gap(gap)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(*missing, arn("role/none"));
    assert!(gap.why.contains("is of account 111122223333, and who asks is of 000000000000"), "{gap:?}");
    let mut ours = AwsFacts::default();
    for change in [role, user].map(Clone::clone).into_iter().chain(openid_providers(&target, LIMIT).await) {
        let Change::Aws(fact) = change else { panic!("{change:?}") };
        ours.put(fact);
    }
    let providers = aws(&["iam", "list-open-id-connect-providers"]);
    let provider = providers["OpenIDConnectProviderList"][0]["Arn"].as_str().unwrap().to_owned();
    let mut theirs = printed(&[
        aws(&["iam", "get-role", "--role-name", "dev"]),
        aws(&["iam", "get-user", "--user-name", "ci"]),
        providers,
        aws(&["iam", "get-open-id-connect-provider", "--open-id-connect-provider-arn", &provider]),
    ]);
    for facts in [&mut ours, &mut theirs] {
        // one prints the policy as it came, the other as the object that it is
        for principal in facts.principals.values_mut() {
            principal.trust = principal.trust.take().map(|text| serde_json::from_str::<Value>(&text).unwrap().to_string());
        }
    }
    assert_eq!(ours, theirs);
    assert_eq!((ours.principals.len(), ours.openid_providers.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers: ministack"]
async fn entries_come_as_they_are_read() {
    let emulator = Emulator::ministack();
    let folder = TempDir::with_prefix("whycan-reads-").unwrap();
    emulator.create("111111111111", REGION, NAME);
    // its lists have no further page than the first
    for number in 0..100 {
        let principal = format!("arn:aws:iam::111111111111:role/role-{number:03}");
        emulator.post("111111111111", REGION, &format!("/clusters/{NAME}/access-entries"), &json!({"principalArn": principal}));
    }
    let (facts, first, all) = read(target(&emulator, folder.path(), "111111111111"), Reach::everybody()).await;
    assert!(facts.gaps().is_empty(), "{:?}", facts.gaps());
    let aws = facts.aws();
    println!("{} access entries of the emulator with their policies: the first after {first:.1?}, all after {all:.1?}", aws.entries.len());
    assert_eq!((aws.entries.len(), aws.policies.len()), (100, 100));
    assert!(first < all / 2, "{first:?} of {all:?}");
}

/// Not against a peer but the clock: what AWS takes for an answer, some 50 ms, is played.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs five seconds"]
async fn five_hundred_entries_wait_for_aws_alone() {
    const PAUSE: Duration = Duration::from_millis(50);
    let folder = TempDir::with_prefix("whycan-reads-").unwrap();
    let aws = account::slow(account::Account::with_entries(500), PAUSE);
    let target = account::target("http://127.0.0.1:9", &aws.url(), folder.path());
    let (facts, first, all) = read(target, Reach::everybody()).await;
    assert_eq!((facts.aws().entries.len(), facts.aws().policies.len(), facts.gaps()), (500, 500, &[][..]));
    let (most, calls) = (aws.most().0, u32::try_from(aws.calls().len()).unwrap());
    // ten at a time: no answer is waited for in vain
    let least = PAUSE * calls / 10;
    println!(
        "500 access entries, {calls} calls of {PAUSE:?}, {most} at once: one's own after {first:.1?}, all after {all:.1?}, of at least {least:.1?}"
    );
    assert!(most <= 10 && all < least * 3 / 2, "{most} {all:?} {least:?}");
}
