//! `whycan rules [NAME]`.

use super::args::Format;
use super::scene::Scene;
use super::session::Session;
use crate::base::Failure;
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source::aws::Reach;
use crate::view::rules::{Wanted, nearest, rules};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo rules
  whycan --demo rules view
  whycan --demo rules dev/readers
  whycan --demo rules RoleBinding dev/readers";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A role or binding: NAME, NAMESPACE/NAME, KIND/NAME or KIND NAMESPACE/NAME
    #[arg(value_name = "NAME", num_args = 0..=2)]
    name: Vec<String>,
}

/// Prints roles and bindings.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load(session, |live| Options { aws: Reach::default(), ..Options::rights(live) })?;
    let mut wanted = if args.name.is_empty() { Wanted::default() } else { Wanted::read(&args.name.join(" ")) };
    if wanted.namespace.is_none() {
        wanted.namespace.clone_from(&session.global.namespace);
    }
    let found = rules(scene.facts(), scene.index(), &wanted);
    if let Some(name) = wanted.name.as_deref().filter(|_| found.roles.is_empty() && found.bindings.is_empty()) {
        let place = wanted.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in namespace `{namespace}`"));
        let failure = Failure::usage(format!("no role or binding is called `{name}`{place}"));
        let near = nearest(scene.facts(), &wanted);
        return Err(match near.as_slice() {
            [] => failure.hint("whycan rules lists all of them."),
            near => near.iter().fold(failure, |failure, object| failure.hint(format!("Did you mean {object}?"))),
        });
    }
    match session.global.output {
        Format::Text => session.page(&text::rules(&found, scene.facts(), wanted.name.is_some(), &session.look))?,
        Format::Markdown => session.out.text(&markdown::rules(&found, scene.facts()))?,
        Format::Json | Format::Yaml => session.value(&json::Rules::new(&found, scene.facts()))?,
    }
    Ok(0)
}
