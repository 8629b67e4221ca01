//! `why` on a live cluster: what the server says, what follows from what was read there, and what `review` says of the same
//! recorded, are one verdict. Who may read little gets the server's verdict, a true one, or an honest *unknown*.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use kube::Client;
use serde_json::{Value, json};
use whycan::authz::ask::{self, Surroundings};
use whycan::authz::{Decision, Door, Request, Verdict, explain};
use whycan::base::Name;
use whycan::facts::ApiResources;
use whycan::identity::{Form, Identity};
use whycan::session::{Find, Options, Session, Snapshot, Walk, heed};
use whycan::source::kubeconfig;
use whycan::source::live::{self, Connection};

use crate::cluster::{Cluster, Setup, call};
use crate::planted::{Planted, ask as ask_about, attributes, subject_access_review};
use crate::seed::{Random, cases};
use crate::world;

/// Questions for each world.
const EACH: u64 = 20;
const RECORDED: &str = "clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,namespaces,pods,nodes";
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

/// A cluster with the namespaces that worlds use, and who asks there.
struct Ground {
    cluster: Cluster,
    admin: Client,
}

impl Ground {
    async fn lay(tokens: &[(&str, &[&str])]) -> Self {
        let cluster = Cluster::start(&Setup { manager: true, tokens, ..Setup::default() }).await;
        let admin = cluster.admin_client().await;
        for namespace in ["dev", "prod", "team-a", "kube-node-lease"] {
            cluster.kubectl(cluster.admin(), &["create", "namespace", namespace]);
        }
        Self { cluster, admin }
    }

    /// Creates an object that stays.
    async fn put(&self, path: &str, object: &Value) {
        let (status, answer) = call(&self.admin, Method::POST, path, Some(object)).await;
        assert!(status.is_success(), "{object}\n{answer}");
    }

    /// Lets a user read these resources of RBAC, and namespaces; everywhere, or in one namespace.
    async fn let_read(&self, name: &str, user: &str, resources: &[&str], namespace: Option<&str>) {
        let (role, binding) = if namespace.is_some() { ("Role", "RoleBinding") } else { ("ClusterRole", "ClusterRoleBinding") };
        let place = namespace.map_or_else(|| RBAC.to_owned(), |namespace| format!("{RBAC}/namespaces/{namespace}"));
        let group = "rbac.authorization.k8s.io";
        let rules = json!([
            {"apiGroups": [group], "resources": resources, "verbs": ["list", "watch"]},
            {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list", "watch"]},
        ]);
        self.put(
            &format!("{place}/{}s", role.to_lowercase()),
            &json!({"apiVersion": format!("{group}/v1"), "kind": role, "metadata": {"name": name}, "rules": rules}),
        )
        .await;
        self.put(
            &format!("{place}/{}s", binding.to_lowercase()),
            &json!({"apiVersion": format!("{group}/v1"), "kind": binding, "metadata": {"name": name},
                "roleRef": {"apiGroup": group, "kind": role, "name": name},
                "subjects": [{"apiGroup": group, "kind": "User", "name": user}]}),
        )
        .await;
    }
}

/// Everything that may be read as somebody, as a question about rights needs it.
async fn read(user: &Path) -> (Arc<Snapshot>, Connection, Walk) {
    let path = user.to_owned();
    let find = Find::new(move || kubeconfig::target(&kubeconfig::load(Some(&path))?, None));
    let mut session = Session::start(find, Options::rights(live::Options::default()));
    let remote = session.remote();
    let mut walk = Walk::default();
    while let Some(event) = session.next().await {
        walk.take(event);
    }
    let connection = remote.connection().await.unwrap_or_else(|| panic!("{walk:?}"));
    (walk.snapshot.clone().unwrap_or_default(), connection, walk)
}

/// The words that ask a request, if words can.
fn words(request: &Request) -> Option<Vec<String>> {
    let mut words = match request {
        Request::NonResource { verb, path } => vec![verb.to_string(), path.to_string()],
        Request::Resource(resource) => {
            let name = Some(resource.name.to_string()).filter(|name| !name.is_empty());
            [resource.verb.to_string(), resource.qualified()].into_iter().chain(name).collect()
        }
    };
    if words.iter().any(|word| word.starts_with('-')) {
        return None;
    }
    let resources = ApiResources::default();
    let namespace = request.namespace();
    let surroundings = Surroundings {
        namespace: Some(namespace.as_str()).filter(|namespace| !namespace.is_empty()),
        all_namespaces: namespace.is_empty(),
        default_namespace: None,
        resources: &resources,
        files: None,
    };
    let asked = ask::read(&words, &surroundings).ok()?;
    if asked.parts.iter().map(|part| part.request).ne([*request]) {
        return None;
    }
    if namespace.is_empty() {
        words.push("-A".to_owned());
    } else {
        words.extend(["-n".to_owned(), namespace.to_string()]);
    }
    Some(words)
}

/// What the program itself says, as JSON.
fn program(user: &Path, identity: Option<&Identity>, words: Vec<String>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().env("HOME", "/nonexistent").arg("--kubeconfig").arg(user).args(["-o", "json", "why"]).args(words);
    if let Some(identity) = identity {
        let username = identity.username.unwrap();
        command.arg(format!("--as={}", Form::of_username(username.as_str())));
        for group in &identity.groups {
            command.arg(format!("--as-group={group}"));
        }
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// What `review` says of recorded objects.
fn review(recorded: &Path, questions: &[(Identity, Request)]) -> Vec<bool> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().args(["review", "-f", "-", "--from"]).arg(recorded);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: Vec<String> = questions.iter().map(|(identity, request)| subject_access_review(identity, request).to_string()).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.join("\n").as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["status"]["allowed"] == true).collect()
}

/// Whether every question goes through the program, or one in five.
fn share() -> u64 {
    if std::env::var("WHYCAN_CASES").is_ok_and(|cases| cases == "full") { 1 } else { 5 }
}

/// Whether a kubelet's right to an object is asked about, which hangs on pods that whycan does not follow.
fn is_of_graph(decision: &Decision) -> bool {
    decision.gaps.iter().any(|effect| effect.could_change_verdict && effect.gap.kinds.iter().eq([&Name::new("Pod")]))
}

/// Somebody who asks about themselves.
struct Oneself {
    kubeconfig: PathBuf,
    client: Client,
    identity: Identity,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn why_and_review_and_the_server_agree() {
    let tokens: &[(&str, &[&str])] = &[("a \"b\" <c>/d%", &["dev", "acme:team/a"]), ("bob", &["ops"])];
    let ground = Ground::lay(tokens).await;
    let Ground { cluster, admin } = &ground;
    cluster.kubectl_as_admin(&["create", "serviceaccount", "ci", "-n", "dev"]);
    let all = ["clusterroles", "clusterrolebindings", "roles", "rolebindings"];
    let mut selves = Vec::new();
    for kubeconfig in [
        cluster.certificate("alice", &["dev", "ops"]),
        cluster.certificate("ü\u{200b}\t\u{1f680}", &["Dev"]),
        cluster.bearer("token-0"),
        cluster.bearer("token-1"),
        cluster.service_account(admin, "dev", "ci").await,
    ] {
        let client = cluster.client(&kubeconfig).await;
        let (_, _, walk) = read(&kubeconfig).await;
        let identity = walk.caller.unwrap_or_else(|| panic!("{kubeconfig:?}: nobody")).identity;
        ground.let_read(&format!("reader-{}", selves.len()), identity.username.unwrap().as_str(), &all, None).await;
        selves.push(Oneself { kubeconfig, client, identity });
    }
    let total = cases(5_000);
    let (mut allowed, mut unknown, mut asked, mut again, mut unworded) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for case in 0..total.div_ceil(EACH) {
        let mut random = Random::of_case("live", case);
        let world = world::cluster(&mut random);
        let mut questions = Vec::new();
        while (questions.len() as u64) < EACH {
            let (identity, request) = world::question(&mut random, &world, true);
            match words(&request) {
                Some(words) => questions.push((identity, request, words, random.below(2 * selves.len()))),
                None => unworded += 1,
            }
        }
        let planted = Planted::plant(admin, &world).await;
        let mut tries = 0;
        // the controller manager fills aggregated roles while we ask: only an answer about what stays counts
        loop {
            let recorded = cluster.file("recorded.json");
            std::fs::write(&recorded, cluster.kubectl_as_admin(&["get", RECORDED, "-A", "-o", "json"])).unwrap();
            let (snapshot, connection, _) = read(cluster.admin()).await;
            let about: Vec<(Identity, Request)> = questions
                .iter()
                .map(|(identity, request, _, who)| (selves.get(*who).map_or(identity, |oneself| &oneself.identity).clone(), *request))
                .collect();
            let offline = review(&recorded, &about);
            assert_eq!(offline.len(), about.len());
            let (mut differ, mut yes, mut open, mut runs) = (Vec::new(), 0, 0, 0);
            for (number, ((identity, request), (_, _, words, who))) in about.iter().zip(&questions).enumerate() {
                let oneself = selves.get(*who);
                let theirs = match oneself {
                    Some(oneself) => ask_oneself(&oneself.client, request).await,
                    None => ask_about(admin, identity, request).await["allowed"] == true,
                };
                let ours = explain(&snapshot.index, identity, request, Door::Person);
                let told = connection.review(Some(identity), request).await.unwrap();
                let is_open = ours.verdict == Verdict::Unknown && is_of_graph(&ours);
                let agree = (ours.verdict == Verdict::Allowed) == theirs && (ours.verdict != Verdict::Unknown || is_open);
                let mut said = format!("ours {:?}, told {}", ours.verdict, told.allowed);
                let mut is_same = agree && told.allowed == theirs && (offline[number] == theirs || is_open);
                if (number as u64).is_multiple_of(share()) {
                    let user = oneself.map_or_else(|| cluster.admin(), |oneself| &oneself.kubeconfig);
                    let answer = program(user, oneself.is_none().then_some(identity), words.clone());
                    let verdict = if theirs { "allowed" } else { "denied" };
                    let is_computed = answer["computed"] == verdict || (is_open && answer["computed"] == "unknown");
                    is_same &= answer["verdict"] == verdict && is_computed && answer["server"]["allowed"] == theirs;
                    said = format!("{said}, program {answer:#}");
                    runs += 1;
                }
                if !is_same {
                    differ.push(format!("{identity:?} {request:?}\ntheirs {theirs}, offline {}, {said}", offline[number]));
                }
                yes += u64::from(theirs);
                open += u64::from(is_open);
            }
            if differ.is_empty() {
                (allowed, unknown, asked) = (allowed + yes, unknown + open, asked + runs);
                break;
            }
            tries += 1;
            again += 1;
            assert!(tries < 10, "case {case}: {}", differ.join("\n"));
        }
        planted.uproot(admin).await;
    }
    println!(
        "{total} questions, {asked} of them through the program, {allowed} allowed, {unknown} about a kubelet's pods, {again} worlds asked again, {unworded} without words: no difference"
    );
    // an eighth is allowed on average; of five worlds some seed draws a twentieth
    assert!(allowed > total / 100, "the generator asks too little");
}

async fn ask_oneself(client: &Client, request: &Request) -> bool {
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": attributes(request)});
    let (status, answer) = call(client, Method::POST, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Some(&review)).await;
    assert!(status.is_success(), "{review}\n{answer}");
    answer["status"]["allowed"] == true
}

/// How somebody is restricted.
struct Restricted {
    name: &'static str,
    user: &'static str,
    kubeconfig: PathBuf,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn the_restricted_never_get_a_wrong_verdict() {
    let ground = Ground::lay(&[]).await;
    let Ground { cluster, admin } = &ground;
    let all = ["clusterroles", "clusterrolebindings", "roles", "rolebindings"];
    ground.let_read("one-namespace", "bob", &["roles", "rolebindings"], Some("dev")).await;
    ground.let_read("no-cluster-roles", "carol@acme.example", &["clusterrolebindings", "roles", "rolebindings"], None).await;
    ground.let_read("no-reviews", "oidc:dave", &all, None).await;
    let mut users = Vec::new();
    for (name, user) in [
        ("may list nothing", "alice"),
        ("one namespace", "bob"),
        ("no ClusterRoles", "carol@acme.example"),
        ("may not review", "oidc:dave"),
    ] {
        let kubeconfig = cluster.certificate(user, &["dev"]);
        let text = std::fs::read_to_string(&kubeconfig).unwrap().replace("user: somebody", "user: somebody\n    namespace: dev");
        std::fs::write(&kubeconfig, text).unwrap();
        users.push(Restricted { name, user, kubeconfig });
    }
    let total = cases(2_000);
    for is_reviewed in [true, false] {
        if !is_reviewed {
            // whoever is authenticated may ask about oneself, until this is gone
            let (status, answer) = call(admin, Method::DELETE, &format!("{RBAC}/clusterrolebindings/system:basic-user"), None).await;
            assert!(status.is_success(), "{answer}");
        }
        for Restricted { name, user, kubeconfig } in &users {
            let (mut computed, mut open, mut heard) = (0_u64, 0_u64, 0_u64);
            for case in 0..total.div_ceil(EACH) {
                let mut random = Random::of_case(name, case + u64::from(is_reviewed) * 1_000_000);
                let world = world::cluster(&mut random);
                let planted = Planted::plant(admin, &world).await;
                let questions: Vec<_> = (0..EACH).map(|_| (world::question(&mut random, &world, true), random.percent(50))).collect();
                let mut tries = 0;
                loop {
                    let (snapshot, connection, walk) = read(kubeconfig).await;
                    let caller = walk.caller.as_ref().unwrap_or_else(|| panic!("{user}: {walk:?}"));
                    let (mut differ, mut counts) = (Vec::new(), [0_u64; 3]);
                    for ((identity, request), is_oneself) in &questions {
                        let truth = Identity::literal(*user, ["dev", "system:authenticated"].map(Name::new));
                        let identity = if *is_oneself { &caller.identity } else { identity };
                        let facts = if *is_oneself { snapshot.about_caller(caller) } else { Arc::clone(&snapshot) };
                        let mut decision = explain(&facts.index, identity, request, Door::Person);
                        let reviewed = connection.review((!is_oneself).then_some(identity), request).await;
                        counts[2] += u64::from(reviewed.is_ok());
                        heed(&mut decision, &reviewed);
                        let theirs = ask_about(admin, if *is_oneself { &truth } else { identity }, request).await["allowed"] == true;
                        let wanted = if theirs { Verdict::Allowed } else { Verdict::Denied };
                        counts[0] += u64::from(decision.computed != Verdict::Unknown);
                        counts[1] += u64::from(decision.verdict == Verdict::Unknown);
                        let is_settled = decision.gaps.iter().any(|effect| effect.could_change_verdict && !effect.settled_by.is_empty());
                        let is_true = |verdict| verdict == wanted || (verdict == Verdict::Unknown && is_settled);
                        if !is_true(decision.verdict) || !is_true(decision.computed) {
                            differ.push(format!("{request:?} {theirs}: {decision:#?}"));
                        }
                    }
                    if differ.is_empty() {
                        (computed, open, heard) = (computed + counts[0], open + counts[1], heard + counts[2]);
                        break;
                    }
                    tries += 1;
                    assert!(tries < 10, "{name}, case {case}: {}", differ.join("\n"));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                planted.uproot(admin).await;
            }
            println!("{name}, reviews {is_reviewed}: {total} questions, {computed} computed, {heard} heard, {open} unknown: none wrong");
        }
    }
}
