//! `map` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::mappings::Mappings;
use super::shapes::{AccessPolicy, Gap, Identity};
use super::workload::{Admitted, Workload};
use crate::authz::GapEffect;
use crate::base::Finding;
use crate::facts::AuthenticationMode;
use crate::identity::aws::mapping::{Candidate, Open};
use crate::identity::aws::{Mapping, Outcome};
use crate::identity::workload::Admissions;

/// The answer to `map`: of a principal, or of a service account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Mapped {
    /// `map ARN`
    Principal(Box<Map>),
    /// `map sa:NAMESPACE/NAME`
    ServiceAccount(Box<Workload>),
    /// `map`
    All(Mappings),
}

/// The answer to `map ARN`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Map {
    arn: String,
    /// What the authenticator makes of the ARN; absent where it takes it for nobody's.
    canonical_arn: Option<String>,
    /// `role`, `assumed-role`, `user`, `root` or `federated-user`.
    kind: Option<&'static str>,
    /// Absent where there is none, or the ARN does not tell it.
    session_name: Option<String>,
    /// As AWS writes it; absent where the cluster is not described.
    authentication_mode: Option<&'static str>,
    /// `access-entry`, `aws-auth` or `none`.
    decided_by: &'static str,
    /// Its user name is absent where it hangs on what the ARN does not tell.
    identity: Option<Identity>,
    /// Why there is no identity: the authenticator's words, or what is not known.
    reason: Option<String>,
    access_policies: Vec<AccessPolicy>,
    /// Access entries, then the items of mapRoles, mapUsers and mapAccounts.
    considered: Vec<Considered>,
    /// Which of these comes nearest when none matches, counted from 0.
    nearest: Option<usize>,
    /// The service accounts that may become the role; absent where it is no role.
    service_accounts: Option<Vec<Admitted>>,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
}

/// A mapping that was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Considered {
    /// `access-entry`, `mapRoles`, `mapUsers` or `mapAccounts`.
    source: &'static str,
    index: usize,
    /// The ARN or account that it names.
    subject: String,
    /// The line in the text of its section, counted from 1.
    line: Option<usize>,
    /// Whether it is about the principal.
    matches: bool,
    /// Whether it is the one that decides.
    decides: bool,
    why: String,
}

impl Map {
    /// The answer to a question.
    pub fn new(mapping: &Mapping, admissions: Option<&Admissions>) -> Self {
        let principal = mapping.principal.as_ref();
        Self {
            arn: mapping.arn.clone(),
            canonical_arn: principal.map(|principal| principal.canonical.clone()),
            kind: principal.map(|principal| principal.kind.as_str()),
            session_name: principal.and_then(|principal| principal.session.clone()).filter(|session| !session.is_empty()),
            authentication_mode: mapping.mode.map(AuthenticationMode::as_str),
            decided_by: mapping.decided_by.as_str(),
            identity: mapping.identity.as_ref().map(Identity::from),
            reason: match &mapping.outcome {
                Outcome::Mapped(_) => None,
                Outcome::Unmapped => Some("identity is not mapped".to_owned()),
                Outcome::Refused(reason) | Outcome::Unknown(reason) => Some(reason.clone()),
            },
            access_policies: mapping.policies.iter().map(AccessPolicy::from).collect(),
            considered: mapping.considered.iter().map(Considered::from).collect(),
            nearest: mapping.nearest,
            service_accounts: admissions.map(|admissions| admissions.accounts.iter().map(Admitted::from).collect()),
            findings: mapping.findings.iter().chain(admissions.into_iter().flat_map(|admissions| &admissions.findings)).cloned().collect(),
            gaps: mapping.open.iter().chain(admissions.into_iter().flat_map(|admissions| &admissions.open)).map(gap).collect(),
        }
    }
}

/// What is not known, as a gap.
pub fn gap(open: &Open) -> Gap {
    Gap::from(&GapEffect {
        gap: open.gap.clone(),
        could_change_verdict: open.could_change,
        settled_by: open.gap.settled_by.clone().unwrap_or_default(),
    })
}

impl From<&Candidate> for Considered {
    fn from(candidate: &Candidate) -> Self {
        Self {
            source: candidate.source.as_str(),
            index: candidate.index,
            subject: candidate.subject.clone(),
            line: candidate.line,
            matches: candidate.matches,
            decides: candidate.decides,
            why: candidate.why.clone(),
        }
    }
}
