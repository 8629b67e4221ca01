//! The clusters of many profiles and regions, as a stream: each place as soon as it is known.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{AbortHandle, JoinSet};

use super::fault::{self, Fault};
use super::profiles::Profiles;
use super::regions;
use super::scope::{Place, Scope};
use super::session::{Session, Shared};
use crate::base::Failure;

/// How many calls are made at once to all of AWS.
const AT_ONCE: usize = 16;

/// How many of them to one account in one region, whose limit they count against.
const TO_ONE: usize = 3;

/// How many pages of a hundred names are read.
const PAGES: usize = 100;

/// What became of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The profile and region.
    pub place: Place,
    /// The account, when it is known.
    pub account: Option<String>,
    /// What became of it.
    pub state: State,
    /// Why not everything is known, with what to do.
    pub failure: Option<Failure>,
    /// The clusters, by name.
    pub clusters: Vec<Cluster>,
}

/// What became of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// There are clusters.
    Listed,
    /// There is none.
    Empty,
    /// Somebody decided that it may not be looked at.
    Denied,
    /// It could not be looked at.
    Failed,
}

/// A cluster of EKS. What DescribeCluster was refused for is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: Option<String>,
    /// The URL of the API server.
    pub endpoint: Option<String>,
    /// The version of Kubernetes.
    pub version: Option<String>,
    /// `ACTIVE`, `CREATING`, …
    pub status: Option<String>,
}

/// A search under way; it ends when this is dropped.
#[derive(Debug)]
pub struct Discovery {
    outcomes: mpsc::Receiver<Outcome>,
    searching: AbortHandle,
    places: usize,
}

impl Discovery {
    /// The next place that is known; none when all are.
    pub async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }

    /// How many places there are in all.
    pub fn places(&self) -> usize {
        self.places
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        self.searching.abort();
    }
}

/// Begins to look; call it inside a tokio runtime. `limit` bounds each step.
///
/// # Errors
/// When a profile is not there, or a region can be none.
pub fn discover(profiles: Profiles, scope: &Scope, limit: Duration) -> Result<Discovery, Failure> {
    let places = scope.places(&profiles)?;
    let named = scope.all_profiles || !scope.profiles.is_empty();
    let (sender, outcomes) = mpsc::channel(AT_ONCE);
    let count = places.len();
    let mut shared = Shared::new(Arc::new(profiles), limit, AT_ONCE);
    let lanes = Arc::new(Lanes::default());
    let searching = tokio::spawn(async move {
        let mut sessions: BTreeMap<Option<String>, Arc<Session>> = BTreeMap::new();
        // dropped with this task, and every search in it
        let mut searches = JoinSet::new();
        for place in places {
            let region = place.region.as_deref().unwrap_or(FALLBACK);
            let session =
                sessions.entry(place.profile.clone()).or_insert_with(|| Arc::new(shared.session(place.profile.as_deref(), region, named)));
            let (session, lanes, sender) = (Arc::clone(session), Arc::clone(&lanes), sender.clone());
            searches.spawn(async move {
                let outcome = search(place, &session, &lanes).await;
                // nobody waits any more
                let _ = sender.send(outcome).await;
            });
        }
        drop(sender);
        while searches.join_next().await.is_some() {}
    });
    Ok(Discovery { outcomes, searching: searching.abort_handle(), places: count })
}

/// Where STS is asked when no region is known at all.
const FALLBACK: &str = "us-east-1";

/// The calls that may be made at once to each account and region.
#[derive(Debug, Default)]
struct Lanes(Mutex<BTreeMap<(String, String), Arc<Semaphore>>>);

impl Lanes {
    fn of(&self, account: &str, region: &str) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry((account.to_owned(), region.to_owned())).or_insert_with(|| Arc::new(Semaphore::new(TO_ONE))))
    }
}

async fn search(place: Place, session: &Session, lanes: &Lanes) -> Outcome {
    let Some(region) = place.region.clone() else {
        let whose = place.profile.as_deref().map_or_else(String::new, |profile| format!(" for profile {profile}"));
        let failure = Failure::failed(format!("no region is chosen{whose}"))
            .hint("Name one: --region REGION, AWS_REGION=REGION, or region in the profile; --all-regions looks everywhere.");
        return Outcome { place, account: None, state: State::Failed, failure: Some(failure), clusters: Vec::new() };
    };
    let client = match session.eks(&region).await {
        Ok(client) => client,
        Err(fault) => return Outcome { place, account: None, ..Outcome::of(Vec::new(), Some(fault)) },
    };
    let account = session.account().await;
    // an account that is not known is told apart by its profile
    let lane = lanes.of(account.as_deref().unwrap_or_else(|| place.profile.as_deref().unwrap_or_default()), &region);
    let asked = Asked { client, session, region: &region, account: account.as_deref(), lane: &lane };
    let (names, fault) = asked.names().await;
    let fault = match fault {
        Some(fault) if is_unrecognised(&fault) => Some(asked.is_it_the_region(fault).await),
        other => other,
    };
    let mut described: Vec<(Cluster, Option<Fault>)> =
        futures::stream::iter(names).map(|name| asked.describe(name)).buffered(TO_ONE).collect().await;
    described.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    let withheld: Vec<&Fault> = described.iter().filter_map(|(_, fault)| fault.as_ref()).collect();
    let note = withheld.first().map(|first| {
        let message = format!("{} of {} could not be described: {}", withheld.len(), described.len(), first.failure.message);
        Failure { message, ..first.failure.clone() }
    });
    let clusters: Vec<Cluster> = described.into_iter().map(|(cluster, _)| cluster).collect();
    let of_arn = clusters.iter().find_map(|cluster| cluster.arn.as_deref()?.split(':').nth(4)).map(str::to_owned);
    let of_denial = fault.as_ref().and_then(|fault| fault.account.clone());
    let account = account.or(of_arn).or(of_denial);
    let outcome = Outcome::of(clusters, fault);
    Outcome { place, account, failure: outcome.failure.or(note), ..outcome }
}

/// Whether AWS did not know the key.
fn is_unrecognised(fault: &Fault) -> bool {
    fault.code.as_deref().is_some_and(|code| code.starts_with("UnrecognizedClient") || code.starts_with("InvalidClientTokenId"))
}

impl Outcome {
    fn of(clusters: Vec<Cluster>, fault: Option<Fault>) -> Self {
        let state = match &fault {
            Some(fault) if fault.is_denied => State::Denied,
            Some(_) => State::Failed,
            None if clusters.is_empty() => State::Empty,
            None => State::Listed,
        };
        let place = Place { profile: None, region: None };
        Self { place, account: None, state, failure: fault.map(|fault| fault.failure), clusters }
    }
}

/// One place that is asked.
struct Asked<'a> {
    client: aws_sdk_eks::Client,
    session: &'a Session,
    region: &'a str,
    account: Option<&'a str>,
    lane: &'a Semaphore,
}

impl Asked<'_> {
    /// The names of the clusters, as far as they could be listed.
    async fn names(&self) -> (Vec<String>, Option<Fault>) {
        let mut names = Vec::new();
        let mut next = None;
        for _ in 0..PAGES {
            let (_one, _all) = (self.lane.acquire().await, self.session.turn().await);
            match self.client.list_clusters().max_results(100).set_next_token(next).send().await {
                Ok(page) => {
                    names.extend(page.clusters.unwrap_or_default());
                    next = page.next_token.filter(|token| !token.is_empty());
                    if next.is_none() {
                        break;
                    }
                }
                Err(error) => return (names, Some(fault::of(&error, &self.session.at(self.region, self.account)))),
            }
        }
        names.sort();
        names.dedup();
        (names, None)
    }

    /// A key that this region does not know: when STS knows it, the account has not enabled the region.
    async fn is_it_the_region(&self, fault: Fault) -> Fault {
        match self.session.caller().await {
            Ok(_) => fault::unrecognised(&self.session.at(self.region, self.account)),
            Err(_) => fault,
        }
    }

    async fn describe(&self, name: String) -> (Cluster, Option<Fault>) {
        let (_one, _all) = (self.lane.acquire().await, self.session.turn().await);
        match self.client.describe_cluster().name(&name).send().await {
            Ok(answer) => {
                let cluster = answer.cluster;
                let arn = cluster.as_ref().and_then(|cluster| cluster.arn.clone()).or_else(|| self.arn(&name));
                let cluster = cluster.map_or_else(Cluster::default, |cluster| Cluster {
                    endpoint: cluster.endpoint,
                    version: cluster.version,
                    status: cluster.status.map(|status| status.as_str().to_owned()),
                    ..Cluster::default()
                });
                (Cluster { name, arn, ..cluster }, None)
            }
            Err(error) => {
                let fault = fault::of(&error, &self.session.at(self.region, self.account));
                (Cluster { arn: self.arn(&name), name, ..Cluster::default() }, Some(fault))
            }
        }
    }

    /// The ARN of a cluster, which follows from where it is.
    fn arn(&self, name: &str) -> Option<String> {
        Some(format!("arn:{}:eks:{}:{}:cluster/{name}", regions::partition(self.region), self.region, self.account?))
    }
}
