//! Access entries and their policies: listed in pages, described side by side.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;

use super::gaps::Part;
use super::own::AT_ONCE;
use super::reader::{Out, Reader};
use super::{Entries, Reach, convert};
use crate::facts::aws::{AuthenticationMode, AwsCaller, AwsFact, EksCluster, Listed};
use crate::identity::aws::mapping::key;
use crate::identity::aws::{Principal, Release};
use crate::source::aws::fault::Fault;
use crate::source::aws::iam::Iam;

/// After how many refusals, and nothing else, no further entry is asked for.
const REFUSALS: usize = 10;

/// Reads the entries that are wanted.
pub async fn read(reader: &Reader, reach: &Reach, out: &Out) {
    let caller = async {
        let caller = if matches!(reach.entries, Entries::Caller | Entries::All) { Some(reader.session.caller().await) } else { None };
        if let Some(Ok(caller)) = &caller {
            let caller = caller.clone();
            out.facts(vec![AwsFact::Caller(AwsCaller { arn: caller.arn, account: caller.account, id: caller.user_id })]).await;
        }
        caller
    };
    let (listing, caller) = tokio::join!(reader.entries(), caller);
    if listing.fault.as_ref().is_some_and(is_of_the_mode) {
        return without_entries(reader, out).await;
    }
    if let Some(fault) = &listing.fault {
        out.gap(Part::Entries.lost(fault)).await;
        if listing.items.is_empty() {
            return;
        }
    }
    let names = listing.items;
    out.facts(vec![AwsFact::Listed(Listed { names: names.clone(), has_more: listing.has_more })]).await;
    let wanted = match (&reach.entries, caller) {
        (Entries::Of(arn), _) => Some(arn.clone()),
        (_, Some(Ok(caller))) => Some(caller.arn),
        // that of who asks would be read, and nobody says who that is
        (Entries::Caller, Some(Err(fault))) => return out.gap(Part::Entries.lost(&fault)).await,
        _ => None,
    };
    let asked = wanted.clone();
    let wanted = wanted.and_then(|arn| Principal::of_arn(&arn, Release::default()).ok()).map(|principal| key(&principal.looked_up));
    let (own, others): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|name| wanted.as_ref().is_some_and(|own| key(name) == *own));
    let others = match &reach.entries {
        Entries::All => others,
        Entries::Of(_) => others.into_iter().filter(|other| wanted.as_deref().is_some_and(|own| is_like(other, own))).collect(),
        Entries::Nothing | Entries::Listed | Entries::Caller => Vec::new(),
    };
    let own = if reach.entries == Entries::Listed { Vec::new() } else { own };
    // who has no entry needs one for the ARN that IAM tells, which no session shows
    let principal = own.first().cloned().or(asked).filter(|_| reach.principal);
    let tally = Tally { of: own.len() + others.len(), ..Tally::default() };
    // what decides for who asks is there before anything else is asked for
    for names in [own, others] {
        let work = futures::stream::iter(names).map(|name| describe(reader, name, &tally, out));
        let lost: Vec<Lost> = work.buffer_unordered(AT_ONCE).collect().await;
        tally.take(lost);
    }
    if let Some(principal) = principal {
        ask_iam(reader, &principal, out).await;
    }
    tally.tell(out).await;
}

/// Whether a principal is still the one that its entry was made for, and what its own ARN is, is for IAM to tell.
async fn ask_iam(reader: &Reader, principal: &str, out: &Out) {
    let answer = match Iam::of(&reader.session, &reader.region) {
        Ok(iam) => iam.principal(principal).await,
        Err(fault) => Err(fault),
    };
    match answer {
        Ok(known) => out.facts(known.into_iter().collect()).await,
        Err(fault) => out.gap(Part::Principal.lost(&fault)).await,
    }
}

/// Whether access entries are refused because the cluster has none of them: a state, and no fault.
fn is_of_the_mode(fault: &Fault) -> bool {
    let is_refused = fault.code.as_deref().is_some_and(|code| code.starts_with("InvalidRequest"));
    is_refused && fault.failure.message.contains("authentication mode")
}

/// The mode that follows from such a refusal, where nobody else tells it.
async fn without_entries(reader: &Reader, out: &Out) {
    if !out.is_described().await {
        let mode = Some(AuthenticationMode::ConfigMap);
        out.facts(vec![AwsFact::Cluster(EksCluster { name: reader.name.clone(), authentication_mode: mode, ..EksCluster::default() })])
            .await;
    }
}

/// Whether the principal of an entry has the same name, be it of another account, or a user and no role.
fn is_like(entry: &str, own: &str) -> bool {
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_lowercase();
    name(entry) == name(own)
}

/// What was lost of one entry.
#[derive(Debug, Default)]
struct Lost {
    entry: Option<Fault>,
    policies: Option<Fault>,
}

/// How it goes with all of them.
#[derive(Debug, Default)]
struct Tally {
    of: usize,
    read: AtomicUsize,
    given: AtomicUsize,
    refused: AtomicUsize,
    skipped: AtomicUsize,
    lost: std::sync::Mutex<Vec<Lost>>,
}

impl Tally {
    fn is_hopeless(&self) -> bool {
        self.given.load(Ordering::Relaxed) == 0 && self.refused.load(Ordering::Relaxed) >= REFUSALS
    }

    fn take(&self, lost: Vec<Lost>) {
        self.lost.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(lost);
    }

    async fn tell(self, out: &Out) {
        let lost = self.lost.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let skipped = self.skipped.into_inner();
        let (entries, policies): (Vec<_>, Vec<_>) = lost.into_iter().map(|lost| (lost.entry, lost.policies)).unzip();
        for (part, faults) in [(Part::Described, entries), (Part::Policies, policies)] {
            let faults: Vec<Fault> = faults.into_iter().flatten().collect();
            if let Some(first) = faults.first() {
                // what was not asked for any more would have been refused too
                let count = faults.len() + if faults.len() >= REFUSALS { skipped } else { 0 };
                out.gap(part.lost_of(count, self.of, first)).await;
            }
        }
    }
}

async fn describe(reader: &Reader, name: String, tally: &Tally, out: &Out) -> Lost {
    if tally.is_hopeless() {
        tally.skipped.fetch_add(1, Ordering::Relaxed);
        return Lost::default();
    }
    let (entry, policies) = tokio::join!(reader.entry(&name), reader.policies(&name));
    let mut facts = Vec::new();
    let mut lost = Lost::default();
    match entry {
        Ok(entry) => facts.extend(entry.map(|entry| AwsFact::Entry(convert::entry(&reader.name, entry)))),
        Err(fault) => lost.entry = Some(fault),
    }
    match policies {
        Ok(policies) => facts.extend(policies.map(|policies| AwsFact::Policies {
            cluster: reader.name.clone(),
            principal: name,
            policies: policies.into_iter().map(convert::policy).collect(),
        })),
        Err(fault) => lost.policies = Some(fault),
    }
    let counter = if facts.is_empty() { &tally.refused } else { &tally.given };
    counter.fetch_add(1, Ordering::Relaxed);
    out.facts(facts).await;
    let read = tally.read.fetch_add(1, Ordering::Relaxed) + 1;
    out.progress(read, tally.of).await;
    lost
}
