//! Deciding a question: what happens beside the loop, without a terminal.

use std::sync::Arc;

use super::message::{Answer, Loaded, Message};
use super::state::Question;
use crate::authz::ask::{self, Asked, Surroundings};
use crate::authz::{Door, Index, explain};
use crate::base::Failure;
use crate::facts::Facts;
use crate::identity::{Form, Identity};
use crate::source::World;

/// Indexes a world.
pub fn load(world: Result<World, Failure>) -> Message {
    Message::Loaded(world.map(|world| {
        let indices = world.clusters.iter().map(|cluster| Arc::new(Index::new(&cluster.facts))).collect();
        Box::new(Loaded { world, indices })
    }))
}

/// Decides a question.
pub fn decide(question: &Question, facts: &Facts, index: &Index, context: Option<&(String, Option<String>)>) -> Result<Answer, Failure> {
    let asked = read(question, facts, context)?;
    let identity = identity(question, &asked)?;
    let parts = asked.parts.iter().map(|part| (part.clone(), Arc::new(explain(index, &identity, &part.request, Door::Person)))).collect();
    Ok(Answer { read_as: asked.read_as, notes: asked.notes, parts })
}

/// Reads the words of a question.
pub fn read(question: &Question, facts: &Facts, context: Option<&(String, Option<String>)>) -> Result<Asked, Failure> {
    let words: Vec<String> = match &question.text {
        Some(text) => vec![text.clone()],
        None => [&question.verb, &question.resource, &question.name].into_iter().filter(|word| !word.is_empty()).cloned().collect(),
    };
    let named = context.map(|(name, _)| format!("context {name}")).unwrap_or_default();
    let default = context.and_then(|(_, namespace)| namespace.as_deref()).map(|namespace| (namespace, named.as_str()));
    ask::read(
        &words,
        &Surroundings {
            namespace: Some(question.namespace.as_str()).filter(|namespace| !namespace.is_empty() && *namespace != "*"),
            all_namespaces: question.namespace == "*",
            default_namespace: default,
            resources: facts.resources(),
            files: None,
        },
    )
}

/// Who asks: as typed, or as the message or the kubectl line says.
fn identity(question: &Question, asked: &Asked) -> Result<Identity, Failure> {
    let groups: Vec<&str> = asked.groups.iter().map(|group| group.as_str()).collect();
    if !question.identity.is_empty() {
        let form = Form::read(&question.identity).map_err(|error| Failure::usage(error.to_string()))?;
        return Ok(form.identity(&groups, "typed"));
    }
    match asked.username {
        Some(username) => Ok(Identity::asked(Some(username.as_str()), &groups, &format!("the {}", asked.read_as))),
        None => {
            Err(Failure::usage("nobody is named who asks").hint("Press i and name somebody: alice, group:dev, sa:ci/deployer, node:n1."))
        }
    }
}
