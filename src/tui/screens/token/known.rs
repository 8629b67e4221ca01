//! What is known of a credential: of the one that is presented, or of one that was pasted.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::base::{Finding, Severity};
use crate::credential::eks::Check;
use crate::credential::{Content, Decoded, Expected};
use crate::facts::Facts;
use crate::kubeconfig::{Target, Ways, ways};
use crate::report::overview;
use crate::report::token::Told;
use crate::session::Walk;
use crate::source::aws::Origin;
use crate::source::live::{self, Checked};
use crate::view::token::{Countdown, Shown, clock, countdowns, moment};

/// Where a credential is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// From nowhere: no context leads anywhere.
    #[default]
    Nowhere,
    /// It is presented.
    Presented,
    /// It is presented now, and was given since the kubeconfig was read.
    Renewed,
    /// It was pasted.
    Pasted,
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    decoded: Option<Arc<Decoded>>,
    findings: Vec<Finding>,
    facts: Vec<(&'static str, String)>,
    checks: Vec<Check>,
    ways: Option<Ways>,
    /// Where the AWS credentials come from that signed it.
    signed_with: Option<String>,
    /// What it is and whose, and whether a server would refuse it; none where there is nothing to take apart.
    pub headline: Option<String>,
    /// What counts down.
    pub countdowns: Vec<Countdown>,
    /// Whether the token itself is there to be seen.
    pub has_secret: bool,
    /// Where it is from.
    pub from: From,
}

impl Known {
    /// Of what is presented.
    pub fn of(walk: &Walk, now: Option<Timestamp>) -> Self {
        let presented = walk.presented.as_ref();
        let first = presented.and_then(|presented| presented.decoded.clone());
        let checked = walk.checked.as_deref();
        let decoded = checked.and_then(|checked| checked.decoded.clone()).or_else(|| first.clone());
        // a plugin that ran again, or a file that was written, gave another one, of which nothing is here but what it says
        let is_renewed = decoded.as_ref().zip(first.as_ref()).is_some_and(|(decoded, first)| decoded.sha256 != first.sha256);
        let expected = match checked {
            Some(checked) => {
                let ahead = SignedDuration::from_secs(checked.skew_seconds.unwrap_or_default());
                let there = now.and_then(|now| now.checked_add(ahead).ok());
                Expected { now: there.or(checked.expected.now), ..checked.expected.clone() }
            }
            None => walk.target.as_ref().map_or_else(|| Expected { now, ..Expected::default() }, |target| expected(target, now)),
        };
        let said = presented.filter(|_| !is_renewed).and_then(|presented| Some((presented.expires_at?, presented.ends)));
        let known = Self {
            ways: walk.target.as_ref().map(|target| ways(&target.user)),
            countdowns: countdowns(decoded.as_deref(), said),
            signed_with: presented.and_then(|presented| presented.origin.as_ref()).map(Origin::sentence),
            has_secret: !is_renewed && presented.is_some_and(|presented| presented.secret.is_some()),
            from: match &walk.target {
                None => From::Nowhere,
                Some(_) if is_renewed => From::Renewed,
                Some(_) => From::Presented,
            },
            ..Self::default()
        };
        let findings = findings(walk, decoded.as_deref(), &expected);
        let facts = walk.snapshot.as_ref().map(|snapshot| snapshot.facts.clone());
        known.with(decoded, findings, expected, checked.cloned(), facts)
    }

    /// Of one that was pasted: nobody knows what it is for, so that it is held against the time alone.
    pub fn pasted(decoded: &Arc<Decoded>, now: Option<Timestamp>) -> Self {
        let expected = Expected { now, ..Expected::default() };
        let findings = decoded.findings(&expected);
        let known = Self { from: From::Pasted, countdowns: countdowns(Some(decoded), None), ..Self::default() };
        known.with(Some(Arc::clone(decoded)), findings, expected, None, None)
    }

    fn with(
        mut self,
        decoded: Option<Arc<Decoded>>,
        findings: Vec<Finding>,
        expected: Expected,
        checked: Option<Checked>,
        facts: Option<Facts>,
    ) -> Self {
        if let Some(decoded) = &decoded {
            let skew = checked.as_ref().and_then(|checked| checked.skew_seconds);
            let told = Told { decoded: (**decoded).clone(), expected, findings: findings.clone(), checked, presented: Vec::new(), facts };
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
            let signed = self.signed_with.take().map(|origin| ("signed with", origin));
            self.facts = facts.chain(times).chain(signed).chain(skew.and_then(clock_there)).chain(told.explained()).collect();
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

/// The clock of the server, where it is another one.
fn clock_there(ahead: i64) -> Option<(&'static str, String)> {
    let word = if ahead > 0 { "ahead" } else { "behind" };
    let far = i64::try_from(ahead.unsigned_abs()).unwrap_or(i64::MAX);
    (far > 1).then(|| ("server's clock", format!("{} {word}", clock(far))))
}

/// What is wrong with what is presented: all that the walk tells, but for what the kubeconfig's own page tells; and that its
/// time is over by now.
fn findings(walk: &Walk, decoded: Option<&Decoded>, expected: &Expected) -> Vec<Finding> {
    let of_target = walk.target.iter().flat_map(|target| &target.findings).collect::<Vec<_>>();
    let mut findings: Vec<Finding> = overview::findings(walk).into_iter().filter(|finding| !of_target.contains(&finding)).collect();
    let is_over = decoded.and_then(Decoded::expires_at).zip(expected.now).is_some_and(|(at, now)| at <= now);
    let is_told = |code: &str| findings.iter().any(|finding| finding.code == code);
    if is_over && let Some(decoded) = decoded {
        let is_new = |finding: &Finding| finding.severity == Severity::Error && !is_told(finding.code);
        let further: Vec<Finding> = decoded.findings(expected).into_iter().filter(is_new).collect();
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
