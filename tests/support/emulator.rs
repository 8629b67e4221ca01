//! AWS as an emulator on loopback: ministack, or moto where pages are wanted. An access key of twelve digits is an account.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use crate::cluster::LIMIT;
use crate::guarded::Guarded;

/// A running emulator. Nothing of it is left when the test ends, however it ends.
pub struct Emulator {
    process: Guarded,
    /// Where it listens, on loopback.
    pub port: u16,
    _folder: TempDir,
}

/// A program that `tests/peers/venv` installed.
pub fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("WHYCAN_AWS_PEERS").expect("WHYCAN_AWS_PEERS names the folder that tests/peers/venv prints");
    let program = Path::new(&folder).join(name);
    assert!(program.exists(), "{} is not there; tests/peers/venv installs it", program.display());
    program
}

impl Emulator {
    /// EKS, STS and IAM.
    pub fn ministack() -> Self {
        Self::start("/_ministack/health", |port, folder| {
            // without these it listens on all interfaces
            let mut words = vec!["BIND_HOST=127.0.0.1".to_owned(), "IOT_MTLS_ENABLED=0".to_owned(), "SERVICES=eks,sts,iam".to_owned()];
            words.extend([format!("GATEWAY_PORT={port}"), format!("HOME={folder}"), program("ministack").display().to_string()]);
            words
        })
    }

    /// EKS, STS and IAM that check signatures, and the URL of the token webhook of a cluster: `ACCOUNT/REGION/NAME`.
    pub fn account(cluster: &str) -> (Self, String) {
        // the secret in the webhook's URL is random unless it is made known beforehand; nothing else is changed
        const START: &str = "\
import secrets, sys, types
from ministack.services import eks
known = sys.argv.pop(1)
eks.secrets = types.SimpleNamespace(token_urlsafe=lambda n: known, compare_digest=secrets.compare_digest)
from ministack import app
app.main()
";
        const SECRET: &str = "0123456789abcdefghij";
        let python = program("ministack").canonicalize().unwrap().with_file_name("python3");
        let emulator = Self::start("/_ministack/health", |port, folder| {
            let script = Path::new(folder).join("start.py");
            std::fs::write(&script, START).unwrap();
            let mut words = vec!["BIND_HOST=127.0.0.1".to_owned(), "IOT_MTLS_ENABLED=0".to_owned(), "SERVICES=eks,sts,iam".to_owned()];
            words.extend(["AUTH=true", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"].map(str::to_owned));
            words.extend([format!("GATEWAY_PORT={port}"), format!("HOME={folder}"), python.display().to_string()]);
            words.extend([script.display().to_string(), SECRET.to_owned()]);
            words
        });
        let webhook = format!("{}/_ministack/eks-auth/{cluster}/{SECRET}", emulator.url());
        (emulator, webhook)
    }

    /// EKS with lists in pages.
    pub fn moto() -> Self {
        Self::start("/moto-api/", |port, folder| {
            let server = program("moto_server").display().to_string();
            [format!("HOME={folder}"), server, "-H".to_owned(), "127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()].into()
        })
    }

    fn start(health: &str, words: impl Fn(u16, &str) -> Vec<String>) -> Self {
        let folder = TempDir::with_prefix("whycan-emulator-").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let words = words(port, &folder.path().display().to_string());
        let process = Guarded::start(Path::new("/usr/bin/env"), words, &folder.path().join("log"), Some(folder.path()));
        let mut emulator = Self { process, port, _folder: folder };
        let began = Instant::now();
        while !emulator.call("GET", ("", ""), health, "").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            assert!(
                !emulator.process.has_ended() && began.elapsed() < LIMIT,
                "the emulator does not start: {}",
                emulator.process.last_words()
            );
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        emulator
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes a cluster of an account in a region.
    pub fn create(&self, account: &str, region: &str, name: &str) {
        let body = serde_json::json!({
            "name": name, "roleArn": format!("arn:aws:iam::{account}:role/cluster"), "resourcesVpcConfig": {"subnetIds": ["subnet-1"]},
        });
        self.post(account, region, "/clusters", &body);
    }

    /// A call of EKS that must be answered.
    pub fn post(&self, account: &str, region: &str, path: &str, body: &serde_json::Value) {
        let answer = self.call("POST", (account, region), path, &body.to_string()).unwrap_or_default();
        assert!(answer.starts_with("HTTP/1.1 200"), "{path} {body}: {answer}");
    }

    /// A call of EKS; none where nobody listens.
    fn call(&self, method: &str, (account, region): (&str, &str), path: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={account}/20260301/{region}/eks/aws4_request, SignedHeaders=host, Signature=0\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}
