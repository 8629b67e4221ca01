//! From the credential to the identity: whom a principal is mapped to, and why a server does not take who logs in.
//!
//! A server says Unauthorized and nothing else, whatever it was. So each thing that it checks is computed anew from what is
//! known, and the causes are told with the likeliest first.

mod mend;

use crate::base::{Failure, FailureKind, Finding, Severity, known};
use crate::credential::Content;
use crate::facts::{AuthenticationMode, Facts};
use crate::identity::Computed;
use crate::identity::aws::mapping::{Candidate, Named};
use crate::identity::aws::{Decider, Mapping, Outcome, Principal, Release};
use crate::session::{State, Step, Walk};
use crate::source::live::CallerSource;

/// A cause of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What is wrong, as a sentence without a final stop.
    pub sentence: String,
    /// What follows from it or leads to it, as sentences.
    pub details: Vec<String>,
    /// What mends it: commands, or sentences.
    pub fixes: Vec<String>,
    /// Whether it is a cause for certain, and not what may be one.
    pub is_certain: bool,
}

impl Cause {
    fn certain(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), details: Vec::new(), fixes: Vec::new(), is_certain: true }
    }

    fn possible(sentence: impl Into<String>) -> Self {
        Self { is_certain: false, ..Self::certain(sentence) }
    }

    fn of_failure(failure: &Failure) -> Self {
        Self { fixes: failure.hints.clone(), ..Self::certain(failure.message.clone()) }
    }

    fn of_finding(finding: &Finding) -> Self {
        Self { fixes: finding.fix.iter().cloned().collect(), ..Self::certain(finding.message.clone()) }
    }
}

/// Who the principal that signed a token is to the cluster, by what was read; none where nobody signed one.
pub fn mapping(walk: &Walk) -> Option<Mapping> {
    let nothing = Facts::default();
    let facts = walk.snapshot.as_ref().map_or(&nothing, |snapshot| &snapshot.facts);
    principal(walk).map(|principal| Mapping::of(&principal, facts, Release::default()))
}

fn principal(walk: &Walk) -> Option<Principal> {
    let told = walk.principal.as_ref()?;
    let decoded = walk.presented.as_ref().and_then(|presented| presented.decoded.as_ref());
    let key = decoded.and_then(|decoded| match &decoded.content {
        Content::Eks(token) => token.access_key_id(),
        _ => None,
    });
    Principal::of_caller(&told.arn, &told.account, &told.user_id, key.unwrap_or_default(), Release::default()).ok()
}

/// The mapping, where it is worth telling: what is not known says nothing to whom the server knows.
pub fn known_mapping(walk: &Walk) -> Option<Mapping> {
    mapping(walk).filter(|mapping| !matches!(mapping.outcome, Outcome::Unknown(_)))
}

/// Where the server takes one for another than the mapping that was read.
pub fn differences(walk: &Walk) -> Option<Finding> {
    let acts = walk.target.as_ref().is_some_and(|target| target.user.impersonation.user.is_some());
    let told = if acts { &walk.oneself } else { &walk.caller };
    let server = told.as_ref().filter(|told| told.from == CallerSource::Review)?;
    let mapping = known_mapping(walk)?;
    let username = server.identity.username.map_or("", |name| name.as_str());
    let finding = |code, severity, message, fix: &str| Finding {
        code,
        severity,
        subject: "mapping".to_owned(),
        message,
        fix: Some(fix.to_owned()),
        source: None,
    };
    match &mapping.outcome {
        Outcome::Mapped(Named { username: Ok(own), .. }) if own == username => None,
        Outcome::Mapped(Named { username: Ok(own), .. }) => Some(finding(
            "mapping-differs",
            Severity::Warning,
            format!("{} gives user {own}, and the server takes you for {username}", decided(&mapping)),
            "A mapping that was changed a moment ago counts for new tokens: run it again.",
        )),
        Outcome::Unmapped if username == "kubernetes-admin" && server.identity.holds(*known::MASTERS) => Some(finding(
            "hidden-creator",
            Severity::Info,
            "nothing that can be read maps you: you are kubernetes-admin in system:masters, as the principal is that created the cluster"
                .to_owned(),
            "Give it an access entry, which can be seen and taken away.",
        )),
        _ => None,
    }
}

/// What decided a mapping, in a few words: `access entry arn:… (STANDARD), before mapRoles[2]`.
pub fn decided(mapping: &Mapping) -> String {
    let decides = mapping.considered.iter().find(|candidate| candidate.decides);
    let behind: Vec<String> = mapping.considered.iter().filter(|other| other.matches && !other.decides).map(Candidate::place).collect();
    let before = if behind.is_empty() { String::new() } else { format!(", before {}", behind.join(" and ")) };
    match (&mapping.outcome, decides) {
        (Outcome::Mapped(_), Some(candidate)) if mapping.decided_by == Decider::AccessEntry => {
            format!("access entry {}{before}", candidate.subject)
        }
        (Outcome::Mapped(_), Some(candidate)) => format!("aws-auth {}, {}{before}", candidate.place(), candidate.subject),
        (Outcome::Mapped(_), None) => "aws-auth, by items that say the same".to_owned(),
        (Outcome::Refused(why), _) => format!("the authenticator refuses: {why}"),
        (Outcome::Unmapped, _) => "nobody is mapped for it".to_owned(),
        (Outcome::Unknown(why), _) => format!("not known: {why}"),
    }
}

/// Whether a fix is a command, to be typed as it stands.
pub fn is_command(fix: &str) -> bool {
    ["aws ", "kubectl ", "whycan "].iter().any(|program| fix.starts_with(program))
}

/// Whether the server said Unauthorized.
pub fn is_unauthorized(walk: &Walk) -> bool {
    let refused = |step| walk.stage(step).state.failure().is_some_and(|failure| failure.kind == FailureKind::Unauthorized);
    walk.caller.is_none() && (refused(Step::Identity) || refused(Step::Authorization))
}

/// Why a server that said Unauthorized may have said it, the likeliest first; nothing where it did not.
pub fn causes(walk: &Walk) -> Vec<Cause> {
    if !is_unauthorized(walk) {
        return Vec::new();
    }
    let mut causes: Vec<Cause> = Vec::new();
    let mut add = |cause: Cause| {
        if !causes.iter().any(|known| known.sentence == cause.sentence) {
            causes.push(cause);
        }
    };
    of_credential(walk).into_iter().for_each(&mut add);
    if let State::Failed(failure) = &walk.stage(Step::Caller).state {
        add(Cause::of_failure(failure));
    }
    of_cluster(walk).into_iter().for_each(&mut add);
    of_claims(walk).into_iter().for_each(&mut add);
    if let Some(mapping) = mapping(walk) {
        of_mapping(walk, &mapping).into_iter().for_each(&mut add);
    }
    if causes.is_empty() {
        let failure = walk.stage(Step::Identity).state.failure().or_else(|| walk.stage(Step::Authorization).state.failure());
        causes.extend(failure.map(|failure| Cause {
            fixes: failure.hints.clone(),
            ..Cause::possible(
                "nothing that whycan can check is wrong with what is presented: the server knows more than the credential says",
            )
        }));
    }
    causes
}

/// What is wrong with what is presented, by its own content and by what was asked about it.
fn of_credential(walk: &Walk) -> Vec<Cause> {
    let presented = walk.presented.iter().flat_map(|presented| &presented.findings);
    let checked = walk.checked.iter().flat_map(|checked| &checked.findings);
    // that it was refused is what the causes are of
    let is_cause = |finding: &&Finding| finding.severity == Severity::Error && finding.code != "refused";
    let mut findings: Vec<&Finding> = checked.chain(presented).filter(is_cause).collect();
    // out of time says more than what follows from it
    findings.sort_by_key(|finding| !matches!(finding.code, "expired" | "not-yet-valid"));
    findings.into_iter().map(Cause::of_finding).collect()
}

/// What the API server's settings for an issuer make of a token's claims, or the Secret of a bootstrap token of it.
fn of_claims(walk: &Walk) -> Option<Cause> {
    let decoded = walk.presented.as_ref()?.decoded.as_ref()?;
    let is_of_settings = match &decoded.content {
        Content::Jwt(token) => !token.kind().is_of_service_account(),
        Content::Bootstrap(_) => true,
        Content::Eks(_) | Content::X509(_) | Content::Opaque => false,
    };
    let nothing = Facts::default();
    let facts = walk.snapshot.as_ref().map_or(&nothing, |snapshot| &snapshot.facts);
    let unsaid = is_of_settings.then(|| Computed::of(decoded, facts).err()).flatten()?;
    let cause = if unsaid.is_refused { Cause::certain(unsaid.why) } else { Cause::possible(unsaid.why) };
    Some(Cause { fixes: unsaid.steps, ..cause })
}

/// That the token is for another cluster than the one that is asked.
fn of_cluster(walk: &Walk) -> Vec<Cause> {
    let Some(snapshot) = &walk.snapshot else { return Vec::new() };
    let is_other = |gap: &&crate::base::Gap| gap.kinds.iter().any(|kind| *kind == "EKSCluster") && gap.why.contains("endpoint");
    let others = snapshot.facts.gaps().iter().filter(is_other);
    others.map(|gap| Cause { fixes: gap.settled_by.iter().cloned().collect(), ..Cause::certain(gap.why.clone()) }).collect()
}

/// What the mapping comes to.
fn of_mapping(walk: &Walk, mapping: &Mapping) -> Vec<Cause> {
    let Some(principal) = &mapping.principal else { return Vec::new() };
    match &mapping.outcome {
        Outcome::Refused(why) => {
            let sentence = format!("{} is known to the cluster, and refused: {why}", principal.looked_up);
            vec![Cause { details: looked_at(mapping), fixes: fixes_of(walk, mapping), ..Cause::certain(sentence) }]
        }
        Outcome::Unmapped => {
            let is_open = mapping.open.iter().any(|open| open.could_change);
            let sentence = format!("{} is mapped to nobody: {}", principal.looked_up, nothing(mapping));
            let cause = if is_open { Cause::possible(sentence) } else { Cause::certain(sentence) };
            vec![Cause { details: looked_at(mapping), fixes: fixes_of(walk, mapping), ..cause }]
        }
        Outcome::Unknown(why) => {
            let sentence = format!("whether {} is mapped to anybody is not known: {why}", principal.looked_up);
            let settled = mapping.open.iter().filter(|open| open.could_change).filter_map(|open| open.gap.settled_by.clone());
            vec![Cause { details: looked_at(mapping), fixes: settled.collect(), ..Cause::possible(sentence) }]
        }
        Outcome::Mapped(_) => vec![Cause {
            details: vec![
                "An access entry is bound to the principal that had its ARN when it was made; one that was deleted and made again is another.".to_owned(),
                "A change at AWS counts after some seconds, and a name of a node hangs on what EC2 answers to the cluster's role.".to_owned(),
            ],
            fixes: mend::remake(mapping),
            ..Cause::possible(format!("by what was read {} should be let in: {}", principal.looked_up, decided(mapping)))
        }],
    }
}

/// What would let the principal in, where nobody is mapped for it or the authenticator refuses what is: the nearest first.
pub fn fixes(mapping: &Mapping, facts: &Facts) -> Vec<String> {
    fixes_in(&mend::cluster(None, facts), mapping, facts)
}

fn fixes_of(walk: &Walk, mapping: &Mapping) -> Vec<String> {
    let nothing = Facts::default();
    let facts = walk.snapshot.as_ref().map_or(&nothing, |snapshot| &snapshot.facts);
    fixes_in(&mend::cluster(Some(walk), facts), mapping, facts)
}

fn fixes_in(cluster: &str, mapping: &Mapping, facts: &Facts) -> Vec<String> {
    match mapping.outcome {
        Outcome::Refused(_) => mend::refusal(cluster, mapping),
        Outcome::Unmapped => mend::fixes(cluster, facts, mapping),
        Outcome::Mapped(_) | Outcome::Unknown(_) => Vec::new(),
    }
}

/// What was looked at, and came to nothing: `no access entry is for it, and nothing in aws-auth`.
fn nothing(mapping: &Mapping) -> &'static str {
    match mapping.mode {
        Some(AuthenticationMode::Api) => "no access entry is for it, and aws-auth does not count (authentication mode API)",
        Some(AuthenticationMode::ConfigMap) => {
            "nothing in aws-auth is for it, and there are no access entries (authentication mode CONFIG_MAP)"
        }
        Some(AuthenticationMode::ApiAndConfigMap) => "no access entry is for it, and nothing in aws-auth",
        None => "nothing that was read is for it",
    }
}

/// What came near, and what is not known, as sentences.
fn looked_at(mapping: &Mapping) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let near = mapping.considered.iter().enumerate().filter(|(index, other)| other.matches || mapping.nearest == Some(*index));
    told.extend(near.map(|(_, candidate)| {
        let subject = if candidate.subject.is_empty() { "(no ARN)" } else { candidate.subject.as_str() };
        format!("{} {subject}: {}", candidate.place(), candidate.why)
    }));
    told.extend(mapping.findings.iter().filter(|finding| finding.severity != Severity::Info).map(|finding| finding.message.clone()));
    let open = mapping.open.iter().filter(|open| open.could_change);
    told.extend(open.map(|open| format!("not known: {}, {}", open.gap.what, open.gap.why)));
    told
}

#[cfg(test)]
mod tests;
