//! Who asks: `--as`, `--as-group`, `--as-uid`, or what the request itself says.

use super::args::Global;
use super::session::Session;
use crate::authz::Asked;
use crate::base::{Failure, Name};
use crate::facts::{Facts, Kind};
use crate::identity::{Form, Identity, Means};
use crate::session::Options;
use crate::source::aws::{Depth, Reach};

/// The identity that an IDENTITY word and the flags name, by what is known of the cluster; what was assumed goes into notes.
pub fn of(given: Option<&str>, session: &mut Session<'_>, facts: &Facts, notes: &mut Vec<String>) -> Result<Identity, Failure> {
    let global = &session.global;
    if given.is_none()
        && !global.names_somebody()
        && let Some(caller) = &facts.aws().caller
    {
        // recorded facts may hold who recorded them
        notes.push(format!("asked for {}, as sts get-caller-identity among the facts has it", caller.arn));
        let means = Means { facts, read: None, now: Some(global.now()) };
        let settled = Form::Principal(caller.arn.clone()).settle(&[], "sts get-caller-identity", &means)?;
        notes.extend(settled.notes);
        return Ok(settled.identity);
    }
    let Some(given) = given else {
        let missing = if global.as_group.is_empty() && global.as_uid.is_none() {
            Failure::usage("who asks is not said: these facts hold no identity of your own")
        } else {
            Failure::usage("`--as-group` and `--as-uid` add to a user, and no user is given").hint("A group as such: --as group:NAME")
        };
        return Err(
            missing.hint("Say who: --as alice, --as group:dev, --as sa:NAMESPACE/NAME, --as node:NAME, --as arn:aws:… or --as token:FILE")
        );
    };
    let form = Form::read(given).map_err(|error| Failure::usage(error.to_string()))?;
    let now = global.now();
    let groups = global.as_group.clone();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let credential = match &form {
        Form::Token(file) => Some(session.credential(file)?),
        _ => None,
    };
    let read = |file: &str| credential.clone().ok_or_else(|| Failure::failed(format!("`{file}` was not read")));
    let settled = form.settle(&groups, "--as", &Means { facts, read: Some(&read), now: Some(now) })?;
    notes.extend(settled.notes);
    Ok(with_uid(settled.identity, &session.global))
}

/// The identity that an IDENTITY is by its name alone, where it is one.
pub fn by_name(given: &str) -> Option<Identity> {
    Form::read(given).ok()?.named(&[], "--as")
}

/// What must be read for a question about whom an IDENTITY names, or about oneself, in place of one about one's own rights.
pub fn needs(rights: Options, given: Option<&str>, named: Option<&Identity>) -> Options {
    let of_form = match given.map(Form::read) {
        Some(Ok(Form::Principal(arn))) => Some(Reach::of(&arn)),
        // of a principal, or of an identity provider
        Some(Ok(Form::Token(_))) => Some(Reach { providers: Depth::Described, ..Reach::everybody() }),
        _ => None,
    };
    if let Some(aws) = of_form {
        // whom access entries do not know, aws-auth may
        let kinds = [&rights.kinds[..], &[Kind::ConfigMap]].concat();
        return Options { kinds, aws, ..rights };
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

fn with_uid(identity: Identity, global: &Global) -> Identity {
    match &global.as_uid {
        Some(uid) => Identity { uid: Name::new(uid), ..identity },
        None => identity,
    }
}

/// The identity of a question: of a kubectl line, which wins; of `--as`; of a pasted message. None names nobody: oneself.
pub fn of_question(asked: &Asked, session: &mut Session<'_>, facts: &Facts, notes: &mut Vec<String>) -> Result<Option<Identity>, Failure> {
    let Some(username) = asked.username else { return of_flags(session, facts, notes) };
    let is_kubectl = asked.read_as.starts_with("kubectl");
    let given = session.global.as_identity.clone();
    let asked_as = |from: &str, global: &Global| {
        let of_flags = global.as_group.iter().map(String::as_str);
        let groups: Vec<&str> = of_flags.chain(asked.groups.iter().map(|group| group.as_str())).collect();
        with_uid(Identity::asked(Some(username.as_str()), &groups, from), global)
    };
    let identity = match given {
        Some(given) if !is_kubectl => {
            notes.push(format!("the message is about {username}; answered for {given}, as --as says"));
            of(Some(&given), session, facts, notes)?
        }
        Some(given) => {
            notes.push(format!("--as of the kubectl line wins over --as {given}"));
            asked_as("--as of the kubectl line", &session.global)
        }
        None => asked_as(if is_kubectl { "--as of the kubectl line" } else { "the message" }, &session.global),
    };
    Ok(Some(identity))
}

/// Whether a pasted message says who asks.
pub fn is_of_message(asked: &Asked) -> bool {
    asked.username.is_some() && asked.groups.is_empty() && !asked.read_as.starts_with("kubectl")
}

/// Whether the flags name a principal of IAM.
pub fn names_principal(global: &Global) -> bool {
    matches!(global.as_identity.as_deref().map(Form::read), Some(Ok(Form::Principal(_))))
}

/// Whether who asks is known only once something is known of the cluster.
pub fn needs_facts(global: &Global) -> bool {
    matches!(global.as_identity.as_deref().map(Form::read), Some(Ok(Form::Token(_) | Form::Principal(_))))
}

/// The identity that the flags name; none where they name nobody.
pub fn of_flags(session: &mut Session<'_>, facts: &Facts, notes: &mut Vec<String>) -> Result<Option<Identity>, Failure> {
    if !session.global.names_somebody() {
        return Ok(None);
    }
    let given = session.global.as_identity.clone();
    of(given.as_deref(), session, facts, notes).map(Some)
}
