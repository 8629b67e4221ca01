//! Changes of kubeconfigs: planned, and made as they were shown.

use std::path::Path;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::{Change, Plan};
use crate::source::kubeconfig;
use crate::source::shell::{self, Run};
use crate::source::switch::Switch;
use crate::view::change::{Planned, Wish};

/// Plans a change of kubeconfigs; AWS is asked where one of its clusters is to be added.
///
/// # Errors
/// When it is refused, or there is nothing to take back.
pub fn plan(switch: &Switch, wish: Wish) -> Result<Planned, Failure> {
    let change = match wish {
        Wish::Change(change) => change,
        Wish::Back => {
            let (remembered, _) = switch.memory().recall();
            let current = switch.current()?;
            let previous = remembered.previous(current.as_deref());
            let none = || Failure::failed("no context before this one is remembered").hint("Choose one of the list with u.");
            Change::Use(previous.map(|visit| visit.context.clone()).ok_or_else(none)?)
        }
        // AWS has been asked before it comes to this
        Wish::Add(found) => return Err(Failure::failed(format!("{} was not described", sanitise(&found.name)))),
        Wish::Undo => {
            let undo = switch.plan_undo()?;
            let removed = undo.removed.iter().map(|path| format!("{} is removed: the change had made it", sanitise(path)));
            let plan = Plan {
                summary: format!("this is taken back: “{}”", undo.summary),
                notes: removed.collect(),
                edits: undo.edits,
                unused: Vec::new(),
            };
            return Ok(Planned::new(None, plan));
        }
    };
    let plan = switch.plan(&change)?;
    Ok(Planned::new(Some(change), plan))
}

/// Makes a change as it was shown, and tells what came of it.
///
/// # Errors
/// When it cannot be written, or what was shown is no longer so. Then nothing is.
pub fn make(switch: &Switch, planned: &Planned) -> Result<Vec<String>, Failure> {
    match &planned.change {
        Some(change) => {
            let done = switch.make_planned(change, &planned.plan, jiff::Timestamp::now())?;
            Ok(std::iter::once(done.plan.summary).chain(done.notes).collect())
        }
        None => switch.undo().map(|undo| vec![format!("taken back: “{}”", undo.summary)]),
    }
}

/// Opens a shell in which only this context is known, and tells how it ended.
///
/// # Errors
/// When the context leads nowhere, or the shell cannot be started.
pub fn shell(file: Option<&Path>, context: &str) -> Result<String, Failure> {
    let text = kubeconfig::load(file)?.alone(Some(context), None)?;
    let status = shell::run(Run { context, kubeconfig: &text, command: &[] })?;
    Ok(format!("the shell in {} ended with status {status}", sanitise(context)))
}
