//! `whycan identities`.

use super::args::Format;
use super::scene::Scene;
use super::session::Session;
use crate::authz::identities::identities;
use crate::base::Failure;
use crate::report::{json, markdown, text};
use crate::session::Options;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo identities
  whycan identities --from rbac.json -o json | jq -r '.identities[].identity'";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// Lists the identities that objects name.
pub fn run(session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load(session, Options::everybody)?;
    let known = identities(scene.facts());
    match session.global.output {
        Format::Text => session.page(&text::identities(&known, scene.facts(), &session.look))?,
        Format::Markdown => session.out.text(&markdown::identities(&known, scene.facts()))?,
        Format::Json | Format::Yaml => session.value(&json::Identities::new(&known, scene.facts()))?,
    }
    Ok(0)
}
