//! Contexts and what becomes known of the one that is open.

use std::sync::Arc;

use super::super::message::{Effect, Loaded, Pace, When};
use super::super::scene::{Context, Listing};
use super::super::screens::contexts::{Shown, Standing};
use super::super::screens::{Goal, Screen, walk, why};
use super::super::state::{Asking, Overlay, State, Visit};
use super::{answers, go, toast};
use crate::base::Failure;
use crate::session::{Event, State as Stage, Step, Walk};
use crate::view::contexts::Contexts;

/// Recorded facts are there, or why not.
pub fn loaded(state: &mut State, loaded: Result<Box<Loaded>, Failure>) -> Vec<Effect> {
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(failure) => return failed(state, failure),
    };
    let context = match loaded.world.cluster(state.wanted_context.as_deref()) {
        Ok(cluster) => cluster.context.clone(),
        // several clusters and none is current: the first is as good as any, and c chooses
        Err(_) if state.wanted_context.is_none() => loaded.world.clusters.first().and_then(|cluster| cluster.context.clone()),
        Err(failure) => return failed(state, failure),
    };
    let current = loaded.world.current_context.clone();
    let mut recorded = Contexts::recorded(&loaded.world).rows.into_iter();
    let row = |cluster: &crate::source::Cluster| match cluster.context.as_ref().and_then(|_| recorded.next()) {
        Some(row) => Context::of_row(row),
        None => Context { is_current: cluster.context == current, namespace: cluster.namespace.clone(), ..Context::default() },
    };
    state.contexts = loaded.world.clusters.iter().map(row).collect();
    state.loaded = Some(Arc::new(*loaded));
    let mut effects = open(state, context.clone());
    state.history.now.context = context;
    if state.question.is_empty() && state.why().is_some() {
        effects.extend(go::arrive(state));
        go::ask_for_question(state);
        return effects;
    }
    let question = state.question.clone();
    effects.extend(go::ask(state, question, false));
    effects
}

/// The contexts of the kubeconfig are there: the wanted or the current one is opened at once, and shown where nobody has gone
/// elsewhere meanwhile.
pub fn listed(state: &mut State, contexts: Result<Listing, Failure>) -> Vec<Effect> {
    state.is_live = true;
    // before it was known where contexts lead, no screen but the first could be left
    let is_first = !state.history.has_before() && !state.history.has_after() && matches!(state.screen(), Screen::Why(_) | Screen::Walk(_));
    state.is_listed |= contexts.is_ok();
    if state.is_open {
        return relisted(state, contexts);
    }
    match contexts {
        Ok(listing) => take(state, listing),
        Err(failure) => return failed(state, failure),
    }
    // what was wrong with the kubeconfig may have been mended meanwhile
    state.failed = None;
    let wanted = state.wanted_context.clone();
    let named = state.contexts.iter().find(|row| wanted.is_some() && row.name == wanted);
    let first = named.or_else(|| state.contexts.iter().find(|row| wanted.is_none() && row.is_current));
    let Some(first) = first.map(|row| row.name.clone()) else {
        let mut effects = if is_first { go::to(state, Goal::Contexts) } else { go::arrive(state) };
        if let Some(wanted) = wanted {
            effects.extend(toast(state, format!("there is no context {wanted}")));
        }
        return effects;
    };
    let mut effects = open(state, first.clone());
    for visit in state.history.all() {
        visit.context.clone_from(&first);
    }
    if !is_first {
        effects.extend(go::arrive(state));
    } else if state.question.is_empty() {
        state.history.now = Visit { context: first, screen: Screen::Walk(walk::Walk::default()), is_inside: false };
        effects.extend(go::arrive(state));
    } else {
        let question = state.question.clone();
        effects.extend(go::ask(state, question, false));
    }
    effects
}

/// The contexts were listed again; what is open stays open.
fn relisted(state: &mut State, contexts: Result<Listing, Failure>) -> Vec<Effect> {
    match contexts {
        Ok(listing) => take(state, listing),
        // the stage that reads the kubeconfig says what is wrong with it
        Err(_) => return Vec::new(),
    }
    if matches!(state.screen(), Screen::Contexts(_)) { go::arrive(state) } else { Vec::new() }
}

fn take(state: &mut State, listing: Listing) {
    state.contexts = listing.contexts.into();
    state.problems = listing.problems.into();
    state.further = listing.further.into();
}

/// The list of contexts as things stand, where it is shown.
pub fn show(state: &mut State) {
    super::token::show(state);
    let shown = walk::Shown::of(state);
    if let Screen::Walk(walk) = &mut state.history.now.screen {
        walk.show(shown);
    }
    let (contexts, problems, further) = (Arc::clone(&state.contexts), Arc::clone(&state.problems), Arc::clone(&state.further));
    let (discovery, is_listed) = (Arc::clone(&state.discovery), if state.is_live { state.is_listed } else { state.loaded.is_some() });
    let open = state.is_open.then(|| (state.context.as_ref(), Standing::of(&state.walk)));
    if let Screen::Contexts(screen) = &mut state.history.now.screen {
        screen.show(&Shown {
            contexts: &contexts,
            problems: &problems,
            further: &further,
            discovery: state.is_live.then_some(&discovery),
            is_listed,
            open,
        });
    }
}

fn failed(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.failed = Some(failure);
    Vec::new()
}

/// Opens a context; what ran for the one before ends.
pub fn open(state: &mut State, context: Option<String>) -> Vec<Effect> {
    state.is_open = true;
    state.namespace = None;
    state.session += 1;
    state.preparing = None;
    state.began.clear();
    state.stale_since = None;
    state.revealed = None;
    state.context.clone_from(&context);
    state.walk = Walk::default();
    if let Some(loaded) = &state.loaded {
        let mut clusters = loaded.world.clusters.iter().zip(&loaded.snapshots);
        let snapshot = clusters.find(|(cluster, _)| cluster.context == context).map(|(_, snapshot)| Arc::clone(snapshot));
        state.walk = snapshot.map(Walk::recorded).unwrap_or_default();
        return super::pins::decide_all(state);
    }
    let beyond = context.as_deref().and_then(|called| state.beyond(called));
    let (context, file) = match beyond {
        Some((file, known)) => (Some(known.name.clone()), Some(file.path.clone())),
        None => (context, None),
    };
    vec![Effect::Open { session: state.session, context, file }]
}

/// Looks into a context of a kubeconfig that kubectl does not see; whether its plugin may be run is asked first.
pub fn look_into(state: &mut State, called: String) -> Vec<Effect> {
    let Some((file, context)) = state.beyond(&called) else { return Vec::new() };
    match &context.command {
        Some(command) if !state.allowed.contains(&file.path) => {
            let asking = Asking::Allow { file: file.path.clone(), command: command.clone(), context: called };
            state.overlay = Overlay::Ask(Box::new(asking));
            Vec::new()
        }
        _ => go::inside(state, Goal::Context(Some(called))),
    }
}

/// Something became known; of a context that is not open any more it is dropped.
pub fn told(state: &mut State, session: u64, when: When, event: Event) -> Vec<Effect> {
    if session != state.session {
        return Vec::new();
    }
    state.now = when;
    if let Event::Stage(step, stage) = &event {
        let runs = state.began.iter().any(|(began, _)| began == step);
        match (stage.state == Stage::Loading, runs) {
            (true, false) => state.began.push((*step, state.now.elapsed)),
            (false, _) => state.began.retain(|(began, _)| began != step),
            (true, true) => {}
        }
        match (&stage.state, &state.stale_since) {
            (Stage::Stale(_), None) => state.stale_since = Some(state.now.clock.clone()),
            (Stage::Ready, _) if *step == Step::Authorization => state.stale_since = None,
            _ => {}
        }
    }
    if matches!(event, Event::Presented(_)) {
        // what somebody asked to see was another one
        state.revealed = None;
    }
    if matches!(event, Event::Target(_)) {
        // everything is read anew: the server is asked anew too
        match &mut state.history.now.screen {
            Screen::Why(why) => why.forget(),
            Screen::Matrix(matrix) => matrix.asked = None,
            _ => {}
        }
    }
    let is_fact = match &event {
        // a question about the caller waits for who that is, or for why that is not known
        Event::Stage(_, stage) => stage.state.failure().is_some() || stage.state == Stage::Cancelled,
        Event::Presented(_) | Event::Checked(_) | Event::Principal(_) | Event::Oneself(_) | Event::Version(_) | Event::Aws(_) => false,
        Event::Target(_) | Event::Caller(_) | Event::Snapshot(_) => true,
    };
    state.walk.take(event);
    show(state);
    // what could not be decided waits again
    let is_blocked = state.why().is_some_and(|why| matches!(why.stage, why::Stage::Blocked(..)));
    let mut effects = match (is_fact, is_blocked) {
        (true, _) => answers::changed(state),
        (false, true) => go::arrive(state),
        (false, false) => Vec::new(),
    };
    effects.extend(ticking(state));
    effects
}

/// Time has passed: the times of what runs grow, and what is presented comes nearer to its end.
pub fn tick(state: &mut State, pace: Pace, when: When) -> Vec<Effect> {
    state.ticking.retain(|ticking| *ticking != pace);
    let before = std::mem::replace(&mut state.now, when).unix;
    if let Screen::Token(screen) = state.screen() {
        // what has ended meanwhile is another credential to the server
        let has_ended = |at: i64| before.is_none_or(|before| before < at) && state.now.unix.is_some_and(|now| now >= at);
        if before.is_none() || screen.countdowns().iter().any(|countdown| has_ended(countdown.at)) {
            super::token::show(state);
        }
    }
    ticking(state)
}

/// The time is told only while something runs, or ends before long.
fn ticking(state: &mut State) -> Vec<Effect> {
    let wanted = [
        (Pace::Running, state.walk.is_loading()),
        (Pace::Ending, state.left().is_some_and(|left| left > 0)),
        (Pace::Counting, super::token::is_counting(state)),
    ];
    let mut effects = Vec::new();
    for (pace, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
        if !state.ticking.contains(&pace) {
            state.ticking.push(pace);
            effects.push(Effect::TickLater(pace));
        }
    }
    effects
}

/// Stops what runs: the stage that others wait for first.
pub fn cancel(state: &State) -> Vec<Effect> {
    let running = state.walk.stages().filter(|(_, stage)| stage.state == Stage::Loading);
    running.map(|(step, _)| Effect::Cancel(step)).collect()
}
