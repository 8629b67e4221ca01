//! The demo: a world of a made-up company, part of the program.

use super::files::File;
use super::world::{self, World};
use crate::base::Failure;

include!(concat!(env!("OUT_DIR"), "/demo.rs"));

/// The demo's world.
///
/// # Errors
/// Never, as a test holds; the type is that of the other sources.
pub fn demo() -> Result<World, Failure> {
    world::assemble("demo", DEMO.iter().map(|(path, bytes)| File { path: (*path).to_owned(), content: Ok(bytes.to_vec()) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Kind;

    #[test]
    fn the_demo_is_whole() {
        let world = demo().unwrap();
        assert!(world.clusters.len() >= 2 && world.current_context.is_some() && world.recorded_at.is_some());
        for cluster in &world.clusters {
            assert_eq!(cluster.facts.gaps(), [], "{:?}", cluster.context);
            assert!(cluster.facts.count(Kind::RoleBinding) > 0 && cluster.facts.count(Kind::ClusterRole) > 0);
        }
        assert!(world.cluster(None).is_ok());
    }
}
