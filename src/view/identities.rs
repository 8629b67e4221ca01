//! The identities known as rows: by kind, with the objects that name each.

use super::named::{object, short};
use super::phrase::Phrase;
use super::table::{Cell, Column, Row, Shared, remarks};
use super::why::detail::{Block, pair};
use crate::authz::identities::{IdentityKind, KnownIdentity};
use crate::base::Name;
use crate::base::text::{count, enumerate};
use crate::facts::{Kind, ObjectRef};

/// The columns.
pub const COLUMNS: [Column; 3] = [Column::words("IDENTITY", 30, 0), Column::words("BINDINGS", 8, 0), Column::words("NAMED BY", 24, 1)];

/// What is true of every list of identities.
pub const NOTE: &str = "Kubernetes keeps no list of users and groups: others may exist that no binding names";

/// Who: kind, namespace and name.
pub type Who = (IdentityKind, Name, Name);

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// An identity.
    Identity(Who),
    /// An object that names it.
    Source(Who, ObjectRef),
}

/// How many there are of each kind.
pub fn headline(known: &[KnownIdentity]) -> String {
    let of = |kind: IdentityKind, noun: &str| count(known.iter().filter(|known| known.kind == kind).count(), noun);
    let mut told = vec![
        of(IdentityKind::User, "user"),
        of(IdentityKind::Group, "group"),
        of(IdentityKind::ServiceAccount, "service account"),
        of(IdentityKind::Node, "node"),
    ];
    if known.iter().any(|known| known.kind == IdentityKind::Principal) {
        told.push(of(IdentityKind::Principal, "IAM principal"));
    }
    format!("{} are named by what was read", enumerate(&told, "and"))
}

/// The rows.
pub fn rows(known: &[KnownIdentity]) -> Vec<Row<About>> {
    let mut rows = Vec::new();
    for (kind, heading) in [
        (IdentityKind::User, "users"),
        (IdentityKind::Group, "groups"),
        (IdentityKind::ServiceAccount, "service accounts"),
        (IdentityKind::Node, "nodes"),
        (IdentityKind::Principal, "IAM principals"),
    ] {
        let of_kind: Vec<&KnownIdentity> = known.iter().filter(|known| known.kind == kind).collect();
        if !of_kind.is_empty() {
            rows.push(Row::heading(heading, &of_kind.len().to_string()));
        }
        for known in of_kind {
            identity(&mut rows, known);
        }
    }
    rows.extend(remarks(&[], &[NOTE.to_owned()]));
    rows
}

/// Who an entry is.
pub fn who(known: &KnownIdentity) -> Who {
    (known.kind, known.namespace, known.name)
}

fn identity(rows: &mut Vec<Row<About>>, known: &KnownIdentity) {
    let sources = &known.sources;
    let all = sources.len() + known.places.len();
    let more = if all > 1 { format!("  +{}", all - 1) } else { String::new() };
    let of = |say: fn(&ObjectRef) -> Phrase| {
        let place = known.places.first().map(|place| Phrase::new().plain(place.as_str()));
        let words = place.or_else(|| sources.first().map(say)).unwrap_or_default();
        Shared { words, tail: Phrase::new().dim(more.as_str()) }
    };
    let cells = vec![
        Cell::Words(shown(known)),
        Cell::Words(Phrase::new().plain(format!("{:>8}", known.bindings))),
        Cell::Either(of(object), of(bare)),
    ];
    rows.push(Row::item(1, About::Identity(who(known)), cells));
    for source in sources {
        let how = if known.kind == IdentityKind::Principal { "reached by " } else { "named by " };
        rows.push(Row::part(2, About::Source(who(known), *source), Phrase::new().dim(how).then(object(source))));
    }
}

/// The IDENTITY, its kind dim: `sa:ci/deployer`.
fn shown(known: &KnownIdentity) -> Phrase {
    let form = known.form();
    match form.split_once(':').filter(|_| !matches!(known.kind, IdentityKind::User | IdentityKind::Principal)) {
        Some((kind, name)) => Phrase::new().dim(format!("{kind}:")).name(name),
        None => Phrase::new().name(form),
    }
}

/// A binding by its name alone: whether it has a namespace says its kind.
fn bare(source: &ObjectRef) -> Phrase {
    match source.kind {
        Kind::ClusterRoleBinding | Kind::RoleBinding => Phrase::new().name(short(source)),
        _ => object(source),
    }
}

/// The details of a row.
pub fn detail(known: &[KnownIdentity], about: &About) -> Vec<Block> {
    let (About::Identity(wanted) | About::Source(wanted, _)) = about;
    let Some(known) = known.iter().find(|known| who(known) == *wanted) else { return Vec::new() };
    let mut blocks = vec![Block::Title(shown(known)), pair("bindings", known.bindings.to_string()), Block::Gap];
    blocks.push(Block::Heading("named by".to_owned()));
    blocks.extend(known.places.iter().map(|place| Block::Line(place.as_str().into())));
    blocks.extend(known.sources.iter().map(|source| Block::Line(object(source))));
    blocks
}
