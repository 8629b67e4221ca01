//! `whycan map ARN`, `whycan map sa:NAMESPACE/NAME`.

use super::args::{Format, Global};
use super::scene::Scene;
use super::session::Session;
use crate::base::{Failure, Name};
use crate::facts::aws::PodIdentity;
use crate::facts::{self, Facts};
use crate::identity::Form;
use crate::identity::aws::{Kind, Mapping, Outcome, Principal, Release};
use crate::identity::workload::trust::Holds;
use crate::identity::workload::{Admissions, Annotations, Known, Workload};
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source;
use crate::source::aws::{self, Depth, Reach};
use crate::view::mapping::Mappings;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan map arn:aws:sts::111122223333:assumed-role/dev/alice
  whycan map arn:aws:iam::111122223333:user/ci --from acme-prod
  whycan --demo map arn:aws:iam::111122223333:user/alice -o json | jq -r .identity.username
  whycan map sa:payments/api
  whycan map
  whycan map arn:aws:iam::111122223333:role/api

Without anybody it lists all mappings: access entries, aws-auth with what counts and what never
does, identity providers, pod identity associations. Of a service account it says which role of AWS its pods become, and why not; of a role, which service
accounts may become it.

Facts with --from are what kubectl and the AWS CLI print: ConfigMap kube-system/aws-auth, service
accounts, pods, and aws eks describe-cluster, list-access-entries, describe-access-entry,
list-associated-access-policies, describe-pod-identity-association, aws iam get-role,
list-open-id-connect-providers, get-open-id-connect-provider.

Exit status: 0 when the principal is mapped, or pods become a role; 1 when not, 3 when that is not known.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Who: a session of a role (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION), a role, a user; or a service account; none for all mappings
    #[arg(value_name = "ARN|sa:NAMESPACE/NAME")]
    who: Option<String>,
}

/// Prints who the principal is.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let Some(who) = args.who.as_deref() else { return all(session) };
    if who.starts_with("sa:") {
        return service_account(who, session);
    }
    let scene = Scene::load_of_aws(session, |live| needs(live, who))?;
    let mapping = Mapping::of_arn(who, scene.facts(), Release::default()).map_err(|error| {
        Failure::usage(error.to_string())
            .hint("Give the ARN of a principal: aws sts get-caller-identity --query Arn --output text")
            .hint("Or a service account: sa:NAMESPACE/NAME")
    })?;
    let admissions = is_role(who).then(|| {
        let facts = with_roles(&scene, &session.global, |_| vec![who.to_owned()]);
        Admissions::of(&mapping.arn, &Known::of(&facts))
    });
    match session.global.output {
        Format::Text => session.page(&text::map(&mapping, admissions.as_ref(), &session.look))?,
        Format::Markdown => session.out.text(&markdown::map(&mapping, admissions.as_ref()))?,
        Format::Json | Format::Yaml => session.value(&json::Map::new(&mapping, admissions.as_ref()))?,
    }
    Ok(match mapping.outcome {
        Outcome::Mapped(_) => 0,
        Outcome::Refused(_) | Outcome::Unmapped => 1,
        Outcome::Unknown(_) => 3,
    })
}

/// Prints all mappings.
fn all(session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load_of_aws(session, needs_of_all)?;
    let mappings = Mappings::of(scene.facts());
    match session.global.output {
        Format::Text => session.page(&text::mappings(&mappings, &session.look))?,
        Format::Markdown => session.out.text(&markdown::mappings(&mappings))?,
        Format::Json | Format::Yaml => session.value(&json::Mappings::new(&mappings))?,
    }
    Ok(0)
}

/// Of a live cluster, for all mappings: aws-auth, and all that AWS keeps.
fn needs_of_all(live: source::live::Options) -> Options {
    Options { kinds: vec![facts::Kind::ConfigMap], discovery: false, whoami: false, aws: Reach::everything(), ..Options::rights(live) }
}

/// Prints which role the pods of a service account become.
fn service_account(given: &str, session: &mut Session<'_>) -> Result<u8, Failure> {
    let Form::ServiceAccount { namespace, name } = Form::read(given).map_err(|error| Failure::usage(error.to_string()))? else {
        return Err(Failure::usage(format!("`{given}` is no service account")).hint("Write sa:NAMESPACE/NAME"));
    };
    let scene = Scene::load(session, |live| needs_of_account(live, &namespace, &name))?;
    let facts = with_roles(&scene, &session.global, |facts| roles_of(facts, &namespace, &name));
    let workload = Workload::of(Name::new(&namespace), Name::new(&name), &Known::of(&facts));
    match session.global.output {
        Format::Text => session.page(&text::workload(&workload, &session.look))?,
        Format::Markdown => session.out.text(&markdown::workload(&workload))?,
        Format::Json | Format::Yaml => session.value(&json::Workload::new(&workload))?,
    }
    Ok(match workload.holds {
        Holds::Yes => 0,
        Holds::No => 1,
        Holds::Unknown => 3,
    })
}

/// Of a live cluster, for a service account: itself, its pods, their nodes, and their namespace.
fn needs_of_account(live: source::live::Options, namespace: &str, name: &str) -> Options {
    let kinds = vec![facts::Kind::ServiceAccount, facts::Kind::Pod, facts::Kind::Node, facts::Kind::Namespace];
    Options { kinds, discovery: false, whoami: false, aws: Reach::of_account(namespace, name), ..Options::rights(live) }
}

/// The roles that are named for a service account.
fn roles_of(facts: &Facts, namespace: &str, name: &str) -> Vec<String> {
    let own = |one: &&PodIdentity| one.namespace == namespace && one.service_account == name;
    let associated = facts.aws().pod_identities.values().filter(own).flat_map(|one| [one.role.clone(), one.target_role.clone()]);
    let account = facts.service_account(Name::new(namespace), Name::new(name));
    let annotated = account.and_then(|account| Annotations::of(&account.meta).role).map(|role| role.to_string());
    associated.chain([annotated]).flatten().filter(|role| role.starts_with("arn:")).collect()
}

/// The facts of a scene; of a live cluster of EKS with what IAM says of roles, and with the issuers that it takes tokens of.
fn with_roles(scene: &Scene, global: &Global, roles: impl FnOnce(&Facts) -> Vec<String>) -> Facts {
    let mut facts = scene.facts().clone();
    let Some(live) = scene.live.as_ref().filter(|_| facts.aws().cluster().is_some()) else { return facts };
    let roles = roles(&facts);
    if roles.is_empty() {
        return facts;
    }
    let asked = live.ask(async {
        let principals = aws::principals(&live.target, &roles, global.timeout);
        let (principals, issuers) = tokio::join!(principals, aws::openid_providers(&live.target, global.timeout));
        principals.into_iter().chain(issuers)
    });
    asked.for_each(|change| facts.apply(change));
    facts
}

/// Of a live cluster: aws-auth, the bindings that may name its groups, and the service accounts that may become a role.
fn needs(live: source::live::Options, arn: &str) -> Options {
    let kinds = [&facts::Kind::RBAC[..], &[facts::Kind::ConfigMap, facts::Kind::ServiceAccount]].concat();
    let associations = if is_role(arn) { Depth::Described } else { Depth::Nothing };
    Options { kinds, discovery: false, whoami: false, aws: Reach { associations, ..Reach::of(arn) }, ..Options::rights(live) }
}

/// Whether it is a role's own ARN: pods may become that.
fn is_role(arn: &str) -> bool {
    Principal::of_arn(arn, Release::default()).is_ok_and(|principal| principal.kind == Kind::Role)
}
