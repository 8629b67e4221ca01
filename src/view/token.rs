//! A credential as rows and details: what is wrong with it first, what it says of itself, its parts, what the server checks,
//! and what else the user entry gives.

mod command;
mod time;

use jiff::Timestamp;

use super::phrase::{Phrase, Sign, Tone};
use super::table::{Cell, Column, Row};
use super::why::detail::{Block, pair};
use crate::base::text::count;
use crate::base::{Finding, Severity};
use crate::credential::eks::{Check, Outcome};
use crate::credential::{Content, Decoded, Part};
use crate::kubeconfig::Ways;

pub use command::command_line;
pub use time::{Countdown, clock, countdowns};

/// The columns.
pub const COLUMNS: [Column; 2] = [Column::words("WHAT", 17, 0), Column::words("VALUE", 16, 0)];

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// Something that is wrong, by position.
    Finding(usize),
    /// What mends it, by its position.
    Fix(usize),
    /// What is told of the whole, by position.
    Fact(usize),
    /// A part, by its positions from the outermost on.
    Part(Vec<usize>),
    /// All that the server checks.
    Checks,
    /// One of these, by position.
    Check(usize),
    /// What becomes of all that the user entry gives.
    Ways,
    /// One of these, by position.
    Way(usize),
    /// The credential itself.
    Raw,
}

/// What is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The credential; none where there is nothing to take apart.
    pub decoded: Option<&'a Decoded>,
    /// What is wrong, the worst first.
    pub findings: &'a [Finding],
    /// What is told of the whole, as label and value.
    pub facts: &'a [(&'static str, String)],
    /// What the server of EKS checks.
    pub checks: &'a [Check],
    /// What becomes of all that the user entry gives; none where no user entry gave it.
    pub ways: Option<&'a Ways>,
    /// Whether the credential itself can be shown.
    pub has_secret: bool,
}

/// The rows.
pub fn rows(shown: &Shown<'_>) -> Vec<Row<About>> {
    let mut rows: Vec<Row<About>> = shown.findings.iter().enumerate().flat_map(|(position, finding)| wrong(position, finding)).collect();
    rows.extend(shown.facts.iter().enumerate().map(|(position, (label, value))| {
        Row::item(0, About::Fact(position), vec![Cell::Words(Phrase::new().plain(*label)), Cell::Words(value.as_str().into())])
    }));
    if let Some(decoded) = shown.decoded {
        parts(&decoded.parts(), &mut Vec::new(), &mut rows);
        let name = if matches!(decoded.content, Content::X509(_)) { "the certificate itself" } else { "the token itself" };
        let name = Phrase::new().plain(name);
        rows.push(Row::item(0, About::Raw, vec![Cell::Words(name), Cell::Words(Phrase::new().dim(decoded.masked.as_str()))]));
    }
    rows.extend(checks(shown.checks));
    rows.extend(shown.ways.iter().flat_map(|ways| self::ways(ways)));
    rows
}

/// Something that is wrong, and what mends it where it does harm.
fn wrong(position: usize, finding: &Finding) -> Vec<Row<About>> {
    let (sign, tone) = severity(finding.severity);
    let said = Row::item(0, About::Finding(position), vec![Cell::Words(Phrase::new().with(tone, finding.message.as_str()))]);
    let fix = finding.fix.iter().filter(|_| finding.severity != Severity::Info);
    let fix = fix.map(|fix| Row::part(1, About::Fix(position), Phrase::new().plain(fix.as_str())));
    std::iter::once(said.signed(sign).opened(true)).chain(fix).collect()
}

/// The sign and the look of a severity.
pub fn severity(severity: Severity) -> (Sign, Tone) {
    match severity {
        Severity::Error => (Sign::Fails, Tone::Bad),
        Severity::Warning => (Sign::Warns, Tone::Open),
        Severity::Info => (Sign::Idle, Tone::Plain),
    }
}

fn parts(all: &[Part], path: &mut Vec<usize>, rows: &mut Vec<Row<About>>) {
    for (position, part) in all.iter().enumerate() {
        path.push(position);
        let cells = vec![Cell::Words(Phrase::new().name(part.name.as_str())), Cell::Words(part.value.as_str().into())];
        // what has a value of its own says the same in one line
        let is_open = part.value.is_empty();
        rows.push(Row::item(path.len() - 1, About::Part(path.clone()), cells).opened(is_open));
        parts(&part.children, path, rows);
        path.pop();
    }
}

fn checks(checks: &[Check]) -> Vec<Row<About>> {
    let failed = checks.iter().find(|check| matches!(check.outcome, Outcome::Fails(_)));
    let open = checks.iter().filter(|check| matches!(check.outcome, Outcome::Unknown(_))).count();
    let aside = match (failed, open) {
        _ if checks.is_empty() => return Vec::new(),
        (Some(check), _) => format!("it ends at: {}", check.what),
        (None, 0) => format!("all {} hold; then it asks STS", checks.len()),
        (None, open) => format!("{} of {} hold, {open} cannot be told here", checks.len() - open, checks.len()),
    };
    let head = Phrase::new().plain("what the server checks").dim(format!("  {aside}"));
    let head = Row::part(0, About::Checks, head).opened(true);
    let one = |(position, check): (usize, &Check)| {
        let sign = sign(&check.outcome);
        let tone = if sign == Sign::Fails { Tone::Bad } else { Tone::Plain };
        let words = Phrase::new().with(tone, check.what).dim(format!("  {}", check.seen));
        Row::part(1, About::Check(position), words).signed(sign)
    };
    std::iter::once(head).chain(checks.iter().enumerate().map(one)).collect()
}

fn sign(outcome: &Outcome) -> Sign {
    match outcome {
        Outcome::Holds => Sign::Holds,
        Outcome::Fails(_) => Sign::Fails,
        Outcome::Unknown(_) => Sign::Open,
        Outcome::NotReached => Sign::Idle,
    }
}

/// Which of several counts; where there is one alone, nothing is to be said.
fn ways(ways: &Ways) -> Vec<Row<About>> {
    if ways.others.is_empty() && !ways.is_refused {
        return Vec::new();
    }
    let head = Phrase::new().plain("which credential counts").dim(format!("  {} given", count(ways.others.len() + 1, "way")));
    let head = if ways.is_refused { Phrase::new().plain("what the user entry gives") } else { head };
    let sign = if ways.is_refused { Sign::Fails } else { Sign::Holds };
    let wins = Row::part(1, About::Way(0), ways.sentence.as_str().into()).signed(sign);
    let other = |(position, (_, fate)): (usize, &(crate::kubeconfig::Way, String))| {
        Row::part(1, About::Way(position + 1), Phrase::new().dim(fate.as_str())).signed(Sign::Idle)
    };
    let head = Row::part(0, About::Ways, head).opened(true);
    [head, wins].into_iter().chain(ways.others.iter().enumerate().map(other)).collect()
}

/// The details of a row.
pub fn detail(shown: &Shown<'_>, about: &About) -> Vec<Block> {
    let line = |text: &str| Block::Line(text.into());
    match about {
        About::Finding(position) | About::Fix(position) => shown.findings.get(*position).map(of_finding).unwrap_or_default(),
        About::Fact(position) => {
            let fact = shown.facts.get(*position);
            fact.map_or_else(Vec::new, |(label, value)| vec![Block::Title((*label).into()), line(value)])
        }
        About::Part(path) => of_part(shown, path).unwrap_or_default(),
        About::Checks => vec![
            Block::Title("what the server checks".into()),
            line("aws-iam-authenticator looks at the token in this order, and asks STS who signed it only where all of it holds."),
            line("Whoever presented it hears Unauthorized, whichever failed: the words stand in the authenticator's log alone."),
        ],
        About::Check(position) => shown.checks.get(*position).map(of_check).unwrap_or_default(),
        About::Ways => shown.ways.map_or_else(Vec::new, |ways| vec![Block::Title("which credential counts".into()), line(&ways.sentence)]),
        About::Way(position) => shown.ways.and_then(|ways| of_way(ways, *position)).map_or_else(Vec::new, |said| vec![line(said)]),
        About::Raw => shown.decoded.map_or_else(Vec::new, |decoded| of_raw(decoded, shown.has_secret)),
    }
}

fn of_finding(finding: &Finding) -> Vec<Block> {
    let (sign, tone) = severity(finding.severity);
    let mut blocks = vec![Block::Check(sign, Phrase::new().with(tone, finding.message.as_str()))];
    if let Some(fix) = &finding.fix {
        blocks.extend([Block::Gap, Block::Heading("fix".to_owned()), Block::Line(fix.as_str().into())]);
    }
    blocks.extend([Block::Gap, pair("code", Phrase::new().dim(finding.code))]);
    if let Some(source) = &finding.source {
        let line = source.line.map(|line| format!(":{line}")).unwrap_or_default();
        blocks.push(pair("stands in", format!("{}{line}", source.file)));
    }
    blocks
}

fn of_part(shown: &Shown<'_>, path: &[usize]) -> Option<Vec<Block>> {
    let all = shown.decoded?.parts();
    let (first, rest) = path.split_first()?;
    let part = rest.iter().try_fold(all.get(*first)?, |part, position| part.children.get(*position))?;
    let mut blocks = vec![Block::Title(Phrase::new().name(part.name.as_str()))];
    if !part.value.is_empty() {
        blocks.push(Block::Line(part.value.as_str().into()));
    }
    let explained = if part.explanation.is_empty() { "Nothing is known of this one." } else { part.explanation };
    blocks.extend([Block::Gap, Block::Line(explained.into())]);
    Some(blocks)
}

fn of_check(check: &Check) -> Vec<Block> {
    let mut blocks = vec![Block::Title(check.what.into())];
    if !check.seen.is_empty() {
        blocks.push(pair("seen", check.seen.as_str()));
    }
    blocks.push(Block::Gap);
    match &check.outcome {
        Outcome::Holds => blocks.push(Block::Check(Sign::Holds, "it holds".into())),
        Outcome::Fails(said) => {
            blocks.push(Block::Check(Sign::Fails, Phrase::new().with(Tone::Bad, said.as_str())));
            blocks.push(Block::Line("These words stand in the authenticator's log; whoever presented it hears Unauthorized.".into()));
        }
        Outcome::Unknown(what) => blocks.push(Block::Check(Sign::Open, format!("it hangs on what is not known here: {what}").into())),
        Outcome::NotReached => blocks.push(Block::Check(Sign::Idle, "the server does not come this far".into())),
    }
    blocks
}

fn of_way(ways: &Ways, position: usize) -> Option<&str> {
    match position.checked_sub(1) {
        None => Some(&ways.sentence),
        Some(other) => ways.others.get(other).map(|(_, fate)| fate.as_str()),
    }
}

fn of_raw(decoded: &Decoded, has_secret: bool) -> Vec<Block> {
    let mut blocks = vec![
        Block::Title(decoded.kind().into()),
        pair("length", count(decoded.length, "byte")),
        pair("sha256", format!("{}… (the first 12 digits)", decoded.sha256)),
    ];
    if has_secret {
        blocks.push(Block::Gap);
        blocks.push(Block::Line("Whoever has the token is its holder until it ends.".into()));
        blocks.push(Block::Line("x shows it for ten seconds; y copies it, after asking.".into()));
    }
    blocks
}

/// A moment as a person reads it: `2026-11-22 14:03:20 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests;
