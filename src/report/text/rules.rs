//! `rules` as text: roles with their rules and subjects, bindings with their role.

use super::glyph::Glyphs;
use super::who_can::who;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::base::text::count;
use crate::facts::{Binding, Facts, ObjectRef, Subject, SubjectKind};
use crate::view::rules::{BindingRow, RoleRow, RuleRow, Rules};
use crate::view::sentence;

/// How many subjects a line names.
const MOST_SUBJECTS: usize = 6;
/// How many bindings of one role are listed.
const MOST_BINDINGS: usize = 20;

/// Roles and bindings; in short when nothing was asked for by name.
pub fn rules(rules: &Rules, facts: &Facts, in_full: bool, look: &Look) -> Page {
    let mut page = Page::default();
    let summary = format!("{} and {}", count(rules.roles.len(), "role"), count(rules.bindings.len(), "binding"));
    page.push(Line::default().text(summary, Ink::Strong));
    for row in &rules.roles {
        role(&mut page, row, in_full, look);
    }
    let dangling: Vec<&BindingRow> = rules.bindings.iter().filter(|row| in_full || !row.exists).collect();
    if !in_full && !dangling.is_empty() {
        page.heading("bindings whose role does not exist");
    }
    for row in dangling {
        binding(&mut page, row, rules, in_full, look);
    }
    gaps::of_list(&mut page, facts.gaps(), look);
    page
}

fn object(object: &ObjectRef) -> [Span; 2] {
    let name = if object.namespace.is_empty() { object.name.to_string() } else { format!("{}/{}", object.namespace, object.name) };
    [Span::new(format!("{} ", object.kind), Ink::Dim), Span::new(name, Ink::Strong)]
}

fn role(page: &mut Page, row: &RoleRow, in_full: bool, look: &Look) {
    page.gap();
    page.push(Line::default().spans(object(&row.role)));
    rule_lines(page, &row.rules);
    if row.rules.is_empty() {
        page.push(Line::at(2).text("no rules", Ink::Dim));
    }
    if row.filled {
        page.push(Line::at(2).text("it has no stored rules; these are as the aggregation controller would fill them", Ink::Open));
    }
    if !row.aggregates.is_empty() {
        let names: Vec<String> = row.aggregates.iter().map(|role| role.name.to_string()).collect();
        page.push(Line::after(vec![Span::new("  aggregates  ", Ink::Dim)]).plain(names.join(", ")));
    }
    if row.bindings.is_empty() {
        page.push(Line::at(2).text("no binding names it", Ink::Dim));
    }
    let most = if in_full || look.verbose { usize::MAX } else { MOST_BINDINGS };
    for bound in row.bindings.iter().take(most) {
        let head = vec![Span::new("  to ", Ink::Dim)];
        let mut line = Line::after(head).spans(subjects(bound));
        line = line.text("  by ", Ink::Dim).spans(object(&bound.reference()));
        page.push(line);
    }
    if row.bindings.len() > most {
        page.push(Line::at(2).text(format!("and {}", count(row.bindings.len() - most, "more binding")), Ink::Dim));
    }
}

fn rule_lines(page: &mut Page, rules: &[RuleRow]) {
    for (position, row) in rules.iter().enumerate() {
        let from = row.from.map(|from| format!("  from {from}")).unwrap_or_default();
        let head = Line::after(vec![Span::new(format!("  rules[{position}]  "), Ink::Dim)]);
        page.push(head.plain(sentence::rule(&row.rule)).text(from, Ink::Dim));
    }
}

fn subjects(binding: &Binding) -> Vec<Span> {
    if binding.subjects.is_empty() {
        return vec![Span::new("nobody", Ink::Open)];
    }
    let mut spans = Vec::new();
    for subject in binding.subjects.iter().take(MOST_SUBJECTS) {
        if !spans.is_empty() {
            spans.push(Span::plain(", "));
        }
        spans.extend(who(&effective(subject, binding)));
    }
    if binding.subjects.len() > MOST_SUBJECTS {
        spans.push(Span::new(format!(", {} more", binding.subjects.len() - MOST_SUBJECTS), Ink::Dim));
    }
    spans
}

/// The subject with the namespace that a service account without one gets.
fn effective(subject: &Subject, binding: &Binding) -> Subject {
    let is_without = subject.kind == SubjectKind::ServiceAccount && subject.namespace.is_empty();
    if is_without { Subject { namespace: binding.meta.namespace, ..*subject } } else { *subject }
}

fn binding(page: &mut Page, row: &BindingRow, rules: &Rules, in_full: bool, look: &Look) {
    let glyphs = Glyphs::of(look);
    page.gap();
    let head = Line::default().spans(object(&row.binding.reference())).text(format!(" {} ", glyphs.arrow), Ink::Dim);
    let missing = if row.exists { "" } else { "  which does not exist" };
    page.push(head.plain(sentence::role_ref(row.binding.role_ref)).text(missing, Ink::Bad));
    page.push(Line::after(vec![Span::new("  to ", Ink::Dim)]).spans(subjects(&row.binding)));
    let is_above = row.role.is_some_and(|role| rules.roles.iter().any(|known| known.role == role));
    if in_full && !is_above {
        rule_lines(page, &row.rules);
    }
}
