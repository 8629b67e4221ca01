//! Loading and deciding: what happens beside the loop, without a terminal.

use std::path::Path;
use std::sync::Arc;

use super::message::{Answer, Loaded, Message};
use crate::authz::{Door, Index, explain};
use crate::base::Failure;
use crate::source::{self, Cluster, World};
use crate::view::question::{Place, Question, Understood};

/// Indexes a world.
pub fn load(world: Result<World, Failure>) -> Message {
    Message::Loaded(world.map(|world| {
        let indices = world.clusters.iter().map(|cluster| Arc::new(Index::new(&cluster.facts))).collect();
        Box::new(Loaded { world, indices })
    }))
}

/// Decides a question; files that a kubectl line names are read here.
///
/// # Errors
/// When the question cannot be understood.
pub fn decide(question: &Question, cluster: &Cluster, index: &Index) -> Result<Answer, Failure> {
    let files = |file: &str| source::read_input(Path::new(file)).map_err(|failure| failure.message);
    let understood = in_place(cluster, |place| question.read(place, Some(&files)));
    let Understood { asked, identity, .. } = understood.map_err(|misread| misread.failure().clone())?;
    let parts = asked.parts.iter().map(|part| (part.clone(), Arc::new(explain(index, &identity, &part.request, Door::Person)))).collect();
    Ok(Answer { read_as: asked.read_as, notes: asked.notes, parts })
}

/// Does something with the place that a cluster's context is.
pub fn in_place<T>(cluster: &Cluster, ask: impl FnOnce(&Place<'_>) -> T) -> T {
    let from = cluster.context.as_ref().map_or_else(|| "the facts".to_owned(), |context| format!("context {context}"));
    let namespace = cluster.namespace.as_deref().map(|namespace| (namespace, from.as_str()));
    ask(&Place { namespace, resources: cluster.facts.resources(), caller: None })
}
