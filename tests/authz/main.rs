//! The engine against itself and against the documented rules, on generated clusters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by panicking, and tells its counts"
)]

#[path = "../support/nodes.rs"]
mod nodes;
#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/world.rs"]
mod world;

mod agreement;
mod any_input;
mod apply;
mod fixes;
mod gaps;
mod kinds;
mod naive;
mod near_misses;
mod node_gaps;
mod policies;
mod reference;
mod repair;
