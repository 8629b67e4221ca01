//! `whycan eks add CLUSTER`.

use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::cli::args::Format;
use crate::cli::context::change::{DryRun, now, tell};
use crate::cli::context::names::switch;
use crate::cli::session::Session;
use crate::kubeconfig::eks::{self, Described, Wishes};
use crate::kubeconfig::{Change, edit};
use crate::report::text::{Ink, Line, Page};
use crate::source::aws::{Profiles, Wanted, describe};
use crate::source::kubeconfig;
use crate::view::changed::Changed;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan eks add acme-prod --profile prod --region eu-central-1
  whycan eks add arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod --alias prod --use
  whycan eks add acme-prod --role-arn arn:aws:iam::111122223333:role/admin --dry-run

The entries are those of `aws eks update-kubeconfig`, and go to the same file: --kubeconfig, else the file of KUBECONFIG
that has the cluster already, else the first one. Comments stay, and the current context stays unless --use is given.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The cluster: its name, or its ARN, which says the region too
    #[arg(value_name = "CLUSTER")]
    cluster: String,
    /// The AWS profile to ask with, and to log in with; else that of AWS_PROFILE, or the default one
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// The region; else that of the ARN, of AWS_REGION, or of the profile
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The name of the context; else the user's
    #[arg(long, value_name = "NAME")]
    alias: Option<String>,
    /// The name of the user; else the cluster's ARN
    #[arg(long, value_name = "NAME")]
    user_alias: Option<String>,
    /// A role to log in to the cluster with
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// A proxy before the cluster
    #[arg(long, value_name = "URL")]
    proxy_url: Option<String>,
    /// A role to ask AWS about the cluster with; it is not written
    #[arg(long, value_name = "ARN")]
    assume_role_arn: Option<String>,
    /// The plugin that makes tokens: aws, as `aws eks update-kubeconfig` writes it, or whycan, many times as fast
    #[arg(long, value_enum, value_name = "PLUGIN", default_value_t = Plugin::Aws)]
    plugin: Plugin,
    /// Make the context the current one
    #[arg(long = "use")]
    makes_current: bool,
    #[command(flatten)]
    dry: DryRun,
}

/// Who makes the tokens.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Plugin {
    Aws,
    Whycan,
}

/// Adds a cluster.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let runtime = super::runtime()?;
    let asked = runtime.block_on(async {
        let asking = ask(args, session.global.timeout);
        tokio::select! {
            asked = asking => asked,
            _ = tokio::signal::ctrl_c() => Err(Failure::failed("interrupted")),
        }
    });
    runtime.shutdown_background();
    let (cluster, wishes) = asked?;
    let explicit = session.global.kubeconfig.clone();
    let files = kubeconfig::files(explicit.as_deref())?;
    let (path, passed) = eks::file(&files, &cluster.arn)?;
    for why in passed {
        session.tell(&format!("passed over: {why}"));
    }
    let put = eks::put(&cluster, &wishes, path)?;
    let context = put.context.clone();
    let change = Change::Put(Box::new(put));
    let changed = if args.dry.dry_run {
        Changed::planned(&edit::plan(&files, &change)?)
    } else {
        // only what is written must be readable: what a broken file says is not known before either
        let before = kubeconfig::load(explicit.as_deref()).unwrap_or_default();
        let done = switch(&session.global).make(&change, now())?;
        let mut changed = Changed::made(std::slice::from_ref(&change), &done.plan, &before);
        changed.notes.extend(done.notes);
        changed
    };
    tell(&changed, session)?;
    if session.global.output == Format::Text && !args.makes_current {
        let line = Line::at(2).plain("Go there: ").text(format!("whycan context use {}", shell_word(&context)), Ink::Accent);
        let mut page = Page::default();
        page.push(line);
        session.page(&page)?;
    }
    Ok(0)
}

/// What AWS says of the cluster, and what is wanted of its entries.
async fn ask(args: &Args, limit: std::time::Duration) -> Result<(Described, Wishes), Failure> {
    let of_arn = eks::of_arn(&args.cluster);
    if of_arn.is_none() && args.cluster.contains([':', '/']) {
        return Err(Failure::usage(format!("`{}` is neither a name nor an ARN of a cluster", sanitise(&args.cluster)))
            .hint("An ARN reads like arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod"));
    }
    if let (Some((region, ..)), Some(other)) = (of_arn, &args.region)
        && region != other
    {
        return Err(Failure::usage(format!("the ARN is of {}, and --region says {}", sanitise(region), sanitise(other)))
            .hint("Leave --region out: the ARN says it."));
    }
    let profiles = Profiles::read().await?;
    let wishes = Wishes {
        alias: args.alias.clone(),
        user_alias: args.user_alias.clone(),
        role_arn: args.role_arn.clone(),
        proxy_url: args.proxy_url.clone(),
        // a profile that the environment names is written too, as the aws command line does
        profile: args.profile.clone().or_else(|| profiles.named().map(str::to_owned)),
        makes_current: args.makes_current,
        plugin: match args.plugin {
            Plugin::Aws => eks::Plugin::Aws,
            Plugin::Whycan => eks::Plugin::Whycan,
        },
    };
    let wanted = Wanted {
        name: of_arn.map_or(args.cluster.as_str(), |(_, _, name)| name).to_owned(),
        profile: args.profile.clone(),
        region: of_arn.map(|(region, ..)| region.to_owned()).or_else(|| args.region.clone()),
        role: args.assume_role_arn.clone(),
    };
    let cluster = describe(profiles, &wanted, limit).await?;
    if of_arn.is_some() && cluster.arn != args.cluster {
        return Err(Failure::failed(format!("what these credentials see is another cluster of that name: {}", sanitise(&cluster.arn)))
            .hint("Ask with a profile of the account in the ARN: --profile PROFILE, or --assume-role-arn ARN"));
    }
    Ok((cluster, wishes))
}
