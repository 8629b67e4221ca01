//! `whycan lint`.

use clap::ValueEnum;

use super::args::Format;
use super::live::{self, Live};
use super::scene::{self, Scene};
use super::session::Session;
use crate::authz;
use crate::base::text::enumerate;
use crate::base::{Failure, FailureKind, Finding, Gap, Loss, Severity};
use crate::credential;
use crate::identity;
use crate::kubeconfig::lint::{Surroundings, in_order};
use crate::kubeconfig::{self, Kubeconfig};
use crate::report::{Linted, json, markdown, text};
use crate::session::Options;
use crate::source;
use crate::source::aws::Reach;
use crate::source::kubeconfig::{Broken, Browsed, browse};
use crate::view::contexts::files;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan lint
  whycan lint kubeconfig
  whycan lint rbac --context acme-prod
  whycan lint aws --from ./recorded
  whycan --demo lint
  whycan lint --from ./manifests -o json | jq '.findings[] | select(.severity == \"error\")'

Without a word, the kubeconfig is looked at, and of the current cluster, where they can be read, its
roles and bindings, and on EKS aws-auth, access entries, identity providers and the roles of pods;
with --offline, the kubeconfig alone; with --from or --demo, the facts alone. For the kubeconfig
nothing is run and nothing is asked over the network.

Exit status: 1 when there are findings of severity error.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to look at; without it, all there is
    #[arg(value_enum)]
    what: Option<What>,
}

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The kubeconfig: every context, cluster and user, and the files and programs that they name
    Kubeconfig,
    /// Roles and bindings
    Rbac,
    /// On EKS: aws-auth, access entries, identity providers, and the roles that pods become
    Aws,
}

/// Prints the findings; the exit status tells whether there are errors.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let is_recorded = session.global.demo || session.global.from.is_some();
    let linted = match (args.what, is_recorded) {
        (Some(What::Kubeconfig), true) => recorded_kubeconfig(session)?,
        (Some(What::Kubeconfig), false) => {
            let browsed = browse(session.global.kubeconfig.as_deref());
            if is_nothing(&browsed) {
                return Err(source::kubeconfig::none(&browsed.kubeconfig));
            }
            of_browsed(&browsed)
        }
        (Some(what), _) => of_facts(&Scene::load(session, needs)?, Some(what)),
        (None, true) => of_facts(&Scene::load(session, needs)?, None),
        (None, false) => everything(session)?,
    };
    print(&linted, session)?;
    Ok(u8::from(linted.findings.iter().any(|finding| finding.severity == Severity::Error)))
}

fn print(linted: &Linted, session: &mut Session<'_>) -> Result<(), Failure> {
    match session.global.output {
        Format::Text => session.page(&text::lint(linted, &session.look)),
        Format::Markdown => session.out.text(&markdown::lint(linted)),
        Format::Json | Format::Yaml => {
            session.value(&json::Lint { findings: linted.findings.clone() })?;
            // a list of findings has no place for what nobody could look at
            for left_out in &linted.left_out {
                session.tell(&format!("{} could not be read: {}", left_out.what, left_out.why));
            }
            Ok(())
        }
    }
}

/// The kubeconfig, and the current cluster where it can be read.
fn everything(session: &mut Session<'_>) -> Result<Linted, Failure> {
    let browsed = browse(session.global.kubeconfig.as_deref());
    // a pod has a cluster without one
    if is_nothing(&browsed) {
        return Ok(of_facts(&Scene::load(session, needs)?, None));
    }
    let mut linted = of_browsed(&browsed);
    if session.global.offline {
        return Ok(linted);
    }
    // as kubectl: one file that breaks keeps every command from the cluster
    if let Some(broken) = browsed.broken.first() {
        linted.left_out.push(unread(broken.failure()));
        return Ok(linted);
    }
    let context = session.global.context.clone();
    let mut live = match Live::of(&browsed.kubeconfig, context.as_deref(), &session.global) {
        // what was named by a flag is to be there
        Err(failure) if failure.kind == FailureKind::Usage && context.is_some() => return Err(failure),
        Err(failure) => {
            linted.left_out.push(unread(failure));
            return Ok(linted);
        }
        Ok(live) => live,
    };
    live.start(needs(live::options(&session.global)));
    live.finish(session)?;
    match live.check() {
        Ok(()) => linted.add(of_facts(&Scene::of_live(live, session), None)),
        Err(failure) => linted.left_out.push(unread(failure)),
    }
    Ok(linted)
}

/// Of a live cluster: everything that can be wrong with it.
fn needs(live: crate::source::live::Options) -> Options {
    Options { aws: Reach::everything(), ..Options::everybody(live) }
}

/// Why roles and bindings were not looked at.
fn unread(failure: Failure) -> Gap {
    Gap {
        what: "roles and bindings".to_owned(),
        why: failure.message,
        loss: Loss::Unreachable,
        settled_by: failure.hints.into_iter().next(),
        ..Gap::default()
    }
}

/// What is wrong with a cluster, recorded or live: with its roles and bindings, with what it has to do with AWS, or with both.
fn of_facts(scene: &Scene, what: Option<What>) -> Linted {
    let facts = scene.facts();
    let is_eks = !facts.aws().is_empty() || facts.aws_auth().is_some();
    let mut findings = Vec::new();
    let mut looked_at = Vec::new();
    if what != Some(What::Aws) {
        findings.extend(authz::lint::lint(facts));
        looked_at.push("roles and bindings");
    }
    if what != Some(What::Rbac) {
        findings.extend(identity::lint::lint(facts));
        looked_at.extend((is_eks || what.is_some()).then_some("who and what AWS lets in"));
    }
    findings.sort_by(|a, b| (a.severity, &a.subject, a.code).cmp(&(b.severity, &b.subject, b.code)));
    let looked_at = enumerate(&looked_at, "and");
    let looked_at = match (&scene.live, &scene.context) {
        (Some(_), Some(context)) => vec![format!("{looked_at} of context {context}")],
        (Some(_), None) => vec![format!("{looked_at} of this cluster")],
        (None, _) => Vec::new(),
    };
    Linted { findings, looked_at, left_out: facts.gaps().to_vec() }
}

/// Whether there is no kubeconfig, not even a broken one.
fn is_nothing(browsed: &Browsed) -> bool {
    browsed.kubeconfig.files().is_empty() && browsed.broken.is_empty()
}

/// The files of this machine, and those of them that break.
fn of_browsed(browsed: &Browsed) -> Linted {
    let mut linted = of_kubeconfig(&browsed.kubeconfig, &source::surroundings(&browsed.kubeconfig));
    linted.findings.extend(browsed.broken.iter().map(Broken::finding));
    in_order(&mut linted.findings);
    let broken = browsed.broken.iter().map(|broken| broken.source.file.clone());
    let all: Vec<String> = browsed.kubeconfig.files().iter().cloned().chain(broken).collect();
    Linted { looked_at: vec![format!("kubeconfig {}", files(&all))], ..linted }
}

fn of_kubeconfig(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Linted {
    let mut findings: Vec<Finding> = kubeconfig::lint::lint(kubeconfig, surroundings);
    findings.extend(credential::lint::lint(kubeconfig, surroundings));
    in_order(&mut findings);
    Linted { findings, looked_at: vec![format!("kubeconfig {}", files(kubeconfig.files()))], left_out: Vec::new() }
}

/// The kubeconfig that was recorded with facts: of the machine it was used on, nothing is known.
fn recorded_kubeconfig(session: &Session<'_>) -> Result<Linted, Failure> {
    let world = scene::recorded(session)?;
    if world.kubeconfig.files().is_empty() {
        return Err(Failure::usage(format!("`{}` holds no kubeconfig", world.name))
            .hint("Look at the roles and bindings: whycan lint rbac")
            .hint("Or at your own kubeconfig: leave --from and --demo out."));
    }
    let now = world.recorded_at.as_deref().and_then(|moment| moment.parse().ok());
    Ok(of_kubeconfig(&world.kubeconfig, &Surroundings { now, ..Surroundings::default() }))
}
