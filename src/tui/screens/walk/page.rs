//! A stage in full: who one is outside the cluster, and who inside.

use crate::base::text::count;
use crate::base::{Finding, Name};
use crate::identity::Identity;
use crate::report::overview;
use crate::session::{State as Standing, Step, Walk};
use crate::source::live::CallerSource;
use crate::tui::state::State;
use crate::view::login;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::why::detail::Block;

/// How many mappings are listed.
const MOST: usize = 50;

/// What is known of it.
pub fn blocks(state: &State, step: Step) -> Vec<Block> {
    let walk = &state.walk;
    let stage = walk.stage(step);
    let mut blocks = match step {
        Step::Caller => caller(walk),
        _ if login::is_unauthorized(walk) => unauthorized(walk),
        _ => identity(walk),
    };
    if let Some(failure) = stage.state.failure() {
        blocks.push(Block::Gap);
        blocks.push(Block::Check(Sign::Fails, Phrase::new().with(Tone::Bad, failure.message.as_str())));
        blocks.extend(failure.hints.iter().map(|hint| line(hint)));
    }
    blocks
}

fn line(text: &str) -> Block {
    Block::Line(text.into())
}

fn pair(label: &str, name: impl Into<String>) -> Block {
    Block::Pair(label.to_owned(), Phrase::new().name(name))
}

/// Who that is outside the cluster.
fn caller(walk: &Walk) -> Vec<Block> {
    let mut blocks = vec![Block::Title("who that is outside the cluster".into()), Block::Gap];
    let stage = walk.stage(Step::Caller);
    match (&walk.principal, &stage.state) {
        (Some(principal), _) => blocks.extend([
            pair("arn", principal.arn.as_str()),
            pair("account", principal.account.as_str()),
            pair("user id", principal.user_id.as_str()),
            Block::Gap,
            line("STS says so, asked with the token itself, as the server asks it."),
            line("Access entries and aws-auth name its user or role: a session has the ARN of its role there."),
        ]),
        (None, Standing::Ready) => blocks.push(line(&stage.message)),
        (None, Standing::Loading) => blocks.push(Block::Line(Phrase::new().with(Tone::Accent, stage.message.as_str()))),
        (None, Standing::Failed(_)) => {}
        (None, _) => blocks.push(Block::Line(Phrase::new().dim("it is not known"))),
    }
    blocks
}

/// Why the server does not take one: the causes, then every mapping that was looked at.
fn unauthorized(walk: &Walk) -> Vec<Block> {
    let mut blocks = vec![Block::Title("why the server says Unauthorized, the likeliest first".into())];
    for cause in login::causes(walk) {
        let (sign, tone) = if cause.is_certain { (Sign::Fails, Tone::Bad) } else { (Sign::Open, Tone::Open) };
        blocks.extend([Block::Gap, Block::Check(sign, Phrase::new().with(tone, cause.sentence))]);
        blocks.extend(cause.details.iter().map(|detail| Block::Line(Phrase::new().dim(detail.as_str()))));
        if !cause.fixes.is_empty() {
            blocks.push(Block::Heading("what mends it".to_owned()));
        }
        blocks.extend(cause.fixes.into_iter().map(|fix| if login::is_command(&fix) { Block::Command(fix) } else { line(&fix) }));
    }
    if let Some(mapping) = login::mapping(walk) {
        blocks.extend([Block::Gap, Block::Heading("mappings that were looked at".to_owned())]);
        blocks.extend(mapping.considered.iter().take(MOST).map(|candidate| {
            let sign = if candidate.decides { Sign::Holds } else { Sign::Idle };
            let words = Phrase::new().dim(format!("{}  ", candidate.place())).name(candidate.subject.as_str());
            Block::Check(sign, words.dim(format!("  {}", candidate.why)))
        }));
        let more = mapping.considered.len().saturating_sub(MOST);
        if more > 0 {
            blocks.push(Block::Line(Phrase::new().dim(format!("and {}; whycan map lists them", count(more, "more mapping")))));
        }
        if mapping.considered.is_empty() {
            blocks.push(Block::Line(Phrase::new().dim("none")));
        }
    }
    blocks
}

/// Who the cluster takes one for, where that is known from, and whether the credential says the same.
fn identity(walk: &Walk) -> Vec<Block> {
    let mut blocks = vec![Block::Title("who the cluster takes you for".into()), Block::Gap];
    match &walk.caller {
        Some(caller) => {
            blocks.extend(of(&caller.identity));
            let from = match caller.from {
                CallerSource::Review => "the server itself (SelfSubjectReview)",
                CallerSource::Refusal => "the user that a refusal names; the server does not tell groups",
            };
            blocks.push(Block::Pair("known from".to_owned(), from.into()));
        }
        None => blocks.push(Block::Line(Phrase::new().dim("it is not known"))),
    }
    if let Some(oneself) = &walk.oneself {
        blocks.extend([Block::Gap, Block::Heading("who you are, acting as that".to_owned())]);
        blocks.extend(of(&oneself.identity));
    }
    blocks.extend([Block::Gap, Block::Heading("what the credential says".to_owned())]);
    match overview::computed(walk) {
        None => blocks.push(Block::Line(Phrase::new().dim("there is nothing that says it"))),
        Some(Err(unsaid)) => blocks.push(line(&unsaid.why)),
        Some(Ok(computed)) => {
            blocks.extend(of(&computed.identity));
            blocks.extend(computed.open.map(|open| Block::Line(Phrase::new().dim(open))));
            blocks.extend(differences(walk));
        }
    }
    blocks
}

/// Where the server says otherwise than the credential.
fn differences(walk: &Walk) -> Vec<Block> {
    let differs: Vec<Finding> = overview::findings(walk).into_iter().filter(|finding| finding.code == "identity-differs").collect();
    let is_compared = walk.caller.as_ref().is_some_and(|caller| caller.from == CallerSource::Review);
    if differs.is_empty() {
        return if is_compared { vec![Block::Check(Sign::Holds, "the server says the same".into())] } else { Vec::new() };
    }
    let said = |finding: &Finding| Block::Check(Sign::Warns, Phrase::new().with(Tone::Open, finding.message.as_str()));
    let fix = differs.first().and_then(|finding| finding.fix.as_deref()).map(line);
    differs.iter().map(said).chain(fix).collect()
}

/// User, uid, groups and the rest, each with where it comes from.
fn of(identity: &Identity) -> Vec<Block> {
    let from = |what: &str| identity.provenance.iter().find(|part| part.what == what).map(|part| format!("  {}", part.from));
    let named = |label: &str, name: &str| {
        let words = Phrase::new().name(name).dim(from(&format!("{label} {name}")).unwrap_or_default());
        Block::Pair(label.to_owned(), words)
    };
    let mut blocks = vec![named("user", identity.username.map_or("nobody", Name::as_str))];
    if !identity.uid.is_empty() {
        blocks.push(named("uid", identity.uid.as_str()));
    }
    blocks.extend(identity.groups.iter().map(|group| named("group", group.as_str())));
    for (key, values) in &identity.extra {
        let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
        blocks.push(Block::Pair(key.as_str().to_owned(), Phrase::new().name(values.join(", "))));
    }
    blocks
}
