//! From screen to screen.

use super::super::message::{Effect, Task, Ticket};
use super::super::screens::contexts::Contexts;
use super::super::screens::findings::Findings;
use super::super::screens::identities::Identities;
use super::super::screens::mapping::Mapping;
use super::super::screens::matrix::Matrix;
use super::super::screens::rules::Rules;
use super::super::screens::token::Token;
use super::super::screens::who_can::WhoCan;
use super::super::screens::why::{Stage, Why};
use super::super::screens::{Goal, Screen, cluster, walk};
use super::super::state::{Editor, Field, Overlay, Pin, State, Visit};
use super::{edit, session, token};
use crate::base::Failure;
use crate::session::{State as Reading, Step, Walk};
use crate::tui::scene::Scene;
use crate::view::question::Question;

/// Shows something; Esc goes up from it.
pub fn to(state: &mut State, goal: Goal) -> Vec<Effect> {
    show(state, goal, false)
}

/// Opens something from the screen; Esc goes back there.
pub fn inside(state: &mut State, goal: Goal) -> Vec<Effect> {
    show(state, goal, true)
}

fn show(state: &mut State, goal: Goal, is_inside: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    let screen = match goal {
        Goal::Contexts => Screen::Contexts(Box::<Contexts>::default()),
        Goal::Context(name) => {
            // what is open goes on; r reads it anew
            if !state.is_open || name != state.context {
                effects.extend(session::open(state, name));
            }
            Screen::Walk(walk::Walk::default())
        }
        Goal::Walk => Screen::Walk(walk::Walk::default()),
        Goal::Token => Screen::Token(Box::<Token>::default()),
        Goal::Cluster => Screen::Cluster(cluster::Cluster::default()),
        Goal::Why(question) => return ask(state, question, is_inside),
        Goal::Pin(number) => {
            let Some(pin) = state.pins.iter().find(|pin| pin.number == number) else { return Vec::new() };
            let (context, question) = (pin.context.clone(), pin.question.clone());
            if context != state.context {
                effects.extend(session::open(state, context));
            }
            effects.extend(ask(state, question, is_inside));
            return effects;
        }
        Goal::WhoCan(question) => Screen::WhoCan(Box::new(WhoCan::new(question))),
        Goal::Matrix { identity, groups, namespace } => Screen::Matrix(Box::new(Matrix::new(identity, groups, namespace))),
        Goal::Rules(wanted) => Screen::Rules(Box::new(Rules::new(wanted))),
        Goal::Identities => Screen::Identities(Box::<Identities>::default()),
        Goal::Mapping => Screen::Mapping(Box::<Mapping>::default()),
        Goal::Findings => Screen::Findings(Box::<Findings>::default()),
    };
    push(state, screen, is_inside);
    effects.extend(arrive(state));
    effects
}

/// Puts a screen up; one of the same kind that was not opened from another is not remembered twice.
fn push(state: &mut State, screen: Screen, is_inside: bool) {
    state.overlay = Overlay::None;
    let is_same = !is_inside && std::mem::discriminant(&screen) == std::mem::discriminant(state.screen());
    let keeps = is_same
        && matches!(
            screen,
            Screen::Contexts(_)
                | Screen::Walk(_)
                | Screen::Token(_)
                | Screen::Cluster(_)
                | Screen::Identities(_)
                | Screen::Mapping(_)
                | Screen::Findings(_)
        );
    if keeps && state.history.now.context == state.context {
        return;
    }
    let context = state.context.clone();
    state.history.push(Visit { context, screen, is_inside });
}

/// The why screen with the question asked last; without one it asks for one.
pub fn why(state: &mut State) -> Vec<Effect> {
    if state.why().is_some() {
        return Vec::new();
    }
    if !state.question.is_empty() {
        let question = state.question.clone();
        return ask(state, question, false);
    }
    let context = state.context.clone();
    state.history.push(Visit { context, screen: Screen::Why(Box::default()), is_inside: false });
    arrive(state)
}

/// Asks a question, and remembers it.
pub fn ask(state: &mut State, question: Question, is_inside: bool) -> Vec<Effect> {
    state.overlay = Overlay::None;
    let place = (state.history.now.context == state.context).then_some(state.screen());
    let is_shown = matches!(place, Some(Screen::Why(why)) if why.question == question);
    let is_first = matches!(state.screen(), Screen::Why(why) if why.question.is_empty());
    let last = match state.screen() {
        Screen::Why(why) => Some(&**why),
        // what was unfolded there stays so
        _ => state.history.earlier().find_map(|visit| match &visit.screen {
            Screen::Why(why) => Some(&**why),
            _ => None,
        }),
    };
    let mut why = last.map_or_else(|| Why::default().asking(question.clone()), |why| why.asking(question.clone()));
    if !matches!(state.screen(), Screen::Why(_)) {
        // the old answer belongs to another screen
        why.stage = Stage::Deciding;
    }
    state.question = question;
    if is_shown || is_first {
        state.history.now.screen = Screen::Why(Box::new(why));
        state.history.now.context.clone_from(&state.context);
    } else {
        let context = state.context.clone();
        // Esc goes back to the question before
        let is_inside = is_inside || matches!(state.screen(), Screen::Why(_));
        state.history.push(Visit { context, screen: Screen::Why(Box::new(why)), is_inside });
    }
    if let Screen::Why(why) = &mut state.history.now.screen {
        why.is_deciding = true;
    }
    arrive(state)
}

/// Gets what the screen shows, of the facts as they are now.
pub fn arrive(state: &mut State) -> Vec<Effect> {
    let scene = state.scene();
    match &mut state.history.now.screen {
        Screen::Contexts(_) | Screen::Walk(_) => session::show(state),
        Screen::Token(_) => return token::arrive(state),
        Screen::Why(why) => {
            let Some(scene) = scene else { return Vec::new() };
            let is_shown = |pin: &&mut Pin| pin.context == scene.context && pin.question == why.question;
            if let Some(flip) = state.pins.iter_mut().find(is_shown).and_then(|pin| pin.flip.as_mut()) {
                flip.is_seen = true;
            }
            if why.question.is_empty() {
                why.stage = Stage::Nothing;
                return Vec::new();
            }
            if let Some(stage) = undecided(why.question.names_somebody(), &scene, &state.walk) {
                why.stage = stage;
                return Vec::new();
            }
            state.generation += 1;
            why.generation = state.generation;
            if !matches!(why.stage, Stage::Answered(_)) {
                why.stage = Stage::Deciding;
            }
            state.question = why.question.clone();
            return vec![Effect::Decide { ticket: Ticket::Screen(state.generation), question: why.question.clone(), scene }];
        }
        screen => {
            state.is_outdated = false;
            // what is being computed is of another screen
            state.preparing = None;
            if let (Some(task), Some(scene)) = (screen.face().task(), scene) {
                let is_of_caller = matches!(&task, Task::Matrix { identity, .. } if identity.trim().is_empty());
                match is_of_caller.then(|| undecided(false, &scene, &state.walk)).flatten() {
                    None => {}
                    Some(Stage::Blocked(why, failure)) => {
                        let failure = Failure { message: format!("{why}: {}", failure.message), ..failure };
                        screen.face_mut().take(Err(failure));
                        return Vec::new();
                    }
                    Some(_) => return Vec::new(),
                }
                state.generation += 1;
                state.preparing = Some(state.generation);
                return vec![Effect::Prepare { generation: state.generation, task, scene }];
            }
        }
    }
    Vec::new()
}

/// What a question comes to that cannot be decided yet: one about the caller, while the server has not said who that is; any
/// other, where nothing can be read of the cluster.
fn undecided(is_named: bool, scene: &Scene, walk: &Walk) -> Option<Stage> {
    let is_known = if is_named { walk.snapshot.is_some() } else { scene.caller.is_some() };
    if !scene.is_live || is_known {
        return None;
    }
    let what = if is_named { "nothing is known of the cluster" } else { "it is not known who you are" };
    let needed = [Step::Kubeconfig, Step::Credential, if is_named { Step::Authorization } else { Step::Identity }];
    let stopped = Failure::failed("");
    let trouble = needed.into_iter().find_map(|step| match &walk.stage(step).state {
        Reading::Cancelled => Some((step, &stopped)),
        state => state.failure().map(|failure| (step, failure)),
    });
    match trouble {
        Some((step, failure)) => {
            let cause = match step {
                _ if failure.message.is_empty() => "reading was stopped",
                Step::Kubeconfig => "the context leads nowhere",
                Step::Credential => "no credential could be had",
                Step::Caller | Step::Identity => "the server did not say",
                Step::Authorization => "the server gave nothing",
            };
            let failure = failure.clone();
            // the stages before it are there, so that others can be asked about
            let failure = if step == Step::Identity { failure.hint("i asks as somebody by name.") } else { failure };
            Some(Stage::Blocked(format!("{what}: {cause}"), failure))
        }
        None if is_named => None,
        None => Some(Stage::Waiting),
    }
}

/// Goes back to what was looked at before.
pub fn back(state: &mut State) -> Vec<Effect> {
    if state.history.back() { returned(state) } else { Vec::new() }
}

/// Goes on to what was looked at after.
pub fn forward(state: &mut State) -> Vec<Effect> {
    if state.history.forward() { returned(state) } else { Vec::new() }
}

fn returned(state: &mut State) -> Vec<Effect> {
    state.overlay = Overlay::None;
    let context = state.history.now.context.clone();
    // the list of contexts is in none of them
    let is_elsewhere = context != state.context && !matches!(state.screen(), Screen::Contexts(_));
    if let Screen::Why(why) = &mut state.history.now.screen {
        why.forget();
    }
    let mut effects = if is_elsewhere { session::open(state, context) } else { Vec::new() };
    effects.extend(arrive(state));
    effects
}

/// One up: back to where this was opened from, else to the walk, and from there to the contexts. Never out.
pub fn up(state: &mut State) -> Vec<Effect> {
    if state.history.now.is_inside {
        return back(state);
    }
    match state.screen() {
        Screen::Contexts(_) => Vec::new(),
        Screen::Walk(_) => to(state, Goal::Contexts),
        _ if state.is_open => to(state, Goal::Walk),
        _ => to(state, Goal::Contexts),
    }
}

/// Opens the editor where nothing has been asked.
pub fn ask_for_question(state: &mut State) {
    let question = state.question.clone();
    state.overlay = Overlay::Editor(Box::new(Editor::new(&question, Field::Verb)));
    edit::understand(state);
}
