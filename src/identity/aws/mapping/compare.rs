//! How the ARN of a mapping comes near a principal without being it.

use super::super::arn::{Arn, Kind, canonicalise};
use super::super::{Principal, Release};
use crate::base::text::edit_distance;

/// In what way an ARN comes near; the nearest sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// The principal that had the ARN before, which was deleted.
    Recreated,
    /// Blanks around it.
    Blanks,
    /// The role with its path.
    Path,
    /// A session of the role.
    Session,
    /// The instance profile of that name.
    InstanceProfile,
    /// Another role of the same permission set of IAM Identity Center.
    PermissionSet,
    /// The principal of that name in another partition.
    Partition,
    /// The principal of that name in another account.
    Account,
    /// A user in place of a role, or the other way round.
    Kind,
    /// A name that differs in a letter or two.
    Name,
}

/// Letters made small, one by one, as Go makes them.
pub fn lower(text: &str) -> String {
    // the only letter that becomes two in Rust is one in Go
    text.chars().map(|c| if c == '\u{130}' { 'i' } else { c.to_lowercase().next().unwrap_or(c) }).collect()
}

/// Why an ARN that is not equal is not, and how near it comes.
pub fn differs(subject: &str, principal: &Principal) -> (String, Option<Likeness>) {
    let wanted = principal.looked_up.as_str();
    let is_wanted = |text: &str| lower(text) == lower(wanted);
    let near = |likeness, why: &str| (why.to_owned(), Some(likeness));
    if is_wanted(subject.trim()) {
        return near(Likeness::Blanks, "there are blanks around the ARN, and it is compared with them");
    }
    let (Ok(given), Ok(own)) = (Arn::read(subject.trim()), Arn::read(wanted)) else {
        let why = if subject.contains('*') { "a star is no wildcard here, and this is no ARN" } else { "this is no ARN" };
        return (why.to_owned(), None);
    };
    let small = Arn::read(&lower(subject.trim())).unwrap_or_else(|_| given.clone());
    let own_small = Arn::read(&lower(wanted)).unwrap_or_else(|_| own.clone());
    if small.clone().without_path() == own_small {
        return near(Likeness::Path, "it has the role's path, which no session shows: the authenticator never sees it");
    }
    let session = canonicalise(&small.to_string(), Release::Newer).ok().filter(|canonical| canonical.kind == Kind::AssumedRole);
    if session.is_some_and(|canonical| is_wanted(&canonical.arn)) {
        return near(Likeness::Session, "it is the ARN of a session; a session is looked up by its role");
    }
    let name_is = |one: &Arn, other: &Arn| one.name() == other.name();
    if small.resource.starts_with("instance-profile/") && principal.is_role() && name_is(&small, &own_small) {
        return near(Likeness::InstanceProfile, "it is an instance profile, and what calls is its role");
    }
    if let (Some(set), true) = (permission_set(given.name()), small.account == own_small.account)
        && permission_set(own.name()) == Some(set)
    {
        let why = format!(
            "it is another role of permission set {set}: its name ends anew when the permission set is provisioned again, and the entry has to follow"
        );
        return (why, Some(Likeness::PermissionSet));
    }
    if small.resource == own_small.resource && small.account == own_small.account {
        return near(Likeness::Partition, "it is in another partition");
    }
    if small.resource == own_small.resource && small.service == own_small.service {
        return (format!("it is in account {}, the principal in {}", given.account, own.account), Some(Likeness::Account));
    }
    if small.account == own_small.account && small.partition == own_small.partition {
        let kind = |arn: &Arn| arn.resource.split('/').next().map(str::to_owned);
        if name_is(&small, &own_small) && kind(&small) != kind(&own_small) {
            let kind = kind(&given).unwrap_or_default();
            return (format!("it is a {kind} of that name, the principal a {}", word(principal)), Some(Likeness::Kind));
        }
        if edit_distance(&small.resource, &own_small.resource, 2).is_some() {
            return near(Likeness::Name, "its name differs in a letter or two");
        }
    }
    ("it names another principal".to_owned(), None)
}

/// The permission set of a role that IAM Identity Center made: `AWSReservedSSO_Dev_0123456789abcdef`.
fn permission_set(name: &str) -> Option<&str> {
    let (set, suffix) = name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    (suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(set)
}

fn word(principal: &Principal) -> &'static str {
    match principal.kind {
        Kind::Role | Kind::AssumedRole => "role",
        Kind::User => "user",
        Kind::Root => "root",
        Kind::FederatedUser => "federated user",
    }
}
