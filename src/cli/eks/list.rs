//! `whycan eks list`.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::base::Failure;
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::kubeconfig::{Kubeconfig, eks};
use crate::report::{json, markdown, text};
use crate::source::aws::{Discovery, Profiles, Scope, discover};
use crate::source::kubeconfig;
use crate::view::eks::{Place, is_answered, summary};

/// After this time it is said what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an interruption waits for a program of a profile to end.
const MOMENT: Duration = Duration::from_millis(100);

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan eks list
  whycan eks list --all-profiles --all-regions
  whycan eks list --profile prod --region eu-central-1 --region us-east-1
  whycan eks list --all-regions -o json | jq -r '.clusters[] | select(.context == null) | .arn'

Each profile in each region is told as soon as it is known, one line each with -o json. The exit status is 4 when none of
them could be read.";

/// The arguments.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Args {
    /// An AWS profile; may be repeated. Without it, that of AWS_PROFILE, or the default one
    #[arg(long, value_name = "PROFILE", num_args = 1..)]
    profile: Vec<String>,
    /// A region; may be repeated. Without it, that of AWS_REGION, or of the profile
    #[arg(long, value_name = "REGION", num_args = 1..)]
    region: Vec<String>,
    /// All profiles of the AWS config and credentials files
    #[arg(long, conflicts_with = "profile")]
    all_profiles: bool,
    /// All regions that have EKS, in the partition of each profile
    #[arg(long, conflicts_with = "region")]
    all_regions: bool,
}

/// Lists the clusters.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let kubeconfig = kubeconfig::load(session.global.kubeconfig.as_deref()).unwrap_or_else(|failure| {
        session.tell(&format!("contexts are not known: {failure}"));
        Kubeconfig::default()
    });
    let scope = Scope {
        profiles: args.profile,
        all_profiles: args.all_profiles,
        regions: args.region,
        all_regions: args.all_regions,
        seen: kubeconfig.clusters().iter().filter_map(|cluster| eks::of_arn(&cluster.name)).map(|(region, ..)| region.to_owned()).collect(),
    };
    let runtime = super::runtime()?;
    let places = runtime.block_on(async {
        let profiles = Profiles::read().await?;
        let discovery = discover(profiles, &scope, session.global.timeout)?;
        follow(discovery, &kubeconfig, session).await
    });
    if places.is_err() {
        // what was dropped is given the moment that it takes to end
        runtime.block_on(async { tokio::time::sleep(MOMENT).await });
    }
    runtime.shutdown_background();
    let places = places?;
    if session.global.output == Format::Markdown {
        session.out.text(&markdown::eks(&places))?;
    }
    if is_answered(&places) {
        return Ok(0);
    }
    // each has told its own reason already
    session.out.finish()?;
    match session.global.output {
        Format::Text | Format::Markdown => Ok(4),
        Format::Json | Format::Yaml => {
            session.tell(&summary(&places));
            Ok(4)
        }
    }
}

/// Tells each place as it comes.
#[expect(clippy::future_not_send, reason = "it runs on the thread that it writes from")]
async fn follow(mut discovery: Discovery, kubeconfig: &Kubeconfig, session: &mut Session<'_>) -> Result<Vec<Place>, Failure> {
    let mut listing = text::EksListing::default();
    let mut places = Vec::new();
    let patience = Instant::now() + PATIENCE;
    let mut has_told = !session.is_watched;
    // one for all turns: between two of them an interruption would be lost
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        let outcome = tokio::select! {
            outcome = discovery.next() => outcome,
            // the search ends as it is dropped
            _ = &mut interrupted => return Err(Failure::failed("interrupted")),
            () = sleep_until(patience), if !has_told => {
                has_told = true;
                let left = discovery.places().saturating_sub(places.len());
                session.tell(&format!("still waiting for {left} of {}; --timeout sets for how long", discovery.places()));
                continue;
            }
        };
        let Some(outcome) = outcome else { break };
        let place = Place::new(outcome, kubeconfig);
        match session.global.output {
            Format::Text => {
                if let Some(page) = listing.place(&place, &session.look) {
                    session.page(&page)?;
                }
            }
            Format::Json => session.out.raw(json::to_line(&json::EksPlace::new(&place))?.as_bytes())?,
            Format::Yaml => session.out.text(&format!("---\n{}", json::to_yaml(&json::EksPlace::new(&place))?))?,
            // a table is whole or none
            Format::Markdown => {}
        }
        session.out.finish()?;
        places.push(place);
    }
    places.sort_by(|a, b| (&a.profile, &a.region).cmp(&(&b.profile, &b.region)));
    if session.global.output == Format::Text {
        session.page(&listing.end(&places))?;
    }
    Ok(places)
}
