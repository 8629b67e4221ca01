//! `whycan who-can REQUEST`.

use super::args::Format;
use super::question::Words;
use super::session::Session;
use crate::authz::Door;
use crate::authz::who_can::{is_namespaced, who_can, who_can_anywhere};
use crate::base::Failure;
use crate::report::{Answered, json, markdown, text};
use crate::session::Options;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo who-can delete pods -n dev
  whycan --demo who-can get secrets -A
  whycan --demo who-can get /metrics
  whycan who-can create pods/exec -n dev --from rbac.json -o json | jq -r '.who[].subject.name'

With -A everyone is listed who may do it in the whole cluster or in some namespace.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What is asked: a verb and a resource, a path or URL, a kubectl line, a pasted message, or -
    #[arg(required = true, value_name = "REQUEST")]
    request: Vec<String>,
}

/// Lists everyone who may.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let Words { scene, asked, mut notes } = Words::read(args.request, session, Options::everybody)?;
    if asked.username.is_some() || session.global.names_somebody() {
        notes.push("who-can asks for everyone: the identity given is not used".to_owned());
    }
    let index = scene.index();
    let everywhere = session.global.all_namespaces;
    let answered = Answered::new(asked, notes, |request| {
        if everywhere && is_namespaced(scene.facts().resources(), request) {
            who_can_anywhere(index, scene.facts(), request, Door::Person)
        } else {
            who_can(index, scene.facts(), request, Door::Person)
        }
    });
    match session.global.output {
        Format::Text => session.page(&text::who_can(&answered, &session.look))?,
        Format::Markdown => session.out.text(&markdown::who_can(&answered))?,
        Format::Json | Format::Yaml => session.value(&json::WhoCan::new(&answered, index, scene.facts()))?,
    }
    Ok(0)
}
