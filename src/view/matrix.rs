//! The access matrix as rows: a resource each, a column for each of the usual verbs; below each the other verbs and the
//! grants; then the paths.

use super::named::object;
use super::phrase::{Phrase, Sign, Tone};
use super::sentence;
use super::table::{Cell, Column, Row, Shared, remarks};
use super::why::detail::{Block, pair};
use crate::authz::access::{name_of, of_arn};
use crate::authz::matrix::{self, COLUMNS as VERBS, Matrix, PathRow, RowGrant};
use crate::authz::request::ResourceRequest;
use crate::authz::{Request, Verdict};
use crate::base::text::count;
use crate::base::{Name, known};
use crate::facts::Facts;
use crate::identity::Identity;

/// The columns; the verbs between the resource and the other verbs.
pub const COLUMNS: [Column; 10] = [
    Column::words("RESOURCE", 22, 0),
    Column::sign("get", "get"),
    Column::sign("list", "lis"),
    Column::sign("watch", "wat"),
    Column::sign("create", "cre"),
    Column::sign("update", "upd"),
    Column::sign("patch", "pat"),
    Column::sign("delete", "del"),
    Column::sign("delcol", "dco"),
    Column::words("OTHERS", 10, 1),
];

/// A resource, a subresource and the names to which a row is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    api_group: Name,
    resource: Name,
    subresource: Name,
    names: Vec<Name>,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A resource.
    Resource(Key),
    /// A verb without a column.
    Verb(Key, Name),
    /// A grant of some verbs on a resource.
    Grant(Key, RowGrant),
    /// A path.
    Path(Name),
    /// A grant of a path.
    PathGrant(Name, RowGrant),
}

impl Key {
    fn of(row: &matrix::Row) -> Self {
        Self { api_group: row.api_group, resource: row.resource, subresource: row.subresource, names: row.resource_names.clone() }
    }

    /// `deployments.apps/scale`
    fn shown(&self) -> String {
        ResourceRequest { api_group: self.api_group, resource: self.resource, subresource: self.subresource, ..ResourceRequest::default() }
            .qualified()
    }

    /// The request for a verb, with the first of its names where the verb takes one.
    pub fn request(&self, verb: Name, namespace: Name) -> Request {
        let takes_name = !matches!(verb.as_str(), "create" | "deletecollection") || !self.subresource.is_empty();
        let name = self.names.first().copied().filter(|_| takes_name).unwrap_or_default();
        let Self { api_group, resource, subresource, .. } = *self;
        Request::Resource(ResourceRequest { verb, api_group, resource, subresource, name, namespace, selected_node: Name::EMPTY })
    }
}

/// The verb of a column.
pub fn verb(column: usize) -> Name {
    Name::new(column.checked_sub(1).and_then(|verb| VERBS.get(verb)).copied().unwrap_or("get"))
}

/// What it comes to: `what alice may do in dev: 3 resources, 5 paths`.
pub fn headline(matrix: &Matrix) -> String {
    let place = if matrix.namespace.is_empty() { "in the whole cluster".to_owned() } else { format!("in {}", matrix.namespace) };
    let rows = count(matrix.rows.len(), "resource");
    format!("what {} may do {place}: {rows}, {}", matrix.identity, count(matrix.non_resource.len(), "path"))
}

/// What the signs and short titles mean.
pub fn legend(good: &str, open: &str, idle: &str, is_brief: bool) -> Phrase {
    let deletes = if is_brief { "dco" } else { "delcol" };
    let words = Phrase::new().with(Tone::Good, good).dim("allowed  ").with(Tone::Open, open).dim("unknown  ");
    words.dim(format!("{idle}not allowed  {deletes}: deletecollection"))
}

/// The rows.
pub fn rows(matrix: &Matrix, notes: &[String]) -> Vec<Row<About>> {
    let mut rows = Vec::new();
    let otherwise = otherwise(&matrix.identity);
    for row in &matrix.rows {
        resource(&mut rows, row, otherwise);
    }
    if !matrix.non_resource.is_empty() {
        rows.push(Row::heading("paths", &matrix.non_resource.len().to_string()));
    }
    for path in &matrix.non_resource {
        let words = Phrase::new().name(path.path.as_str()).plain(format!("  {}", verbs(path)));
        let item = Row::item(1, About::Path(path.path), vec![Cell::Words(words)]);
        rows.push(item);
        rows.extend(path.grants.iter().map(|grant| through(2, About::PathGrant(path.path, *grant), grant)));
    }
    rows.extend(remarks(&matrix.gaps, notes));
    rows
}

/// Why somebody may without a binding.
fn otherwise(identity: &Identity) -> &'static str {
    if identity.holds(*known::MASTERS) {
        "group system:masters may do everything, before any rule is asked"
    } else if identity.node().is_some() {
        "the Node authorizer lets a kubelet do this"
    } else {
        "the server tells this; the binding behind it was not read"
    }
}

fn resource(rows: &mut Vec<Row<About>>, row: &matrix::Row, otherwise: &'static str) {
    let key = Key::of(row);
    let name = Phrase::new().name(key.shown());
    let only = |text: String| Phrase::new().with(Tone::Open, if key.names.is_empty() { String::new() } else { text });
    let full = Shared { words: name.clone(), tail: only(format!("  only {}", names(&key.names))) };
    let brief = match key.names.as_slice() {
        [one] => only(format!("  only {one}")),
        several => only(format!("  {}", count(several.len(), "name"))),
    };
    let mut cells = vec![Cell::Either(full, Shared { words: name, tail: brief })];
    for verb in VERBS {
        let verdict = row.verbs.iter().find(|(known, _)| *known == verb).map_or(Verdict::Denied, |(_, verdict)| *verdict);
        cells.push(Cell::Sign(sign(verdict)));
    }
    let others: Vec<&(Name, Verdict)> = others(row).collect();
    cells.push(Cell::Words(Phrase::new().plain(others.iter().map(|other| said(**other)).collect::<Vec<_>>().join(", "))));
    rows.push(Row::item(0, About::Resource(key.clone()), cells));
    for (verb, verdict) in others {
        let words = Phrase::new().plain(verb.as_str());
        rows.push(Row::part(1, About::Verb(key.clone(), *verb), words).signed(sign(*verdict)));
    }
    rows.extend(row.grants.iter().map(|grant| through(1, About::Grant(key.clone(), *grant), grant)));
    if row.grants.is_empty() {
        rows.push(Row::part(1, About::Grant(key, UNKNOWN), Phrase::new().dim(otherwise)));
    }
}

/// What is granted through no binding that is known.
const UNKNOWN: RowGrant = RowGrant { binding: None, role: None, policy: None, rule_index: 0 };

/// The verbs without a column, as far as they are allowed or unknown.
fn others(row: &matrix::Row) -> impl Iterator<Item = &(Name, Verdict)> {
    row.verbs.iter().filter(|(verb, verdict)| !VERBS.contains(&verb.as_str()) && *verdict != Verdict::Denied)
}

fn said((verb, verdict): (Name, Verdict)) -> String {
    if verdict == Verdict::Unknown { format!("{verb} (unknown)") } else { verb.to_string() }
}

fn through(depth: usize, about: About, grant: &RowGrant) -> Row<About> {
    Row::part(depth, about, chain(grant).dim(format!("  rules[{}]", grant.rule_index)))
}

/// `through RoleBinding dev/readers → Role reader`
fn chain(grant: &RowGrant) -> Phrase {
    if let Some(policy) = grant.policy {
        return Phrase::new().dim("through ").plain("access policy ").name(name_of(policy.as_str()));
    }
    let words = Phrase::new().dim("through ").then(grant.binding.as_ref().map(object).unwrap_or_default());
    grant.role.as_ref().map_or_else(|| words.clone(), |role| words.clone().dim(" → ").then(object(role)))
}

fn sign(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Allowed => Sign::Holds,
        Verdict::Unknown => Sign::Open,
        // what is not allowed stays quiet, so that the eye finds what is
        Verdict::Denied => Sign::Idle,
    }
}

fn names(names: &[Name]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn verbs(path: &PathRow) -> String {
    if path.verbs.contains(&Name::STAR) { "every verb".to_owned() } else { names(&path.verbs) }
}

/// The details of a row.
pub fn detail(matrix: &Matrix, facts: &Facts, about: &About) -> Vec<Block> {
    let row = |key: &Key| matrix.rows.iter().find(|row| Key::of(row) == *key);
    match about {
        About::Resource(key) | About::Verb(key, _) => row(key).map(|row| about_resource(matrix, row, key, facts)).unwrap_or_default(),
        About::Path(path) => {
            let path = matrix.non_resource.iter().find(|row| row.path == *path);
            path.map(|path| {
                let mut blocks = vec![Block::Title(Phrase::new().name(path.path.as_str())), pair("verbs", verbs(path)), Block::Gap];
                blocks.extend(path.grants.iter().flat_map(|grant| about_grant(grant, facts)));
                blocks
            })
            .unwrap_or_default()
        }
        About::Grant(_, grant) | About::PathGrant(_, grant) if grant.binding.is_some() || grant.policy.is_some() => {
            about_grant(grant, facts)
        }
        About::Grant(..) | About::PathGrant(..) => vec![Block::Line(otherwise(&matrix.identity).into())],
    }
}

fn about_resource(matrix: &Matrix, row: &matrix::Row, key: &Key, facts: &Facts) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().name(key.shown()))];
    if !key.names.is_empty() {
        blocks.push(pair("only named", Phrase::new().with(Tone::Open, names(&key.names))));
    }
    for (label, wanted) in [("allowed", Verdict::Allowed), ("unknown", Verdict::Unknown), ("not allowed", Verdict::Denied)] {
        let verbs: Vec<Name> = row.verbs.iter().filter(|(_, verdict)| *verdict == wanted).map(|(verb, _)| *verb).collect();
        if !verbs.is_empty() {
            blocks.push(pair(label, names(&verbs)));
        }
    }
    blocks.push(Block::Gap);
    blocks.extend(row.grants.iter().flat_map(|grant| about_grant(grant, facts)));
    if row.grants.is_empty() {
        blocks.push(Block::Line(otherwise(&matrix.identity).into()));
    }
    blocks
}

fn about_grant(grant: &RowGrant, facts: &Facts) -> Vec<Block> {
    let role = grant.role.and_then(|role| facts.role(&role));
    let of_policy = grant.policy.and_then(|policy| of_arn(policy.as_str())).and_then(|policy| policy.rules.as_deref());
    let rule = role.map(|role| &role.rules[..]).or(of_policy).and_then(|rules| rules.get(grant.rule_index));
    let rule = rule.map(|rule| pair(&format!("rules[{}]", grant.rule_index), sentence::rule(rule)));
    std::iter::once(Block::Line(chain(grant))).chain(rule).collect()
}
