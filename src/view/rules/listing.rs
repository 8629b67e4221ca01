//! Roles and bindings as rows, in both directions: below a role its rules and the bindings that name it with their
//! subjects, below a binding its role and its subjects.
//!
//! A tree, and not columns side by side: in 80 cells four columns would cut every name, and one cursor is less to learn
//! than four. Where there is room the details beside the tree show the other direction in full.

use super::{BindingRow, RoleRow, RuleRow, Rules};
use crate::base::text::count;
use crate::facts::{Binding, Kind, ObjectRef, Subject, SubjectKind};
use crate::view::named::{briefly, object as object_words, short, who};
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::sentence;
use crate::view::table::{Cell, Column, Row, Shared};

use crate::view::why::detail::{Block, pair};

/// The columns.
pub const COLUMNS: [Column; 3] = [Column::words("ROLE OR BINDING", 28, 0), Column::words("GRANTS", 18, 1), Column::words("TO", 16, 2)];

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A role or a binding.
    Object(ObjectRef),
    /// A rule of a role, by position; the object on which the row hangs comes first.
    Rule(ObjectRef, usize),
    /// A role that contributes its rules to an aggregated one.
    Contributor(ObjectRef, ObjectRef),
    /// A binding that names a role.
    By(ObjectRef, ObjectRef),
    /// The role that a binding names; none where Kubernetes does not know its kind.
    Names(ObjectRef, Option<ObjectRef>, bool),
    /// A subject of a binding, by position, below a role or below the binding itself.
    Subject(ObjectRef, ObjectRef, usize, Subject),
    /// Something that is worth saying of an object.
    Remark(ObjectRef, &'static str),
}

/// The rows; unfolded where an object was asked for by name.
pub fn rows(rules: &Rules, in_full: bool) -> Vec<Row<About>> {
    let mut rows = Vec::new();
    for (kind, heading) in [
        (Kind::ClusterRole, "ClusterRoles"),
        (Kind::Role, "Roles"),
        (Kind::ClusterRoleBinding, "ClusterRoleBindings"),
        (Kind::RoleBinding, "RoleBindings"),
    ] {
        let roles: Vec<&RoleRow> = rules.roles.iter().filter(|row| row.role.kind == kind).collect();
        let bindings: Vec<&BindingRow> = rules.bindings.iter().filter(|row| row.binding.kind() == kind).collect();
        if roles.len() + bindings.len() > 0 {
            rows.push(Row::heading(heading, &(roles.len() + bindings.len()).to_string()));
        }
        for row in roles {
            role(&mut rows, row, in_full);
        }
        for row in bindings {
            binding(&mut rows, row, in_full);
        }
    }
    rows
}

fn role(rows: &mut Vec<Row<About>>, row: &RoleRow, in_full: bool) {
    let object = row.role;
    let remark = |text: &'static str, tone| Row::part(2, About::Remark(object, text), Phrase::new().with(tone, text));
    let grants = match row.rules.as_slice() {
        [] => Shared::from(Phrase::new().dim("no rules")),
        [first, rest @ ..] => more(Phrase::new().plain(sentence::rule(&first.rule)), rest.len()),
    };
    let to = match row.bindings.len() {
        0 => Phrase::new().dim("nobody"),
        bindings => Phrase::new().dim("through ").plain(count(bindings, "binding")),
    };
    let cells = vec![named(&object), Cell::Either(grants.clone(), grants), Cell::Words(to)];
    rows.push(Row::item(1, About::Object(object), cells).opened(in_full));
    rows.extend(
        row.rules.iter().enumerate().map(|(position, rule)| Row::part(2, About::Rule(object, position), rule_words(position, rule))),
    );
    if row.rules.is_empty() {
        rows.push(remark("no rules", Tone::Dim));
    }
    if row.filled {
        rows.push(remark(FILLED, Tone::Open));
    }
    let contributor =
        |from: &ObjectRef| Row::part(2, About::Contributor(object, *from), Phrase::new().dim("aggregates ").then(object_words(from)));
    rows.extend(row.aggregates.iter().map(contributor));
    if row.bindings.is_empty() {
        rows.push(remark("no binding names it", Tone::Dim));
    }
    for bound in &row.bindings {
        let line = Phrase::new().dim("by ").then(object_words(&bound.reference())).dim("  to ");
        let subjects = if bound.subjects.is_empty() { Phrase::new().with(Tone::Open, "nobody") } else { first_subject(bound, briefly) };
        let line = line.then(subjects).dim(plus(bound.subjects.len().saturating_sub(1)));
        rows.push(Row::part(2, About::By(object, bound.reference()), line).opened(in_full));
        rows.extend(subject_rows(3, object, bound));
    }
}

/// Said of an aggregated role without stored rules.
const FILLED: &str = "it has no stored rules; these are as the aggregation controller would fill them";

fn binding(rows: &mut Vec<Row<About>>, row: &BindingRow, in_full: bool) {
    let object = row.binding.reference();
    let missing = || Phrase::new().bad(if row.exists { "" } else { "  which does not exist" });
    let gone = || Phrase::new().bad(if row.exists { "" } else { "  missing" });
    let role_ref = row.binding.role_ref;
    let full = Phrase::new().dim(format!("→ {} ", role_ref.kind)).name(role_ref.name.as_str());
    let brief = Phrase::new().dim("→ ").name(role_ref.name.as_str());
    let grants = Cell::Either(Shared { words: full.clone(), tail: missing() }, Shared { words: brief, tail: gone() });
    let rest = row.binding.subjects.len().saturating_sub(1);
    let to = if row.binding.subjects.is_empty() {
        Cell::Words(Phrase::new().with(Tone::Open, "nobody"))
    } else {
        Cell::Either(more(first_subject(&row.binding, who), rest), more(first_subject(&row.binding, briefly), rest))
    };
    let sign = if row.exists { Sign::None } else { Sign::Fails };
    rows.push(Row::item(1, About::Object(object), vec![named(&object), grants, to]).signed(sign).opened(in_full));
    if row.binding.subjects.is_empty() {
        let words = Phrase::new().dim("to ").with(Tone::Open, "nobody");
        rows.push(Row::part(2, About::Remark(object, "nobody"), words));
    }
    rows.extend(subject_rows(2, object, &row.binding));
    rows.push(Row::part(2, About::Names(object, row.role, row.exists), full.then(missing())).opened(in_full));
    let rules = row.rules.iter().enumerate();
    rows.extend(rules.map(|(position, rule)| Row::part(3, About::Rule(object, position), rule_words(position, rule))));
}

fn subject_rows(depth: usize, under: ObjectRef, binding: &Binding) -> impl Iterator<Item = Row<About>> {
    let reference = binding.reference();
    binding.subjects.iter().enumerate().map(move |(position, subject)| {
        let subject = effective(subject, binding);
        Row::part(depth, About::Subject(under, reference, position, subject), Phrase::new().dim("to ").then(who(&subject)))
    })
}

fn rule_words(position: usize, row: &RuleRow) -> Phrase {
    let from = row.from.map(|from| format!("  from {from}")).unwrap_or_default();
    Phrase::new().dim(format!("rules[{position}]  ")).plain(sentence::rule(&row.rule)).dim(from)
}

fn first_subject(binding: &Binding, say: impl Fn(&Subject) -> Phrase) -> Phrase {
    binding.subjects.first().map(|subject| say(&effective(subject, binding))).unwrap_or_default()
}

/// The subject with the namespace that a service account without one gets.
fn effective(subject: &Subject, binding: &Binding) -> Subject {
    let is_without = subject.kind == SubjectKind::ServiceAccount && subject.namespace.is_empty();
    if is_without { Subject { namespace: binding.meta.namespace, ..*subject } } else { *subject }
}

fn more(words: Phrase, rest: usize) -> Shared {
    Shared { words, tail: Phrase::new().dim(plus(rest)) }
}

fn plus(rest: usize) -> String {
    if rest == 0 { String::new() } else { format!("  +{rest}") }
}

/// An object, its kind dim; without it where its heading says it and there is little room.
fn named(object: &ObjectRef) -> Cell {
    let brief = Phrase::new().name(short(object));
    Cell::Either(object_words(object).into(), brief.into())
}

/// The details of a row: of the role or binding that it is about.
pub fn detail(rules: &Rules, about: &About) -> Vec<Block> {
    let role = |object: &ObjectRef| rules.roles.iter().find(|row| row.role == *object);
    let bound = |object: &ObjectRef| rules.bindings.iter().find(|row| row.binding.reference() == *object);
    let of = |object: &ObjectRef| role(object).map(about_role).or_else(|| bound(object).map(about_binding)).unwrap_or_default();
    match about {
        About::Object(object) | About::Remark(object, _) | About::Names(object, None, _) => of(object),
        About::Rule(object, position) => {
            let rules = role(object).map(|row| &row.rules).or_else(|| bound(object).map(|row| &row.rules));
            rules.and_then(|rules| rules.get(*position)).map(|rule| about_rule(object, *position, rule)).unwrap_or_default()
        }
        About::Contributor(into, from) => {
            let words = object_words(from);
            let into = Block::Line(Phrase::new().plain("contributes its rules to ").name(into.to_string()));
            [Block::Title(words), into, Block::Gap]
                .into_iter()
                .chain(role(from).map(|row| rule_blocks(&row.rules)).unwrap_or_default())
                .collect()
        }
        About::By(under, binding) | About::Subject(under, binding, ..) => {
            let known = role(under).and_then(|row| row.bindings.iter().find(|bound| bound.reference() == *binding));
            known.map_or_else(|| of(binding), |binding| binding_blocks(binding))
        }
        About::Names(binding, Some(object), _) => of(if role(object).is_some() { object } else { binding }),
    }
}

fn about_role(row: &RoleRow) -> Vec<Block> {
    let mut blocks = vec![Block::Title(object_words(&row.role)), Block::Gap];
    blocks.push(Block::Heading(count(row.rules.len(), "rule")));
    blocks.extend(rule_blocks(&row.rules));
    if row.filled {
        blocks.push(Block::Line(Phrase::new().with(Tone::Open, FILLED)));
    }
    if !row.aggregates.is_empty() {
        let names: Vec<String> = row.aggregates.iter().map(|role| role.name.to_string()).collect();
        blocks.extend([Block::Gap, pair("aggregates", Phrase::new().name(names.join(", ")))]);
    }
    blocks.extend([Block::Gap, Block::Heading("bindings".to_owned())]);
    if row.bindings.is_empty() {
        blocks.push(Block::Line(Phrase::new().dim("no binding names it")));
    }
    for binding in &row.bindings {
        blocks.push(Block::Line(object_words(&binding.reference())));
        blocks.extend(subjects(binding));
    }
    blocks
}

fn rule_blocks(rules: &[RuleRow]) -> Vec<Block> {
    rules.iter().enumerate().map(|(position, rule)| Block::Line(rule_words(position, rule))).collect()
}

fn about_rule(object: &ObjectRef, position: usize, row: &RuleRow) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().plain(format!("rules[{position}] of ")).name(object.to_string()))];
    blocks.extend([Block::Line(sentence::rule(&row.rule).into()), Block::Gap]);
    let rule = &row.rule;
    for (label, list) in [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ] {
        let names: Vec<&str> = list.iter().map(|name| if name.is_empty() { "\"\"" } else { name.as_str() }).collect();
        blocks.extend((!names.is_empty()).then(|| pair(label, Phrase::new().name(names.join(", ")))));
    }
    blocks.extend(row.from.map(|from| pair("from", object_words(&from))));
    blocks
}

fn about_binding(row: &BindingRow) -> Vec<Block> {
    let mut blocks = binding_blocks(&row.binding);
    if !row.exists {
        blocks.extend([Block::Gap, Block::Check(Sign::Fails, "the role does not exist, so this grants nothing".into())]);
    }
    if !row.rules.is_empty() {
        blocks.extend([Block::Gap, Block::Heading(count(row.rules.len(), "rule"))]);
        blocks.extend(rule_blocks(&row.rules));
    }
    blocks
}

fn binding_blocks(binding: &Binding) -> Vec<Block> {
    let mut blocks = vec![Block::Title(object_words(&binding.reference()))];
    let role = binding.role_ref;
    blocks.push(Block::Line(Phrase::new().dim(format!("→ {} ", role.kind)).name(role.name.as_str())));
    blocks.extend([Block::Gap, Block::Heading(count(binding.subjects.len(), "subject"))]);
    blocks.extend(subjects(binding));
    blocks
}

fn subjects(binding: &Binding) -> impl Iterator<Item = Block> {
    binding.subjects.iter().map(|subject| Block::Line(Phrase::new().dim("  to ").then(who(&effective(subject, binding)))))
}
