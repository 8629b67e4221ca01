//! The engine against itself and against the documented rules, on generated clusters.

#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/world.rs"]
mod world;

mod agreement;
mod apply;
mod fixes;
mod gaps;
mod kinds;
mod naive;
mod near_misses;
mod repair;
