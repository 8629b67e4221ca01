//! What the server tells of one's own rights, where not everything could be read.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span};
use crate::authz::rbac;
use crate::authz::{Decision, Request, Verdict};
use crate::base::text::count;
use crate::facts::Rule;
use crate::source::live::RulesReview;
use crate::view::sentence;

/// How many rules that do not allow the request are listed.
const MOST: usize = 6;

/// Puts the rules on a page: those that allow the request, then those about the same resource; the others are counted.
pub fn put(page: &mut Page, told: &RulesReview, decision: &Decision, look: &Look) {
    let request = &decision.request;
    let glyphs = Glyphs::of(look);
    page.heading(&format!("what the server tells of your rights in {} (SelfSubjectRulesReview)", told.namespace));
    let (allowing, others): (Vec<&Rule>, Vec<&Rule>) = told.rules.iter().partition(|rule| allows(rule, told, request));
    let (near, far): (Vec<&Rule>, Vec<&Rule>) = others.into_iter().partition(|rule| look.verbose || is_near(rule, request));
    for rule in &allowing {
        page.push(Line::after(vec![Span::plain("  "), glyphs.verdict(Verdict::Allowed), Span::plain(" ")]).plain(sentence::rule(rule)));
    }
    let most = if look.verbose { usize::MAX } else { MOST };
    for rule in near.iter().take(most) {
        page.push(Line::after(vec![Span::new(format!("  {} ", glyphs.dot), Ink::Dim)]).plain(sentence::rule(rule)));
    }
    let more = far.len() + near.len().saturating_sub(most);
    if more > 0 {
        let other = if allowing.len() + near.len() == 0 { "rule" } else { "more rule" };
        page.push(Line::at(4).text(format!("{}; whycan can -n {} shows them", count(more, other), told.namespace), Ink::Dim));
    }
    if told.rules.is_empty() {
        page.push(Line::at(4).plain("no rule at all"));
    }
    match (told.incomplete, told.evaluation_error.as_str()) {
        (false, "") => {}
        (_, "") => page.push(Line::at(4).text("it says itself that this is incomplete: some authorizer cannot list its rules", Ink::Open)),
        (_, error) => page.push(Line::at(4).text(format!("it may be incomplete: {error}"), Ink::Open)),
    }
}

/// Whether a rule that is told allows the request: in its own namespace, or a path. Which rules hold for the whole cluster is
/// not told.
fn allows(rule: &Rule, told: &RulesReview, request: &Request) -> bool {
    let is_there = matches!(request, Request::NonResource { .. }) || request.namespace() == told.namespace;
    is_there && rbac::allows(rule, request)
}

fn is_near(rule: &Rule, request: &Request) -> bool {
    match request {
        Request::NonResource { .. } => !rule.non_resource_urls.is_empty(),
        Request::Resource(request) => rule.resources.iter().any(|resource| {
            let base = resource.as_str().split('/').next().unwrap_or_default();
            base == request.resource.as_str() || base == "*"
        }),
    }
}
