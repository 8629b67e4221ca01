//! `whoami` as text: who the cluster takes one for, and the walk up to there.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span, gaps, pairs};
use crate::authz::Verdict;
use crate::base::Severity;
use crate::credential::end::Why;
use crate::identity::Method;
use crate::report::token::in_two_sentences;
use crate::report::{mapped, overview};
use crate::session::{State, Step, Walk};
use crate::source::live::{CallerSource, without_secret};
use crate::view::login;

/// Who one is.
pub fn whoami(walk: &Walk, look: &Look) -> Page {
    let mut page = Page::default();
    let glyphs = Glyphs::of(look);
    let answer = match &walk.caller {
        Some(caller) => (Verdict::Allowed, format!("the cluster takes you for {}", caller.identity)),
        None => (Verdict::Unknown, unknown(walk)),
    };
    page.push(Line::after(vec![glyphs.verdict(answer.0), Span::plain(" ")]).text(answer.1, Ink::Strong));
    page.gap();
    for (label, value) in place(walk).into_iter().chain(credential(walk)) {
        pairs::put(&mut page, label, &value);
    }
    if let Some(origin) = walk.presented.as_ref().and_then(|presented| presented.origin.as_ref()) {
        pairs::put(&mut page, "signed with", &origin.sentence());
    }
    if let Some(principal) = &walk.principal {
        pairs::put(&mut page, "caller", &format!("{}  (account {}, {})", principal.arn, principal.account, principal.user_id));
    }
    let mapping = if walk.caller.is_some() { login::known_mapping(walk) } else { login::mapping(walk) };
    if let Some(mapping) = &mapping {
        pairs::put(&mut page, "mapping", &login::decided(mapping));
        for policy in &mapping.policies {
            pairs::put(&mut page, "access policy", &mapped::policy(policy));
        }
    }
    if let Some(oneself) = &walk.oneself {
        pairs::put(&mut page, "you are", &oneself.identity.to_string());
        let acting = walk.caller.as_ref().map_or_else(String::new, |caller| caller.identity.to_string());
        pairs::put(&mut page, "acting as", &acting);
    }
    identity(&mut page, walk);
    let acts = walk.oneself.is_some().then_some(Method::Impersonation);
    for (label, sentence) in overview::method(walk).into_iter().chain(acts).flat_map(in_two_sentences) {
        pairs::put(&mut page, label, &sentence);
    }
    causes(&mut page, walk, &glyphs);
    page.heading("how it went");
    for (step, stage) in overview::told(walk) {
        let sign = match &stage.state {
            State::Ready if step == Step::Credential && is_refused(walk) => glyphs.verdict(Verdict::Denied),
            State::Ready => glyphs.verdict(Verdict::Allowed),
            State::Failed(_) => glyphs.verdict(Verdict::Denied),
            State::Stale(_) => glyphs.verdict(Verdict::Unknown),
            State::Idle | State::Loading | State::Cancelled => Span::new(glyphs.dot, Ink::Dim),
        };
        let head = vec![Span::plain("  "), sign, Span::plain(format!(" {:<14}", step.as_str()))];
        let took = Span::new(format!("  {}", overview::took(stage.took)), Ink::Dim);
        page.push(Line::after(head).plain(overview::message(stage)).spans([took]));
        for hint in stage.state.failure().iter().flat_map(|failure| &failure.hints) {
            page.push(Line::at(18).plain(hint));
        }
    }
    if walk.aws.state != State::Idle {
        let sign = if walk.aws.state == State::Ready { glyphs.verdict(Verdict::Allowed) } else { glyphs.verdict(Verdict::Unknown) };
        let head = vec![Span::plain("  "), sign, Span::plain(format!(" {:<14}", "aws"))];
        let took = Span::new(format!("  {}", overview::took(walk.aws.took)), Ink::Dim);
        page.push(Line::after(head).plain(overview::message(&walk.aws)).spans([took]));
        for hint in walk.aws.state.failure().iter().flat_map(|failure| &failure.hints) {
            page.push(Line::at(18).plain(hint));
        }
    }
    super::lint::list(&mut page, &overview::findings(walk));
    gaps::of_list(&mut page, &overview::gaps(walk), look);
    page
}

/// Why a server that said Unauthorized may have said it.
fn causes(page: &mut Page, walk: &Walk, glyphs: &Glyphs) {
    let causes = login::causes(walk);
    if causes.is_empty() {
        return;
    }
    page.heading("why the server says Unauthorized, the likeliest first");
    for cause in &causes {
        let sign = if cause.is_certain { glyphs.verdict(Verdict::Denied) } else { glyphs.verdict(Verdict::Unknown) };
        page.push(Line::after(vec![Span::plain("  "), sign, Span::plain(" ")]).text(cause.sentence.as_str(), Ink::Strong));
        for detail in &cause.details {
            page.push(Line::at(4).text(detail.as_str(), Ink::Dim));
        }
        for (position, fix) in cause.fixes.iter().enumerate() {
            let label = if position == 0 { "    fix  " } else { "         " };
            page.push(Line::after(vec![Span::new(label, Ink::Dim)]).plain(fix.as_str()).unwrapped());
        }
    }
}

/// Whether something in the credential makes a server refuse it.
fn is_refused(walk: &Walk) -> bool {
    let mut findings = walk.presented.iter().flat_map(|presented| &presented.findings);
    walk.caller.is_none() && findings.any(|finding| finding.severity == Severity::Error)
}

/// That it is not known who one is, with what is most likely to blame.
fn unknown(walk: &Walk) -> String {
    let blamed = overview::findings(walk).into_iter().find(|finding| matches!(finding.code, "expired" | "not-yet-valid"));
    if blamed.is_none()
        && let Some(cause) = login::causes(walk).into_iter().next()
    {
        return format!("the server does not take you (401 Unauthorized): {}", cause.sentence);
    }
    let because = blamed.map_or_else(String::new, |finding| format!(": {}", finding.message));
    format!("who the cluster takes you for is unknown{because}")
}

fn place(walk: &Walk) -> Vec<(&'static str, String)> {
    let Some(target) = &walk.target else { return Vec::new() };
    let mut told = Vec::new();
    if let Some(context) = &target.context {
        let line = |line: Option<usize>| line.map(|line| format!(":{line}")).unwrap_or_default();
        let at = target.source.as_ref().map(|source| format!("  ({}{})", source.file, line(source.line))).unwrap_or_default();
        told.push(("context", format!("{context}{at}")));
    }
    let version = walk.version.as_ref().map(|version| format!("  {}", version.git_version)).unwrap_or_default();
    told.push(("cluster", format!("{}{version}", without_secret(&target.cluster.server))));
    told.extend(target.namespace.clone().map(|namespace| ("namespace", namespace)));
    told
}

fn credential(walk: &Walk) -> Option<(&'static str, String)> {
    let presented = walk.presented.as_ref()?;
    // what a credential says itself needs no reason
    let why = presented.ends.filter(|why| matches!(why, Why::Plugin | Why::Session)).map(|why| format!(" ({})", why.as_str()));
    let end = presented.expires_at.and_then(overview::moment);
    let end = end.map(|end| format!(", until {end}{}", why.unwrap_or_default())).unwrap_or_default();
    let what = if presented.description.is_empty() { presented.kind.as_str() } else { &presented.description };
    Some(("credential", format!("{what}{end}")))
}

/// User, uid, groups and the rest, one a line.
fn identity(page: &mut Page, walk: &Walk) {
    let Some(caller) = &walk.caller else { return };
    let identity = &caller.identity;
    if let Some(username) = identity.username {
        pairs::put(page, "user", username.as_str());
    }
    if !identity.uid.is_empty() {
        pairs::put(page, "uid", identity.uid.as_str());
    }
    for group in &identity.groups {
        pairs::put(page, "group", group.as_str());
    }
    for (key, values) in &identity.extra {
        let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
        pairs::put(page, "extra", &format!("{key}: {}", values.join(", ")));
    }
    let from = match caller.from {
        CallerSource::Review => "the server itself (SelfSubjectReview)",
        CallerSource::Refusal => "the user that a refusal names; the server does not tell groups",
    };
    pairs::put(page, "known from", from);
}
