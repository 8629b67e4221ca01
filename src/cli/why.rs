//! `whycan why REQUEST`.

use super::args::Format;
use super::question::Question;
use super::session::Session;
use crate::authz::{Door, Request, Verdict, explain};
use crate::base::Failure;
use crate::report::{Answered, json, markdown, text};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo why delete pods -n dev --as alice
  whycan --demo why get pods/log web-0 -n dev --as sa:ci/deployer
  whycan --demo why --as alice kubectl exec web-0 -n dev -- sh
  kubectl get pods 2>&1 | whycan why - --from rbac.json
  whycan why delete pods -n dev --as alice --from rbac.json -o markdown > ticket.md

Exit status: 0 allowed, 1 denied, 3 unknown.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What is asked: a verb and a resource, a path or URL, a kubectl line, a pasted message, or -
    #[arg(required = true, value_name = "REQUEST")]
    request: Vec<String>,
}

/// Explains a request; the exit status is the verdict.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let question = Question::read(args.request, session)?;
    let index = question.scene.index();
    let decide = |request: &Request| question.heed(explain(index, &question.identity, request, Door::Person));
    let mut explained = Answered::new(question.asked.clone(), question.notes.clone(), decide);
    explained.told = question.told(&explained.parts.iter().map(|part| &part.answer).collect::<Vec<_>>());
    match session.global.output {
        Format::Text => session.page(&text::why(&explained, &session.look))?,
        Format::Markdown => session.out.text(&markdown::why(&explained))?,
        Format::Json | Format::Yaml => session.value(&json::Why::new(&explained, question.scene.facts()))?,
    }
    Ok(match explained.verdict().0 {
        Verdict::Allowed => 0,
        Verdict::Denied => 1,
        Verdict::Unknown => 3,
    })
}
