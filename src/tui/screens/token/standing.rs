//! How far the credential has come: what it comes to, in a sentence, and what to do next.

use super::Token;
use crate::base::{Failure, Severity};
use crate::report::overview;
use crate::session::{State as Standing, Step};
use crate::source::live::CredentialKind;
use crate::tui::state::State;
use crate::view::phrase::{Sign, Tone};

/// What it comes to, in a sentence.
pub fn standing(token: &Token, state: &State) -> (Sign, Tone, String) {
    let headline = || token.known.headline.clone().unwrap_or_default();
    let by_findings = || match token.known.worst() {
        Some(Severity::Error) => (Sign::Fails, Tone::Bad),
        Some(Severity::Warning) => (Sign::Warns, Tone::Open),
        _ => (Sign::Holds, Tone::Good),
    };
    if token.is_pasted() {
        let (sign, tone) = by_findings();
        return (sign, tone, format!("{}; held against the time alone", headline()));
    }
    match whereabouts(state) {
        Whereabouts::Recorded => (Sign::None, Tone::Plain, "recorded facts: nobody is presented to a server".to_owned()),
        Whereabouts::Listing => (Sign::Idle, Tone::Dim, "the kubeconfig is being read".to_owned()),
        Whereabouts::Closed => (Sign::None, Tone::Plain, "no context is open; c shows them".to_owned()),
        Whereabouts::Failed(step, failure) => {
            let what = if step == Step::Kubeconfig { "this context leads nowhere" } else { "no credential could be had" };
            let known = if token.known.headline.is_some() { "; the one before is shown" } else { "" };
            (Sign::Fails, Tone::Bad, format!("{what}: {}{known}", failure.message))
        }
        Whereabouts::Waiting => (Sign::Idle, Tone::Dim, "it follows from the kubeconfig".to_owned()),
        Whereabouts::Loading(doing) => (Sign::Idle, Tone::Accent, doing),
        Whereabouts::Stopped(said) => (Sign::Open, Tone::Open, said),
        Whereabouts::There => match &state.walk.presented {
            Some(presented) if presented.decoded.is_none() => {
                let said = match presented.kind {
                    CredentialKind::None => "nothing is presented: requests are anonymous".to_owned(),
                    _ => presented.described().to_owned(),
                };
                (Sign::Warns, Tone::Open, said)
            }
            Some(_) => {
                let (sign, tone) = by_findings();
                (sign, tone, headline())
            }
            None => (Sign::Idle, Tone::Dim, "it is not there yet".to_owned()),
        },
    }
}

/// How far the context has come.
enum Whereabouts<'a> {
    Recorded,
    Listing,
    Closed,
    Failed(Step, &'a Failure),
    Waiting,
    Loading(String),
    Stopped(String),
    There,
}

fn whereabouts(state: &State) -> Whereabouts<'_> {
    match (state.is_live, state.is_open) {
        (false, _) => return Whereabouts::Recorded,
        (_, false) if !state.is_listed => return Whereabouts::Listing,
        (_, false) => return Whereabouts::Closed,
        _ => {}
    }
    for step in [Step::Kubeconfig, Step::Credential] {
        let stage = state.walk.stage(step);
        match &stage.state {
            Standing::Failed(failure) => return Whereabouts::Failed(step, failure),
            Standing::Loading => return Whereabouts::Loading(stage.message.clone()),
            Standing::Cancelled => return Whereabouts::Stopped(stage.message.clone()),
            Standing::Idle if state.walk.presented.is_none() => return Whereabouts::Waiting,
            Standing::Idle | Standing::Ready | Standing::Stale(_) => {}
        }
    }
    Whereabouts::There
}

/// What to do next, where there is not all that there could be.
pub fn advice(token: &Token, state: &State) -> Vec<String> {
    if token.is_pasted() {
        return Vec::new();
    }
    let all = |hints: &[String], last: &str| hints.iter().cloned().chain([last.to_owned()]).collect();
    match whereabouts(state) {
        Whereabouts::Recorded => vec!["P takes a token apart that you paste.".to_owned()],
        Whereabouts::Listing | Whereabouts::Waiting | Whereabouts::Stopped(_) => Vec::new(),
        Whereabouts::Closed => vec!["c shows the contexts; P takes a token apart that you paste.".to_owned()],
        Whereabouts::Failed(Step::Kubeconfig, failure) => all(&failure.hints, "r reads it again; c shows the other contexts."),
        Whereabouts::Failed(_, failure) if state.plugin().is_some() => {
            all(&failure.hints, "L runs the plugin on this terminal, where it can ask; r tries again.")
        }
        Whereabouts::Failed(_, failure) => all(&failure.hints, "r tries again."),
        Whereabouts::Loading(_) => vec!["1 shows the stages; x stops them there.".to_owned()],
        Whereabouts::There => match &state.walk.presented {
            Some(presented) => {
                let is_nothing = presented.kind == CredentialKind::None && presented.findings.is_empty();
                let user = is_nothing.then(|| "Give the context a user: kubectl config set-context --current --user=NAME".to_owned());
                // of what can be taken apart the rows say it
                let method = overview::method(&state.walk).filter(|_| presented.decoded.is_none());
                let told = method.into_iter().flat_map(|method| [method.taken().to_owned(), method.ends().to_owned()]);
                user.into_iter().chain(told).collect()
            }
            None => Vec::new(),
        },
    }
}
