//! Every verdict compared with Kubernetes' own code, on generated cases.
//!
//! `.ci/run` builds the oracle and runs these; by hand:
//! `WHYCAN_ORACLE=$(tests/peers/build)/oracle cargo test --release --test peers -- --ignored`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by panicking, and tells its counts"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/world.rs"]
mod world;

mod covers;
mod quoting;
mod request_info;
mod verdicts;
