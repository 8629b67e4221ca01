//! `lint` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Finding;

/// The answer to `lint`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lint {
    /// The worst first.
    pub findings: Vec<Finding>,
}
