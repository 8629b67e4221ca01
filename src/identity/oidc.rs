//! From the claims of a token to user name, groups, uid and further attributes, as an API server's settings for the token's
//! issuer say.
//!
//! Sources (Kubernetes 1.36): `apiserver/plugin/pkg/authenticator/token/oidc`, `apiserver/pkg/apis/apiserver/validation`,
//! `pkg/kubeapiserver/options/authentication.go`; for EKS its user guide (authenticate-oidc-identity-provider).

mod authenticator;
mod claims;
mod distributed;
pub mod expression;
mod reading;
mod settings;
mod validation;

use jiff::Timestamp;

use super::{Computed, Identity, Provenance, Unsaid};
use crate::base::Name;
use crate::credential::jwt::Token;
use crate::facts::Facts;

pub use authenticator::{Attribute, Authenticator, ClaimRule, Mapping, Origin, Standing, UserRule};
pub use claims::{Claimed, Stage, Told, tell};
pub use settings::{Authenticators, of_facts, of_flags, of_identity_provider, of_settings};

/// One thing that the API server looks at, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is looked at: `issuer`, `audience`.
    pub stage: Stage,
    /// What comes of it.
    pub answer: Answer,
    /// What was found, as a clause.
    pub detail: String,
}

/// What comes of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Holds,
    /// It holds, and something is worth knowing.
    Warns,
    /// The API server refuses the token for it.
    Fails,
    /// It is not known.
    Open,
}

/// Who a token is of, by what is known of the API server's settings.
///
/// # Errors
/// Why that is not known, or why the API server refuses the token; and the next steps.
pub fn identify(token: &Token, facts: &Facts) -> Result<Computed, Unsaid> {
    let known = of_facts(facts);
    let issuer = token.issuer().unwrap_or_default();
    let Some(authenticator) = known.of_issuer(issuer) else { return Err(known.why_not(issuer)) };
    let told = tell(authenticator, token, None);
    match &told.claimed {
        Ok(claimed) => Ok(Computed { identity: identity(claimed), open: None, notes: told.warnings(authenticator) }),
        Err((_, answer)) => {
            Err(Unsaid { why: told.why(authenticator), steps: told.next_steps(authenticator), is_refused: *answer == Answer::Fails })
        }
    }
}

/// The identity that claims came to; the API server adds the group of everybody who is authenticated, and nothing else.
fn identity(claimed: &Claimed) -> Identity {
    let mut identity = Identity { username: Some(Name::new(&claimed.username)), uid: Name::new(&claimed.uid), ..Identity::default() };
    identity.provenance = claimed.provenance.clone();
    for group in &claimed.groups {
        let name = Name::new(group);
        if !identity.holds(name) {
            identity.groups.push(name);
        }
    }
    if !identity.groups.iter().any(|group| *group == "system:authenticated" || *group == "system:unauthenticated") {
        identity.add_group("system:authenticated", "implied: everybody who is authenticated has it");
    }
    for (key, values) in &claimed.extra {
        identity.extra.insert(Name::new(key), values.iter().map(|value| Name::new(value)).collect());
    }
    identity
}

impl Told {
    /// Why there is no identity, as a clause.
    fn why(&self, authenticator: &Authenticator) -> String {
        let check = self.checks.iter().find(|check| matches!(check.answer, Answer::Fails | Answer::Open));
        let origin = &authenticator.origin;
        check.map_or_else(
            || "the API server refuses the token".to_owned(),
            |check| match check.answer {
                Answer::Open => format!("what the API server makes of it by {origin} is not known: {}", check.detail),
                _ => format!("the API server refuses it by {origin}: {}", check.detail),
            },
        )
    }

    /// What mends it, and what else is wrong.
    fn next_steps(&self, authenticator: &Authenticator) -> Vec<String> {
        let mut steps: Vec<String> = Vec::new();
        let failing: Vec<&Check> = self.checks.iter().filter(|check| check.answer == Answer::Fails).collect();
        if let Some(first) = self.checks.iter().find(|check| matches!(check.answer, Answer::Fails | Answer::Open)) {
            steps.extend(first.stage.fix(authenticator));
        }
        steps.extend(failing.iter().skip(1).map(|check| format!("It would be refused too, since {}.", check.detail)));
        steps
    }

    /// What is worth knowing of who came of it.
    fn warnings(&self, authenticator: &Authenticator) -> Vec<String> {
        let mut notes = vec![format!("user name and groups by {}", authenticator.origin)];
        notes.extend(self.checks.iter().filter(|check| check.answer == Answer::Warns).map(|check| check.detail.clone()));
        notes
    }
}

/// Whether a token is in time, as a check: nothing is told where the time is not known.
pub fn in_time(token: &Token, now: Option<Timestamp>) -> Vec<Check> {
    claims::in_time(token, now)
}

fn provenance(what: String, from: String) -> Provenance {
    Provenance { what, from }
}
