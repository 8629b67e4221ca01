//! Bindings that would grant it to somebody else: a slip of the pen, a wrong kind, a group not held.

use super::super::decision::{CheckKind, NearMissKind, SubjectAt};
use super::super::index::{is_held, principal_of};
use super::Question;
use super::candidate::{Candidate, Likeness, RuleView};
use crate::authz::rbac;
use crate::base::text::edit_distance;
use crate::base::{Name, known};
use crate::facts::{Binding, Subject, SubjectKind};
use crate::identity::Identity;

/// How many subjects are compared with the identity, over all bindings.
const MOST_SUBJECTS: usize = 20_000;

/// Adds the bindings in scope whose role allows the request and which do not name the identity.
pub fn collect<'a>(question: &Question<'a>, candidates: &mut Vec<Candidate<'a>>) {
    let namespace = question.request.namespace();
    let mut left = MOST_SUBJECTS;
    let role_namespaces = if namespace.is_empty() { vec![Name::EMPTY] } else { vec![Name::EMPTY, namespace] };
    for role_namespace in &role_namespaces {
        for (id, rules) in question.index.roles_allowing(*role_namespace, question.request, question.door) {
            let rule = rules.rules.iter().enumerate().find(|(_, rule)| rbac::allows(rule, question.request));
            let rule =
                rule.map(|(index, rule)| RuleView { index, rule, from: rules.filled.and_then(|filled| filled.from.get(index)).copied() });
            // the scopes in which a binding of this role holds for the request
            for scope in &role_namespaces {
                for binding in question.index.bindings_to(id, *scope).iter().filter_map(|id| question.index.binding_at(*id)) {
                    left = left.saturating_sub(binding.subjects.len() + 1);
                    if left == 0 {
                        return;
                    }
                    candidates.extend(nearest(question.identity, binding).map(|(near, subject)| Candidate {
                        kind: near.kind,
                        binding: binding.reference(),
                        role_ref: binding.role_ref,
                        role: Some(rules.role.reference()),
                        subject,
                        likeness: near.likeness,
                        meant: near.meant,
                        rule,
                        contributor: None,
                        failing: vec![CheckKind::Subject],
                    }));
                }
            }
        }
    }
}

/// How a subject is like the identity.
#[derive(Clone, Copy, Debug)]
struct Near {
    kind: NearMissKind,
    likeness: Likeness,
    meant: Option<Name>,
}

impl Near {
    fn new(kind: NearMissKind, likeness: Likeness) -> Self {
        Self { kind, likeness, meant: None }
    }
}

/// The subject of a binding that is most like the identity, and how it differs; none when it leads nowhere.
fn nearest(identity: &Identity, binding: &Binding) -> Option<(Near, Option<SubjectAt>)> {
    let namespace = binding.meta.namespace;
    if binding.subjects.is_empty() {
        // Kubernetes' own binding of nodes is empty on purpose
        let is_own = binding.meta.label("kubernetes.io/bootstrapping").is_some();
        return (!is_own).then_some((Near::new(NearMissKind::SubjectMissing, Likeness::Nobody), None));
    }
    let compared = binding.subjects.iter().enumerate().filter_map(|(index, subject)| {
        Some((compare(identity, subject, namespace)?, SubjectAt { index, subject: *subject, binding_namespace: namespace }))
    });
    let (near, subject) = compared.min_by_key(|(near, subject)| (near.likeness, subject.index))?;
    Some((near, Some(subject)))
}

/// How a subject is like the identity; none for one that no person can become (`system:masters`, nodes, …).
fn compare(identity: &Identity, subject: &Subject, binding_namespace: Name) -> Option<Near> {
    if is_same_account(identity, subject) {
        return Some(Near::new(NearMissKind::SubjectNamespace, Likeness::Namespace));
    }
    if is_of_other_kind(identity, subject, binding_namespace) {
        return Some(Near::new(NearMissKind::SubjectKind, Likeness::Kind));
    }
    if let Some((likeness, meant)) = spelt_like(identity, subject, binding_namespace) {
        return Some(Near { kind: NearMissKind::SubjectName, likeness, meant });
    }
    let other = match subject.kind {
        SubjectKind::Group => Near::new(NearMissKind::GroupNotHeld, Likeness::Group),
        _ => Near::new(NearMissKind::SubjectMissing, Likeness::Other),
    };
    // what runs the cluster itself is nobody to join
    let is_own = subject.kind == SubjectKind::ServiceAccount && subject.namespace == "kube-system";
    (is_for_people(subject.name) && !is_own).then_some(other)
}

/// Kubernetes' own users and groups are nobody's to join, but for the group of all who are authenticated.
fn is_for_people(name: Name) -> bool {
    name == *known::AUTHENTICATED || !name.as_str().starts_with("system:")
}

/// A service account of the same name in another namespace, or in none.
fn is_same_account(identity: &Identity, subject: &Subject) -> bool {
    subject.kind == SubjectKind::ServiceAccount && identity.service_account().is_some_and(|(_, name)| name == subject.name)
}

/// The right name under the wrong kind: a group as User, a user as Group, a service account as User, a misspelt kind.
fn is_of_other_kind(identity: &Identity, subject: &Subject, binding_namespace: Name) -> bool {
    let kinds = [SubjectKind::User, SubjectKind::Group, SubjectKind::ServiceAccount];
    let otherwise = kinds.into_iter().filter(|kind| *kind != subject.kind).any(|kind| {
        principal_of(&Subject { kind, ..*subject }, binding_namespace)
            .is_some_and(|principal| is_held(identity, principal) && !is_everybody(subject.name))
    });
    // `ci:deployer` and `ci/deployer` are how people write a service account as a user
    let account = identity.service_account().is_some_and(|(namespace, name)| {
        let written = subject.name.as_str();
        subject.kind != SubjectKind::ServiceAccount
            && (written == name.as_str() || written == format!("{namespace}:{name}") || written == format!("{namespace}/{name}"))
    });
    otherwise || account
}

fn is_everybody(name: Name) -> bool {
    name == *known::AUTHENTICATED || name == *known::UNAUTHENTICATED
}

/// How near the spelling of a subject is to the user, the service account, or a group that is held, and to which group.
fn spelt_like(identity: &Identity, subject: &Subject, binding_namespace: Name) -> Option<(Likeness, Option<Name>)> {
    match subject.kind {
        SubjectKind::User => Some((like(subject.name.as_str(), identity.username?.as_str())?, None)),
        SubjectKind::Group => identity
            .groups
            .iter()
            .filter(|group| is_for_people(**group) && !is_everybody(**group))
            .filter_map(|group| Some((like(subject.name.as_str(), group.as_str())?, Some(*group))))
            .min(),
        SubjectKind::ServiceAccount => {
            let (namespace, name) = identity.service_account()?;
            let written = if subject.namespace.is_empty() { binding_namespace } else { subject.namespace };
            Some((like(subject.name.as_str(), name.as_str()).filter(|_| written == namespace)?, None))
        }
        SubjectKind::Other(_) => None,
    }
}

/// Equal but for case and blanks, a few edits away, or one within the other.
fn like(written: &str, meant: &str) -> Option<Likeness> {
    if written.is_empty() || meant.is_empty() || written == meant {
        return None;
    }
    let fold = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect() };
    let (a, b) = (fold(written), fold(meant));
    if a == b {
        return Some(Likeness::Spelling);
    }
    if let Some(distance) = edit_distance(&a, &b, 2) {
        // names that differ in their numbers are a series; two edits make anything of a name of three letters, but the
        // same letters in another order are a slip however short the name is
        let is_series = without_digits(&a) == without_digits(&b);
        let is_rare = distance * 4 <= a.chars().count().max(b.chars().count());
        let is_slip = !is_series && (is_rare || (distance == 1 && letters(&a) == letters(&b)));
        return Some(if is_slip { Likeness::Slip(distance) } else { Likeness::Loose });
    }
    (a.contains(&b) || b.contains(&a)).then_some(Likeness::Loose)
}

fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_of_spellings() {
        for (written, meant, likeness) in [
            ("Alice", "alice", Some(Likeness::Spelling)),
            ("alice ", "alice", Some(Likeness::Spelling)),
            ("alcie", "alice", Some(Likeness::Slip(1))),
            ("bbo", "bob", Some(Likeness::Slip(1))),
            ("rob", "bob", Some(Likeness::Loose)),
            ("carol@acme.example", "carol@acme.exampel", Some(Likeness::Slip(1))),
            ("user-107", "user-108", Some(Likeness::Loose)),
            ("alice@acme.example", "alice", Some(Likeness::Loose)),
            ("alice", "alice", None),
            ("alice", "robert", None),
            ("", "a", None),
        ] {
            assert_eq!(like(written, meant), likeness, "{written:?} {meant:?}");
        }
    }
}
