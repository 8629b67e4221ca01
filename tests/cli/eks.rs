//! `whycan eks` against AWS as a script, on loopback.

mod add;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::aws::{Answer, Aws, Call};
use crate::certificates::Authority;
use crate::support::{Run, Whycan, whycan};

/// A folder with the AWS config file; every profile of keys has its own name as access key.
struct Home(TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), config).unwrap();
        Self(folder)
    }

    /// Profiles of keys alone.
    fn keys(names: &[&str]) -> Self {
        Self::new(&names.iter().map(|name| keys(name)).collect::<String>())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.path().join(name), text).unwrap();
        self.path(name)
    }

    /// A run to be, with AWS at a server.
    fn to(&self, url: &str, words: &[&str]) -> Whycan {
        Whycan::new(words)
            .env("AWS_CONFIG_FILE", &self.path("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", &self.path("credentials"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", url)
            .env("PATH", "/usr/bin:/bin")
    }

    fn run(&self, aws: &Aws, words: &[&str]) -> Run {
        self.to(&aws.url(), words).run()
    }
}

fn keys(name: &str) -> String {
    format!("[profile {name}]\nregion = eu-central-1\naws_access_key_id = {name}\naws_secret_access_key = hunter2hunter2\n")
}

/// An account with a cluster in eu-central-1, two in us-east-1 and none elsewhere.
fn acme(call: &Call) -> Answer {
    match (call.what(), call.region.as_str()) {
        ("caller", _) => Answer::caller("111122223333"),
        ("list", "eu-central-1") => Answer::names(&["blue"]),
        ("list", "us-east-1") => Answer::names(&["red", "green"]),
        ("list", _) => Answer::names(&[]),
        ("describe", _) => Answer::cluster(call, "111122223333"),
        _ => Answer::Close,
    }
}

const KUBECONFIG: &str = "
contexts: [{name: prod, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'https://blue.gr7.eu-central-1.eks.amazonaws.com'}}]
";

#[test]
fn one_place() {
    let (aws, home) = (Aws::start(acme), Home::keys(&["prod"]));
    let kubeconfig = home.write("kubeconfig", KUBECONFIG);
    let list =
        |words: &[&str]| home.to(&aws.url(), &[&["eks", "list", "--profile", "prod"], words].concat()).env("KUBECONFIG", &kubeconfig).run();
    assert_snapshot!(list(&[]));
    assert_snapshot!(list(&["-o", "json"]));
    assert_snapshot!(list(&["--region", "us-east-1"]));
    assert_snapshot!(list(&["--region", "eu-west-1"]));
    assert_snapshot!(list(&["--region", "eu-west-1", "--ascii", "-v"]));
}

#[test]
fn many_places() {
    let aws = Aws::start(|call| match call.key.as_str() {
        "dev" if call.service == "eks" => Answer::refusal(
            call,
            403,
            "AccessDeniedException",
            &denied("dev", "no identity-based policy allows the eks:ListClusters action"),
        ),
        _ => acme(call),
    });
    let home = Home::new(&format!("{}{}[profile empty]\nregion = eu-central-1\n", keys("prod"), keys("dev")));
    let regions = ["--region", "us-east-1", "eu-west-1", "eu-central-1"];
    let run = home.run(&aws, &[&["eks", "list", "--all-profiles", "-o", "markdown"], &regions[..]].concat());
    assert_snapshot!(run);
    // what holds for a profile in every region is told once
    let text = home.run(&aws, &[&["eks", "list", "--all-profiles"], &regions[..]].concat());
    assert_eq!(text.stdout.matches("profile empty holds no credentials").count(), 1, "{text}");
    assert!(text.stdout.contains("The reasons above hold in 2 other places too"), "{text}");
    assert!(text.stdout.contains("3 clusters in 2 of 9 places; 3 denied and 3 failed"), "{text}");
}

fn denied(who: &str, because: &str) -> String {
    format!("User: arn:aws:iam::111122223333:user/{who} is not authorized to perform: eks:ListClusters on resource: * because {because}")
}

#[test]
fn output_is_as_its_schema_says() {
    let (aws, home) = (Aws::start(acme), Home::keys(&["prod"]));
    let validator = jsonschema::validator_for(&whycan(&["schema", "eks", "list"]).json()).unwrap();
    let words = ["eks", "list", "--profile", "prod", "--region", "us-east-1", "eu-west-1"];
    let json = home.run(&aws, &[&words[..], &["-o", "json"]].concat());
    let mut lines: Vec<serde_json::Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let yaml = home.run(&aws, &[&words[..], &["-o", "yaml"]].concat());
    let documents = serde_yaml::Deserializer::from_str(&yaml.stdout);
    let mut same: Vec<serde_json::Value> = documents.map(|document| serde::Deserialize::deserialize(document).unwrap()).collect();
    for list in [&mut lines, &mut same] {
        list.sort_by_key(|place| place["region"].to_string());
    }
    assert_eq!((lines.len(), &lines), (2, &same));
    assert!(lines.iter().all(|line| validator.is_valid(line)), "{json}");
    let whole = jsonschema::validator_for(&whycan(&["schema"]).json()).unwrap();
    assert!(lines.iter().all(|line| whole.is_valid(line)), "{json}");
    assert!(!validator.is_valid(&serde_json::json!({"profile": "a"})), "the schema takes anything");
}

#[test]
fn each_failure_has_its_sentence() {
    let aws = Aws::start(|call| {
        let refuse = |status, code, message: &str| Answer::refusal(call, status, code, message);
        match call.key.as_str() {
            "denied" if call.service == "eks" => {
                refuse(403, "AccessDeniedException", &denied("me", "no identity-based policy allows the eks:ListClusters action"))
            }
            "expired" => refuse(403, "ExpiredTokenException", "The security token included in the request is expired"),
            "skewed" => {
                refuse(403, "InvalidSignatureException", "Signature not yet current: 20260301T121500Z is still later than 20260301T120000Z")
            }
            "deleted" if call.service == "sts" => {
                refuse(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
            }
            "deleted" | "abroad" if call.service == "eks" => {
                refuse(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            "throttled" if call.service == "eks" => refuse(429, "ThrottlingException", "Rate exceeded"),
            "page" => Answer::Says(302, "text/html", "<title>Sign in</title>".to_owned()),
            "garbled" if call.service == "eks" => Answer::Says(200, "application/json", "<html>".to_owned()),
            "broken" if call.service == "eks" => Answer::Close,
            "hanging" if call.service == "eks" => Answer::Silence,
            "half" if call.what() == "describe" && call.path.ends_with("red") => {
                refuse(403, "AccessDeniedException", &denied("me", "x").replace("ListClusters", "DescribeCluster"))
            }
            "trusted" if call.what() == "assume" => {
                refuse(403, "AccessDenied", &denied("me", "x").replace("eks:ListClusters", "sts:AssumeRole"))
            }
            _ => acme(call),
        }
    });
    let keyed =
        ["denied", "expired", "skewed", "deleted", "abroad", "throttled", "page", "garbled", "broken", "hanging", "half", "trusted"];
    let mut config: String = keyed.iter().map(|name| keys(name)).collect();
    config.push_str(
        "[profile login]\nsso_session = work\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [sso-session work]\nsso_region = eu-central-1\nsso_start_url = https://acme.awsapps.com/start\n\
         [profile old-login]\nsso_region = eu-central-1\nsso_start_url = https://acme.awsapps.com/start\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile code]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = denied\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n\
         [profile role]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = trusted\n\
         [profile new-login]\nlogin_session = arn:aws:iam::111122223333:user/me\n\
         [profile process]\ncredential_process = echo 'log in first' >&2; exit 3\n\
         [profile odd-process]\ncredential_process = echo hunter2hunter2\n\
         [profile slow-process]\ncredential_process = sleep 1000\n\
         [profile loop]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = pool\n[profile pool]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = loop\n\
         [profile bundle]\nca_bundle = /nowhere/ca.pem\naws_access_key_id = x\naws_secret_access_key = hunter2hunter2\n\
         [profile placeless]\naws_access_key_id = placeless\naws_secret_access_key = hunter2hunter2\n",
    );
    let home = Home::new(&config);
    let others = ["login", "old-login", "code", "role", "new-login", "process", "odd-process", "slow-process", "loop", "bundle"];
    let told = |profile: &str| {
        let region = match profile {
            "abroad" => "af-south-1",
            "half" => "us-east-1",
            _ => "eu-central-1",
        };
        let run = home.run(&aws, &["eks", "list", "--profile", profile, "--region", region, "--timeout", "5s"]);
        assert_eq!(run.status, if profile == "half" { 0 } else { 4 }, "{run}");
        assert!(run.stderr.is_empty() && !run.stdout.contains("hunter2"), "{run}");
        format!("{run}\n\n")
    };
    // side by side, since some of them take their time
    let mut told: String = std::thread::scope(|scope| {
        let names = keyed.iter().chain(&others).filter(|name| **name != "trusted");
        let mut running = Vec::new();
        running.extend(names.map(|name| scope.spawn(|| told(name))));
        running.into_iter().map(|running| running.join().unwrap()).collect()
    });
    told.push_str(&home.run(&aws, &["eks", "list", "--profile", "placeless"]).to_string());
    assert_snapshot!(told);
}

#[test]
fn no_credentials_and_no_such_profile() {
    let (aws, home) = (Aws::start(acme), Home::keys(&["prod"]));
    assert_snapshot!(home.run(&aws, &["eks", "list", "--region", "eu-central-1"]));
    assert_snapshot!(home.run(&aws, &["eks", "list", "--profile", "prd"]));
    assert_snapshot!(home.run(&aws, &["eks", "list", "--region", "evil.example/"]));
    assert_snapshot!(home.run(&aws, &["eks", "list", "--offline"]));
    assert_snapshot!(home.run(&aws, &["eks", "list", "--demo"]));
    assert_eq!(aws.calls().len(), 0);
}

#[test]
fn credentials_of_the_environment_are_taken_unless_a_profile_is_named() {
    let (aws, home) = (Aws::start(acme), Home::keys(&["prod"]));
    let keys = |words: &[&str]| {
        let run =
            home.to(&aws.url(), words).env("AWS_ACCESS_KEY_ID", "env").env("AWS_SECRET_ACCESS_KEY", "x").env("AWS_PROFILE", "prod").run();
        assert_eq!(run.status, 0, "{run}");
        aws.calls().last().unwrap().key.clone()
    };
    assert_eq!(keys(&["eks", "list"]), "env");
    assert_eq!(keys(&["eks", "list", "--profile", "prod"]), "prod");
}

#[test]
fn a_process_gives_credentials_and_a_role_is_assumed_with_them() {
    let aws = Aws::start(|call| match call.what() {
        "assume" => Answer::Says(
            200,
            "text/xml",
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>assumed</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
                .to_owned(),
        ),
        _ => acme(call),
    });
    let home = Home::new(
        "[profile base]\nregion = eu-central-1\ncredential_process = \
         echo '{\"Version\": 1, \"AccessKeyId\": \"printed\", \"SecretAccessKey\": \"s\"}'\n\
         [profile dev]\nregion = eu-central-1\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = base\nexternal_id = 7\n",
    );
    let run = home.run(&aws, &["eks", "list", "--profile", "dev"]);
    assert_eq!(run.status, 0, "{run}");
    let calls: Vec<(String, String)> = aws.calls().into_iter().map(|call| (call.what().to_owned(), call.key)).collect();
    let expected =
        [("assume", "printed"), ("list", "assumed"), ("describe", "assumed")].map(|(what, key)| (what.to_owned(), key.to_owned()));
    assert_eq!(calls, expected, "the account is the role's: STS is not asked for it");
    assert!(aws.calls()[0].body.contains("ExternalId=7"));
}

#[test]
fn pages_are_read_to_the_end_few_at_once() {
    let names: Vec<String> = (0..210).map(|number| format!("c{number:03}")).collect();
    let aws = Aws::slow(Duration::from_millis(3), move |call| match call.what() {
        "list" => {
            let from: usize =
                call.path.split("nextToken=").nth(1).and_then(|rest| rest.split('&').next()).map_or(0, |token| token.parse().unwrap());
            let next = (from + 100 < names.len()).then(|| (from + 100).to_string());
            let page: Vec<&String> = names.iter().skip(from).take(100).collect();
            Answer::json(serde_json::json!({"clusters": page, "nextToken": next}).to_string())
        }
        _ => acme(call),
    });
    let profiles = ["a", "b", "c", "d", "e"];
    let home = Home::keys(&profiles);
    let run = home.run(&aws, &["eks", "list", "--all-profiles", "-o", "json"]);
    let counts: Vec<usize> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["clusters"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [210; 5]);
    // the profiles are of one account, whose limit it is
    let (in_all, _) = aws.most();
    assert!((2..=3 + profiles.len()).contains(&in_all), "{in_all} calls at once");
    let of_many = Home::keys(&profiles);
    let aws = Aws::slow(Duration::from_millis(5), |call| {
        if call.what() == "caller" { Answer::caller(&format!("{:012}", call.key.as_bytes()[0])) } else { acme(call) }
    });
    let run = of_many.run(&aws, &["eks", "list", "--all-profiles", "--all-regions", "-o", "json"]);
    assert_eq!(run.stdout.lines().count(), 5 * 34, "{run}");
    let (in_all, of_one) = aws.most();
    assert!(in_all <= 16 && of_one <= 3, "{in_all} calls at once, {of_one} in one account and region");
}

#[test]
fn throttling_that_passes_is_not_told() {
    let tries = AtomicUsize::new(0);
    let aws = Aws::start(move |call| match call.what() {
        "list" if tries.fetch_add(1, Ordering::SeqCst) == 0 => Answer::refusal(call, 429, "ThrottlingException", "Rate exceeded"),
        _ => acme(call),
    });
    let run = Home::keys(&["prod"]).run(&aws, &["eks", "list", "--profile", "prod"]);
    assert!(run.status == 0 && run.stdout.contains("blue"), "{run}");
}

#[test]
fn a_place_is_told_while_another_hangs_and_an_interruption_ends_it() {
    let aws = Aws::start(|call| if call.region == "us-east-1" { Answer::Silence } else { acme(call) });
    let home = Home::keys(&["prod"]);
    let words = ["eks", "list", "--profile", "prod", "--region", "eu-central-1", "us-east-1", "-o", "json", "--timeout", "1m"];
    let (first, status, took) = home.to(&aws.url(), &words).interrupt(|first| !first.is_empty());
    assert!(first.contains("\"eu-central-1\""), "{first}");
    assert_eq!(status, 4);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn an_interruption_ends_the_process_of_a_profile() {
    let aws = Aws::start(acme);
    let home = Home::new(&keys("prod"));
    let pid = home.path("pid");
    home.write(
        "config",
        &format!(
            "{}[profile slow]\nregion = eu-central-1\ncredential_process = echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 1000\n",
            keys("prod")
        ),
    );
    let words = ["eks", "list", "--profile", "prod", "slow", "-o", "json", "--timeout", "1m"];
    let (_, status, _) = home.to(&aws.url(), &words).interrupt(|_| Path::new(&pid).exists());
    assert_eq!(status, 4);
    let pid = std::fs::read_to_string(&pid).unwrap();
    let began = Instant::now();
    while Path::new(&format!("/proc/{}", pid.trim())).exists() {
        assert!(began.elapsed() < Duration::from_secs(10), "the process of the profile goes on");
        std::thread::yield_now();
    }
}

#[test]
fn an_authority_of_ones_own_and_a_proxy() {
    let authority = Authority::new();
    let aws = Aws::tls(&authority.server(), acme);
    let home = Home::keys(&["prod"]);
    let words = ["eks", "list", "--profile", "prod"];
    assert_snapshot!(home.run(&aws, &words));
    let bundle = home.write("ca.pem", &authority.pem());
    let trusting = home.to(&aws.url(), &words).env("AWS_CA_BUNDLE", &bundle).run();
    assert_eq!(trusting.status, 0, "{trusting}");
    home.write("config", &format!("{}ca_bundle = {bundle}\n", keys("prod")));
    assert_eq!(home.run(&aws, &words).status, 0);
    let other = home.write("other.pem", &Authority::new().pem());
    let run = home.to(&aws.url(), &words).env("AWS_CA_BUNDLE", &other).run();
    assert!(run.stdout.contains("other.pem` does not hold it"), "{run}");

    let proxy = Aws::start(acme);
    let through = home.to("http://aws.invalid", &words).env("HTTP_PROXY", &proxy.url()).run();
    assert!(through.status == 0 && through.stdout.contains("blue"), "{through}");
    assert_snapshot!(home.to("http://127.0.0.1:9", &words).run());
}

#[test]
fn seen_regions_are_looked_at_too() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let aws = Aws::start(move |call| {
        if call.what() == "list" {
            kept.lock().unwrap().push(call.region.clone());
        }
        acme(call)
    });
    let home = Home::keys(&["prod"]);
    let kubeconfig = home.write("kubeconfig", "clusters: [{name: 'arn:aws:eks:xx-new-7:111122223333:cluster/a', cluster: {server: x}}]");
    let run = home.to(&aws.url(), &["eks", "list", "--profile", "prod", "--all-regions"]).env("KUBECONFIG", &kubeconfig).run();
    assert_eq!(run.status, 0, "{run}");
    let seen = seen.lock().unwrap();
    assert!(seen.contains(&"xx-new-7".to_owned()) && seen.len() == 35, "{seen:?}");
}
