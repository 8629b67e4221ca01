//! What makes an identity of a form: its name alone, or what else is known.

use jiff::Timestamp;

use super::{Computed, Form, Identity, Unsaid};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::{Content, Decoded, Expected};
use crate::facts::Facts;

/// Reads the credential of a file, `-` for standard input.
pub type ReadCredential<'a> = &'a dyn Fn(&str) -> Result<Decoded, Failure>;

/// What a form may need beside itself.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// What is known of the cluster.
    pub facts: &'a Facts,
    /// What reads credentials; none where it is not the time to: whoever a file is of stays open then.
    pub read: Option<ReadCredential<'a>>,
    /// The time, where it is known.
    pub now: Option<Timestamp>,
}

impl std::fmt::Debug for Means<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means").field("read", &self.read.is_some()).field("now", &self.now).finish_non_exhaustive()
    }
}

/// Who a form names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The identity.
    pub identity: Identity,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

impl Form {
    /// The identity, with further groups that were given and those that are implied; `from` says where it was given.
    ///
    /// # Errors
    /// When the credential cannot be read, or does not say whose it is; when a principal of IAM is nobody to the cluster.
    pub fn settle(&self, groups: &[&str], from: &str, means: &Means<'_>) -> Result<Settled, Failure> {
        if let Some(identity) = self.named(groups, from) {
            return Ok(Settled { identity, notes: Vec::new() });
        }
        let given = self.to_string();
        let given = sanitise(&given);
        match (self, means.read) {
            (Self::Principal(arn), _) => super::principal::settle(arn, groups, from, means.facts),
            (Self::Token(file), Some(read)) => of_credential(&given, &read(file)?, groups, from, means),
            _ => Ok(Settled { identity: Identity::asked(Some(&given), groups, from), notes: Vec::new() }),
        }
    }
}

/// Whoever a credential is of.
fn of_credential(given: &str, decoded: &Decoded, groups: &[&str], from: &str, means: &Means<'_>) -> Result<Settled, Failure> {
    let failed = |why: &str| Failure::failed(format!("`{given}` names nobody: {why}"));
    let expected = Expected { now: means.now, ..Expected::default() };
    let findings = decoded.findings(&expected);
    let computed = match Computed::of(decoded, means.facts) {
        Ok(computed) => computed,
        Err(Unsaid { why, steps, .. }) => {
            // what is wrong with the text says more than that nothing stands in it
            let blamed = findings.iter().find(|finding| matches!(decoded.content, Content::Opaque) && finding.fix.is_some());
            return Err(match blamed {
                Some(finding) => finding.fix.iter().fold(failed(&finding.message), Failure::hint),
                None => steps.into_iter().fold(failed(&why), Failure::hint),
            });
        }
    };
    let mut identity = computed.identity;
    for group in groups {
        identity.add_group(group, from);
    }
    let mut notes = vec![format!("{given}: {}, of {identity}", decoded.kind())];
    notes.extend(computed.notes);
    notes.extend(computed.open.map(str::to_owned));
    let refusals = findings.iter().filter(|finding| finding.severity == crate::base::Severity::Error);
    notes.extend(refusals.map(|finding| format!("the API server refuses it: {}", finding.message)));
    Ok(Settled { identity, notes })
}
