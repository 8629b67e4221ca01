//! The `whycan` program as people and scripts run it: words in, standard output, standard error and exit status out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by panicking")]

mod answers;
mod changes;
mod contexts;
mod failures;
mod help;
mod pipes;
mod recorded;
mod reviews;
mod schemas;
mod support;
