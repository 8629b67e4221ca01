//! Live clusters against a server that plays every fault: what is said, in what time, and that no denial is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

#[path = "../support/account.rs"]
mod account;
mod amazon;
#[path = "../support/aws.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod aws;
#[path = "../support/certificates.rs"]
#[allow(dead_code, reason = "shared with the tests against real clusters")]
mod certificates;
mod checks;
mod connections;
mod credentials;
#[path = "../support/fake.rs"]
mod fake;
mod faults;
mod lists;
mod openings;
mod plugins;
mod program;
mod reviews;
mod sessions;
mod support;
mod watches;
#[path = "../support/zoo.rs"]
#[allow(dead_code, reason = "shared with the tests against real clusters")]
mod zoo;
