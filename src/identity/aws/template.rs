//! Names with placeholders, as the authenticator fills them in (`renderTemplate` of `pkg/server/server.go`).

use super::{Instances, Principal};

/// Why a name could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrendered {
    /// The authenticator cannot either, and refuses the caller: its words.
    Refused(String),
    /// It hangs on something that is not known here.
    Unknown(String),
}

/// Fills the placeholders in. One after the other, so that a value that holds a later placeholder is filled in again; what is
/// no placeholder stays.
///
/// # Errors
/// When the authenticator would refuse, or when a value is not known.
pub fn render(template: &str, principal: &Principal, instances: &Instances) -> Result<String, Unrendered> {
    const NODE: &str = "{{EC2PrivateDNSName}}";
    const KEY: &str = "{{AccessKeyID}}";
    let mut name = template.to_owned();
    let session = principal.session.as_deref();
    if name.contains(NODE) {
        let id = session.ok_or_else(|| unknown(NODE, "it is of the instance that a session is named after, and no session is given"))?;
        name = name.replace(NODE, &node(id, instances)?);
    }
    name = name.replace("{{AccountID}}", &principal.account);
    for (placeholder, is_raw) in [("{{SessionName}}", false), ("{{SessionNameRaw}}", true)] {
        if name.contains(placeholder) {
            let session = session.ok_or_else(|| unknown(placeholder, "a role's own ARN names no session"))?;
            name = name.replace(placeholder, &if is_raw { session.to_owned() } else { session.replace('@', "-") });
        }
    }
    if name.contains(KEY) {
        let key = principal.access_key_id.as_deref().ok_or_else(|| unknown(KEY, "an ARN does not tell which key signs"))?;
        name = name.replace(KEY, key);
    }
    Ok(name)
}

fn unknown(placeholder: &str, why: &str) -> Unrendered {
    Unrendered::Unknown(format!("{placeholder}: {why}"))
}

fn node(session: &str, instances: &Instances) -> Result<String, Unrendered> {
    if !is_instance_id(session) {
        return Err(Unrendered::Refused("SessionName did not contain an instance id".to_owned()));
    }
    match instances.names.get(session) {
        Some(name) if !name.is_empty() => Ok(name.clone()),
        // an instance without a name is as none
        Some(_) => Err(Unrendered::Refused(format!("failed to find node {session} "))),
        None if instances.complete => Err(Unrendered::Refused(format!("failed to find node {session} "))),
        None => Err(Unrendered::Unknown(format!(
            "{{{{EC2PrivateDNSName}}}}: the private DNS name of instance {session} is not among the facts"
        ))),
    }
}

/// `^i-(\w{8}|\w{17})$`.
fn is_instance_id(session: &str) -> bool {
    let is_word = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    session.strip_prefix("i-").is_some_and(|rest| matches!(rest.len(), 8 | 17) && is_word(rest))
}
