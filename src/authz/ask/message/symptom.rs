//! What clients, plugins, AWS and networks say when it never comes to authorization: what it means, the likeliest cause
//! first, what tells the causes apart here, and what mends it.
//!
//! The texts are those of kubectl 1.32, AWS CLI 2, botocore, aws-iam-authenticator and EKS. Nothing of a text is repeated:
//! there may be secrets in it.

mod client;
mod cloud;
mod login;
mod mapping;
mod network;
mod pod;

use crate::base::Failure;

/// A text that is known.
#[derive(Clone, Copy, Debug)]
pub struct Symptom {
    /// How it is recognised: all of one of these stand in the text.
    marks: &'static [&'static [&'static str]],
    /// What it means, as a clause.
    means: &'static str,
    /// Why it comes to that, as clauses, the likeliest first.
    causes: &'static [&'static str],
    /// What tells here which of them it is; empty where nothing does.
    check: &'static str,
    /// What mends it.
    fix: &'static str,
}

/// All of them; what says more comes first, as one text may stand around another.
fn all() -> impl Iterator<Item = &'static Symptom> {
    let tables: [&'static [Symptom]; 6] =
        [&pod::SYMPTOMS, &mapping::SYMPTOMS, &cloud::SYMPTOMS, &client::SYMPTOMS, &network::SYMPTOMS, &login::SYMPTOMS];
    tables.into_iter().flatten()
}

/// The symptom that a text tells of.
pub fn find(text: &str) -> Option<&'static Symptom> {
    all().find(|symptom| symptom.is_in(text))
}

impl Symptom {
    fn is_in(&self, text: &str) -> bool {
        self.marks.iter().any(|marks| marks.iter().all(|mark| text.contains(mark)))
    }

    /// What is said of it.
    pub fn explain(&self) -> Failure {
        let (first, others) = self.causes.split_first().unwrap_or((&"", &[]));
        let message = if others.is_empty() { format!("{}: {first}", self.means) } else { format!("{}; most likely {first}", self.means) };
        let hints = others.iter().map(|cause| format!("Consider too: {cause}."));
        let steps = [self.check, self.fix].into_iter().filter(|step| !step.is_empty()).map(str::to_owned);
        hints.chain(steps).fold(Failure::usage(message), Failure::hint)
    }
}

#[cfg(test)]
mod tests;
