//! Every verdict compared with Kubernetes' own code, on generated cases: in process, and in a real cluster.
//!
//! `.ci/run` builds the peers and runs these; by hand:
//! `WHYCAN_PEERS=$(tests/peers/build) WHYCAN_AWS_PEERS=$(tests/peers/venv) cargo test --release --test peers -- --ignored`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by panicking, and tells its counts"
)]

#[allow(dead_code, reason = "the tests of live clusters use the rest")]
#[path = "../support/account.rs"]
mod account;
#[allow(dead_code, reason = "the tests of the command line use the rest")]
#[path = "../support/aws.rs"]
mod aws;
#[path = "../support/certificates.rs"]
mod certificates;
#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/emulator.rs"]
mod emulator;
#[allow(dead_code, reason = "the tests of live clusters use the rest")]
#[path = "../support/fake.rs"]
mod fake;
#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/issuer.rs"]
mod issuer;
#[path = "../support/kubeconfigs.rs"]
mod kubeconfigs;
#[path = "../support/nodes.rs"]
mod nodes;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/planted.rs"]
mod planted;
#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/sts.rs"]
mod sts;
#[allow(dead_code, reason = "the tests of the terminal itself use the rest")]
#[path = "../e2e/terminal.rs"]
mod terminal;
#[path = "../support/world.rs"]
mod world;
#[path = "../support/zoo.rs"]
mod zoo;

mod agreement;
mod alone;
mod aws_reads;
mod bound;
mod claims;
mod covers;
mod edits;
mod eks;
mod eks_login;
mod harness;
mod impersonation;
mod kubeconfig;
mod live;
mod logins;
mod mapped;
mod mapping;
mod merged;
mod mint;
mod node;
mod oidc;
mod plugins;
mod quoting;
mod request_info;
mod screen;
mod token;
mod verdicts;
mod writing;
