//! Roles of AWS that pods become, or should.

use std::collections::BTreeSet;

use super::finding;
use crate::base::text::is_pattern;
use crate::base::{Finding, Name, Severity};
use crate::facts::aws::IamPrincipal;
use crate::facts::{Facts, Kind};
use crate::identity::SERVICE_ACCOUNT;
use crate::identity::workload::trust::{Policy, Test};
use crate::identity::workload::{Admissions, Known, Workload};

/// The findings: of every service account that something gives a role, and of the roles.
pub fn findings(facts: &Facts) -> Vec<Finding> {
    let known = Known::of(facts);
    let mut accounts: BTreeSet<(Name, Name)> = BTreeSet::new();
    accounts.extend(known.all_associations().map(|one| (Name::new(&one.namespace), Name::new(&one.service_account))));
    accounts.extend(facts.service_accounts().filter(|one| !one.meta.annotations.is_empty()).map(|one| (one.meta.namespace, one.meta.name)));
    accounts.extend(facts.pods().filter(|one| !one.meta.annotations.is_empty()).map(|one| (one.meta.namespace, one.service_account_name)));
    let mut findings = Vec::new();
    for (namespace, name) in accounts {
        if known.has_all(Kind::ServiceAccount, namespace) && !facts.has_service_account(namespace, name) {
            findings.extend(gone(namespace, name, &known));
            continue;
        }
        findings.extend(Workload::of(namespace, name, &known).findings);
    }
    for role in facts.aws().principals.values() {
        if let Some(text) = &role.trust {
            findings.extend(of_role(role, text, &known));
        }
    }
    findings
}

/// Associations of a service account that does not exist.
fn gone(namespace: Name, name: Name, known: &Known<'_>) -> Vec<Finding> {
    let message = |role: &str| format!("its service account {namespace}/{name} does not exist: whoever creates it gets {role}");
    let made = known.associations(namespace, name).iter().map(|one| {
        let role = one.target_role.as_deref().or(one.role.as_deref()).unwrap_or("its role");
        let fix = format!(
            "Delete it: aws eks delete-pod-identity-association --cluster-name {} --association-id {}",
            known.cluster_name(),
            one.id
        );
        finding(
            "association-without-service-account",
            Severity::Warning,
            format!("pod identity association {}", one.id),
            message(role),
            fix,
        )
    });
    made.collect()
}

/// A role whose trust policy is about tokens of the cluster.
fn of_role(role: &IamPrincipal, text: &str, known: &Known<'_>) -> Vec<Finding> {
    let subject = format!("role {}", role.arn);
    let mut findings = Vec::new();
    let Some(issuer) = known.issuer.filter(|issuer| text.contains(*issuer)) else { return findings };
    let policy = match Policy::read(text) {
        Ok(policy) => policy,
        Err(error) => {
            let message = format!("its trust policy cannot be evaluated: {error}");
            return vec![finding("trust-policy-unreadable", Severity::Warning, subject, message, "Mend the policy.")];
        }
    };
    findings.extend(Admissions::of(&role.arn, known).findings.into_iter().map(|one| Finding { subject: subject.clone(), ..one }));
    for (operator, value) in policy.wanted(&format!("{issuer}:sub")) {
        let is_plain = !is_pattern(value);
        if operator.test == Test::Equals && !operator.negated && !is_plain {
            let message = format!("{operator} wants sub to be {value}, and takes the star as it stands: it never fits");
            findings.push(finding("trust-policy-star", Severity::Error, subject.clone(), message, "Use StringLike."));
        }
        let Some((namespace, name)) = value.strip_prefix(SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':')) else {
            if is_plain {
                let message = format!("it wants sub to be {value}, and a token's sub begins with {SERVICE_ACCOUNT}: it never fits");
                let fix = format!("Write {SERVICE_ACCOUNT}NAMESPACE:NAME.");
                findings.push(finding("trust-policy-sub", Severity::Error, subject.clone(), message, fix));
            }
            continue;
        };
        let (namespace, name) = (Name::new(namespace), Name::new(name));
        if is_plain
            && !operator.negated
            && known.has_all(Kind::ServiceAccount, namespace)
            && !known.facts.has_service_account(namespace, name)
        {
            let message = format!("it trusts service account {namespace}/{name}, which does not exist: whoever creates it gets the role");
            let fix = "Take it out of the policy, or create the service account.";
            findings.push(finding("trust-policy-missing-service-account", Severity::Warning, subject.clone(), message, fix));
        }
    }
    findings
}
