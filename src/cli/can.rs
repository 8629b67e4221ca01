//! `whycan can IDENTITY`.

use super::args::Format;
use super::identity;
use super::scene::Scene;
use super::session::Session;
use crate::authz::Door;
use crate::authz::matrix::matrix;
use crate::base::{Failure, Name};
use crate::report::{json, markdown, text};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo can alice -n dev
  whycan --demo can sa:ci/deployer -A
  whycan can --as alice --as-group ops -n dev --from rbac.json";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Whose rights: alice, group:dev, sa:NAMESPACE/NAME, node:NAME, user:NAME; or give --as
    #[arg(value_name = "IDENTITY")]
    identity: Option<String>,
}

/// Prints the access matrix.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if args.identity.is_some() && session.global.as_identity.is_some() {
        return Err(Failure::usage("an identity is given twice: as argument and by --as").hint("Give one of them."));
    }
    let given = args.identity.or_else(|| session.global.as_identity.clone());
    let scene = Scene::load(session)?;
    let identity = identity::of(given.as_deref(), &session.global)?;
    let (namespace, notes) = scene.namespace(session);
    let matrix = matrix(&scene.index(), scene.facts.resources(), &identity, Name::new(&namespace), Door::Person);
    match session.global.output {
        Format::Text => session.page(&text::can(&matrix, &notes, &session.look))?,
        Format::Markdown => session.out.text(&markdown::can(&matrix, &notes))?,
        Format::Json | Format::Yaml => session.value(&json::Can::new(&matrix, &notes, &scene.facts))?,
    }
    Ok(0)
}
