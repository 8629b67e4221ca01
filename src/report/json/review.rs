//! `review` as JSON lines: each review as it was given, with its status.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::authz::review::Status;

/// One line of the answer to `review`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Review {
    /// All that was given, but a status.
    #[serde(flatten)]
    pub given: Map<String, Value>,
    /// What the API server would answer.
    pub status: Status,
}
