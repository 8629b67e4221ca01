//! What was not read, and whether it could relate an object to a node.

use super::graph::{Graph, Sort, Vertex, claims, names_secret};
use super::{kinds, rule};
use crate::authz::Request;
use crate::base::{Gap, Loss, Name};
use crate::facts::{Kind, Used};
use crate::identity::Identity;

/// The ways in which unread objects could relate an object to a node that is not related to it.
#[derive(Clone, Debug)]
pub struct Openings {
    object: Vertex,
    /// Whether such an object is known: no unread one has its name.
    is_known: bool,
    /// The namespaces in which an unread pod could mount a known volume that leads to the object.
    claimed_in: Vec<Name>,
    /// Whether a pod of the node mounts a claim, to which an unread volume could be bound.
    has_claims: bool,
}

impl Openings {
    /// Those of a request of a node; none where no relation would help.
    pub fn of(graph: &Graph, identity: &Identity, request: &Request) -> Option<Self> {
        let object = rule(identity, request)?.object.filter(Vertex::could_exist)?;
        let is_volume = object.sort == Sort::PersistentVolume;
        let is_secret = object.sort == Sort::Used(Used::Secret);
        let claimed_in: Vec<Name> = if is_volume {
            graph.volume(object.name).and_then(|volume| volume.claim).into_iter().collect()
        } else if is_secret {
            graph.all_volumes().filter(|volume| names_secret(volume, &object) == Some(true)).filter_map(|volume| volume.claim).collect()
        } else {
            Vec::new()
        }
        .into_iter()
        // no pod is without a namespace, and none uses a claim without a name
        .filter_map(|(namespace, name): (Name, Name)| (!namespace.is_empty() && !name.is_empty()).then_some(namespace))
        .collect();
        let node = identity.node().and_then(Name::find);
        let has_claims = (is_volume || is_secret) && node.is_some_and(|node| graph.giving(node).any(|pod| claims(pod).next().is_some()));
        Some(Self { object, is_known: graph.holds(&object), claimed_in, has_claims })
    }

    /// Whether something inside this gap, alone or with things inside the others, would relate the object to the node.
    pub fn could_be_in(&self, gap: &Gap, gaps: &[Gap]) -> bool {
        let Self { object, is_known, .. } = self;
        let unread = |kind: Kind| !is_known && gap.may_hold(kind.as_str(), Name::EMPTY);
        match object.sort {
            Sort::Node => false,
            Sort::Pod => !is_known && gap.may_hold(Kind::Pod.as_str(), object.namespace),
            Sort::VolumeAttachment => unread(Kind::VolumeAttachment),
            Sort::ResourceSlice => unread(Kind::ResourceSlice),
            Sort::ServiceAccount | Sort::Used(Used::ConfigMap | Used::PersistentVolumeClaim | Used::ResourceClaim) => {
                gap.may_hold(Kind::Pod.as_str(), object.namespace)
            }
            Sort::PersistentVolume if *is_known => self.is_claimed_in(gap),
            Sort::PersistentVolume => self.is_behind_unread_volume(gap, gaps),
            Sort::Used(Used::Secret) => {
                gap.may_hold(Kind::Pod.as_str(), object.namespace) || self.is_claimed_in(gap) || self.is_behind_unread_volume(gap, gaps)
            }
        }
    }

    /// Whether an unread pod could mount a known volume.
    fn is_claimed_in(&self, gap: &Gap) -> bool {
        self.claimed_in.iter().any(|namespace| gap.may_hold(Kind::Pod.as_str(), *namespace))
    }

    /// Whether an unread volume could be bound to a claim of a pod, read or unread.
    fn is_behind_unread_volume(&self, gap: &Gap, gaps: &[Gap]) -> bool {
        let volume = |gap: &Gap| gap.may_hold(Kind::PersistentVolume.as_str(), Name::EMPTY);
        if volume(gap) && (self.has_claims || gaps.iter().any(may_hold_pods)) {
            return true;
        }
        may_hold_pods(gap) && gaps.iter().any(volume)
    }
}

/// Whether there is a namespace in which pods could be missing.
fn may_hold_pods(gap: &Gap) -> bool {
    let is_open = |namespace: &Name| !namespace.is_empty() && !gap.except.contains(namespace);
    gap.may_hold_anywhere(Kind::Pod.as_str()) && (gap.namespaces.is_empty() || gap.namespaces.iter().any(is_open))
}

/// A gap for each kind that was not asked for and that the request of a node hangs on.
pub fn missing(identity: &Identity, request: &Request, is_unlisted: impl Fn(Kind) -> bool) -> Vec<Gap> {
    kinds(identity, request).iter().copied().filter(|kind| is_unlisted(*kind)).map(unasked).collect()
}

fn unasked(kind: Kind) -> Gap {
    let why = match kind {
        Kind::PersistentVolume => "a node may do this when a pod on it mounts a volume that leads to the object",
        Kind::VolumeAttachment => "a node may read the attachments that are for it",
        Kind::ResourceSlice => "a node may do this to the slices of its own devices",
        _ => "a node may do this when a pod on it uses the object",
    };
    Gap {
        what: format!("{}s", kind.as_str().to_lowercase()),
        why: format!("nobody asked for them; {why} (Node authorizer)"),
        kinds: vec![Name::new(kind.as_str())],
        loss: Loss::Unasked,
        ..Gap::default()
    }
}
