//! A credential, decoded, with what was found: what text, JSON and Markdown are made of.

use jiff::{SignedDuration, Timestamp};

use crate::base::text::count;
use crate::base::{Finding, Severity};
use crate::credential::eks::{self, Check};
use crate::credential::jwt::Signature;
use crate::credential::{Content, Decoded, Expected, x509};
use crate::facts::Facts;
use crate::identity::Method;
use crate::kubeconfig::{User, ways};
use crate::source::aws::Origin;
use crate::source::live::Checked;

/// A credential, and what was found.
#[derive(Clone, Debug)]
pub struct Told {
    /// The credential.
    pub decoded: Decoded,
    /// What it was held against.
    pub expected: Expected,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What the cluster and the issuer told; none where nobody was asked.
    pub checked: Option<Checked>,
    /// How it came to be presented, as label and sentence; empty for one from anywhere.
    pub presented: Vec<(&'static str, String)>,
    /// What is known of the cluster that it is for.
    pub facts: Option<Facts>,
}

impl Told {
    /// Looks a credential over.
    pub fn new(decoded: Decoded, expected: Expected) -> Self {
        Self { findings: decoded.findings(&expected), decoded, expected, checked: None, presented: Vec::new(), facts: None }
    }

    /// A credential that others were asked about.
    pub fn asked(decoded: Decoded, checked: Checked) -> Self {
        Self {
            findings: checked.findings.clone(),
            decoded,
            expected: checked.expected.clone(),
            checked: Some(checked),
            presented: Vec::new(),
            facts: None,
        }
    }

    /// The same with how it came to be presented: which of a user's credentials wins, and where AWS credentials came from.
    #[must_use]
    pub fn presented_by(self, user: &User, origin: Option<&Origin>) -> Self {
        let ways = ways(user);
        let which =
            std::iter::once(("presented", ways.sentence)).chain(ways.others.into_iter().map(|(_, sentence)| ("beside it", sentence)));
        Self { presented: which.chain(origin.map(|origin| ("signed with", origin.sentence()))).collect(), ..self }
    }

    /// Whether a server would refuse it, as far as that can be told.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether nobody but a server can tell.
    pub fn is_open(&self) -> bool {
        let is_taken = self.checked.as_ref().is_some_and(|checked| checked.is_accepted == Some(true));
        matches!(self.decoded.content, Content::Opaque) && !is_taken
    }

    /// What it is and whose, and whether a server would refuse it.
    pub fn headline(&self) -> String {
        let of = self.decoded.holder().map(|holder| format!(" of {holder}")).unwrap_or_default();
        let warnings = self.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
        let is_taken = self.checked.as_ref().is_some_and(|checked| checked.is_accepted == Some(true));
        let so = match (self.is_refused(), &self.decoded.content) {
            (true, _) => "a server refuses it".to_owned(),
            (false, _) if is_taken && warnings > 0 => format!("the cluster takes it; {}", count(warnings, "warning")),
            (false, _) if is_taken => "the cluster takes it".to_owned(),
            (false, Content::Opaque) => "only the server knows what it is".to_owned(),
            (false, _) if warnings > 0 => format!("its form is right; {}", count(warnings, "warning")),
            (false, _) => "its form is right".to_owned(),
        };
        format!("{}{of}: {so}", self.decoded.kind())
    }

    /// The times in it, each with how far from now it is.
    pub fn times(&self) -> Vec<(&'static str, String)> {
        let told = |at: Timestamp| {
            let far = self.expected.now.map(|now| format!(", {}", far(at.duration_since(now)))).unwrap_or_default();
            format!("{}{far}", at.strftime("%Y-%m-%d %H:%M:%S UTC"))
        };
        let decoded = &self.decoded;
        let made = decoded.issued_at().map(|at| ("made", told(at)));
        let from = decoded.not_before().filter(|from| Some(*from) != decoded.issued_at()).map(|at| ("valid from", told(at)));
        let ends = match (decoded.expires_at(), &decoded.content) {
            (Some(at), _) => Some(("ends", told(at))),
            (None, Content::Jwt(token)) if !token.claims.is_empty() => Some(("ends", "never, by what it says".to_owned())),
            (None, _) => None,
        };
        made.into_iter().chain(from).chain(ends).collect()
    }

    /// Further lines about it, as label and value.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = self.own_facts();
        facts.extend(self.presented.iter().cloned());
        facts.extend(self.notes().iter().map(|note| ("not known", note.clone())));
        facts
    }

    /// What the API server takes it for, and what ends it, as label and sentence.
    pub fn explained(&self) -> Vec<(&'static str, String)> {
        self.method().into_iter().flat_map(in_two_sentences).collect()
    }

    /// How the API server takes it; none for what is no credential.
    pub fn method(&self) -> Option<Method> {
        let is_nothing = matches!(self.decoded.content, Content::Opaque) && self.is_refused();
        (!is_nothing).then(|| Method::of(&self.decoded, self.facts.as_ref()))
    }

    /// What could not be looked at, and why.
    pub fn notes(&self) -> &[String] {
        self.checked.as_ref().map_or(&[], |checked| &checked.notes)
    }

    fn own_facts(&self) -> Vec<(&'static str, String)> {
        match &self.decoded.content {
            Content::Eks(_) => {
                let unknown = "not in the token; only STS can tell, from the right signature".to_owned();
                let cluster =
                    self.expected.cluster.as_ref().map(|name| format!("meant for {name}, which the token does not say: only STS can tell"));
                vec![("cluster", cluster.unwrap_or(unknown))]
            }
            Content::Jwt(_) => {
                let signature = self.decoded.signature(&self.expected);
                vec![("signature", signature.map(|signature| in_words(signature, self.checked.as_ref())).unwrap_or_default())]
            }
            Content::X509(presented) => {
                let groups = presented.certificate.organizations.join(", ");
                let user = presented.username().map(|name| ("user", name.to_owned()));
                let groups = (!groups.is_empty()).then_some(("groups", groups));
                let is_signed = self.expected.authority.as_ref().map(|authority| x509::is_signed(&presented.chain, authority));
                let signed = is_signed.map(|is_signed| match is_signed {
                    Some(true) => "by the authority that was given".to_owned(),
                    Some(false) => "not by the authority that was given".to_owned(),
                    None => "whether by the authority that was given cannot be told".to_owned(),
                });
                user.into_iter().chain(groups).chain(signed.map(|signed| ("signed", signed))).collect()
            }
            Content::Bootstrap(_) | Content::Opaque => Vec::new(),
        }
    }

    /// What the authenticator of EKS checks, in its order; empty for others.
    pub fn checks(&self) -> Vec<Check> {
        match &self.decoded.content {
            Content::Eks(token) => eks::check(token, &self.expected.verifier()),
            _ => Vec::new(),
        }
    }
}

fn in_words(signature: Signature, checked: Option<&Checked>) -> String {
    let from = checked.and_then(|checked| checked.keys_from.as_deref());
    match (signature, from) {
        (Signature::Valid, Some(from)) => format!("valid: a key of {from} made it"),
        (Signature::Valid, None) => "valid: one of the keys given made it".to_owned(),
        (Signature::Invalid, Some(from)) => format!("invalid: the key of {from} that it names did not make it"),
        (Signature::Invalid, None) => "invalid: the key it names did not make it".to_owned(),
        (Signature::Unverified, Some(from)) => format!("not verified: {from} has no key for it that is known here"),
        (Signature::Unverified, None) if checked.is_some() => "not verified: the keys could not be had".to_owned(),
        (Signature::Unverified, None) => "not verified: no key for it is known here (--jwks FILE)".to_owned(),
        (Signature::None, _) => "there is none".to_owned(),
    }
}

/// What the API server takes, and what ends it, as label and sentence.
pub fn in_two_sentences(method: Method) -> [(&'static str, String); 2] {
    [("method", method.taken().to_owned()), ("revoking", method.ends().to_owned())]
}

/// How far from now: `in 12 minutes`, `3 days ago`.
pub fn far(distance: SignedDuration) -> String {
    let seconds = distance.as_secs().unsigned_abs();
    let (number, unit) = match seconds {
        0 => return "now".to_owned(),
        1..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    let told = count(usize::try_from(number).unwrap_or(usize::MAX), unit);
    if distance.is_negative() { format!("{told} ago") } else { format!("in {told}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_in_the_unit_that_says_most() {
        for (seconds, told) in [
            (0, "now"),
            (1, "in 1 second"),
            (-119, "119 seconds ago"),
            (120, "in 2 minutes"),
            (7199, "in 119 minutes"),
            (-7200, "2 hours ago"),
            (172_800, "in 2 days"),
            (86400 * 365, "in 365 days"),
        ] {
            assert_eq!(far(SignedDuration::from_secs(seconds)), told);
        }
    }
}
