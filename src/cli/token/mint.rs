//! `whycan token mint`.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::base::Failure;
use crate::base::text::count;
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::source::aws::{Minted, Order, asked_version, mint};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan token mint --cluster-name acme-prod --profile prod | whycan token decode -
  whycan token mint --cluster-name acme-prod --role-arn arn:aws:iam::111122223333:role/admin
  whycan eks add acme-prod --plugin whycan

It is what `aws eks get-token` prints, to the byte, and can stand in its place in a kubeconfig. Nothing is sent, unless a
role must be assumed or a login renewed. On a terminal the token is hidden; pipe it, or ask for --reveal.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The name of the cluster that the token is for; it is not checked
    #[arg(long, alias = "cluster", value_name = "NAME", required_unless_present = "cluster_id")]
    cluster_name: Option<String>,
    /// The id of a local cluster on an Outpost, in place of a name
    #[arg(long, value_name = "ID", conflicts_with = "cluster_name")]
    cluster_id: Option<String>,
    /// The AWS profile whose credentials sign; else that of AWS_PROFILE, or the default one
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// The region whose STS the token names; else that of AWS_REGION, or of the profile
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A role to assume first; given again, the next one is assumed with it
    #[arg(long, visible_alias = "role", value_name = "ARN")]
    role_arn: Vec<String>,
    /// The session name of these roles, which the cluster may take into the user name
    #[arg(long, value_name = "NAME", requires = "role_arn")]
    session_name: Option<String>,
    /// Show the token on a terminal too
    #[arg(long)]
    reveal: bool,
}

/// What plugins print.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential {
    kind: &'static str,
    api_version: String,
    spec: Spec,
    status: Status,
}

#[derive(Serialize)]
struct Spec {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: String,
    token: String,
}

/// Makes a token and prints it.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if session.global.output == Format::Markdown {
        return Err(
            Failure::usage("a token is for programs, not for tickets: `token mint` has no Markdown").hint("Use -o json or -o yaml.")
        );
    }
    let order = Order {
        cluster: args.cluster_name.or(args.cluster_id).unwrap_or_default(),
        profile: args.profile,
        region: args.region,
        roles: args.role_arn,
        session: args.session_name,
    };
    if order.cluster.is_empty() {
        return Err(Failure::usage("the name of the cluster is empty").hint("whycan eks list lists them."));
    }
    let version = asked_version();
    let now = Timestamp::now();
    let minted = runtime()?.block_on(async {
        tokio::select! {
            minted = mint(&order, now, session.global.timeout) => minted,
            _ = tokio::signal::ctrl_c() => Err(Failure::failed("interrupted")),
        }
    })?;
    for remark in version.remark.into_iter().chain(early(&minted)) {
        session.tell(&remark);
    }
    let is_hidden = session.is_shown && !args.reveal;
    if is_hidden {
        session.tell("the token is hidden on a terminal: pipe it, or ask for --reveal");
    }
    let token = minted.token.expose_secret();
    session.value(&ExecCredential {
        kind: "ExecCredential",
        api_version: version.api_version,
        spec: Spec {},
        status: Status {
            expiration_timestamp: minted.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            token: if is_hidden { format!("k8s-aws-v1.… ({})", count(token.len(), "character")) } else { token.to_owned() },
        },
    })?;
    Ok(0)
}

/// That the token ends sooner than it says, as the credentials do.
fn early(minted: &Minted) -> Option<String> {
    let end = minted.credentials_expire_at.filter(|end| *end < minted.expires_at)?;
    Some(format!("the credentials end at {}, and the token with them", end.strftime("%H:%M:%S UTC")))
}

/// One thread is enough, and the soonest there.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| Failure::failed(format!("cannot start: {error}")))
}
