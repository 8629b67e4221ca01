//! The `whycan` program as people and scripts run it: words in, standard output, standard error and exit status out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by panicking")]

#[allow(dead_code, reason = "the peers' tests use the rest")]
#[path = "../support/aws.rs"]
mod aws;
#[allow(dead_code, reason = "the tests of live clusters use the rest")]
#[path = "../support/certificates.rs"]
mod certificates;

mod answers;
mod changes;
mod contexts;
mod eks;
mod failures;
mod help;
mod lint;
mod map;
mod pipes;
mod recorded;
mod reviews;
mod schemas;
mod support;
mod symptoms;
mod token;
mod tokens;
mod workload;
