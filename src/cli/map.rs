//! `whycan map ARN`.

use super::args::Format;
use super::scene::Scene;
use super::session::Session;
use crate::base::Failure;
use crate::facts::Kind;
use crate::identity::aws::{Mapping, Outcome, Release};
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source;
use crate::source::aws::Reach;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan map arn:aws:sts::111122223333:assumed-role/dev/alice
  whycan map arn:aws:iam::111122223333:user/ci --from acme-prod
  whycan --demo map arn:aws:iam::111122223333:user/alice -o json | jq -r .identity.username

Facts with --from are what kubectl and the AWS CLI print: ConfigMap kube-system/aws-auth, and
aws eks describe-cluster, list-access-entries, describe-access-entry, list-associated-access-policies.

Exit status: 0 when the principal is mapped, 1 when it is not, 3 when that is not known.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Who: a session of a role (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION), a role, a user
    #[arg(value_name = "ARN")]
    arn: String,
}

/// Prints who the principal is.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load_of_aws(session, |live| needs(live, &args.arn))?;
    let mapping = Mapping::of_arn(&args.arn, scene.facts(), Release::default()).map_err(|error| {
        Failure::usage(error.to_string()).hint("Give the ARN of a principal: aws sts get-caller-identity --query Arn --output text")
    })?;
    match session.global.output {
        Format::Text => session.page(&text::map(&mapping, &session.look))?,
        Format::Markdown => session.out.text(&markdown::map(&mapping))?,
        Format::Json | Format::Yaml => session.value(&json::Map::new(&mapping))?,
    }
    Ok(match mapping.outcome {
        Outcome::Mapped(_) => 0,
        Outcome::Refused(_) | Outcome::Unmapped => 1,
        Outcome::Unknown(_) => 3,
    })
}

/// Of a live cluster: the access entry of the principal, aws-auth, and the bindings that may name its groups.
fn needs(live: source::live::Options, arn: &str) -> Options {
    let kinds = [&Kind::RBAC[..], &[Kind::ConfigMap]].concat();
    Options { kinds, discovery: false, whoami: false, aws: Reach::of(arn), ..Options::rights(live) }
}
