//! The cluster itself: found, described, held against its endpoint; then everything else of it, side by side.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::mpsc;

use super::aim::Aim;
use super::gaps::Part;
use super::reader::{Out, Reader};
use super::{Depth, Entries, Reach, Update, convert, entries, pages, workload};
use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::facts::Change;
use crate::facts::aws::{AwsFact, EksCluster};
use crate::kubeconfig::Target;
use crate::source::aws::asker::Asker;
use crate::source::aws::fault::{self, Fault};
use crate::source::aws::scope::check_region;
use crate::source::aws::session::{Session, Shared};

/// How many calls are under way at once.
pub const AT_ONCE: usize = 10;

/// How many clusters are described at once to find the one of an endpoint.
const SEARCHED: usize = 3;

/// Reads all that is wanted.
pub async fn read(target: &Target, reach: &Reach, limit: Duration, updates: mpsc::Sender<Update>) {
    let Some(aim) = Aim::of(target).filter(|_| !reach.is_nothing()) else { return };
    let reader = match open(target, &aim, limit).await {
        Ok(reader) => reader,
        Err(fault) => return lost(&updates, &fault).await,
    };
    let (out, opened) = Out::new(updates.clone());
    let rest = async {
        let providers = async {
            if reach.providers != Depth::Nothing {
                Box::pin(workload::providers(&reader, reach.providers, &out)).await;
            }
        };
        let associations = async {
            if reach.associations != Depth::Nothing {
                Box::pin(workload::associations(&reader, reach, &out)).await;
            }
        };
        let entries = async {
            if reach.entries != Entries::Nothing {
                Box::pin(entries::read(&reader, reach, &out)).await;
            }
        };
        tokio::join!(entries, providers, associations);
    };
    tokio::pin!(rest);
    let describing = describe(&reader, &aim);
    tokio::pin!(describing);
    let described = tokio::select! {
        described = &mut describing => described,
        // nothing goes out before, so that it ends first only where nothing is wanted of it
        () = &mut rest => describing.await,
    };
    let fact = match described {
        Ok(cluster) => Change::Aws(AwsFact::Cluster(cluster)),
        Err(fault) if is_of_it_alone(&fault) => Change::Gap(Part::Cluster.lost(&fault)),
        Err(fault) => return lost(&updates, &fault).await,
    };
    let is_described = matches!(fact, Change::Aws(_));
    let _ = updates.send(Update::Changes(vec![fact])).await;
    opened.send_replace(Some(is_described));
    rest.await;
}

/// One gap for everything.
async fn lost(updates: &mpsc::Sender<Update>, fault: &Fault) {
    let _ = updates.send(Update::Changes(vec![Change::Gap(Part::Whole.lost(fault))])).await;
}

/// Whether a fault is the call's alone; what is wrong with credentials or the way there every other call would meet too.
fn is_of_it_alone(fault: &Fault) -> bool {
    const PASSING: [&str; 5] = ["Throttl", "TooManyRequests", "RequestLimitExceeded", "Server", "ServiceUnavailable"];
    fault.is_denied || fault.code.as_deref().is_some_and(|code| PASSING.iter().any(|passing| code.starts_with(passing)))
}

/// Who asks, and the cluster's name.
async fn open(target: &Target, aim: &Aim, limit: Duration) -> Result<Reader, Fault> {
    let asker = Asker::of(&target.user).await.map_err(Fault::failed)?;
    let region = aim.region.clone().or_else(|| asker.profiles.region(asker.profile.as_deref()).map(str::to_owned));
    let region = region.ok_or_else(|| {
        let failure = Failure::failed("the region of the EKS cluster is not known");
        Fault::failed(failure.hint("Name it in the user entry (--region REGION), or set AWS_REGION=REGION."))
    })?;
    check_region(&region).map_err(Fault::failed)?;
    let mut shared = Shared::new(Arc::new(asker.profiles.clone()), limit, AT_ONCE);
    let session = shared.session_of(asker, &region);
    let client = session.eks(&region).await?;
    let name = match &aim.name {
        Some(name) => name.clone(),
        None => search(&session, &client, &region, aim).await?,
    };
    Ok(Reader { session, client, region, name })
}

/// The name of the cluster that has the endpoint, of all that there are in the region.
async fn search(session: &Session, client: &aws_sdk_eks::Client, region: &str, aim: &Aim) -> Result<String, Fault> {
    let listing = pages::read(async |next| {
        let page = client.list_clusters().max_results(pages::SIZE).set_next_token(next).send().await;
        let page = page.map_err(|error| fault::of(&error, &session.at(region, None)))?;
        Ok((page.clusters.unwrap_or_default(), page.next_token))
    })
    .await;
    let described = futures::stream::iter(listing.items).map(async |name| {
        let described = client.describe_cluster().name(&name).send().await;
        let described = described.map(|answer| answer.cluster.map(convert::cluster));
        (name, described.map_err(|error| fault::of(&error, &session.at(region, None))))
    });
    let mut described = described.buffer_unordered(SEARCHED);
    let mut withheld = listing.fault;
    while let Some((name, described)) = described.next().await {
        match described {
            Ok(Some(cluster)) if aim.is(&cluster) == Some(true) => return Ok(name),
            Ok(_) => {}
            Err(fault) => withheld = withheld.or(Some(fault)),
        }
    }
    Err(withheld.unwrap_or_else(|| {
        let failure = Failure::failed(format!("no EKS cluster in {region} has the endpoint {}", aim.server()));
        Fault::failed(failure.hint("It may be of another account: choose a profile of that one, AWS_PROFILE=PROFILE."))
    }))
}

async fn describe(reader: &Reader, aim: &Aim) -> Result<EksCluster, Fault> {
    let (name, region) = (&reader.name, &reader.region);
    let missing = || {
        let failure = Failure::failed(format!("there is no EKS cluster `{}` in {region} for who asks", sanitise(name)));
        Fault::failed(failure.hint(format!("Look which there are: whycan eks list --region {}", shell_word(region))))
    };
    let described = match reader.describe().await {
        Ok(described) => described.ok_or_else(missing)?,
        Err(fault) if fault.code.as_deref().is_some_and(|code| code.starts_with("ResourceNotFound")) => return Err(missing()),
        Err(fault) => return Err(fault),
    };
    let described = EksCluster { name: name.clone(), ..convert::cluster(described) };
    if aim.is(&described) == Some(false) {
        let failure = Failure::failed(format!(
            "the EKS cluster `{}` in {region} has another endpoint than the server of this context: {}, and not {}",
            sanitise(name),
            sanitise(&described.endpoint),
            aim.server()
        ));
        return Err(Fault::failed(
            failure.hint(format!(
                "Mend the cluster's name, the region or the profile in the user entry; this shows whose endpoint it is: whycan eks list --region {}",
                shell_word(region)
            )),
        ));
    }
    Ok(described)
}
