//! `whycan context use`, `rename`, `delete` and `undo`; how every command that changes a kubeconfig tells it.

use jiff::Timestamp;

use super::names::{Meant, Namespace, resolve, switch};
use crate::base::Failure;
use crate::base::text::{enumerate, sanitise, shell_word};
use crate::cli::args::Format;
use crate::cli::live;
use crate::cli::session::Session;
use crate::kubeconfig::Change;
use crate::report::{json, markdown, text};
use crate::view::changed::Changed;

/// Only showing what would be done.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct DryRun {
    /// Show the change as a diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `use`.
#[derive(Clone, Debug, clap::Args)]
pub struct Use {
    /// The context, an alias of it, or - for the one before; -n gives it a namespace too
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
    #[command(flatten)]
    dry: DryRun,
}

/// The arguments of `rename`.
#[derive(Clone, Debug, clap::Args)]
pub struct Rename {
    /// The context
    #[arg(value_name = "FROM")]
    old: String,
    /// The name it gets
    #[arg(value_name = "TO")]
    new: String,
    #[command(flatten)]
    dry: DryRun,
}

/// The arguments of `delete`.
#[derive(Clone, Debug, clap::Args)]
pub struct Delete {
    /// The context
    #[arg(value_name = "NAME")]
    name: String,
    /// Remove its cluster and its user too, where no other context names them
    #[arg(long)]
    with_unused: bool,
    #[command(flatten)]
    dry: DryRun,
}

/// The arguments of `undo`.
#[derive(Clone, Debug, clap::Args)]
pub struct Undo {
    #[command(flatten)]
    dry: DryRun,
}

/// Makes a context the current one.
pub fn make_current(args: &Use, session: &mut Session<'_>) -> Result<u8, Failure> {
    let kubeconfig = live::kubeconfig(&session.global)?;
    let (state, notes) = switch(&session.global).memory().recall();
    let meant = resolve(&args.name, &kubeconfig, &state)?;
    let meant = match session.global.namespace.clone() {
        Some(namespace) => Meant { namespace: Namespace::Given(Some(namespace)), ..meant },
        None => meant,
    };
    make(&meant.changes(), notes, args.dry, session)
}

/// Gives a context another name.
pub fn rename(args: Rename, session: &mut Session<'_>) -> Result<u8, Failure> {
    make(&[Change::Rename { from: args.old, to: args.new }], Vec::new(), args.dry, session)
}

/// Removes a context.
pub fn delete(args: &Delete, session: &mut Session<'_>) -> Result<u8, Failure> {
    let (state, mut notes) = switch(&session.global).memory().recall();
    notes.extend(state.aliases_of(&args.name).into_iter().map(|alias| {
        let word = shell_word(alias);
        format!("alias {} leads nowhere without it; to remove it too: whycan context alias {word} --remove", sanitise(alias))
    }));
    make(&[Change::Delete { context: args.name.clone(), with_unused: args.with_unused }], notes, args.dry, session)
}

/// Takes back the last change.
pub fn undo(args: &Undo, session: &mut Session<'_>) -> Result<u8, Failure> {
    let switch = switch(&session.global);
    let undo = if args.dry.dry_run { switch.plan_undo()? } else { switch.undo()? };
    tell(&Changed::undone(&undo, args.dry.dry_run), session)
}

/// Makes changes, or shows what they would be, and tells what became of it.
pub fn make(changes: &[Change], notes: Vec<String>, dry: DryRun, session: &mut Session<'_>) -> Result<u8, Failure> {
    let switch = switch(&session.global);
    let mut changed = if dry.dry_run {
        Changed::planned(&switch.plan_all(changes)?)
    } else {
        let before = live::kubeconfig(&session.global)?;
        let done = switch.make_all(changes, now())?;
        let mut changed = Changed::made(changes, &done.plan, &before);
        changed.notes.extend(done.notes);
        changed
    };
    changed.notes.extend(notes);
    let removes = changes.iter().any(|change| matches!(change, Change::Delete { with_unused: true, .. }));
    if removes {
        changed.unused.clear();
    }
    tell(&changed, session)
}

/// Tells what became of a change; notes go to standard error.
pub fn tell(changed: &Changed, session: &mut Session<'_>) -> Result<u8, Failure> {
    match session.global.output {
        Format::Text => {
            session.page(&text::changed(changed))?;
            for note in &changed.notes {
                session.tell(note);
            }
            if !changed.unused.is_empty() {
                let unused: Vec<String> =
                    changed.unused.iter().map(|unused| format!("{} {}", unused.kind, sanitise(&unused.name))).collect();
                let verb = if unused.len() == 1 { "is" } else { "are" };
                session.tell(&format!("{} {verb} named by no other context; --with-unused removes such too", enumerate(&unused, "and")));
            }
        }
        Format::Markdown => session.out.text(&markdown::changed(changed))?,
        Format::Json | Format::Yaml => session.value(&json::Changed::new(changed))?,
    }
    Ok(0)
}

/// The time, to the second.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
