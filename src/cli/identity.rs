//! Who asks: `--as`, `--as-group`, `--as-uid`, or what the request itself says.

use super::args::Global;
use crate::authz::Asked;
use crate::base::{Failure, Name};
use crate::facts::{Facts, Kind};
use crate::identity::{Form, Identity, Resolved};
use crate::session::Options;
use crate::source::aws::Reach;

/// The identity that an IDENTITY word and the flags name, to the cluster of these facts; `notes` takes what was assumed.
pub fn of(given: Option<&str>, global: &Global, facts: &Facts, notes: &mut Vec<String>) -> Result<Identity, Failure> {
    let groups: Vec<&str> = global.as_group.iter().map(String::as_str).collect();
    let Some(given) = given else {
        let missing = if groups.is_empty() && global.as_uid.is_none() {
            Failure::usage("who asks is not said: these facts hold no identity of your own")
        } else {
            Failure::usage("`--as-group` and `--as-uid` add to a user, and no user is given").hint("A group as such: --as group:NAME")
        };
        return Err(missing.hint("Say who: --as alice, --as group:dev, --as sa:NAMESPACE/NAME, --as node:NAME or --as arn:aws:…"));
    };
    let Resolved { identity, notes: assumed } = form(given)?.resolve(&groups, "--as", facts)?;
    notes.extend(assumed);
    Ok(with_uid(identity, global))
}

fn form(given: &str) -> Result<Form, Failure> {
    Form::read(given).map_err(|error| Failure::usage(error.to_string()))
}

/// What must be read for a question about whom an IDENTITY names, or about oneself, in place of one about one's own rights.
pub fn needs(rights: Options, given: Option<&str>, named: Option<&Identity>) -> Options {
    if let Some(Ok(Form::Principal(arn))) = given.map(Form::read) {
        // whom access entries do not know, aws-auth may
        let kinds = [&rights.kinds[..], &[Kind::ConfigMap]].concat();
        return Options { kinds, aws: Reach::of(&arn), ..rights };
    }
    let aws = match named {
        None => rights.aws,
        // nobody of these is a principal of IAM
        Some(identity) if identity.username.is_none() || identity.service_account().is_some() || identity.node().is_some() => {
            Reach::default()
        }
        // the name may be one that an access entry gives
        Some(_) => Reach::everybody(),
    };
    Options { aws, ..rights }
}

/// Whether what the flags name hangs on the facts of the cluster.
pub fn hangs_on_facts(global: &Global) -> Result<bool, Failure> {
    Ok(match &global.as_identity {
        Some(given) => matches!(form(given)?, Form::Principal(_)),
        None => false,
    })
}

fn with_uid(identity: Identity, global: &Global) -> Identity {
    match &global.as_uid {
        Some(uid) => Identity { uid: Name::new(uid), ..identity },
        None => identity,
    }
}

/// The identity of a question: of a kubectl line, which wins; of `--as`; of a pasted message. None names nobody: oneself.
pub fn of_question(asked: &Asked, global: &Global, facts: &Facts, notes: &mut Vec<String>) -> Result<Option<Identity>, Failure> {
    let groups: Vec<&str> = global.as_group.iter().map(String::as_str).chain(asked.groups.iter().map(|group| group.as_str())).collect();
    let Some(username) = asked.username else { return of_flags(global, facts, notes) };
    let is_kubectl = asked.read_as.starts_with("kubectl");
    let identity = match &global.as_identity {
        Some(given) if !is_kubectl => {
            notes.push(format!("the message is about {username}; answered for {given}, as --as says"));
            of(Some(given), global, facts, notes)
        }
        Some(given) => {
            notes.push(format!("--as of the kubectl line wins over --as {given}"));
            Ok(with_uid(Identity::asked(Some(username.as_str()), &groups, "--as of the kubectl line"), global))
        }
        None => {
            let from = if is_kubectl { "--as of the kubectl line" } else { "the message" };
            Ok(with_uid(Identity::asked(Some(username.as_str()), &groups, from), global))
        }
    };
    identity.map(Some)
}

/// Whether a pasted message says who asks.
pub fn is_of_message(asked: &Asked) -> bool {
    asked.username.is_some() && asked.groups.is_empty() && !asked.read_as.starts_with("kubectl")
}

/// The identity that the flags name; none where they name nobody.
pub fn of_flags(global: &Global, facts: &Facts, notes: &mut Vec<String>) -> Result<Option<Identity>, Failure> {
    if global.names_somebody() { of(global.as_identity.as_deref(), global, facts, notes).map(Some) } else { Ok(None) }
}
