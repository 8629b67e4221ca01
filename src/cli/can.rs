//! `whycan can [IDENTITY]`.

use super::args::Format;
use super::identity;
use super::scene::Scene;
use super::session::Session;
use crate::authz::Door;
use crate::authz::matrix::matrix;
use crate::base::{Failure, Name};
use crate::identity::Identity;
use crate::report::{json, markdown, text};
use crate::session::{Options, tell};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan can
  whycan can sa:ci/deployer -n dev
  whycan --demo can alice -n dev
  whycan --demo can sa:ci/deployer -A
  whycan can --as alice --as-group ops -n dev --from rbac.json";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Whose rights: alice, group:dev, sa:NAMESPACE/NAME, node:NAME, user:NAME, arn:aws:…, token:FILE; or give --as; on a cluster else your own
    #[arg(value_name = "IDENTITY")]
    identity: Option<String>,
}

/// Prints the access matrix.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if args.identity.is_some() && session.global.as_identity.is_some() {
        return Err(Failure::usage("an identity is given twice: as argument and by --as").hint("Give one of them."));
    }
    let given = args.identity.or_else(|| session.global.as_identity.clone());
    let is_named = given.is_some() || session.global.names_somebody();
    // a principal is mapped by what is read; whoever else is named is who that is
    let named = given.as_deref().filter(|_| is_named).and_then(identity::by_name);
    let mut scene = Scene::load(session, |live| identity::needs(Options::rights(live), given.as_deref(), named.as_ref()))?;
    let mut assumed = Vec::new();
    let identity: Identity = match scene.live.as_ref().filter(|_| !is_named) {
        None => identity::of(given.as_deref(), session, scene.facts(), &mut assumed)?,
        Some(live) => {
            let caller = live.caller()?;
            scene.snapshot = scene.snapshot.about_caller(caller);
            caller.identity.clone()
        }
    };
    let (namespace, mut notes) = scene.namespace(session);
    notes.extend(assumed);
    let mut matrix = matrix(scene.index(), scene.facts().resources(), &identity, Name::new(&namespace), Door::Person);
    if let Some(live) = scene.live.as_ref().filter(|_| !is_named) {
        matrix.settle_by_oneself();
        let connection = live.connection().filter(|_| matrix.gaps.iter().any(|gap| gap.could_change_verdict));
        notes.extend(connection.map(|connection| live.ask(tell(&mut matrix, &connection, scene.facts().resources()))));
    }
    match session.global.output {
        Format::Text => session.page(&text::can(&matrix, &notes, &session.look))?,
        Format::Markdown => session.out.text(&markdown::can(&matrix, &notes))?,
        Format::Json | Format::Yaml => session.value(&json::Can::new(&matrix, &notes, scene.facts()))?,
    }
    Ok(0)
}
