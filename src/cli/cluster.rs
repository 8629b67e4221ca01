//! `whycan cluster`.

use super::args::Format;
use super::scene::Scene;
use super::session::Session;
use crate::base::Failure;
use crate::report::overview::{self, Overview};
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source::aws::Reach;
use crate::source::live::authority_ends;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan cluster
  whycan cluster --context kind-test -o json | jq .counts
  whycan --demo cluster";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// Prints what is known of the cluster.
pub fn run(session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load(session, |live| Options { version: true, aws: Reach::lists(), ..Options::everybody(live) })?;
    let live = scene.live.as_ref();
    let issuer = live.and_then(|live| live.ask(live.connection()?.issuer()).ok());
    let target = live.map(|live| &*live.target);
    let overview = Overview {
        name: target.map(|target| target.cluster.name.clone()).or_else(|| scene.context.clone()).filter(|name| !name.is_empty()),
        target,
        version: live.and_then(|live| live.walk.version.as_ref()),
        provider: live.and_then(|live| live.provider).map(|provider| provider.as_str().to_owned()),
        issuer,
        authority_ends: target.and_then(|target| authority_ends(&target.cluster)),
        facts: scene.facts(),
        findings: live.map(|live| overview::findings(&live.walk)).unwrap_or_default(),
    };
    match session.global.output {
        Format::Text => session.page(&text::cluster(&overview, &session.look))?,
        Format::Markdown => session.out.text(&markdown::cluster(&overview))?,
        Format::Json | Format::Yaml => session.value(&json::Cluster::new(&overview))?,
    }
    Ok(0)
}
