//! The way by a token: the annotation names the role, STS takes the token of the cluster's issuer, the trust policy decides.

use super::annotation::{Annotations, ROLE, malformed};
use super::known::{Known, Registered, RoleTrust, name_of};
use super::remedy::{Remedy, of_token, should_want};
use super::trust::{Call, Caller, Context, Holds, judge};
use super::way::{Kind, Step, Way};
use crate::base::text::shell_word;
use crate::identity::SERVICE_ACCOUNT;

/// The way of a service account whose annotation names a role.
pub fn way(namespace: &str, name: &str, annotations: &Annotations, role: &str, known: &Known<'_>) -> Way {
    let mut way = to(namespace, name, annotations.audience.as_str(), role, known);
    way.from = format!("annotation {ROLE}");
    way
}

/// The way of a token of a service account to a role, whatever names the role.
pub fn to(namespace: &str, name: &str, audience: &str, role: &str, known: &Known<'_>) -> Way {
    let mut way = Way {
        kind: Kind::WebIdentity,
        from: "a token".to_owned(),
        role: Some(role.to_owned()),
        through: None,
        holds: Holds::Unknown,
        because: String::new(),
        is_taken: false,
        steps: Vec::new(),
    };
    match malformed(role) {
        Some(why) => way.steps.push(of_form(namespace, name, role, why)),
        None => steps(&mut way.steps, namespace, name, audience, role, known),
    }
    way.settle();
    way
}

/// A role that is no ARN of one.
fn of_form(namespace: &str, name: &str, role: &str, why: &str) -> Step {
    let command = format!(
        "kubectl annotate serviceaccount -n {} {} --overwrite {ROLE}=arn:aws:iam::ACCOUNT:role/NAME",
        shell_word(namespace),
        shell_word(name)
    );
    if !role.contains(':') {
        // the webhook can be told to make an ARN of a name, and EKS does not say whether its own is
        let sentence = format!("`{role}` is not the ARN of a role: {why}; only a webhook that is told to makes one of it");
        return Step::open("role ARN", sentence, command);
    }
    let sentence = format!("`{role}` is not the ARN of a role: {why}; the webhook hands it on, and STS refuses it");
    Step::bad("role ARN", "role-arn-malformed", sentence, Remedy::new("Write the role's whole ARN.", command))
}

fn steps(steps: &mut Vec<Step>, namespace: &str, name: &str, audience: &str, role: &str, known: &Known<'_>) {
    let Some(issuer) = known.issuer else {
        let why = "the issuer of the cluster's tokens is not among the facts";
        steps.push(Step::open("issuer", why, "aws eks describe-cluster --name CLUSTER"));
        return;
    };
    steps.push(Step::good("issuer", format!("the cluster's tokens are of https://{issuer}")));
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    let (partition, account) = (parts.get(1).copied().unwrap_or("aws"), parts.get(4).copied().unwrap_or_default());
    let provider = format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}");
    steps.push(provider_step(&provider, account, audience, issuer, known));
    let subject = format!("{SERVICE_ACCOUNT}{namespace}:{name}");
    let context = Context::of_token(issuer, &subject, audience);
    let call = Call { action: "sts:AssumeRoleWithWebIdentity", caller: Caller::Federated(&provider), context: &context };
    let mut step = trust_step("trust policy", role, &call, known);
    if step.holds == Holds::No && step.remedy.is_none() {
        let trust = known.aws().principals.get(role).and_then(|role| role.trust.as_deref());
        let title = step.failing.as_ref().and_then(should_want);
        let title = title.unwrap_or_else(|| format!("Let the trust policy take tokens of {namespace}/{name}."));
        step.code = "trust-policy-refuses";
        step.remedy = Some(Remedy::with_statement(role, trust, &of_token(&provider, issuer, &subject, audience), title));
    }
    steps.push(step);
}

/// Whether STS finds the provider in the role's account, and takes the audience.
fn provider_step(arn: &str, account: &str, audience: &str, issuer: &str, known: &Known<'_>) -> Step {
    match known.provider(account, issuer) {
        Registered::Yes(provider) => match &provider.audiences {
            Some(audiences) if !audiences.iter().any(|one| one == audience) => {
                let sentence = format!("the provider does not take audience {audience} (InvalidIdentityToken: Incorrect token audience)");
                let command = format!(
                    "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {arn} --client-id {}",
                    shell_word(audience)
                );
                Step::bad("provider", "provider-audience", sentence, Remedy::new("Add the audience to the provider.", command))
            }
            Some(_) => Step::good("provider", format!("account {account} has the provider, and it takes audience {audience}")),
            None => Step::open(
                "provider",
                format!("account {account} has the provider, and which audiences it takes was not read"),
                format!("aws iam get-open-id-connect-provider --open-id-connect-provider-arn {arn}"),
            ),
        },
        Registered::No => {
            let sentence = format!(
                "account {account} has no OpenID Connect provider for https://{issuer} (InvalidIdentityToken: No OpenIDConnect provider found in your account)"
            );
            let command =
                format!("aws iam create-open-id-connect-provider --url https://{issuer} --client-id-list {}", shell_word(audience));
            let title = format!("Create the provider in account {account}, which is the role's.");
            Step::bad("provider", "provider-missing", sentence, Remedy::new(title, command))
        }
        Registered::Unread => Step::open(
            "provider",
            format!("whether account {account} has an OpenID Connect provider for https://{issuer} is not among the facts"),
            format!("aws iam list-open-id-connect-providers, in account {account}"),
        ),
    }
}

/// What a role's trust policy says to a call.
pub fn trust_step(what: &'static str, role: &str, call: &Call<'_>, known: &Known<'_>) -> Step {
    let read = format!("aws iam get-role --role-name {}", shell_word(name_of(role)));
    match known.role(role) {
        RoleTrust::Trust(trust) => match trust.as_ref() {
            Ok(policy) => Step::of_verdict(what, judge(policy, call)),
            Err(error) => Step::open(what, format!("the trust policy of {} cannot be evaluated: {error}", name_of(role)), read),
        },
        RoleTrust::Unread => Step::open(what, format!("the trust policy of {role} was not read"), read),
        RoleTrust::Missing => {
            Step::bad(what, "role-missing", format!("there is no role {role}"), Remedy::sentence("Create the role, or name another."))
        }
        RoleTrust::Elsewhere(other) => Step::bad(
            what,
            "role-arn-path",
            format!("there is no {role}: the role of that name is {other}"),
            Remedy::sentence(format!("Write the ARN with the role's path: {other}")),
        ),
    }
}
