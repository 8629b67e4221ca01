//! `whycan whoami`.

use super::args::Format;
use super::identity;
use super::live::{self, Live};
use super::session::Session;
use crate::base::Failure;
use crate::facts::Facts;
use crate::report::{json, markdown, text};
use crate::session::{Event, Options, Stage, State, Step, Walk};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan whoami
  whycan whoami --context acme-prod -o json | jq -r .identity.username
  whycan whoami --as sa:ci/deployer

Exit status: 0 when the cluster says who you are, 4 when it cannot be reached or does not say; 3 with --offline.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// Prints the walk up to the identity.
pub fn run(session: &mut Session<'_>) -> Result<u8, Failure> {
    if session.global.from.is_some() || session.global.demo {
        return Err(Failure::usage("recorded facts present nobody to a server: `whoami` needs a cluster")
            .hint("On a cluster: leave --from and --demo out.")
            .hint("Who somebody is in recorded facts: whycan identities"));
    }
    let walk = if session.global.offline { offline(session)? } else { walk(session)? };
    match session.global.output {
        Format::Text => session.page(&text::whoami(&walk, &session.look))?,
        Format::Markdown => session.out.text(&markdown::whoami(&walk))?,
        Format::Json | Format::Yaml => session.value(&json::Whoami::new(&walk))?,
    }
    Ok(match (&walk.caller, walk.trouble()) {
        (Some(_), _) => 0,
        (None, Some(_)) => 4,
        (None, None) => 3,
    })
}

fn walk(session: &mut Session<'_>) -> Result<Walk, Failure> {
    let kubeconfig = live::kubeconfig(&session.global)?;
    let mut live = Live::of(&kubeconfig, session.global.context.as_deref(), &session.global)?;
    if identity::names_principal(&session.global) {
        return Err(Failure::usage("a server is asked as a user name, and whom a principal of IAM is mapped to is for it to say")
            .hint("Who a principal is to the cluster: whycan map ARN")
            .hint("To act as the user of that name: --as user:NAME"));
    }
    if let Some(identity) = identity::of_flags(session, &Facts::default(), &mut Vec::new())? {
        if identity.username.is_none() {
            return Err(Failure::usage("nobody logs in as a group alone").hint("Name a user too: --as alice --as-group dev"));
        }
        live.act_as(&identity);
    }
    live.start(Options::identity(live::options(&session.global)));
    live.finish(session)?;
    Ok(live.walk)
}

/// Where the context leads, and no step further.
fn offline(session: &Session<'_>) -> Result<Walk, Failure> {
    let kubeconfig = live::kubeconfig(&session.global)?;
    let target = crate::source::kubeconfig::target(&kubeconfig, session.global.context.as_deref())?;
    let mut walk = Walk::default();
    let stage = |state, message: &str| Stage { state, message: message.to_owned(), ..Stage::default() };
    walk.take(Event::Stage(Step::Kubeconfig, stage(State::Ready, "read; --offline goes no further")));
    walk.take(Event::Target(std::sync::Arc::new(target)));
    Ok(walk)
}
