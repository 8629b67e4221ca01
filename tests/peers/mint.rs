//! `token mint`: the aws command line and aws-iam-authenticator as the peers.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tempfile::TempDir;
use whycan::credential::eks::{self, Verifier, Version};

use crate::aws::{Answer, Aws};
use crate::cluster::program as peer;
use crate::emulator::program;
use crate::oracle::Oracle;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FwoGZXIvYXdzEXAMPLE//token+with/slash==";
const REGIONS: [(&str, &str); 3] = [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")];

/// Credentials of a kind, in the variables that name them.
fn variables(kind: &str) -> Vec<(&'static str, &'static str)> {
    match kind {
        "long-term" => vec![("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET)],
        "session" => {
            vec![("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", SESSION)]
        }
        _ => vec![("AWS_PROFILE", "assumed")],
    }
}

/// A command with nothing of this machine's environment.
fn command(program: &Path, folder: &Path, kind: &str, region: &str) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.current_dir(folder).env_clear().env("PATH", path).env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_CONFIG_FILE", folder.join("config")).env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"));
    command.envs(variables(kind)).env("AWS_DEFAULT_REGION", region);
    command
}

fn whycan(folder: &Path, kind: &str, region: &str) -> Command {
    let mut command = command(Path::new(env!("CARGO_BIN_EXE_whycan")), folder, kind, region);
    command.args(["token", "mint", "--cluster-name", "prod-blue"]);
    command
}

fn aws(folder: &Path, kind: &str, region: &str) -> Command {
    let mut command = command(&program("aws"), folder, kind, region);
    command.args(["eks", "get-token", "--cluster-name", "prod-blue", "--output", "json"]);
    command
}

fn value(output: &Output) -> Value {
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}", said());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said()))
}

fn token(credential: &Value) -> String {
    credential["status"]["token"].as_str().unwrap().to_owned()
}

/// The signed URL of a token.
fn url(token: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.strip_prefix("k8s-aws-v1.").unwrap()).unwrap()).unwrap()
}

fn parameter(url: &str, name: &str) -> String {
    let rest = url.split_once(&format!("{name}=")).unwrap_or_else(|| panic!("{url} has no {name}")).1;
    rest.split('&').next().unwrap().to_owned()
}

/// What the other one says, and what we say in the same second.
fn in_the_same_second(mut theirs: Command, ours: impl Fn() -> Command) -> (Value, Value) {
    for _ in 0..5 {
        let running = thread::spawn(move || {
            let output = theirs.output().unwrap();
            (theirs, output)
        });
        let mut made = Vec::new();
        while !running.is_finished() {
            made.push(value(&ours().output().unwrap()));
            thread::sleep(Duration::from_millis(100));
        }
        let (again, output) = running.join().unwrap();
        theirs = again;
        let given = value(&output);
        // the other one reads its clock twice: once to sign, once for the end, which may lie a second on
        let seconds = |credential: &Value| {
            let end = credential["status"]["expirationTimestamp"].clone();
            (parameter(&url(&token(credential)), "X-Amz-Date"), end)
        };
        if let Some(same) = made.into_iter().find(|made| seconds(made) == seconds(&given)) {
            return (given, same);
        }
    }
    panic!("the two never ran in the same second");
}

/// An STS that lends one role, whose credentials are always the same.
fn lender(folder: &Path) -> Aws {
    let aws = Aws::start(|call| {
        if call.what() != "assume" {
            return Answer::refusal(call, 400, "InvalidAction", "not played");
        }
        let xml = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAROLEROLEROLEROLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>{SESSION}</SessionToken>\
             <Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        );
        Answer::Says(200, "text/xml", xml)
    });
    fs::write(
        folder.join("config"),
        format!(
            "[profile assumed]\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = keys\nrole_session_name = me\n\
             [profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n"
        ),
    )
    .unwrap();
    aws
}

#[test]
#[ignore = "needs the aws command line; tests/peers/venv makes it"]
fn tokens_are_those_of_the_aws_command_line_to_the_byte() {
    let folder = TempDir::new().unwrap();
    let sts = lender(folder.path());
    let mut compared = 0;
    for kind in ["long-term", "session", "assumed"] {
        for (region, _) in REGIONS {
            // the role is asked for at the URL, and the token then names it too, as both have it
            let lent = |mut command: Command| {
                if kind == "assumed" {
                    command.env("AWS_ENDPOINT_URL", sts.url());
                }
                command
            };
            let (theirs, ours) = in_the_same_second(lent(aws(folder.path(), kind, region)), || lent(whycan(folder.path(), kind, region)));
            assert_eq!(url(&token(&ours)), url(&token(&theirs)), "{kind} {region}");
            assert_eq!(ours, theirs, "{kind} {region}");
            compared += 1;
        }
    }
    assert_eq!(compared, 9);
    // a role on top of other credentials, and the setting of old that names the global host
    let role = ["--role-arn", "arn:aws:iam::111122223333:role/dev"];
    let with = |mut command: Command| {
        command.env("AWS_ENDPOINT_URL", sts.url()).args(role);
        command
    };
    let (theirs, ours) = in_the_same_second(with(aws(folder.path(), "long-term", "eu-central-1")), || {
        with(whycan(folder.path(), "long-term", "eu-central-1"))
    });
    assert_eq!(ours, theirs);
    let legacy = |mut command: Command| {
        command.env("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
        command
    };
    for region in ["eu-central-1", "eu-south-1", "us-east-1"] {
        let (theirs, ours) =
            in_the_same_second(legacy(aws(folder.path(), "long-term", region)), || legacy(whycan(folder.path(), "long-term", region)));
        assert_eq!(ours, theirs, "{region}");
    }
    // and what a client asks for is what it gets
    for version in ["v1", "v1beta1", "v1alpha1", "v2"] {
        let information = json!({"apiVersion": format!("client.authentication.k8s.io/{version}"), "kind": "ExecCredential"}).to_string();
        let asked = |mut command: Command| {
            command.env("KUBERNETES_EXEC_INFO", &information);
            value(&command.output().unwrap())["apiVersion"].clone()
        };
        let (theirs, ours) = (aws(folder.path(), "long-term", "eu-west-1"), whycan(folder.path(), "long-term", "eu-west-1"));
        assert_eq!(asked(ours), asked(theirs), "{version}");
    }
}

#[test]
#[ignore = "needs aws-iam-authenticator; tests/peers/build makes it"]
fn tokens_differ_from_the_authenticators_in_what_does_not_count() {
    let folder = TempDir::new().unwrap();
    for kind in ["long-term", "session"] {
        let mut theirs = command(&peer("aws-iam-authenticator"), folder.path(), kind, "eu-central-1");
        theirs.args(["token", "-i", "prod-blue", "--region", "eu-central-1"]).env("AWS_REGION", "eu-central-1");
        let (theirs, ours) = in_the_same_second(theirs, || whycan(folder.path(), kind, "eu-central-1"));
        let sorted = |credential: &Value| {
            let url = url(&token(credential));
            let (host, query) = url.split_once('?').unwrap();
            let counts = |part: &&str| !part.starts_with("X-Amz-Expires=") && !part.starts_with("X-Amz-Signature=");
            let mut parts: Vec<String> = query.split('&').filter(counts).map(str::to_owned).collect();
            parts.sort();
            (host.to_owned(), parts)
        };
        assert_eq!(sorted(&ours), sorted(&theirs), "{kind}");
    }
}

#[test]
#[ignore = "needs the oracle; tests/peers/build makes it"]
fn the_authenticators_verifier_takes_our_tokens() {
    let folder = TempDir::new().unwrap();
    let mut oracle = Oracle::start();
    for kind in ["long-term", "session"] {
        for (region, partition) in REGIONS {
            let token = token(&value(&whycan(folder.path(), kind, region).output().unwrap()));
            let arn = format!("arn:{partition}:sts::111122223333:assumed-role/dev/me");
            let question = |cluster: &str, secret: &str| {
                json!({
                    "op": "token", "token": token, "cluster": cluster, "partition": partition, "region": region, "secret": secret,
                    "arn": arn, "account": "111122223333", "userId": "AROAEXAMPLE:me",
                })
            };
            let mut ask = |question: Value| {
                oracle.ask(question);
                oracle.answer()
            };
            let taken = ask(question("prod-blue", SECRET));
            assert_eq!(taken["identity"]["canonicalArn"], format!("arn:{partition}:iam::111122223333:role/dev"), "{kind} {region} {taken}");
            for (cluster, secret) in [("prod-green", SECRET), ("prod-blue", "another")] {
                let refused = ask(question(cluster, secret));
                let text = refused["refused"].as_str().unwrap_or_else(|| panic!("{refused}"));
                assert!(text.contains("SignatureDoesNotMatch"), "{text}");
            }
        }
    }
}

#[test]
#[ignore = "needs the oracle; tests/peers/build makes it"]
fn broken_tokens_are_refused_for_the_reason_that_is_named_here() {
    let folder = TempDir::new().unwrap();
    let whole = token(&value(&whycan(folder.path(), "session", "eu-central-1").output().unwrap()));
    let good = url(&whole);
    let of = |url: &str| format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url));
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{good} has no {from}");
        of(&good.replacen(from, to, 1))
    };
    let date = parameter(&good, "X-Amz-Date");
    let broken = [
        good.clone(),
        whole.replace("k8s-aws-v1.", "k8s-aws-v2."),
        whole.replace("k8s-aws-v1.", ""),
        format!("{whole}="),
        // cut short where no number of bytes ends
        whole[..whole.len() - (whole.len() - "k8s-aws-v1.".len() + 3) % 4].to_owned(),
        format!("{whole}!"),
        whole.repeat(8),
        changed("https://", "http://"),
        changed("https://", "://"),
        changed("sts.eu-central-1.amazonaws.com", "sts.evil.example"),
        changed("sts.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com.evil.example"),
        changed("sts.eu-central-1.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn"),
        changed("sts.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com:444"),
        changed("/?", "/path?"),
        changed("Action=GetCallerIdentity", "Action=AssumeRole"),
        changed("Action=GetCallerIdentity", "Action=GetCallerIdentity&action=GetCallerIdentity"),
        changed("Version=2011-06-15", "Version=2011-06-15&Policy=x"),
        changed("Version=2011-06-15", "Version=2011-06-15;x=y"),
        changed("X-Amz-SignedHeaders=host%3Bx-k8s-aws-id", "X-Amz-SignedHeaders=host"),
        changed("X-Amz-Expires=60", "X-Amz-Expires=901"),
        changed("X-Amz-Expires=60", "X-Amz-Expires=soon"),
        changed(&format!("X-Amz-Date={date}"), "X-Amz-Date=today"),
        changed(&format!("&X-Amz-Date={date}"), ""),
        changed(&format!("X-Amz-Date={date}"), "X-Amz-Date=20200101T000000Z"),
    ];
    let verifier = Verifier {
        partition: Some("aws".to_owned()),
        region: Some("eu-central-1".to_owned()),
        now: Some(jiff::Timestamp::now()),
        version: Version::V0_6_13,
    };
    let mut oracle = Oracle::start();
    let mut named = std::collections::BTreeSet::new();
    for token in &broken {
        oracle.ask(json!({
            "op": "token", "token": token, "cluster": "prod-blue", "partition": "aws", "region": "eu-central-1", "secret": SECRET,
            "arn": "arn:aws:iam::111122223333:user/a", "account": "111122223333", "userId": "AIDA",
        }));
        let answer = oracle.answer();
        let theirs = answer["refused"].as_str().unwrap_or_else(|| panic!("{token} is taken: {answer}"));
        let checks = eks::check(&eks::Token::read(token), &verifier);
        let ours = eks::refusal(&checks).unwrap_or_else(|| panic!("{theirs} is not found: {token}"));
        // what is secret in it is not repeated here
        let secrets = ["X-Amz-Signature", "X-Amz-Security-Token"].map(|name| parameter(&good, name));
        let theirs = secrets.iter().fold(theirs.to_owned(), |text, secret| text.replace(secret.as_str(), "…"));
        // of two names in two spellings Go names either
        assert!(theirs.to_lowercase().ends_with(&ours.to_lowercase()), "theirs: {theirs}\nours:   {ours}");
        named.insert(ours.to_owned());
    }
    assert!(broken.len() >= 20 && named.len() >= 14, "{named:#?}");
}
