//! Identity providers, and the roles that pods become.

use futures::StreamExt as _;

use super::gaps::Part;
use super::own::AT_ONCE;
use super::reader::{Out, Reader};
use super::{Depth, Reach, convert};
use crate::facts::aws::{AwsFact, Listed, PodIdentity};
use crate::source::aws::fault::Fault;

/// Reads the identity providers.
pub async fn providers(reader: &Reader, depth: Depth, out: &Out) {
    let listing = reader.providers().await;
    if let Some(fault) = &listing.fault {
        out.gap(Part::Providers.lost(fault)).await;
        if listing.items.is_empty() {
            return;
        }
    }
    let names = listing.items.iter().map(|config| config.name.clone()).collect();
    out.facts(vec![AwsFact::IdentityProviders(Listed { names, has_more: listing.has_more })]).await;
    if depth != Depth::Described {
        return;
    }
    let of = listing.items.len();
    let work = futures::stream::iter(listing.items).map(async |config| match reader.provider(&config).await {
        Ok(provider) => {
            out.facts(provider.map(|provider| AwsFact::IdentityProvider(convert::provider(&reader.name, provider))).into_iter().collect())
                .await;
            None
        }
        Err(fault) => Some(fault),
    });
    lost(Part::Providers, of, work.buffer_unordered(AT_ONCE).collect().await, out).await;
}

/// Reads the pod identity associations.
pub async fn associations(reader: &Reader, reach: &Reach, out: &Out) {
    let listing = reader.associations().await;
    if let Some(fault) = &listing.fault {
        out.gap(Part::Associations.lost(fault)).await;
        if listing.items.is_empty() {
            return;
        }
    }
    let listed: Vec<_> = listing.items.into_iter().map(|association| convert::listed_association(&reader.name, association)).collect();
    let is_wanted = |association: &&PodIdentity| {
        reach.account.as_ref().is_none_or(|(namespace, name)| association.namespace == *namespace && association.service_account == *name)
    };
    let ids: Vec<String> = listed.iter().filter(is_wanted).map(|association| association.id.clone()).collect();
    let has_more = listing.has_more;
    out.facts(listed.into_iter().map(AwsFact::PodIdentity).chain([AwsFact::PodIdentities { has_more }]).collect()).await;
    if reach.associations != Depth::Described {
        return;
    }
    let of = ids.len();
    let work = futures::stream::iter(ids).map(async |id| match reader.association(&id).await {
        Ok(association) => {
            let association = association.map(|association| AwsFact::PodIdentity(convert::association(&reader.name, association)));
            out.facts(association.into_iter().collect()).await;
            None
        }
        Err(fault) => Some(fault),
    });
    lost(Part::Associations, of, work.buffer_unordered(AT_ONCE).collect().await, out).await;
}

/// One gap for what could not be described.
async fn lost(part: Part, of: usize, faults: Vec<Option<Fault>>, out: &Out) {
    let faults: Vec<Fault> = faults.into_iter().flatten().collect();
    if let Some(first) = faults.first() {
        out.gap(part.lost_of(faults.len(), of, first)).await;
    }
}
