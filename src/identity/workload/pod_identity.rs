//! The way of EKS Pod Identity: an association names the role, EKS becomes it for the pods, and another from there if told to.

use super::known::{Known, name_of};
use super::remedy::{Remedy, of_role, of_service};
use super::trust::{Call, Caller, Context, Holds};
use super::way::{Kind, Step, Way};
use super::web_identity::trust_step;
use crate::base::text::shell_word;
use crate::facts::aws::PodIdentity;

/// The service that becomes the role.
pub const SERVICE: &str = "pods.eks.amazonaws.com";

/// The way of an association.
pub fn way(association: &PodIdentity, known: &Known<'_>) -> Way {
    let (role, target) = (association.role.as_deref(), association.target_role.as_deref());
    let mut way = Way {
        kind: Kind::PodIdentity,
        from: format!("association {}", if association.id.is_empty() { "without an id" } else { &association.id }),
        role: target.or(role).map(str::to_owned),
        through: target.and(role).map(str::to_owned),
        holds: Holds::Unknown,
        because: String::new(),
        is_taken: false,
        steps: Vec::new(),
    };
    match role {
        None => {
            let read = format!(
                "aws eks describe-pod-identity-association --cluster-name {} --association-id {}",
                known.cluster_name(),
                association.id
            );
            way.steps.push(Step::open("association", "the association is listed, and its role was not read", read));
        }
        Some(role) => {
            way.steps.push(Step::good("association", format!("it names {role}")));
            first(&mut way.steps, association, role, known);
            if let Some(target) = target {
                second(&mut way.steps, association, role, target, known);
            }
        }
    }
    way.settle();
    way
}

/// The role of the association, which the service becomes.
fn first(steps: &mut Vec<Step>, association: &PodIdentity, role: &str, known: &Known<'_>) {
    let account = role.split(':').nth(4);
    if let (Some(own), Some(account)) = (known.account(), account)
        && own != account
    {
        let sentence = format!(
            "the role is of account {account}, and the cluster of {own}: Pod Identity reaches other accounts by a target role alone"
        );
        let command = format!(
            "aws eks update-pod-identity-association --cluster-name {} --association-id {} --role-arn arn:aws:iam::{own}:role/ROLE --target-role-arn {role}",
            known.cluster_name(),
            association.id
        );
        let title = format!("Give a role of account {own}, and this one as its target.");
        steps.push(Step::bad("account", "association-other-account", sentence, Remedy::new(title, command)));
    }
    let tags = !association.is_without_tags;
    let context = Context::of_pod_identity(&association.namespace, &association.service_account, known.cluster, tags);
    let call = |action| Call { action, caller: Caller::Service(SERVICE), context: &context };
    let mend = |step: Step| mend(step, role, || Remedy::with_statement(role, trust(role, known), &of_service(), LET_IN));
    steps.push(mend(trust_step("trust policy", role, &call("sts:AssumeRole"), known)));
    if tags && steps.last().is_some_and(|step| step.holds != Holds::Unknown || !step.statements.is_empty()) {
        steps.push(tagged(mend(trust_step("tags of the session", role, &call("sts:TagSession"), known))));
    }
}

const LET_IN: &str = "Let the trust policy take pods.eks.amazonaws.com, for sts:AssumeRole and sts:TagSession.";

/// The target, which a session of the first role becomes.
fn second(steps: &mut Vec<Step>, association: &PodIdentity, role: &str, target: &str, known: &Known<'_>) {
    let tags = !association.is_without_tags;
    let id = association.external_id.as_deref();
    let context = Context::of_target(&association.namespace, &association.service_account, known.cluster, tags, role, id);
    let call = |action| Call { action, caller: Caller::Role(role), context: &context };
    let title = format!("Let the target's trust policy take {}.", name_of(role));
    let statement = || Remedy::with_statement(target, trust(target, known), &of_role(role, id), title.clone());
    let mend = |step: Step| mend(step, target, statement);
    steps.push(mend(trust_step("trust policy of the target", target, &call("sts:AssumeRole"), known)));
    if tags && steps.last().is_some_and(|step| step.holds != Holds::Unknown || !step.statements.is_empty()) {
        steps.push(tagged(mend(trust_step("tags of the target's session", target, &call("sts:TagSession"), known))));
    }
    let settle = format!(
        "aws iam simulate-principal-policy --policy-source-arn {role} --action-names sts:AssumeRole sts:TagSession --resource-arns {target}"
    );
    let sentence = format!("whether the policies of {} let it become {target} was not read", name_of(role));
    steps.push(Step::open("permission", sentence, settle));
}

fn trust<'a>(role: &str, known: &Known<'a>) -> Option<&'a str> {
    known.aws().principals.get(role).and_then(|role| role.trust.as_deref())
}

fn mend(mut step: Step, role: &str, remedy: impl FnOnce() -> Remedy) -> Step {
    if step.holds == Holds::No && step.remedy.is_none() {
        step.code = "trust-policy-refuses";
        step.sentence = format!("the trust policy of {} refuses it: {}", shell_word(name_of(role)), step.sentence);
        step.remedy = Some(remedy());
    }
    step
}

/// A refusal of tags is a refusal of all: EKS sends them in the same call.
fn tagged(mut step: Step) -> Step {
    if step.code == "trust-policy-refuses" {
        step.code = "trust-policy-without-tags";
        step.sentence = format!("{}; EKS sends tags along, and STS then refuses the whole call", step.sentence);
    }
    step
}
