//! The stages as lines: what came of each, when and why it did not, and what would follow from it.

use ratatui::text::{Line, Span};

use crate::authz::Index;
use crate::base::text::{count, enumerate};
use crate::base::{Failure, Finding, Gap, Loss, Name, Severity, known};
use crate::facts::{Facts, Kind};
use crate::report::overview::findings;
use crate::session::{Stage, State as Standing, Step, Walk};
use crate::source::live::Caller;
use crate::tui::draw::lines::{fit, wrapped};
use crate::tui::draw::{stages, text::width};
use crate::tui::state::State;
use crate::tui::theme::Theme;
use crate::view::contexts::place;
use crate::view::login;
use crate::view::phrase::{Phrase, Sign, Tone};

/// How wide a sign and the name of a stage are.
const NAME: usize = 16;
/// How wide times are, with the blanks before them.
const TIME: usize = 10;
/// How many names of what is missing are told.
const MOST: usize = 4;

/// The stages that are shown: recorded facts are presented to nobody.
pub fn shown(state: &State) -> impl Iterator<Item = (Step, &Stage)> {
    state.walk.stages().filter(|(_, stage)| state.is_live || stage.state != Standing::Idle)
}

/// Each of them with its lines.
pub fn lines(state: &State, room: usize) -> Vec<(Step, Vec<Line<'static>>)> {
    let all = |(step, stage): (Step, &Stage)| {
        let mut lines = first(state, step, stage, room);
        lines.extend(notes(state, step, stage).iter().flat_map(|words| indented(words, room, state.theme)));
        (step, lines)
    };
    shown(state).map(all).collect()
}

/// The sign, the name, what came of it and, at the right, the time.
fn first(state: &State, step: Step, stage: &Stage, room: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
    let (glyph, style) = match (step, &stage.state) {
        // it has come as far as it can, and says little
        (Step::Authorization, Standing::Ready) if unread(state).next().is_some() => theme.sign(Sign::Open),
        _ => stages::sign(&stage.state, theme),
    };
    let name = Span::styled(format!("{:<1$}", step.as_str(), NAME - width(glyph)), theme.style(Tone::Name));
    let left = room.saturating_sub(NAME + TIME);
    let words = match told(state, step, stage) {
        // names are cut rather than broken; Enter on the context and the matrix show them whole
        Told::Names(words) => {
            vec![Line::from(
                fit(&words, left, theme).into_iter().map(|(text, tone)| Span::styled(text, theme.style(tone))).collect::<Vec<_>>(),
            )]
        }
        Told::Sentence(words) => wrapped(&words, left, 0, theme),
    };
    let time = if stage.state == Standing::Cancelled { String::new() } else { stages::took(state, step, stage) };
    let mut head = Some((Span::styled(glyph, style), name, time));
    let put = |line: Line<'static>| match head.take() {
        None => std::iter::once(Span::raw(" ".repeat(NAME))).chain(line.spans).collect::<Vec<_>>().into(),
        Some((glyph, name, time)) => {
            let blanks = (left + TIME).saturating_sub(line.width() + width(&time));
            let time = [Span::raw(" ".repeat(blanks)), Span::styled(time, theme.style(Tone::Dim))];
            [glyph, name].into_iter().chain(line.spans).chain(time).collect::<Vec<_>>().into()
        }
    };
    words.into_iter().map(put).collect()
}

/// What stands beside the name of a stage.
enum Told {
    /// Names, in one line.
    Names(Phrase),
    /// A sentence, in as many lines as it needs.
    Sentence(Phrase),
}

fn told(state: &State, step: Step, stage: &Stage) -> Told {
    let walk = &state.walk;
    match (step, &stage.state) {
        (_, Standing::Failed(failure)) if is_repeated(state, step, failure) => Told::Sentence(Phrase::new().bad("for the same reason")),
        (_, Standing::Failed(failure)) => Told::Sentence(Phrase::new().with(Tone::Bad, failure.message.as_str())),
        (_, Standing::Idle) => Told::Sentence(Phrase::new().dim(waits(state, step))),
        (_, Standing::Cancelled) => Told::Sentence(Phrase::new().with(Tone::Open, stage.message.as_str())),
        (_, Standing::Loading) => Told::Sentence(Phrase::new().with(Tone::Accent, stage.message.as_str())),
        (_, Standing::Stale(_)) => {
            let known = walk.snapshot.as_ref().map_or_else(|| stage.message.clone(), |snapshot| counted(&snapshot.facts));
            let since = state.stale_since.as_ref().map_or_else(String::new, |since| format!(", as they were at {since}"));
            Told::Sentence(Phrase::new().with(Tone::Open, format!("{known}{since}")))
        }
        (Step::Kubeconfig, Standing::Ready) => match walk.target.as_ref().and_then(|target| Some((target.context.as_ref()?, target))) {
            Some((context, target)) => {
                let words = Phrase::new().plain("context ").name(context.as_str());
                let of = |source| words.clone().plain(" of ").name(place(source));
                Told::Names(target.source.as_ref().map_or_else(|| words.clone(), of))
            }
            None => Told::Sentence(stage.message.as_str().into()),
        },
        (Step::Identity, Standing::Ready) => walk.caller.as_ref().map_or_else(
            || Told::Sentence(stage.message.as_str().into()),
            |caller| Told::Names(Phrase::new().name(caller.identity.username.map_or("nobody", Name::as_str))),
        ),
        // as it is now: what is watched goes on changing
        (Step::Authorization, Standing::Ready) if state.is_live && walk.snapshot.is_some() => {
            let facts = walk.snapshot.iter().map(|snapshot| &snapshot.facts);
            let told = facts.map(|facts| match facts.gaps().len() {
                0 => counted(facts),
                gaps => format!("{}, {}", counted(facts), count(gaps, "gap")),
            });
            Told::Sentence(told.collect::<String>().into())
        }
        // an ARN is cut rather than broken; Enter shows it whole
        (Step::Caller, Standing::Ready) => Told::Names(Phrase::new().name(stage.message.as_str())),
        (Step::Credential | Step::Authorization, Standing::Ready) => Told::Sentence(stage.message.as_str().into()),
    }
}

/// Whether an earlier stage says the same.
fn is_repeated(state: &State, step: Step, failure: &Failure) -> bool {
    let before = state.walk.stages().take_while(|(before, _)| *before != step);
    before.filter_map(|(_, stage)| stage.state.failure()).any(|earlier| earlier.message == failure.message)
}

/// What a stage that has not begun needs.
fn waits(state: &State, step: Step) -> String {
    let needed = match step {
        Step::Kubeconfig => return "not read yet".to_owned(),
        Step::Credential => Step::Kubeconfig,
        Step::Caller | Step::Identity | Step::Authorization => Step::Credential,
    };
    let is_over = |stage: &Stage| matches!(stage.state, Standing::Failed(_) | Standing::Cancelled);
    let verb = if state.walk.stages().any(|(_, stage)| is_over(stage)) { "would follow" } else { "follows" };
    format!("{verb} from the {}", needed.as_str())
}

/// What is worth saying below a stage.
fn notes(state: &State, step: Step, stage: &Stage) -> Vec<Phrase> {
    let walk = &state.walk;
    let mut notes = Vec::new();
    if let Some(failure) = stage.state.failure().filter(|failure| !is_repeated(state, step, failure)) {
        if matches!(stage.state, Standing::Stale(_)) {
            notes.push(Phrase::new().plain(failure.message.as_str()));
        }
        notes.extend(failure.hints.iter().map(|hint| Phrase::new().plain(hint.as_str())));
        if step == Step::Credential && state.plugin().is_some() {
            notes.push(Phrase::new().plain("L runs the plugin on this terminal, where it can ask."));
        }
    }
    match step {
        Step::Kubeconfig => {
            // what the credential's own findings say better is not told twice
            let told = findings(walk);
            let found = walk.target.iter().flat_map(|target| &target.findings).filter(|found| told.contains(found));
            let found: Vec<&Finding> = found.collect();
            let is_elsewhere = walk.stages().any(|(other, stage)| other != step && matches!(stage.state, Standing::Failed(_)));
            match found.len() {
                // what failed comes first where there is little room
                some @ 1.. if is_elsewhere => {
                    notes.push(Phrase::new().with(Tone::Open, format!("! {}; c tells", count(some, "finding"))));
                }
                _ => notes.extend(found.into_iter().flat_map(finding)),
            }
        }
        Step::Credential => notes.extend(walk.presented.iter().flat_map(|presented| &presented.findings).flat_map(finding)),
        Step::Caller => {
            let decided = login::known_mapping(walk).map(|mapping| login::decided(&mapping));
            notes.extend(decided.map(|decided| Phrase::new().dim("mapping ").plain(decided)));
            notes.extend(of_aws(&walk.aws));
        }
        Step::Identity if login::is_unauthorized(walk) => notes.extend(causes(walk)),
        Step::Identity => notes.extend(walk.caller.as_ref().map(groups).filter(|_| stage.state == Standing::Ready)),
        Step::Authorization => {
            if stage.state == Standing::Ready {
                notes.extend(lost(state));
            }
            notes.extend(rights(state));
        }
    }
    notes
}

/// How far AWS has told what it knows of the cluster.
fn of_aws(stage: &Stage) -> Option<Phrase> {
    let words = Phrase::new().dim("AWS ");
    match &stage.state {
        Standing::Idle | Standing::Stale(_) => None,
        Standing::Loading => Some(words.with(Tone::Accent, stage.message.as_str())),
        Standing::Ready => (!stage.message.is_empty()).then(|| words.plain(stage.message.as_str()).dim("; 0 shows them")),
        Standing::Cancelled => Some(words.with(Tone::Open, stage.message.as_str())),
        Standing::Failed(failure) => Some(words.with(Tone::Open, failure.message.as_str())),
    }
}

/// The likeliest cause of a refusal with its first fix; Enter shows all.
fn causes(walk: &Walk) -> Vec<Phrase> {
    let causes = login::causes(walk);
    let Some(first) = causes.first() else { return Vec::new() };
    let tone = if first.is_certain { Tone::Bad } else { Tone::Open };
    let fix = first.fixes.first().map(|fix| Phrase::new().dim("fix ").name(fix.as_str()));
    let more = Phrase::new().dim(match causes.len() - 1 {
        0 => "Enter shows what was looked at".to_owned(),
        more => format!("Enter shows what was looked at, and {}", count(more, "more cause")),
    });
    std::iter::once(Phrase::new().with(tone, first.sentence.as_str())).chain(fix).chain([more]).collect()
}

/// A finding, and what mends it where it does harm.
fn finding(finding: &Finding) -> Vec<Phrase> {
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Open,
        Severity::Info => Tone::Dim,
    };
    let fix = finding.fix.iter().filter(|_| finding.severity != Severity::Info);
    let said = Phrase::new().with(tone, format!("! {}", finding.message));
    std::iter::once(said).chain(fix.map(|fix| Phrase::new().plain(format!("  {fix}")))).collect()
}

fn groups(caller: &Caller) -> Phrase {
    let groups: Vec<&str> = caller.identity.groups.iter().map(|group| group.as_str()).collect();
    if groups.is_empty() {
        return Phrase::new().dim("groups ").plain("the server does not tell them: kubectl auth whoami may");
    }
    Phrase::new().dim("groups ").plain(groups.join(", "))
}

/// `76 roles, 58 bindings`
fn counted(facts: &Facts) -> String {
    let roles = facts.count(Kind::Role) + facts.count(Kind::ClusterRole);
    let bindings = facts.count(Kind::RoleBinding) + facts.count(Kind::ClusterRoleBinding);
    format!("{}, {}", count(roles, "role"), count(bindings, "binding"))
}

/// The roles and bindings that could not be read.
fn unread(state: &State) -> impl Iterator<Item = &Gap> {
    let is_rbac = |gap: &&Gap| Kind::RBAC.iter().any(|kind| gap.kinds.contains(&Name::new(kind.as_str())));
    state.walk.snapshot.iter().flat_map(|snapshot| snapshot.facts.gaps()).filter(is_rbac)
}

/// What that comes to.
fn lost(state: &State) -> Vec<Phrase> {
    let names: Vec<&str> = unread(state).map(|gap| gap.what.as_str()).collect();
    let told = match names.len() {
        0 => return Vec::new(),
        all if all > MOST => {
            format!("{} and {}", names.iter().take(MOST).copied().collect::<Vec<_>>().join(", "), count(all - MOST, "more gap"))
        }
        _ => enumerate(&names, "and"),
    };
    let mut notes = vec![Phrase::new().with(Tone::Open, format!("could not be read: {told}; 8 says why"))];
    if state.is_live && unread(state).any(|gap| gap.loss == Loss::Refused) {
        notes.push(Phrase::new().plain("A question still gets the server's own verdict; e asks."));
    }
    notes
}

/// How many bindings reach the caller.
fn rights(state: &State) -> Option<Phrase> {
    let scene = state.scene().filter(|scene| scene.is_live && scene.is_whole())?;
    let identity = &scene.caller.as_ref()?.identity;
    let index: &Index = &scene.snapshot.index;
    let namespace = scene.namespace.as_deref().unwrap_or("default");
    let words = Phrase::new().dim("rights ");
    if identity.holds(*known::MASTERS) {
        return Some(words.plain("everything, before any rule is asked: group system:masters"));
    }
    let (wide, narrow) = (index.reaching(identity, Name::EMPTY), index.reaching(identity, Name::new(namespace)));
    if wide + narrow == 0 && unread(state).next().is_some() {
        return None;
    }
    let least = if unread(state).next().is_some() { "at least " } else { "" };
    Some(words.plain(format!("{least}{}, {narrow} in {namespace}; 4 shows what they allow", count(wide, "cluster binding"))))
}

fn indented(words: &Phrase, room: usize, theme: Theme) -> Vec<Line<'static>> {
    let lines = wrapped(words, room.saturating_sub(NAME), 2, theme);
    lines.into_iter().map(|line| Line::from(std::iter::once(Span::raw(" ".repeat(NAME))).chain(line.spans).collect::<Vec<_>>())).collect()
}
