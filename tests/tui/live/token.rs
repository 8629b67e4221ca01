//! The token screen: every state of it, what is seen and for how long, what is pasted, and the plugin on the terminal.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use whycan::base::{Failure, Finding, Severity};
use whycan::credential::{Decoded, Expected};
use whycan::kubeconfig::{Cluster, Exec, Target, User};
use whycan::session::{Event, State as Standing, Step};
use whycan::source::live::{Checked, CredentialKind, Presented};
use whycan::tui::message::{Effect, Message, Pace};
use whycan::tui::screens::Screen;
use whycan::tui::state::Overlay;
use whycan::tui::theme::Theme;

use super::{ARN, Live, START, plugin_failed};
use crate::support::{ASCII, COLOR, PLAIN, Ui, glyphs, snapshot};

/// CN=alice, O=acme-dev, from March 2026 to March 2027.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBijCCAS+gAwIBAgICShwwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHYWNtZS1j\n\
YTAeFw0yNjAzMDEwMDAwMDBaFw0yNzAzMDEwMDAwMDBaMCMxETAPBgNVBAoMCGFj\n\
bWUtZGV2MQ4wDAYDVQQDDAVhbGljZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n\
BMfb7kWUeifzMSKRDJ6twvgh3d2+LjO6umlEEQ35oF29B0tROBlgLzV729JC0Jar\n\
CEmgT1wVzf9djEKq7KeU002jZDBiMBMGA1UdJQQMMAoGCCsGAQUFBwMCMAsGA1Ud\n\
DwQEAwIHgDAdBgNVHQ4EFgQUDZCfmCzz+9VhFdSA78L4AjY5vHswHwYDVR0jBBgw\n\
FoAUeP1GJ8Y9TbQn9JDuNyJ9ia7iz8swCgYIKoZIzj0EAwIDSQAwRgIhAO5ezxH9\n\
tDRz22mU/YEJyza4YhGDPCT+WuDVFWm5GDF0AiEAnypSGXOcQxwVVuBUy4ufPUpS\n\
A/PYyDMeQEl16KpwCTE=\n\
-----END CERTIFICATE-----\n";

/// The signature of the token below, which must be seen nowhere but where somebody asked for it.
const SIGNATURE: &str = "05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

/// A token of EKS that was made 80 seconds before the start, and ends 13 minutes and 40 seconds after it.
fn eks(host: &str) -> String {
    let url = format!(
        "https://{host}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260921%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260921T141200Z\
         &X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature={SIGNATURE}"
    );
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url))
}

/// A token of a service account, bound to a pod, which ends in 50 minutes.
fn jwt() -> String {
    let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let claims = json!({
        "aud": ["https://kubernetes.default.svc"], "exp": START + 3_000, "iat": START - 600, "nbf": START - 600,
        "iss": "https://kubernetes.default.svc", "sub": "system:serviceaccount:ci:deployer",
        "kubernetes.io": { "namespace": "ci", "pod": { "name": "build-7", "uid": "u-1" }, "serviceaccount": { "name": "deployer", "uid": "u-2" } },
    });
    format!("{}.{}.{}", encode(header), encode(claims), URL_SAFE_NO_PAD.encode("canary-signature"))
}

fn exec() -> Exec {
    let args = ["eks", "get-token", "--cluster-name", "acme-prod"].map(str::to_owned).to_vec();
    Exec { command: "aws".to_owned(), args, api_version: "client.authentication.k8s.io/v1".to_owned(), ..Exec::default() }
}

fn target(user: User) -> Event {
    let cluster = Cluster { name: ARN.to_owned(), server: "https://acme.example:6443".to_owned(), ..Cluster::default() };
    Event::Target(Arc::new(Target { context: Some("prod".to_owned()), cluster, user, ..Target::default() }))
}

fn with_plugin() -> User {
    User { exec: Some(exec()), ..User::default() }
}

fn presented(text: &str, kind: CredentialKind, description: &str) -> Presented {
    let now = jiff::Timestamp::from_second(START).unwrap();
    let decoded = Decoded::read(text.as_bytes());
    let expected =
        Expected { now: Some(now), partition: Some("aws".to_owned()), region: Some("eu-central-1".to_owned()), ..Expected::default() };
    Presented {
        kind,
        description: description.to_owned(),
        expires_at: decoded.expires_at().map(jiff::Timestamp::as_second),
        findings: if kind == CredentialKind::Certificate { Vec::new() } else { decoded.findings(&expected) },
        decoded: Some(Arc::new(decoded)),
        secret: (kind != CredentialKind::Certificate).then(|| SecretString::from(text)),
        ..Presented::default()
    }
}

/// On the token screen, with what is presented by a user.
fn showing(theme: Theme, user: User, presented: Presented) -> Live {
    let said = presented.described().to_owned();
    Live::with(theme, "")
        .stage(Step::Kubeconfig, Standing::Ready, "context prod of ~/.kube/config:14")
        .tell(target(user))
        .stage(Step::Credential, Standing::Ready, &said)
        .tell(Event::Presented(Box::new(presented)))
        .press("T")
}

fn of_plugin(theme: Theme) -> Live {
    let mut given = presented(&eks("sts.eu-central-1.amazonaws.com"), CredentialKind::Exec, "EKS token of aws eks get-token");
    given.expires_at = Some(START + 760);
    showing(theme, with_plugin(), given)
}

#[test]
fn tokens_in_every_form() {
    snapshot("live-token-eks", &mut of_plugin(COLOR).ui);
    snapshot("live-token-eks-checks", &mut of_plugin(COLOR).press("G").ui);
    snapshot("live-token-no-color", &mut of_plugin(PLAIN).press("down down down").ui);
    snapshot("live-token-ascii", &mut of_plugin(ASCII).press("down down down").ui);
    let service_account = presented(&jwt(), CredentialKind::Token, "JSON web token of system:serviceaccount:ci:deployer");
    let user = User { token: Some(jwt().into()), exec: Some(exec()), ..User::default() };
    snapshot("live-token-jwt", &mut showing(COLOR, user, service_account).press("down down down down down").ui);
    let certificate = presented(CERTIFICATE, CredentialKind::Certificate, "certificate CN=alice, O=acme-dev");
    snapshot("live-token-certificate", &mut showing(COLOR, User::default(), certificate).ui);
    let opaque = presented("canary-opaque-token", CredentialKind::Token, "token");
    let user = User { token: Some("x".to_owned().into()), ..User::default() };
    snapshot("live-token-opaque", &mut showing(COLOR, user, opaque).ui);
}

#[test]
fn a_token_that_a_server_refuses() {
    let wrong = presented(&eks("sts.eu-central-1.amazonaws.com.cn"), CredentialKind::Exec, "EKS token of aws eks get-token");
    snapshot("live-token-refused", &mut showing(COLOR, with_plugin(), wrong.clone()).ui);
    snapshot("live-token-refused-fix", &mut showing(COLOR, with_plugin(), wrong).press("enter").ui);
    // what ended while it was looked at
    let mut live = of_plugin(COLOR).after(900);
    live.ui.send(Message::Tick(Pace::Counting, live.when()));
    snapshot("live-token-ended", &mut live.ui);
}

#[test]
fn where_there_is_nothing_to_take_apart() {
    let basic = Presented {
        kind: CredentialKind::Basic,
        description: "user name admin and a password".to_owned(),
        findings: vec![Finding {
            code: "basic-authentication",
            severity: Severity::Warning,
            subject: "credential".to_owned(),
            message: "no current server takes a user name and a password: the request is anonymous".to_owned(),
            fix: Some("Use a token, a certificate or a plugin.".to_owned()),
            source: None,
        }],
        ..Presented::default()
    };
    let user = User { username: Some("admin".to_owned()), password: Some("canary".to_owned().into()), ..User::default() };
    snapshot("live-token-basic", &mut showing(COLOR, user, basic).ui);
    snapshot("live-token-nothing", &mut showing(COLOR, User::default(), Presented::default()).ui);
    let pointed = || Live::new().stage(Step::Kubeconfig, Standing::Ready, "").tell(target(with_plugin()));
    snapshot("live-token-loading", &mut pointed().stage(Step::Credential, Standing::Loading, "running aws").press("T").ui);
    snapshot("live-token-failed", &mut pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").press("T").ui);
    snapshot("live-token-stopped", &mut pointed().stage(Step::Credential, Standing::Cancelled, "stopped; r tries again").press("T").ui);
    let nowhere = Failure::failed("context `prod` names cluster `prod`, which does not exist").hint("Name one that does.");
    snapshot("live-token-nowhere", &mut Live::new().stage(Step::Kubeconfig, Standing::Failed(nowhere), "").press("T").ui);
    let lost = of_plugin(COLOR).stage(Step::Credential, Standing::Failed(plugin_failed()), "");
    snapshot("live-token-refresh-failed", &mut { lost }.ui);
    snapshot("token-recorded", Ui::demo("delete pods -n dev", "alice").press("T"));
    let mut listing = Ui::loading(COLOR, false);
    listing.state.is_live = true;
    snapshot("live-token-listing", listing.press("T"));
}

/// Whether a secret of the token is on the screen, at any size.
fn is_seen(live: &mut Live, secret: &str) -> bool {
    [(60, 15), (80, 24), (120, 40), (300, 60)].into_iter().any(|(columns, rows)| {
        let joined: String = glyphs(&live.ui.frame(columns, rows)).iter().map(|line| line.trim()).collect();
        joined.contains(secret)
    })
}

/// A piece of the token as it stands, which no part shows.
fn piece() -> String {
    eks("sts.eu-central-1.amazonaws.com")[300..340].to_owned()
}

#[test]
fn the_token_is_seen_for_ten_seconds_and_no_longer() {
    let mut live = of_plugin(COLOR);
    assert!(!is_seen(&mut live, &piece()) && !is_seen(&mut live, &SIGNATURE[..12]));
    let mut live = live.press("x");
    assert!(is_seen(&mut live, &piece()), "{}", live.ui.text(80, 24));
    let Some(Effect::HideLater(number)) = live.ui.effects.pop() else { panic!("it is not hidden again") };
    // the timer of an older showing does not hide a newer one
    live.ui.send(Message::Hide(number - 1));
    assert!(is_seen(&mut live, &piece()));
    live.ui.send(Message::Hide(number));
    assert!(!is_seen(&mut live, &piece()));
    // it is hidden by any of these too
    for keys in ["x", "esc", "enter", "1 T", "c", "8 ["] {
        let mut live = of_plugin(COLOR).press("x");
        assert!(is_seen(&mut live, &piece()));
        let mut live = live.press(keys);
        assert!(!is_seen(&mut live, &piece()) && live.ui.state.revealed.is_none(), "{keys}");
    }
    let given = presented(&jwt(), CredentialKind::Exec, "token");
    let mut live = of_plugin(COLOR).press("x").tell(Event::Presented(Box::new(given)));
    assert!(live.ui.state.revealed.is_none() && !live.ui.text(300, 60).contains("canary"), "another one is not seen by that");
    assert!(!format!("{:?}", live.ui.state).contains(SIGNATURE));
}

#[test]
fn it_is_copied_only_after_asking() {
    let mut live = of_plugin(COLOR).press("y");
    snapshot("live-token-copy", &mut live.ui);
    let is_copied = |live: &Live| live.ui.effects.iter().any(|effect| matches!(effect, Effect::CopySecret(_)));
    for no in ["n", "esc", "q"] {
        let live = of_plugin(COLOR).press("y").press(no);
        assert!(matches!(live.ui.state.overlay, Overlay::None) && !is_copied(&live), "{no}");
    }
    assert!(!is_copied(&live));
    let live = live.press("enter");
    let Some(Effect::CopySecret(secret)) = live.ui.effects.last() else { panic!("{:?}", live.ui.effects) };
    assert_eq!(secret.expose_secret(), eks("sts.eu-central-1.amazonaws.com"));
    assert!(!format!("{:?}", live.ui.effects).contains(SIGNATURE));
    // a certificate has nothing to copy but the command
    let certificate = presented(CERTIFICATE, CredentialKind::Certificate, "certificate CN=alice, O=acme-dev");
    let live = showing(COLOR, User::default(), certificate).press("x y");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Copy { text, .. }) if text == "whycan token show"), "{:?}", live.ui.effects);
}

#[test]
fn seconds_are_counted_while_it_is_shown_and_not_else() {
    fn paces(live: &mut Live) -> Vec<Pace> {
        let pace = |effect| if let Effect::TickLater(pace) = effect { Some(pace) } else { None };
        std::mem::take(&mut live.ui.effects).into_iter().filter_map(pace).collect()
    }
    let mut live = of_plugin(COLOR);
    assert_eq!(paces(&mut live).last(), Some(&Pace::Once), "the time is told at once");
    live.ui.send(Message::Tick(Pace::Once, live.when()));
    assert_eq!(paces(&mut live), [Pace::Counting]);
    let mut live = live.after(1);
    live.ui.send(Message::Tick(Pace::Counting, live.when()));
    assert_eq!(paces(&mut live), [Pace::Counting]);
    let text = live.ui.text(80, 24);
    assert!(text.contains("token ends in 13m 39s") && text.contains("plugin is run again in 12m 39s"), "{text}");
    let mut live = live.press("1");
    live.ui.send(Message::Tick(Pace::Counting, live.when()));
    assert_eq!(paces(&mut live), [], "nothing is counted where nobody looks");
    let certificate = presented(CERTIFICATE, CredentialKind::Certificate, "certificate CN=alice, O=acme-dev");
    let mut live = showing(COLOR, User::default(), certificate);
    live.ui.send(Message::Tick(Pace::Once, live.when()));
    assert_eq!(paces(&mut live).iter().filter(|pace| **pace == Pace::Counting).count(), 0, "half a year needs no seconds");
}

#[test]
fn a_pasted_token_is_taken_apart_and_forgotten() {
    let mut live = of_plugin(COLOR).press("P");
    snapshot("live-token-paste", &mut live.ui);
    live.ui.paste(&jwt());
    assert!(!live.ui.text(300, 60).contains("canary") && !live.ui.text(300, 60).contains(&jwt()[..12]));
    snapshot("live-token-paste-filled", &mut live.ui);
    let mut live = live.press("enter");
    assert_eq!(live.ui.title(), "a pasted token");
    snapshot("live-token-pasted", &mut live.ui);
    let live = live.press("x");
    assert_eq!(live.toast(), "what was pasted is not kept");
    let mut live = live.press("esc");
    assert_eq!((live.ui.title().as_str(), live.ui.state.pasted.is_none()), ("token", true));
    assert!(live.ui.text(80, 24).contains("EKS token of access key AKIAIOSFODNN7EXAMPLE"), "{}", live.ui.text(80, 24));
    // leaving the screen in any other way forgets it too, whatever is looked at again
    let mut live = live;
    live.ui.paste(&jwt());
    let mut live = live.press("enter 8");
    assert!(live.ui.state.pasted.is_none());
    live.ui.press("[");
    assert_eq!(live.ui.title(), "token");
    assert!(!live.ui.text(120, 40).contains("deployer"));
    // a terminal that does not say what is pasted types it
    live.ui.command("token paste").type_in("abcdef.0123456789abcdef").press("enter");
    assert!(live.ui.text(80, 24).contains("bootstrap token"), "{}", live.ui.text(80, 24));
    let live = live.press("P enter");
    assert!(matches!(live.ui.state.overlay, Overlay::Paste(_)), "nothing was pasted");
    let live = live.press("esc");
    assert!(matches!(live.ui.state.overlay, Overlay::None));
    // recorded facts present nobody, and a token can be pasted all the same
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    ui.press("P").paste(&jwt()).press("enter");
    assert!(ui.text(80, 24).contains("service account token of system:serviceaccount:ci:deployer"), "{}", ui.text(80, 24));
}

#[test]
fn the_plugin_runs_on_the_terminal_and_all_is_read_anew() {
    let failed = Live::new().stage(Step::Kubeconfig, Standing::Ready, "").tell(target(with_plugin()));
    let mut live = failed.stage(Step::Credential, Standing::Failed(plugin_failed()), "").press("L");
    let Some(Effect::LogIn(target)) = live.ui.effects.last() else { panic!("{:?}", live.ui.effects) };
    assert_eq!(target.user.exec, Some(exec()));
    live.ui.send(Message::LoggedIn(Ok("EKS token of aws eks get-token".to_owned())));
    assert_eq!(live.toast(), "the plugin gave: EKS token of aws eks get-token");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Refresh)), "{:?}", live.ui.effects);
    live.ui.send(Message::LoggedIn(Err(plugin_failed())));
    assert!(live.toast().ends_with("has expired"), "{}", live.toast());
    let certificate = presented(CERTIFICATE, CredentialKind::Certificate, "certificate CN=alice, O=acme-dev");
    let live = showing(COLOR, User::default(), certificate).press("L");
    assert_eq!(live.toast(), "the context presents nothing that a plugin gives");
}

#[test]
fn what_the_cluster_says_of_it_stands_in_place_of_what_it_says_itself() {
    let service_account = presented(&jwt(), CredentialKind::Exec, "token of aws");
    let gone = Finding {
        code: "account-gone",
        severity: Severity::Error,
        subject: "credential".to_owned(),
        message: "service account ci/deployer does not exist any more".to_owned(),
        fix: Some("Get a token of one that does.".to_owned()),
        source: None,
    };
    let checked = Checked {
        findings: vec![gone],
        skew_seconds: Some(-75),
        is_accepted: Some(false),
        notes: vec!["the keys could not be had: forbidden".to_owned()],
        expected: Expected { now: Some(jiff::Timestamp::from_second(START).unwrap()), ..Expected::default() },
        decoded: service_account.decoded.clone(),
        ..Checked::default()
    };
    let live = showing(COLOR, with_plugin(), service_account);
    let mut live = live.tell(Event::Checked(Box::new(checked.clone())));
    snapshot("live-token-checked", &mut live.ui);
    // a plugin that ran again: its token is there to be read of, and not to be shown or copied
    let other = Decoded::read(eks("sts.eu-central-1.amazonaws.com").as_bytes());
    let mut live = live.tell(Event::Checked(Box::new(Checked { decoded: Some(Arc::new(other)), findings: Vec::new(), ..checked })));
    assert!(live.ui.text(80, 24).contains("EKS token of access key"), "{}", live.ui.text(80, 24));
    let live = live.press("x");
    assert_eq!(live.toast(), "the plugin or the file has given another one since; r reads it");
}

#[test]
fn stages_open_what_they_are_about() {
    let opened = |downs: usize| {
        let live = Live::new().asking().alice().read(crate::support::facts(super::RBAC)).press("g");
        live.press(&"down ".repeat(downs)).press("enter")
    };
    assert_eq!(opened(0).ui.title(), "contexts");
    assert_eq!(opened(1).ui.title(), "token");
    assert!(matches!(opened(4).ui.state.screen(), Screen::Matrix(_)));
    let mut caller = opened(2);
    snapshot("live-walk-caller", &mut caller.ui);
    let mut identity = opened(3);
    snapshot("live-walk-identity", &mut identity.ui);
    let mut back = identity.press("esc");
    assert!(back.ui.text(80, 24).contains("pinned"), "the page is left first");
    assert_eq!(back.press("esc").ui.title(), "contexts");
    // the stage that failed is the one that Enter opens
    let live = Live::new().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").press("enter");
    assert_eq!(live.ui.title(), "token");
}

#[test]
fn somebody_acting_as_another_is_told_so() {
    use whycan::base::Name;
    use whycan::identity::Identity;
    use whycan::source::live::{Caller, CallerSource};
    let oneself = Caller { identity: Identity::literal("root", [Name::new("system:masters")]), from: CallerSource::Review };
    let mut live = Live::new().asking().alice().tell(Event::Oneself(oneself));
    snapshot("live-walk-acting", &mut live.ui);
    snapshot("live-walk-acting-identity", &mut live.press("g down down down enter").ui);
}

#[test]
fn contexts_are_not_said_to_be_none_before_they_are_read() {
    let mut ui = Ui::loading(COLOR, false);
    ui.state.is_live = true;
    assert!(ui.text(80, 24).contains("reading the kubeconfig"), "{}", ui.text(80, 24));
    ui.press("c");
    snapshot("live-contexts-listing", &mut ui);
    ui.send(Message::Contexts(Ok(super::contexts().into())));
    assert_eq!((ui.title().as_str(), ui.state.context.as_deref()), ("contexts", Some("prod")));
    assert!(ui.text(80, 24).contains("prod is current"), "{}", ui.text(80, 24));
    assert!(ui.effects.iter().any(|effect| matches!(effect, Effect::Open { .. })));
    // going back opens nothing anew
    ui.effects.clear();
    ui.press("[");
    assert!(!ui.effects.iter().any(|effect| matches!(effect, Effect::Open { .. })), "{:?}", ui.effects);
    // what is typed meanwhile stays
    let mut ui = Ui::loading(COLOR, false);
    ui.state.is_live = true;
    ui.press("8 :").type_in("why");
    ui.send(Message::Contexts(Ok(super::contexts().into())));
    assert_eq!(ui.title(), "cluster");
    assert!(matches!(ui.state.overlay, Overlay::Command(_)));
}

#[test]
fn time_is_no_part_of_what_is_pasted() {
    let mut live = Live::new().press("T");
    live.elapsed = Duration::from_secs(3);
    live.ui.paste(&eks("sts.eu-central-1.amazonaws.com"));
    let mut live = live.press("enter");
    live.ui.send(Message::Tick(Pace::Once, live.when()));
    assert!(live.ui.text(80, 24).contains("token ends in 13m 37s"), "{}", live.ui.text(80, 24));
}

/// A JSON web token of these claims.
fn token_of(claims: serde_json::Value) -> String {
    let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", encode(json!({ "alg": "RS256", "kid": "k1" })), encode(claims), URL_SAFE_NO_PAD.encode("canary-signature"))
}

#[test]
fn every_way_to_be_authenticated_is_explained_on_the_screen_and_by_whoami() {
    use whycan::identity::methods::Method;
    let legacy = json!({
        "iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:ci:old", "kubernetes.io/serviceaccount/namespace": "ci",
        "kubernetes.io/serviceaccount/secret.name": "old-token", "kubernetes.io/serviceaccount/service-account.name": "old",
        "kubernetes.io/serviceaccount/service-account.uid": "u-4",
    });
    let person = json!({ "iss": "https://login.example", "sub": "alice", "aud": "kubernetes", "exp": START + 3_000 });
    let acting = whycan::kubeconfig::Impersonation { user: Some("bob".to_owned()), ..whycan::kubeconfig::Impersonation::default() };
    let nothing = Presented { kind: CredentialKind::None, ..Presented::default() };
    let basic = Presented { kind: CredentialKind::Basic, description: "user name and password".to_owned(), ..Presented::default() };
    let user = User::default;
    for (method, user, given) in [
        (Method::Certificate, user(), presented(CERTIFICATE, CredentialKind::Certificate, "client certificate")),
        (Method::BoundToken, user(), presented(&jwt(), CredentialKind::Token, "token")),
        (Method::LegacyToken, user(), presented(&token_of(legacy), CredentialKind::Token, "token")),
        (Method::BootstrapToken, user(), presented("abcdef.0123456789abcdef", CredentialKind::Token, "token")),
        (Method::Oidc, user(), presented(&token_of(person), CredentialKind::Token, "token")),
        (Method::EksToken, user(), presented(&eks("sts.eu-central-1.amazonaws.com"), CredentialKind::Exec, "EKS token")),
        (Method::Webhook, user(), presented("s3cr3t-of-a-webhook", CredentialKind::Token, "token")),
        (Method::Basic, user(), basic),
        (Method::Anonymous, user(), nothing.clone()),
        (Method::Impersonation, User { impersonation: acting, ..user() }, nothing),
    ] {
        let mut live = showing(COLOR, user, given);
        if method == Method::Impersonation {
            live = live.tell(Event::Oneself(whycan::source::live::Caller::default()));
        }
        let look = whycan::report::text::Look { width: 10_000, color: false, ascii: true, verbose: false };
        let told = whycan::report::text::whoami(&live.ui.state.walk, &look).render(&look);
        assert!(told.contains(method.taken()) && told.contains(method.ends()), "{method:?}\n{told}");
        // who acts as somebody else presents nothing of that: the walk says it
        if method != Method::Impersonation {
            let shown = live.ui.text(200, 120).split_whitespace().collect::<Vec<_>>().join(" ");
            let beginning: Vec<&str> = method.taken().split_whitespace().take(8).collect();
            assert!(shown.contains(&beginning.join(" ")), "{method:?}\n{shown}");
        }
    }
}
