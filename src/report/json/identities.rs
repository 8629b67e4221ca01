//! `identities` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::Gap;
use crate::authz::identities::{IdentityKind, KnownIdentity};
use crate::facts::Facts;

/// The answer to `identities`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Identities {
    identities: Vec<Known>,
    gaps: Vec<Gap>,
}

/// One identity that some object names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Known {
    /// As `--as` takes it.
    identity: String,
    kind: &'static str,
    /// The objects that name it or are it; of a principal of IAM where it is mapped, and the bindings of its names.
    sources: Vec<String>,
    /// How many bindings name it.
    bindings: usize,
}

impl Identities {
    /// The identities known.
    pub fn new(known: &[KnownIdentity], facts: &Facts) -> Self {
        let one = |known: &KnownIdentity| Known {
            identity: known.form(),
            kind: kind(known.kind),
            sources: known.places.iter().cloned().chain(known.sources.iter().map(ToString::to_string)).collect(),
            bindings: known.bindings,
        };
        Self { identities: known.iter().map(one).collect(), gaps: facts.gaps().iter().map(Gap::from).collect() }
    }
}

/// The kind as JSON has it.
fn kind(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::User => "user",
        IdentityKind::Group => "group",
        IdentityKind::ServiceAccount => "service-account",
        IdentityKind::Node => "node",
        IdentityKind::Principal => "iam-principal",
    }
}
