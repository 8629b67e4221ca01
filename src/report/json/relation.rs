//! How an object and a node are related, as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::authz::node::{self, Vertex};
use crate::base::Name;

/// What the Node authorizer looked for: how the object of the request and the node that asks are related.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Relation {
    /// The node that asks.
    node: Name,
    object: Related,
    /// The ways in which they are; empty where they are not.
    paths: Vec<Path>,
    /// What comes nearest where they are not.
    near: Vec<Near>,
    /// How many more there are than are listed.
    more: usize,
}

/// The steps from the node to the object.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Path {
    sentence: String,
    steps: Vec<Step>,
}

/// Something tied to the object, or the object itself, and why that does not count.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Near {
    /// `mirror-pod`, `other-node`, `no-node`, `for-controller`, `unused` or `unbound`.
    obstacle: &'static str,
    sentence: String,
    steps: Vec<Step>,
}

/// How two things are tied.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Step {
    from: Related,
    /// `runs`, `attaches`, `offers`, `runs-as`, `pulls-images-with`, `takes-environment-from`, `mounts`, `claims-devices-with`,
    /// `is-bound-to` or `names`.
    tie: &'static str,
    to: Related,
}

/// An object, which need not be among the facts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Related {
    kind: &'static str,
    /// Absent for what has none.
    namespace: Option<Name>,
    name: Name,
}

impl From<&Vertex> for Related {
    fn from(vertex: &Vertex) -> Self {
        let namespace = Some(vertex.namespace).filter(|namespace| !namespace.is_empty());
        Self { kind: vertex.sort.as_str(), namespace, name: vertex.name }
    }
}

impl From<&node::Step> for Step {
    fn from(step: &node::Step) -> Self {
        Self { from: (&step.from).into(), tie: step.tie.as_str(), to: (&step.to).into() }
    }
}

impl From<&node::Relation> for Relation {
    fn from(relation: &node::Relation) -> Self {
        let steps = |steps: &[node::Step]| steps.iter().map(Step::from).collect();
        let path = |path: &node::Path| Path { sentence: path.to_string(), steps: steps(&path.steps) };
        let near = |near: &node::Near| Near { obstacle: near.obstacle.as_str(), sentence: near.to_string(), steps: steps(&near.steps) };
        Self {
            node: relation.node,
            object: (&relation.object).into(),
            paths: relation.paths.iter().map(path).collect(),
            near: relation.near.iter().map(near).collect(),
            more: relation.more,
        }
    }
}
