//! `whycan review -f FILE`.

mod answer;
mod read;

use std::path::PathBuf;

use super::args::Format;
use super::identity;
use super::scene::Scene;
use super::session::Session;
use crate::base::Failure;
use crate::base::text::count;
use crate::report::json;
use crate::session::Options;
use crate::source::aws::Reach;

use answer::{Answered, Reviewer};

/// How many refused reviews are told one by one.
const MOST_TOLD: usize = 5;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan review -f review.yaml --from rbac.json
  whycan review -f reviews.jsonl --from rbac.json | jq -r .status.allowed
  kubectl create -f review.yaml --dry-run=client -o json | whycan --demo review -f -

FILE holds one SubjectAccessReview (SelfSubject… and LocalSubject… too), a list, a JSON array, YAML documents or JSON
lines. Each is printed as it was given, in the same order, one line each, with its status. They are answered literally:
groups are taken as given, nothing is repaired. A SelfSubjectAccessReview asks for whoever --as names.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The reviews: a file, or - for standard input
    #[arg(short, long, value_name = "FILE")]
    filename: PathBuf,
}

/// Answers reviews.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if session.global.output == Format::Markdown {
        return Err(Failure::usage("`review` prints JSON lines or YAML, not markdown"));
    }
    if args.filename.as_os_str() == "-" {
        session.claim_stdin("`-f -`")?;
    }
    // anybody's rights may be asked about
    let scene = Scene::load(session, |live| Options { aws: Reach::everybody(), ..Options::rights(live) })?;
    let name = args.filename.display().to_string();
    let bytes = crate::source::read_input(&args.filename)?;
    let items = read::items(&name, &bytes)?;
    let myself = if items.iter().any(read::Item::is_about_oneself) { Some(oneself(&scene, session)?) } else { None };

    let reviewer = Reviewer { index: scene.index(), myself: myself.as_ref() };
    let mut refused: Vec<String> = Vec::new();
    for item in items {
        let place = item.place.clone();
        let Answered { review, refusal } = reviewer.answer(item);
        refused.extend(refusal.map(|why| format!("{place}: {why}")));
        write(&review, session)?;
    }
    if refused.is_empty() {
        return Ok(0);
    }
    // what was answered is not lost to what was not
    session.out.finish()?;
    let failure = Failure::failed(format!("{} of {name} would be refused by the API server", count(refused.len(), "review")));
    let more = refused.len().saturating_sub(MOST_TOLD);
    let told = refused.into_iter().take(MOST_TOLD).fold(failure, Failure::hint);
    Err(if more > 0 { told.hint(format!("and {more} more; status.evaluationError has the reason of each")) } else { told })
}

fn write(review: &json::Review, session: &mut Session<'_>) -> Result<(), Failure> {
    if session.global.output == Format::Yaml {
        session.out.text("---\n")?;
        return session.out.text(&json::to_yaml(review)?);
    }
    session.out.raw(json::to_line(review)?.as_bytes())
}

fn oneself(scene: &Scene, session: &mut Session<'_>) -> Result<crate::identity::Identity, Failure> {
    if let Some(live) = scene.live.as_ref().filter(|_| !session.global.names_somebody()) {
        return live.caller().map(|caller| caller.identity.clone());
    }
    let is_named = session.global.names_somebody();
    let given = session.global.as_identity.clone();
    identity::of(given.as_deref(), session, scene.facts(), &mut Vec::new())
        .map_err(|failure| if is_named { failure } else { failure.hint("A SelfSubjectAccessReview does not say who asks.") })
}
