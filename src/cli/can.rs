//! `whycan can [IDENTITY]`.

use futures::StreamExt as _;

use super::args::Format;
use super::identity;
use super::live::Live;
use super::scene::Scene;
use super::session::Session;
use crate::authz::matrix::{Matrix, matrix};
use crate::authz::{Door, Verdict};
use crate::base::{Failure, Name};
use crate::identity::Identity;
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source::live::Connection;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan can
  whycan can sa:ci/deployer -n dev
  whycan --demo can alice -n dev
  whycan --demo can sa:ci/deployer -A
  whycan can --as alice --as-group ops -n dev --from rbac.json";

/// How many single questions a server is asked to fill what it did not tell at once.
const MOST: usize = 400;

/// How many of them at a time.
const SIDE_BY_SIDE: usize = 8;

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Whose rights: alice, group:dev, sa:NAMESPACE/NAME, node:NAME, user:NAME; or give --as; on a cluster else your own
    #[arg(value_name = "IDENTITY")]
    identity: Option<String>,
}

/// Prints the access matrix.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if args.identity.is_some() && session.global.as_identity.is_some() {
        return Err(Failure::usage("an identity is given twice: as argument and by --as").hint("Give one of them."));
    }
    let given = args.identity.or_else(|| session.global.as_identity.clone());
    let mut scene = Scene::load(session, Options::rights)?;
    let is_named = given.is_some() || session.global.names_somebody();
    let identity: Identity = match scene.live.as_ref().filter(|_| !is_named) {
        None => identity::of(given.as_deref(), &session.global)?,
        Some(live) => {
            let caller = live.caller()?;
            scene.snapshot = scene.snapshot.about_caller(caller);
            caller.identity.clone()
        }
    };
    let (namespace, mut notes) = scene.namespace(session);
    let mut matrix = matrix(scene.index(), scene.facts().resources(), &identity, Name::new(&namespace), Door::Person);
    if let Some(live) = scene.live.as_ref().filter(|_| !is_named) {
        matrix.settle_by_oneself();
        let connection = live.connection().filter(|_| matrix.gaps.iter().any(|gap| gap.could_change_verdict));
        notes.extend(connection.map(|connection| ask(&mut matrix, live, &connection, &scene)));
    }
    match session.global.output {
        Format::Text => session.page(&text::can(&matrix, &notes, &session.look))?,
        Format::Markdown => session.out.text(&markdown::can(&matrix, &notes))?,
        Format::Json | Format::Yaml => session.value(&json::Can::new(&matrix, &notes, scene.facts()))?,
    }
    Ok(0)
}

/// Fills what could not be read with what the server tells the caller; gives what is to be said of it.
fn ask(matrix: &mut Matrix, live: &Live, connection: &Connection, scene: &Scene) -> String {
    let resources = scene.facts().resources();
    let namespace = if matrix.namespace.is_empty() { "default" } else { matrix.namespace.as_str() };
    let told = match live.ask(connection.rules_review(namespace)) {
        Ok(told) => told,
        Err(failure) => return format!("not everything could be read, and the server does not tell your rights: {}", failure.message),
    };
    if !matrix.namespace.is_empty() {
        matrix.tell(&told.rules, resources);
    }
    let open = matrix.open(resources);
    let questions = open.iter().take(MOST).map(|open| async move {
        let mut least = Verdict::Allowed;
        for request in &open.requests {
            match connection.review(None, request).await.ok()?.verdict()? {
                Verdict::Allowed => {}
                verdict => least = verdict,
            }
        }
        Some((open, least))
    });
    let answers: Vec<_> = live.ask(futures::stream::iter(questions).buffer_unordered(SIDE_BY_SIDE).collect());
    for (open, verdict) in answers.into_iter().flatten() {
        matrix.settle(open, verdict);
    }
    matrix.clear();
    let is_incomplete = told.incomplete || !told.evaluation_error.is_empty();
    if !is_incomplete && matrix.open(resources).is_empty() {
        matrix.settle_gaps();
    }
    let incomplete = if is_incomplete { ", which says itself that it may be incomplete" } else { "" };
    format!("not everything could be read: the rows are what the server tells (SelfSubjectRulesReview{incomplete})")
}
