//! Which service accounts may become a role, and by what.

use super::annotation::{AUDIENCE, Annotations};
use super::known::{Known, Registered, RoleTrust, name_of};
use super::trust::{Call, Caller, Context, Holds, Policy};
use super::way::Kind;
use super::{pod_identity, web_identity};
use crate::base::text::is_pattern;
use crate::base::{Finding, Gap, Name, Severity};
use crate::identity::SERVICE_ACCOUNT;
use crate::identity::aws::mapping::Open;

/// A service account, and whether it may become the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// By which way.
    pub way: Kind,
    /// What names the role: an association or annotation; none where the trust policy alone lets it in.
    pub from: Option<String>,
    /// Whether it may.
    pub holds: Holds,
    /// Why, as a clause.
    pub because: String,
}

/// Who may become a role.
#[derive(Clone, Debug, Default)]
pub struct Admissions {
    /// The service accounts: those that something gives the role first, then those that the trust policy alone lets in.
    pub accounts: Vec<Admission>,
    /// Whether the trust policy lets in any service account of the cluster, whatever it is called.
    pub is_open_to_all: bool,
    /// Defects.
    pub findings: Vec<Finding>,
    /// What is not known.
    pub open: Vec<Open>,
}

impl Admissions {
    /// Looks a role up.
    pub fn of(role: &str, known: &Known<'_>) -> Self {
        let mut admissions = Self::default();
        admissions.by_association(role, known);
        admissions.by_annotation(role, known);
        admissions.accounts.sort_by_key(|one| (one.namespace, one.name));
        match known.role(role) {
            RoleTrust::Trust(trust) => match trust.as_ref() {
                Ok(policy) => admissions.by_policy(role, policy, known),
                Err(error) => admissions.open.push(unread(role, &format!("it cannot be evaluated: {error}"))),
            },
            // of a cluster of no known issuer, and where nothing names the role, it would tell nothing
            RoleTrust::Unread if known.issuer.is_none() && admissions.accounts.is_empty() => {}
            RoleTrust::Unread => admissions.open.push(unread(role, "it was not read")),
            RoleTrust::Missing => admissions.open.push(unread(role, "there is no such role")),
            RoleTrust::Elsewhere(other) => admissions.open.push(unread(role, &format!("the role of that name is {other}"))),
        }
        admissions
    }

    fn put(&mut self, namespace: Name, name: Name, way: super::Way) {
        let (from, holds, because) = (Some(way.from), way.holds, way.because);
        self.accounts.push(Admission { namespace, name, way: way.kind, from, holds, because });
    }

    fn by_association(&mut self, role: &str, known: &Known<'_>) {
        for association in known.all_associations() {
            let is_target = association.target_role.as_deref() == Some(role);
            let is_first = association.role.as_deref() == Some(role);
            if !is_target && !is_first {
                continue;
            }
            let mut way = pod_identity::way(association, known);
            if !is_target && let Some(target) = &association.target_role {
                way.because = format!("it goes through this role to {target}: {}", way.because);
            }
            let (namespace, name) = (Name::new(&association.namespace), Name::new(&association.service_account));
            if known.has_all(crate::facts::Kind::ServiceAccount, namespace) && !known.facts.has_service_account(namespace, name) {
                (way.holds, way.because) = (Holds::No, "the service account does not exist: whoever creates it gets the role".to_owned());
            }
            self.put(namespace, name, way);
        }
    }

    fn by_annotation(&mut self, role: &str, known: &Known<'_>) {
        for account in known.facts.service_accounts() {
            let annotations = Annotations::of(&account.meta);
            if annotations.role.is_none_or(|own| own != role) {
                continue;
            }
            let (namespace, name) = (account.meta.namespace, account.meta.name);
            let mut way = web_identity::way(namespace.as_str(), name.as_str(), &annotations, role, known);
            if !known.associations(namespace, name).is_empty() {
                (way.holds, way.because) = (Holds::No, "an association comes before the annotation".to_owned());
            }
            self.put(namespace, name, way);
        }
    }

    /// Service accounts that nothing gives the role, and that the policy lets in: a token for its audience is enough.
    fn by_policy(&mut self, role: &str, policy: &Policy, known: &Known<'_>) {
        let parts: Vec<&str> = role.splitn(6, ':').collect();
        let (Some(issuer), [_, partition, _, _, account, _]) = (known.issuer, parts.as_slice()) else { return };
        if known.provider(account, issuer) == Registered::No {
            return;
        }
        let provider = format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}");
        // whoever asks for a token chooses its audience
        let wanted = policy.wanted(&format!("{issuer}:aud")).map(|(_, value)| value).find(|value| !is_pattern(value));
        let mut context = Context::of_token(issuer, "", wanted.unwrap_or(AUDIENCE));
        let mut decide = |subject: &str| {
            context.set_subject(subject);
            policy.decide(&Call { action: "sts:AssumeRoleWithWebIdentity", caller: Caller::Federated(&provider), context: &context })
        };
        // of names that nobody would list
        self.is_open_to_all = decide(&format!("{SERVICE_ACCOUNT}whycan-nobody:whycan-nobody")) == Holds::Yes;
        if self.is_open_to_all {
            self.findings.push(Finding {
                code: "trust-policy-open-to-all",
                severity: Severity::Warning,
                subject: role.to_owned(),
                message: "the trust policy lets every service account of the cluster in: nothing in it asks for the token's sub".to_owned(),
                fix: Some(format!("Let a condition of the policy name the service account: StringEquals of {issuer}:sub")),
                source: None,
            });
        }
        let mut others = Vec::new();
        for account in known.facts.service_accounts() {
            let (namespace, name) = (account.meta.namespace, account.meta.name);
            if self.accounts.iter().any(|one| one.namespace == namespace && one.name == name && one.way == Kind::WebIdentity) {
                continue;
            }
            let holds = decide(&format!("{SERVICE_ACCOUNT}{namespace}:{name}"));
            if holds != Holds::No {
                let because = match holds {
                    Holds::Yes => "the trust policy lets its tokens in, and nothing gives it the role",
                    _ => "a condition of the trust policy is not evaluated",
                };
                let because = because.to_owned();
                others.push(Admission { namespace, name, way: Kind::WebIdentity, from: None, holds, because });
            }
        }
        others.sort_by_key(|one| (one.namespace, one.name));
        self.accounts.extend(others);
    }
}

fn unread(role: &str, why: &str) -> Open {
    let settled_by = Some(format!("aws iam get-role --role-name {}", name_of(role)));
    Open {
        gap: Gap { what: format!("the trust policy of {role}"), why: why.to_owned(), settled_by, ..Gap::default() },
        could_change: false,
    }
}
