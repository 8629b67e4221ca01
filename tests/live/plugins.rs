//! The zoo of credential plugins: each that fails is told with the next step, in time, and none leaves anything running.

use std::fs;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::json;
use whycan::base::text::is_harmless;
use whycan::source::kubeconfig;
use whycan::source::live::Connection;

use crate::certificates::Authority;
use crate::fake::{Fake, Front};
use crate::support::{AMPLE, BOUND, fill, options};
use crate::zoo::{animals, kubeconfig as written};

/// For those that never end.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn every_plugin_of_the_zoo() {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
    fill(&fake);
    let folder = tempfile::tempdir().unwrap();
    let pem = base64::engine::general_purpose::STANDARD.encode(authority.pem());
    let cluster = json!({ "server": fake.url(), "certificate-authority-data": pem });
    let file = folder.path().join("config");
    let mark = folder.path().display().to_string();
    for mut animal in animals(folder.path(), "admin") {
        // those that it starts have it too
        animal.exec["env"] = json!([{ "name": "WHYCAN_TEST_ZOO", "value": mark }]);
        fs::write(&file, written(&cluster, &animal.exec)).unwrap();
        let began = Instant::now();
        let limit = if animal.hangs { MOMENT } else { AMPLE };
        let opened = match kubeconfig::load(Some(&file)).and_then(|kubeconfig| kubeconfig::target(&kubeconfig, None)) {
            Ok(target) => Connection::open(&target, &options(limit)).await,
            Err(failure) => Err(failure),
        };
        let name = animal.name;
        match opened {
            Ok((connection, presented)) => {
                assert_eq!(animal.says, "", "{name}");
                connection.version().await.unwrap_or_else(|failure| panic!("{name}: {failure}"));
                let is_over = name.contains("is over");
                assert_eq!(presented.findings.iter().any(|finding| finding.code == "expired"), is_over, "{name}");
            }
            Err(failure) => {
                assert!(!animal.says.is_empty() && failure.message.contains(animal.says), "{name}: {failure}");
                assert!(!failure.hints.is_empty(), "{name}: {failure}");
                assert!(failure.message.chars().all(is_harmless), "{name}: {failure:?}");
            }
        }
        assert!(began.elapsed() < limit + AMPLE, "{name}: {:?}", began.elapsed());
        #[cfg(target_os = "linux")]
        until_gone(&mark, name);
    }
}

/// Waits until nobody runs who has a text in the environment.
#[cfg(target_os = "linux")]
fn until_gone(mark: &str, name: &str) {
    let began = Instant::now();
    let is_there = || {
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let mut environments = processes.filter_map(|process| fs::read(process.path().join("environ")).ok());
        environments.any(|environment| environment.windows(mark.len()).any(|window| window == mark.as_bytes()))
    };
    while is_there() {
        assert!(began.elapsed() < BOUND, "{name} has left something running");
        std::thread::sleep(Duration::from_millis(5));
    }
}
