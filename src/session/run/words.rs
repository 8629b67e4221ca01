//! What stages say, and what is not known where they did not read.

use crate::base::text::count;
use crate::base::{Gap, Loss, Name};
use crate::facts::Kind;
use crate::kubeconfig::Target;
use crate::source::live::{Caller, CallerSource, Progress};

/// `context acme-prod of ~/.kube/config:31`
pub fn where_it_leads(target: &Target) -> String {
    let Some(context) = &target.context else { return "the pod's own service account".to_owned() };
    match &target.source {
        Some(source) => {
            let line = source.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("context {context} of {}{line}", source.file)
        }
        None => format!("context {context}"),
    }
}

/// Who one is, in a few words.
pub fn who(caller: &Caller) -> String {
    let username = caller.identity.username.map_or("nobody", Name::as_str);
    match caller.from {
        CallerSource::Review => format!("{username}, in {}", count(caller.identity.groups.len(), "group")),
        CallerSource::Refusal => format!("{username}; the server does not tell groups"),
    }
}

/// How far reading has come.
pub fn so_far(progress: &Progress) -> String {
    let kind = progress.kind.as_str();
    match progress.of {
        Some(of) if of > progress.read => format!("{} of {}", progress.read, count(of, kind)),
        _ => count(progress.read, kind),
    }
}

/// Reading was stopped.
pub fn stopped() -> Gap {
    Gap {
        what: "roles and bindings".to_owned(),
        why: "reading was stopped".to_owned(),
        kinds: Kind::RBAC.iter().map(|kind| Name::new(kind.as_str())).collect(),
        loss: Loss::Unreachable,
        ..Gap::default()
    }
}
