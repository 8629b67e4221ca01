//! How objects and subjects are called: the kind dim, the name bright; and the IDENTITY that a subject stands for.

use super::phrase::Phrase;
use crate::authz::Principal;
use crate::facts::{Kind, ObjectRef, Subject, SubjectKind};
use crate::identity::Form;

/// `RoleBinding dev/readers`
pub fn object(object: &ObjectRef) -> Phrase {
    Phrase::new().dim(format!("{} ", object.kind)).name(short(object))
}

/// The same by its name alone.
pub fn short(object: &ObjectRef) -> String {
    if object.namespace.is_empty() { object.name.to_string() } else { format!("{}/{}", object.namespace, object.name) }
}

/// `user alice`, `group dev`, `service account ci/deployer`: the kind dim, the name bright.
pub fn who(subject: &Subject) -> Phrase {
    let (kind, name) = match subject.kind {
        SubjectKind::User => ("user", subject.name.to_string()),
        SubjectKind::Group => ("group", subject.name.to_string()),
        SubjectKind::ServiceAccount if subject.namespace.is_empty() => ("service account", subject.name.to_string()),
        SubjectKind::ServiceAccount => ("service account", format!("{}/{}", subject.namespace, subject.name)),
        SubjectKind::Other(kind) => (kind.as_str(), subject.name.to_string()),
    };
    Phrase::new().dim(format!("{kind} ")).name(name)
}

/// The same where there is little room: `sa:ci/deployer`.
pub fn briefly(subject: &Subject) -> Phrase {
    match subject.kind {
        SubjectKind::ServiceAccount => {
            Phrase::new().dim("sa:").name(short(&ObjectRef::new(Kind::ServiceAccount, subject.namespace, subject.name)))
        }
        _ => who(subject),
    }
}

/// Somebody in a group: `ci/deployer` for a service account.
pub fn called(principal: &Principal) -> String {
    match principal {
        Principal::Group(name) => format!("group {name}"),
        Principal::User(name) => match Form::of_username(name.as_str()) {
            Form::ServiceAccount { namespace, name } => format!("{namespace}/{name}"),
            _ => name.to_string(),
        },
    }
}

/// The IDENTITY that asks the same about a subject; none for one that matches nobody.
pub fn identity(subject: &Subject) -> Option<String> {
    let form = match subject.kind {
        SubjectKind::User => Form::of_username(subject.name.as_str()),
        SubjectKind::Group => Form::Group(subject.name.to_string()),
        SubjectKind::ServiceAccount if subject.namespace.is_empty() => return None,
        SubjectKind::ServiceAccount => Form::ServiceAccount { namespace: subject.namespace.to_string(), name: subject.name.to_string() },
        SubjectKind::Other(_) => return None,
    };
    Some(form.to_string())
}

/// The IDENTITY of a user or group.
pub fn identity_of(principal: Principal) -> String {
    match principal {
        Principal::User(name) => Form::of_username(name.as_str()).to_string(),
        Principal::Group(name) => Form::Group(name.to_string()).to_string(),
    }
}
