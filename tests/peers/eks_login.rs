//! A login as EKS has it: an emulator of AWS is the account and the API server's token webhook, our own plugin makes the tokens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cluster::{Cluster, Setup};
use crate::emulator::{Emulator, program};

pub const ACCOUNT: &str = "000000000000";
pub const REGION: &str = "eu-west-1";
pub const NAME: &str = "acme";

/// An account with a cluster, and a real API server that is the cluster.
pub struct Eks {
    pub emulator: Emulator,
    pub cluster: Cluster,
    pub folder: TempDir,
}

impl Eks {
    async fn start() -> Self {
        let (emulator, webhook) = Emulator::account(&format!("{ACCOUNT}/{REGION}/{NAME}"));
        let cluster = Cluster::start(&Setup { webhook: Some(&webhook), ..Setup::default() }).await;
        let eks = Self::with(emulator, cluster, "API_AND_CONFIG_MAP");
        eks.aws(&["eks", "create-access-entry", "--cluster-name", NAME, "--principal-arn", &dev(), "--kubernetes-groups", "dev-readers"]);
        eks
    }

    /// The cluster with an authentication mode, and a role with a path; nobody is let in.
    pub fn with(emulator: Emulator, cluster: Cluster, mode: &str) -> Self {
        let eks = Self { emulator, cluster, folder: TempDir::new().unwrap() };
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]});
        let trust = trust.to_string();
        eks.aws(&["iam", "create-role", "--role-name", "cluster", "--assume-role-policy-document", &trust]);
        let role = format!("arn:aws:iam::{ACCOUNT}:role/cluster");
        eks.aws(&[
            "eks",
            "create-cluster",
            "--name",
            NAME,
            "--role-arn",
            &role,
            "--resources-vpc-config",
            "subnetIds=subnet-1",
            "--access-config",
            &format!("authenticationMode={mode}"),
        ]);
        eks.aws(&["iam", "create-role", "--path", "/team/", "--role-name", "dev", "--assume-role-policy-document", &trust]);
        eks
    }

    /// The aws command line as the account's root.
    pub fn aws(&self, arguments: &[&str]) -> Value {
        let mut command = self.command(&program("aws"), &ROOT);
        let output = command.args(arguments).args(["--output", "json"]).output().unwrap();
        assert!(output.status.success(), "aws {arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    pub fn command(&self, program: &Path, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.folder.path());
        command.env("AWS_DEFAULT_REGION", REGION).env("AWS_ENDPOINT_URL", self.emulator.url()).envs(variables.iter().copied());
        command
    }

    /// A kubeconfig whose user assumed the role, with our plugin for a cluster of this name.
    pub fn kubeconfig(&self, session: &str, cluster: &str) -> PathBuf {
        let assumed = self.aws(&["sts", "assume-role", "--role-arn", &dev(), "--role-session-name", session]);
        let credentials = &assumed["Credentials"];
        let text = |key: &str| credentials[key].as_str().unwrap().to_owned();
        let mut value: Value = serde_yaml::from_str(&fs::read_to_string(self.cluster.bearer("none")).unwrap()).unwrap();
        let arn = format!("arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{NAME}");
        value["clusters"][0]["name"] = json!(arn);
        value["contexts"][0]["context"]["cluster"] = json!(arn);
        value["users"][0]["user"] = json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": env!("CARGO_BIN_EXE_whycan"),
            "args": ["token", "mint", "--cluster-name", cluster, "--region", REGION],
            "env": [
                {"name": "AWS_ACCESS_KEY_ID", "value": text("AccessKeyId")},
                {"name": "AWS_SECRET_ACCESS_KEY", "value": text("SecretAccessKey")},
                {"name": "AWS_SESSION_TOKEN", "value": text("SessionToken")},
                // the token names the real STS, which nobody calls: the emulator makes the signature once more
                {"name": "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "value": "true"},
            ],
            "interactiveMode": "Never",
        }});
        let path = self.folder.path().join(format!("{session}-{cluster}"));
        fs::write(&path, serde_yaml::to_string(&value).unwrap()).unwrap();
        path
    }

    fn whoami(&self, kubeconfig: &Path) -> (Value, i32) {
        self.whycan(kubeconfig, &["whoami"], &[])
    }

    /// What the program says, as JSON, and its exit status.
    pub fn whycan(&self, kubeconfig: &Path, words: &[&str], variables: &[(&str, &str)]) -> (Value, i32) {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_whycan")), variables);
        let output = command.env("KUBECONFIG", kubeconfig).args(words).args(["-o", "json"]).output().unwrap();
        let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
        (value, output.status.code().unwrap())
    }
}

/// The keys of the account's root.
pub const ROOT: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

/// The role, as IAM has it.
pub fn dev() -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/team/dev")
}

pub fn said(output: &Output) -> String {
    format!("{}{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr), output.status)
}

/// How a stage stands, and what it says.
pub fn stage<'a>(value: &'a Value, name: &str) -> (&'a str, &'a str) {
    let stage = value["stages"].as_array().unwrap().iter().find(|stage| stage["name"] == name).unwrap_or_else(|| panic!("{value}"));
    (stage["state"].as_str().unwrap(), stage["message"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers, the aws command line and the emulator"]
async fn our_token_logs_in_and_each_failure_has_its_cause() {
    let eks = Eks::start().await;
    let kubeconfig = eks.kubeconfig("me@example.com", NAME);
    // kubectl takes our plugin's word
    let kubectl = eks.cluster.kubectl(&kubeconfig, &["auth", "whoami", "-o", "json"]);
    let theirs: Value = serde_json::from_slice(&kubectl.stdout).unwrap_or_else(|_| panic!("{}", said(&kubectl)));
    let theirs = &theirs["status"]["userInfo"];
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/dev/me@example.com");
    let (ours, status) = eks.whoami(&kubeconfig);
    assert_eq!(status, 0, "{ours}");
    assert_eq!(ours["server"]["username"], theirs["username"]);
    assert_eq!(ours["server"]["groups"], theirs["groups"]);
    // and STS takes the token itself
    assert_eq!((ours["caller"]["arn"].as_str(), ours["caller"]["account"].as_str()), (Some(arn.as_str()), Some(ACCOUNT)));
    assert_eq!(stage(&ours, "caller"), ("ready", arn.as_str()));

    // made for another cluster: the API server says 401 and no more
    let (other, status) = eks.whoami(&eks.kubeconfig("me@example.com", "another"));
    assert_eq!(status, 4);
    assert_eq!(stage(&other, "caller"), ("failed", "STS refuses the token for cluster `acme` (SignatureDoesNotMatch)"));
    assert!(stage(&other, "identity").1.contains("401"), "{other}");

    // not mapped any more: AWS still knows who that is
    eks.aws(&["eks", "delete-access-entry", "--cluster-name", NAME, "--principal-arn", &dev()]);
    let (gone, status) = eks.whoami(&eks.kubeconfig("later", NAME));
    assert_eq!(status, 4);
    assert_eq!(stage(&gone, "caller").0, "ready");
    assert!(stage(&gone, "identity").1.contains("401"), "{gone}");
}
