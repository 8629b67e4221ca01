//! `whycan context alias`: other names of contexts, for whycan alone.

use super::names::switch;
use crate::base::Failure;
use crate::base::text::{edit_distance, sanitise};
use crate::cli::args::Format;
use crate::cli::live;
use crate::cli::session::Session;
use crate::report::{json, markdown};
use crate::source::state::{self, State};

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Alias {
    /// The other name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The context; -n gives the namespace that goes with it
    #[arg(value_name = "CONTEXT", conflicts_with = "remove")]
    context: Option<String>,
    /// Forget it
    #[arg(long, requires = "name")]
    remove: bool,
}

/// Lists, tells, makes or forgets aliases.
pub fn run(args: Alias, session: &mut Session<'_>) -> Result<u8, Failure> {
    let memory = switch(&session.global).memory().clone();
    let (state, notes) = memory.recall();
    for note in &notes {
        session.tell(note);
    }
    match (args.name, args.context) {
        (None, _) => list(&state, |_| true, session),
        (Some(name), None) if args.remove => {
            if !state.aliases.contains_key(&name) {
                return Err(unknown(&name, &state));
            }
            let notes = memory.change(|state| drop(state.aliases.remove(&name)));
            check(!memory.recall().0.aliases.contains_key(&name), notes)?;
            done(&format!("{} is no alias any more", sanitise(&name)), &memory.recall().0, session)
        }
        (Some(name), None) => {
            if !state.aliases.contains_key(&name) {
                return Err(unknown(&name, &state).hint(format!("To make it: whycan context alias {} CONTEXT", sanitise(&name))));
            }
            list(&state, |known| known == name, session)
        }
        (Some(name), Some(context)) => {
            let kubeconfig = live::kubeconfig(&session.global)?;
            kubeconfig.selected(Some(&context))?;
            if kubeconfig.context(&name).is_some() || name == "-" || name.is_empty() {
                return Err(
                    Failure::usage(format!("`{}` cannot be an alias: it is a name already", sanitise(&name))).hint("Choose another.")
                );
            }
            let namespace = session.global.namespace.clone();
            let with = namespace.as_deref().map_or_else(String::new, |namespace| format!(", with namespace {}", sanitise(namespace)));
            let said = format!("{} means context {} now{with}", sanitise(&name), sanitise(&context));
            let alias = state::Alias { context, namespace };
            let notes = memory.change(|state| drop(state.aliases.insert(name.clone(), alias.clone())));
            check(memory.recall().0.aliases.get(&name) == Some(&alias), notes)?;
            done(&said, &memory.recall().0, session)
        }
    }
}

/// Whether a change was remembered: an alias is nothing else.
fn check(is_kept: bool, notes: Vec<String>) -> Result<(), Failure> {
    if is_kept {
        return Ok(());
    }
    let why =
        notes.into_iter().next().unwrap_or_else(|| "this is not remembered: neither XDG_STATE_HOME nor HOME names a folder".to_owned());
    Err(Failure::failed(why))
}

/// Says what was done; to programs, which aliases there are now.
fn done(said: &str, state: &State, session: &mut Session<'_>) -> Result<u8, Failure> {
    match session.global.output {
        Format::Text | Format::Markdown => session.out.text(&format!("{said}\n")).map(|()| 0),
        Format::Json | Format::Yaml => list(state, |_| true, session),
    }
}

fn list(state: &State, is_wanted: impl Fn(&str) -> bool, session: &mut Session<'_>) -> Result<u8, Failure> {
    let kubeconfig = live::kubeconfig(&session.global)?;
    let wanted = state.aliases.iter().filter(|(name, _)| is_wanted(name));
    let rows: Vec<_> = wanted
        .map(|(name, alias)| {
            (name.as_str(), alias.context.as_str(), alias.namespace.as_deref(), kubeconfig.context(&alias.context).is_some())
        })
        .collect();
    let sentence = |(name, context, namespace, exists): &(&str, &str, Option<&str>, bool)| {
        let with = namespace.map_or_else(String::new, |namespace| format!(", namespace {}", sanitise(namespace)));
        let gone = if *exists { "" } else { " (there is no such context)" };
        format!("{} means context {}{with}{gone}", sanitise(name), sanitise(context))
    };
    match session.global.output {
        Format::Text if rows.is_empty() => session.tell("there is no alias; to make one: whycan context alias NAME CONTEXT"),
        Format::Text => {
            for row in &rows {
                session.out.text(&format!("{}\n", sentence(row)))?;
            }
        }
        Format::Markdown => session.out.text(&markdown::names(rows.iter().map(|(name, ..)| *name)))?,
        Format::Json | Format::Yaml => session.value(&json::Aliases::new(rows))?,
    }
    Ok(0)
}

fn unknown(name: &str, state: &State) -> Failure {
    let failure = Failure::usage(format!("there is no alias `{}`", sanitise(name)));
    match state.aliases.keys().filter_map(|known| Some((edit_distance(name, known, 2)?, known))).min() {
        Some((_, known)) => failure.hint(format!("Did you mean `{}`?", sanitise(known))),
        None => failure,
    }
}
