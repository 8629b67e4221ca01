//! What is known of a credential: of the one that is presented, or of one that was pasted.

use std::sync::Arc;

use jiff::Timestamp;

use crate::base::{Finding, Severity};
use crate::credential::eks::Check;
use crate::credential::{Content, Decoded, Expected};
use crate::kubeconfig::{Target, Ways, ways};
use crate::report::overview;
use crate::report::token::Told;
use crate::session::Walk;
use crate::source::live;
use crate::source::live::Checked;
use crate::view::token::{Countdown, Shown, countdowns, moment};

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    decoded: Option<Arc<Decoded>>,
    findings: Vec<Finding>,
    facts: Vec<(&'static str, String)>,
    checks: Vec<Check>,
    ways: Option<Ways>,
    /// What it is and whose, and whether a server would refuse it; none where there is nothing to take apart.
    pub headline: Option<String>,
    /// What counts down.
    pub countdowns: Vec<Countdown>,
    /// Whether the token itself is there to be seen.
    pub has_secret: bool,
    /// Whether a command prints the same.
    pub is_printed: bool,
    /// Whether it was pasted.
    pub is_pasted: bool,
}

impl Known {
    /// Of what is presented.
    pub fn of(walk: &Walk, now: Option<Timestamp>) -> Self {
        let presented = walk.presented.as_ref();
        let decoded = presented.and_then(|presented| presented.decoded.clone());
        let expected = walk.target.as_ref().map_or_else(|| Expected { now, ..Expected::default() }, |target| expected(target, now));
        let known = Self {
            ways: walk.target.as_ref().map(|target| ways(&target.user)),
            countdowns: countdowns(decoded.as_deref(), presented.and_then(|presented| presented.expires_at)),
            is_printed: walk.target.is_some(),
            has_secret: presented.is_some_and(|presented| presented.secret.is_some()),
            ..Self::default()
        };
        known.with(decoded, findings(walk, &expected), expected, walk.checked.as_deref().cloned())
    }

    /// Of one that was pasted: nobody knows what it is for, so that it is held against the time alone.
    pub fn pasted(decoded: &Arc<Decoded>, now: Option<Timestamp>) -> Self {
        let expected = Expected { now, ..Expected::default() };
        let findings = decoded.findings(&expected);
        let known = Self { is_pasted: true, countdowns: countdowns(Some(decoded), None), ..Self::default() };
        known.with(Some(Arc::clone(decoded)), findings, expected, None)
    }

    fn with(mut self, decoded: Option<Arc<Decoded>>, findings: Vec<Finding>, expected: Expected, checked: Option<Checked>) -> Self {
        if let Some(decoded) = &decoded {
            let told = Told { decoded: (**decoded).clone(), expected, findings: findings.clone(), checked, presented: Vec::new() };
            self.headline = Some(told.headline());
            self.checks = told.checks();
            // keys are given to a command, not to a screen
            let facts = told.facts().into_iter().map(|(label, text)| (label, text.replace(" (--jwks FILE)", "")));
            // the parts of a certificate say its times as plainly
            let times = match &decoded.content {
                Content::X509(_) => Vec::new(),
                _ => vec![
                    ("made", decoded.issued_at()),
                    ("valid from", decoded.not_before().filter(|at| Some(*at) != decoded.issued_at())),
                    ("ends", decoded.expires_at()),
                ],
            };
            let times = times.into_iter().filter_map(|(label, at)| Some((label, moment(at?))));
            self.facts = facts.chain(times).collect();
        }
        Self { decoded, findings, ..self }
    }

    /// The same as rows are made of.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            decoded: self.decoded.as_deref(),
            findings: &self.findings,
            facts: &self.facts,
            checks: &self.checks,
            ways: self.ways.as_ref(),
            has_secret: self.has_secret,
        }
    }

    /// How bad the worst is that was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).min()
    }
}

/// What is wrong with what is presented: all that the walk tells, but for what the kubeconfig's own page tells; and that its
/// time is over by now.
fn findings(walk: &Walk, expected: &Expected) -> Vec<Finding> {
    let of_target = walk.target.iter().flat_map(|target| &target.findings).collect::<Vec<_>>();
    let mut findings: Vec<Finding> = overview::findings(walk).into_iter().filter(|finding| !of_target.contains(&finding)).collect();
    let decoded = walk.presented.as_ref().and_then(|presented| presented.decoded.as_ref());
    let is_over = decoded.and_then(|decoded| decoded.expires_at()).zip(expected.now).is_some_and(|(at, now)| at <= now);
    let is_told = |code: &str| findings.iter().any(|finding| finding.code == code);
    if is_over && let Some(decoded) = decoded {
        let further: Vec<Finding> = decoded.findings(expected).into_iter().filter(|finding| !is_told(finding.code)).collect();
        findings.extend(further);
        findings.sort_by_key(|finding| finding.severity);
    }
    findings
}

/// What it is held against, as far as the kubeconfig tells.
fn expected(target: &Target, now: Option<Timestamp>) -> Expected {
    let Some(eks) = live::eks(target) else { return Expected { now, ..Expected::default() } };
    let partition = eks.region.as_ref().map(|_| eks.partition.to_owned());
    Expected { now, partition, cluster: eks.cluster, region: eks.region, ..Expected::default() }
}
