//! The house itself: which room knows which, who touches the outside, and how long a file may be.
//!
//! Cargo's features hold the first half of the arrow (the rooms up to `authz` build alone); reading the imports holds the
//! rest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect,
    reason = "a test says what is wrong by panicking"
)]

mod rooms;
mod source;
