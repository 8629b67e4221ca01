//! `eks list` as JSON: one line for each profile and region.

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::aws::State;
use crate::view::eks::{Place, Row};

/// What became of one profile in one region, as soon as it is known.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EksPlace {
    /// Absent where the credentials are the environment's or the machine's.
    profile: Option<String>,
    /// Absent where nothing says which.
    region: Option<String>,
    /// Absent where it is not known.
    account: Option<String>,
    /// `ok`, `empty`, `denied` or `failed`.
    state: &'static str,
    /// Why not everything is known.
    message: Option<String>,
    /// What to do about it.
    hints: Vec<String>,
    clusters: Vec<EksCluster>,
}

/// One cluster; what may not be described is absent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EksCluster {
    name: String,
    arn: Option<String>,
    endpoint: Option<String>,
    version: Option<String>,
    status: Option<String>,
    /// The context of the kubeconfig that leads to it.
    context: Option<String>,
}

impl EksPlace {
    /// One place.
    pub fn new(place: &Place) -> Self {
        let cluster = |row: &Row| EksCluster {
            name: row.name.clone(),
            arn: row.arn.clone(),
            endpoint: row.endpoint.clone(),
            version: row.version.clone(),
            status: row.status.clone(),
            context: row.context.clone(),
        };
        Self {
            profile: place.profile.clone(),
            region: place.region.clone(),
            account: place.account.clone(),
            state: match place.state {
                State::Listed => "ok",
                State::Empty => "empty",
                State::Denied => "denied",
                State::Failed => "failed",
            },
            message: place.failure.as_ref().map(|failure| failure.message.clone()),
            hints: place.failure.as_ref().map(|failure| failure.hints.clone()).unwrap_or_default(),
            clusters: place.rows.iter().map(cluster).collect(),
        }
    }
}
