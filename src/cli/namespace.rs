//! `whycan namespace [NAME|-]`.

use std::time::Duration;

use super::args::Format;
use super::context::change::{DryRun, make};
use super::context::names::switch;
use super::live::{self, Live};
use super::session::Session;
use crate::base::Failure;
use crate::base::text::{edit_distance, sanitise};
use crate::kubeconfig::lint::{is_namespace, no_namespace};
use crate::kubeconfig::{Change, Context, Kubeconfig};
use crate::report::{json, markdown};
use crate::source::live::Connection;
use crate::source::state::State;

/// How long the cluster is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan namespace
  whycan namespace payments
  whycan namespace -
  whycan namespace payments --context acme-prod --dry-run

The cluster is asked for this one namespace, for 2 seconds at most: one that is not there is
refused. Where the cluster cannot be asked, or does not let you see it, that is said and the
namespace is set all the same.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The namespace, or - for the one before; without it, the one that is set and those known
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,
    /// Set it though the cluster has no such namespace
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    dry: DryRun,
}

/// Shows or sets the namespace of a context.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if session.global.demo || session.global.from.is_some() {
        return Err(Failure::usage("recorded facts have no kubeconfig to work on").hint("Leave --demo and --from out."));
    }
    let kubeconfig = live::kubeconfig(&session.global)?;
    let context = kubeconfig.selected(session.global.context.as_deref())?;
    let (state, mut notes) = switch(&session.global).memory().recall();
    let Some(name) = args.name else {
        for note in &notes {
            session.tell(note);
        }
        return show(context, &state, session);
    };
    let namespace = if name == "-" { previous(context, &state)? } else { Some(name) };
    if let Some(namespace) = namespace.as_deref().filter(|_| !args.force) {
        check(namespace, &state, &context.name)?;
        if !session.global.offline {
            notes.extend(ask(namespace, &kubeconfig, &state, context, session)?);
        }
    }
    let change = Change::Namespace { context: session.global.context.clone(), namespace };
    make(&[change], notes, args.dry, session)
}

/// The namespace that the context had before.
fn previous(context: &Context, state: &State) -> Result<Option<String>, Failure> {
    let current = context.namespace.as_deref().filter(|namespace| !namespace.is_empty());
    let previous = state.previous_namespace(&context.name, current).ok_or_else(|| {
        Failure::failed(format!("there is no namespace before this one in context `{}`", sanitise(&context.name)))
            .hint("Name one: whycan namespace NAME")
    })?;
    Ok(previous.map(str::to_owned))
}

/// Whether it can be a namespace at all.
fn check(namespace: &str, state: &State, context: &str) -> Result<(), Failure> {
    if is_namespace(namespace) {
        return Ok(());
    }
    Err(suggest(Failure::usage(no_namespace(namespace)), namespace, state, context))
}

/// Asks the cluster for the namespace; gives a note where it did not say.
///
/// # Errors
/// When there is no such namespace.
fn ask(
    namespace: &str,
    kubeconfig: &Kubeconfig,
    state: &State,
    context: &Context,
    session: &Session<'_>,
) -> Result<Option<String>, Failure> {
    let limit = PATIENCE.min(session.global.timeout);
    let unknown = |why: &str| Some(format!("whether there is a namespace {} is not known: {why}", sanitise(namespace)));
    let live = match Live::of(kubeconfig, Some(&context.name), &session.global) {
        Ok(live) => live,
        Err(failure) => return Ok(unknown(&failure.message)),
    };
    let options = crate::source::live::Options { timeout: limit, ..live::options(&session.global) };
    let asking = async {
        let (connection, _) = Connection::open(&live.target, &options).await?;
        connection.has_namespace(namespace).await
    };
    match live.ask(async { tokio::time::timeout(limit, asking).await }) {
        Ok(Ok(true)) => Ok(None),
        Ok(Ok(false)) => {
            let why = format!("the cluster of context `{}` has no namespace `{}`", sanitise(&context.name), sanitise(namespace));
            Err(suggest(Failure::usage(why), namespace, state, &context.name).hint("To set it all the same: --force"))
        }
        Ok(Err(failure)) => Ok(unknown(&failure.message)),
        Err(_) => Ok(unknown("the cluster did not answer within 2 s")),
    }
}

/// Names the namespace that was probably meant.
fn suggest(failure: Failure, namespace: &str, state: &State, context: &str) -> Failure {
    let lower = namespace.to_lowercase();
    let known = state.namespaces.get(context).into_iter().flatten();
    match known.filter_map(|known| Some((edit_distance(&lower, known, 2)?, known))).min() {
        Some((_, known)) => failure.hint(format!("Did you mean `{}`?", sanitise(known))),
        None => failure,
    }
}

/// Shows the namespace, and those that were chosen before.
fn show(context: &Context, state: &State, session: &mut Session<'_>) -> Result<u8, Failure> {
    let namespace = context.namespace.as_deref().filter(|namespace| !namespace.is_empty());
    let known: Vec<String> = state.namespaces.get(&context.name).cloned().unwrap_or_default();
    match session.global.output {
        Format::Text => {
            session.out.text(&format!("{}\n", sanitise(namespace.unwrap_or("default"))))?;
            if namespace.is_none() {
                session.tell(&format!("context {} has no namespace: default is taken", sanitise(&context.name)));
            }
            let others: Vec<_> = known.iter().filter(|known| Some(known.as_str()) != namespace).map(|known| sanitise(known)).collect();
            if !others.is_empty() {
                session.tell(&format!("chosen before: {}", others.join(", ")));
            }
        }
        Format::Markdown => session.out.text(&markdown::names([namespace.unwrap_or("default")]))?,
        Format::Json | Format::Yaml => session.value(&json::Namespaces::new(&context.name, namespace, &known))?,
    }
    Ok(0)
}
