//! `cluster` as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::Gap;
use crate::base::Finding;
use crate::report::overview::{Overview, moment};
use crate::source::live::without_secret;

/// The answer to `cluster`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    name: Option<String>,
    /// The URL; absent for recorded facts.
    server: Option<String>,
    version: Option<String>,
    platform: Option<String>,
    provider: Option<String>,
    /// EKS alone has it.
    authentication_mode: Option<String>,
    /// The authorizers that the answers take into account.
    authorizers: Vec<&'static str>,
    /// The issuer of service account tokens.
    issuer: Option<String>,
    /// When the first of the certificate authorities ends, RFC 3339.
    ca_expires_at: Option<String>,
    /// How many objects of each kind are known.
    counts: BTreeMap<&'static str, usize>,
    gaps: Vec<Gap>,
    findings: Vec<Finding>,
}

impl Cluster {
    /// What is known of a cluster.
    pub fn new(overview: &Overview<'_>) -> Self {
        Self {
            name: overview.name.clone(),
            server: overview.target.map(|target| without_secret(&target.cluster.server)),
            version: overview.version().map(str::to_owned),
            platform: overview.version.map(|version| version.platform.clone()),
            provider: overview.provider.clone(),
            authentication_mode: overview.mode().map(str::to_owned),
            authorizers: overview.authorizers(),
            issuer: overview.issuer().map(str::to_owned),
            ca_expires_at: overview.authority_ends.and_then(moment),
            counts: overview.counts().collect(),
            gaps: overview.facts.gaps().iter().map(Gap::from).collect(),
            findings: overview.findings.clone(),
        }
    }
}
