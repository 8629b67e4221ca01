//! Subjects that nobody is: ARNs of AWS that are no user names, names of service accounts and namespaces that there are not.

use super::all_read;
use crate::base::{Name, Severity};
use crate::facts::{AuthenticationMode, Facts, Kind, Subject, SubjectKind};
use crate::identity::SERVICE_ACCOUNT;
use crate::identity::aws::arn::{self, Arn};
use crate::identity::aws::{Mapping, Outcome, Release};

/// What is wrong with a subject, and what would mend it.
pub struct Wrong {
    /// The code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, to go on after who it is.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// Looks at a user or group.
pub fn check(subject: &Subject, facts: &Facts) -> Option<Wrong> {
    let name = subject.name.as_str();
    match subject.kind {
        SubjectKind::User if name == "system:anonymous" => None,
        SubjectKind::User | SubjectKind::Group if name.starts_with("arn:") => of_arn(name, subject.kind, facts),
        SubjectKind::User => of_service_account(name, facts),
        SubjectKind::Group => of_namespace(name, facts),
        _ => None,
    }
}

fn of_arn(name: &str, kind: SubjectKind, facts: &Facts) -> Option<Wrong> {
    let wrong = |message: &str, fix: &str| {
        let (message, fix) = (message.to_owned(), fix.to_owned());
        Some(Wrong { code: "arn-subject", severity: Severity::Warning, message, fix })
    };
    if kind == SubjectKind::Group {
        return wrong(
            "is a group that looks like an ARN: EKS makes no groups of principals",
            "name the user name, or a group of the access entry",
        );
    }
    let parsed = Arn::read(name).ok()?;
    match arn::canonicalise(name, Release::default()).ok().map(|canonical| canonical.kind) {
        Some(arn::Kind::Role) => wrong(
            "is the ARN of a role, and nobody logs in as that: a session's user name is that of its mapping",
            "bind a group of the role's access entry, or of its item in aws-auth",
        ),
        Some(arn::Kind::AssumedRole) => unmapped(name, facts),
        Some(_) => None,
        None => {
            let what = parsed.resource.split(['/', ':']).next().unwrap_or_default();
            wrong(&format!("is the ARN of a {what}, and nobody logs in as that"), "name the user name that the cluster sees")
        }
    }
}

/// A session's ARN is a user name where the access entry of its role gives the default one.
fn unmapped(name: &str, facts: &Facts) -> Option<Wrong> {
    let mode = facts.aws().cluster()?.authentication_mode?;
    let mapping = Mapping::of_arn(name, facts, Release::default()).ok()?;
    let username = mapping.identity.as_ref().and_then(|identity| identity.username);
    let is_other = username.is_some_and(|username| username != name);
    let message = match (&mapping.outcome, is_other) {
        (Outcome::Mapped(_), true) => {
            format!("is the ARN of a session, whose user name in this cluster is {}", username.unwrap_or_default())
        }
        (Outcome::Unmapped, _) if mode != AuthenticationMode::ConfigMap => {
            "is the ARN of a session of a role that nothing maps: nobody logs in as that".to_owned()
        }
        _ => return None,
    };
    Some(Wrong {
        code: "unmapped-session-subject",
        severity: Severity::Warning,
        message,
        fix: "name the user name that the cluster sees".to_owned(),
    })
}

fn of_service_account(name: &str, facts: &Facts) -> Option<Wrong> {
    let (namespace, account) = name.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
    let is_gone = all_read(facts, Kind::ServiceAccount) && !facts.has_service_account(Name::new(namespace), Name::new(account));
    is_gone.then(|| Wrong {
        code: "missing-service-account",
        severity: Severity::Warning,
        message: format!("is the user name of service account {namespace}/{account}, which does not exist"),
        fix: "create the service account, or take the subject out: whoever creates it later gets these rights".to_owned(),
    })
}

fn of_namespace(name: &str, facts: &Facts) -> Option<Wrong> {
    let namespace = name.strip_prefix("system:serviceaccounts:")?;
    let is_gone = all_read(facts, Kind::Namespace) && facts.namespace(Name::new(namespace)).is_none();
    is_gone.then(|| Wrong {
        code: "unreachable-group",
        severity: Severity::Warning,
        message: format!("is the group of the service accounts of namespace {namespace}, which does not exist"),
        fix: "create the namespace, or take the subject out: whoever creates it later gets these rights".to_owned(),
    })
}
