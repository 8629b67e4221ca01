//! `map sa:NAMESPACE/NAME` as JSON, and the service accounts of a role.

use schemars::JsonSchema;
use serde::Serialize;

use super::map::gap;
use super::shapes::Gap;
use crate::base::{Finding, Name};
use crate::identity::workload::trust::{Effect, Failing, StatementVerdict};
use crate::identity::workload::{self, Admission};

/// The AWS side of a service account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    service_account: ServiceAccount,
    /// Whether its pods become a role: `allowed`, `denied` or `unknown`.
    verdict: &'static str,
    /// The role, where they become one.
    role: Option<String>,
    because: String,
    /// The ways to a role, the one that is taken first.
    ways: Vec<Way>,
    /// What its annotations come to; absent where it was not read.
    annotations: Option<Annotations>,
    /// What is put into new pods: variables, and the token's audience and duration.
    injected: Vec<Variable>,
    /// `automountServiceAccountToken`, where it says so: it is about the API server's tokens alone.
    automount_token: Option<bool>,
    /// How many of its pods are known.
    pods: usize,
    /// Annotations of kube2iam and kiam.
    legacy: Vec<Legacy>,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
}

/// Names a service account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ServiceAccount {
    namespace: Name,
    name: Name,
}

/// What annotations come to, with the webhook's own values where they are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Annotations {
    role: Option<Name>,
    audience: Name,
    sts_regional_endpoints: Option<bool>,
    /// In seconds.
    token_expiration: u64,
}

/// A way to a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Way {
    /// `pod-identity` or `web-identity`.
    way: &'static str,
    /// What begins it: an association, an annotation.
    from: String,
    role: Option<String>,
    /// The role on the way to a target.
    through: Option<String>,
    /// Whether it is the one that counts.
    taken: bool,
    verdict: &'static str,
    because: String,
    steps: Vec<Step>,
}

/// What must hold on a way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Step {
    what: &'static str,
    verdict: &'static str,
    sentence: String,
    /// The condition of the trust policy that fails.
    failing: Option<Condition>,
    /// Each statement of the trust policy.
    statements: Vec<Statement>,
    remedy: Option<Remedy>,
}

/// A condition that fails.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Condition {
    operator: String,
    key: String,
    wants: Vec<String>,
    /// Absent where the key is not there.
    has: Option<Vec<String>>,
}

/// A statement's verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Statement {
    /// Counted from 0.
    index: usize,
    /// `Allow` or `Deny`.
    effect: &'static str,
    /// Whether it applies: `allowed` where all of it does.
    applies: &'static str,
    checks: Vec<Check>,
}

/// What a statement asks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Check {
    verdict: &'static str,
    sentence: String,
}

/// What would mend it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Remedy {
    title: String,
    commands: Vec<String>,
    /// The trust policy that a command takes from trust.json.
    document: Option<String>,
}

/// A variable of a pod's environment, or what its token is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Variable {
    name: &'static str,
    value: String,
}

/// An annotation of kube2iam or kiam.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Legacy {
    object: String,
    count: usize,
    annotation: Name,
    value: Name,
    meaning: &'static str,
}

/// A service account that may become a role, or may not.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Admitted {
    namespace: Name,
    name: Name,
    /// `pod-identity` or `web-identity`.
    way: &'static str,
    /// What names the role; absent where the trust policy alone lets it in.
    from: Option<String>,
    verdict: &'static str,
    because: String,
}

impl Workload {
    /// The answer to a question.
    pub fn new(workload: &workload::Workload) -> Self {
        let annotations = workload.annotations.as_ref().map(|annotations| Annotations {
            role: annotations.role,
            audience: annotations.audience,
            sts_regional_endpoints: annotations.regional,
            token_expiration: annotations.expiration,
        });
        let legacy = workload.legacy.iter().map(|one| Legacy {
            object: one.object.clone(),
            count: one.count,
            annotation: one.annotation,
            value: one.value,
            meaning: one.meaning,
        });
        Self {
            service_account: ServiceAccount { namespace: workload.namespace, name: workload.name },
            verdict: workload.holds.as_str(),
            role: workload.role().map(str::to_owned),
            because: workload.because.clone(),
            ways: workload.ways.iter().map(Way::from).collect(),
            annotations,
            injected: workload.injected.iter().map(|(name, value)| Variable { name, value: value.clone() }).collect(),
            automount_token: workload.automount,
            pods: workload.pods,
            legacy: legacy.collect(),
            findings: workload.findings.clone(),
            gaps: workload.open.iter().map(gap).collect(),
        }
    }
}

impl From<&workload::Way> for Way {
    fn from(way: &workload::Way) -> Self {
        Self {
            way: way.kind.as_str(),
            from: way.from.clone(),
            role: way.role.clone(),
            through: way.through.clone(),
            taken: way.is_taken,
            verdict: way.holds.as_str(),
            because: way.because.clone(),
            steps: way.steps.iter().map(Step::from).collect(),
        }
    }
}

impl From<&workload::Step> for Step {
    fn from(step: &workload::Step) -> Self {
        let remedy = |remedy: &workload::Remedy| Remedy {
            title: remedy.title.clone(),
            commands: remedy.commands.clone(),
            document: remedy.document.clone(),
        };
        let condition = |failing: &Failing| Condition {
            operator: failing.operator.clone(),
            key: failing.key.clone(),
            wants: failing.wants.clone(),
            has: failing.has.clone(),
        };
        Self {
            what: step.what,
            verdict: step.holds.as_str(),
            sentence: step.sentence.clone(),
            failing: step.failing.as_ref().map(condition),
            statements: step.statements.iter().map(Statement::from).collect(),
            remedy: step.remedy.as_ref().map(remedy),
        }
    }
}

impl From<&StatementVerdict> for Statement {
    fn from(statement: &StatementVerdict) -> Self {
        Self {
            index: statement.index,
            effect: if statement.effect == Effect::Allow { "Allow" } else { "Deny" },
            applies: statement.holds.as_str(),
            checks: statement
                .checks
                .iter()
                .map(|check| Check { verdict: check.holds.as_str(), sentence: check.sentence.clone() })
                .collect(),
        }
    }
}

impl From<&Admission> for Admitted {
    fn from(admission: &Admission) -> Self {
        Self {
            namespace: admission.namespace,
            name: admission.name,
            way: admission.way.as_str(),
            from: admission.from.clone(),
            verdict: admission.holds.as_str(),
            because: admission.because.clone(),
        }
    }
}
