//! The terminal UI without a terminal: messages in, state and effects out, frames as snapshots with their styles.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod browse;
mod frames;
mod live;
mod living;
mod mapping;
mod picture;
mod random;
mod screens;
#[path = "../support/seed.rs"]
#[allow(dead_code, reason = "other generators choose more")]
mod seed;
mod support;
mod svg;
mod updates;
