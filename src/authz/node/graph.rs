//! What belongs to which node: pods and what they use, volumes, attachments, devices.
//!
//! Kubernetes keeps a vertex for each object and walks from the one asked for to the node
//! (`plugin/pkg/auth/authorizer/node/graph.go`). Here the question is turned round: a node has a few hundred pods at most, so
//! they are looked through for the object, and a change costs what one object costs.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::Name;
use crate::facts::{Facts, Kind, Object, ObjectRef, PersistentVolume, Pod, ResourceSlice, Use, Used, VolumeAttachment};

/// An object that a node may be related to, or the node itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vertex {
    /// What it is.
    pub sort: Sort,
    /// Its namespace, or empty.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
}

/// The kinds of objects that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// The node.
    Node,
    /// A pod.
    Pod,
    /// A service account, as which a pod runs.
    ServiceAccount,
    /// What a pod uses.
    Used(Used),
    /// A volume, bound to a claim.
    PersistentVolume,
    /// The attachment of a volume to a node.
    VolumeAttachment,
    /// Devices of a node.
    ResourceSlice,
}

impl Sort {
    /// The kind as Kubernetes spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Pod => "Pod",
            Self::ServiceAccount => "ServiceAccount",
            Self::Used(Used::Secret) => "Secret",
            Self::Used(Used::ConfigMap) => "ConfigMap",
            Self::Used(Used::PersistentVolumeClaim) => "PersistentVolumeClaim",
            Self::Used(Used::ResourceClaim) => "ResourceClaim",
            Self::PersistentVolume => "PersistentVolume",
            Self::VolumeAttachment => "VolumeAttachment",
            Self::ResourceSlice => "ResourceSlice",
        }
    }

    /// Whether such objects live in namespaces: the others are not found in one.
    pub const fn is_namespaced(self) -> bool {
        matches!(self, Self::Pod | Self::ServiceAccount | Self::Used(_))
    }
}

impl Vertex {
    /// Names a vertex.
    pub const fn new(sort: Sort, namespace: Name, name: Name) -> Self {
        Self { sort, namespace, name }
    }

    /// A claim.
    pub(super) const fn claim((namespace, name): (Name, Name)) -> Self {
        Self::new(Sort::Used(Used::PersistentVolumeClaim), namespace, name)
    }

    /// Whether there could be such an object: with a namespace where it needs one, and without where it has none.
    pub(super) fn could_exist(&self) -> bool {
        self.sort.is_namespaced() != self.namespace.is_empty()
    }
}

/// `Secret dev/db`, `PersistentVolume pv-1`.
impl fmt::Display for Vertex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sort, namespace, name } = self;
        if namespace.is_empty() { write!(f, "{} {name}", sort.as_str()) } else { write!(f, "{} {namespace}/{name}", sort.as_str()) }
    }
}

type Key = (Name, Name);

/// The objects, by name and by node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    pods: FxHashMap<Key, Arc<Pod>>,
    on_node: FxHashMap<Name, FxHashSet<Key>>,
    volumes: FxHashMap<Name, Arc<PersistentVolume>>,
    by_claim: FxHashMap<Key, BTreeSet<Name>>,
    attachments: FxHashMap<Name, Arc<VolumeAttachment>>,
    slices: FxHashMap<Name, Arc<ResourceSlice>>,
}

impl Graph {
    /// The graph of a snapshot.
    pub fn new(facts: &Facts) -> Self {
        let mut graph = Self::default();
        graph.pods.reserve(facts.count(Kind::Pod));
        facts.pods().for_each(|pod| graph.put_pod(pod));
        facts.volumes().for_each(|volume| graph.put_volume(volume));
        graph.attachments.extend(facts.attachments().map(|attachment| (attachment.meta.name, Arc::clone(attachment))));
        graph.slices.extend(facts.slices().map(|slice| (slice.meta.name, Arc::clone(slice))));
        graph
    }

    /// Takes an object of one of [`Kind::GRAPH`].
    pub fn put(&mut self, object: &Object) {
        match object {
            Object::Pod(pod) => self.put_pod(pod),
            Object::PersistentVolume(volume) => self.put_volume(volume),
            Object::VolumeAttachment(attachment) => drop(self.attachments.insert(attachment.meta.name, Arc::clone(attachment))),
            Object::ResourceSlice(slice) => drop(self.slices.insert(slice.meta.name, Arc::clone(slice))),
            _ => {}
        }
    }

    fn put_pod(&mut self, pod: &Arc<Pod>) {
        let key = (pod.meta.namespace, pod.meta.name);
        self.remove_pod(key);
        if !pod.node_name.is_empty() {
            self.on_node.entry(pod.node_name).or_default().insert(key);
        }
        self.pods.insert(key, Arc::clone(pod));
    }

    fn put_volume(&mut self, volume: &Arc<PersistentVolume>) {
        self.remove_volume(volume.meta.name);
        if let Some(claim) = volume.claim {
            self.by_claim.entry(claim).or_default().insert(volume.meta.name);
        }
        self.volumes.insert(volume.meta.name, Arc::clone(volume));
    }

    /// Takes an object away.
    pub fn remove(&mut self, object: &ObjectRef) {
        match object.kind {
            Kind::Pod => self.remove_pod((object.namespace, object.name)),
            Kind::PersistentVolume => self.remove_volume(object.name),
            Kind::VolumeAttachment => drop(self.attachments.remove(&object.name)),
            Kind::ResourceSlice => drop(self.slices.remove(&object.name)),
            _ => {}
        }
    }

    fn remove_pod(&mut self, key: Key) {
        let Some(pod) = self.pods.remove(&key) else { return };
        if let Some(keys) = self.on_node.get_mut(&pod.node_name) {
            keys.remove(&key);
            if keys.is_empty() {
                self.on_node.remove(&pod.node_name);
            }
        }
    }

    fn remove_volume(&mut self, name: Name) {
        let Some(claim) = self.volumes.remove(&name).and_then(|volume| volume.claim) else { return };
        if let Some(names) = self.by_claim.get_mut(&claim) {
            names.remove(&name);
            if names.is_empty() {
                self.by_claim.remove(&claim);
            }
        }
    }

    /// Every object of a kind, in no particular order.
    pub fn references(&self, kind: Kind) -> Vec<ObjectRef> {
        let plain = |name: &Name| ObjectRef { kind, namespace: Name::EMPTY, name: *name };
        match kind {
            Kind::Pod => self.pods.keys().map(|&(namespace, name)| ObjectRef { kind, namespace, name }).collect(),
            Kind::PersistentVolume => self.volumes.keys().map(plain).collect(),
            Kind::VolumeAttachment => self.attachments.keys().map(plain).collect(),
            Kind::ResourceSlice => self.slices.keys().map(plain).collect(),
            _ => Vec::new(),
        }
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Pod => self.pods.len(),
            Kind::PersistentVolume => self.volumes.len(),
            Kind::VolumeAttachment => self.attachments.len(),
            Kind::ResourceSlice => self.slices.len(),
            _ => 0,
        }
    }

    /// Whether exactly this object is there.
    pub(super) fn holds(&self, vertex: &Vertex) -> bool {
        match vertex.sort {
            Sort::Pod => self.pods.contains_key(&(vertex.namespace, vertex.name)),
            Sort::PersistentVolume => self.volumes.contains_key(&vertex.name),
            Sort::VolumeAttachment => self.attachments.contains_key(&vertex.name),
            Sort::ResourceSlice => self.slices.contains_key(&vertex.name),
            Sort::Node | Sort::ServiceAccount | Sort::Used(_) => false,
        }
    }

    /// Whether a path leads from the object to the node.
    pub fn is_related(&self, node: Name, vertex: &Vertex) -> bool {
        if !vertex.could_exist() {
            return false;
        }
        let named = |name: Name| !name.is_empty() && name == node;
        match vertex.sort {
            Sort::Node => false,
            Sort::Pod => self.pods.get(&(vertex.namespace, vertex.name)).is_some_and(|pod| named(pod.node_name)),
            Sort::VolumeAttachment => self.attachments.get(&vertex.name).is_some_and(|attachment| named(attachment.node_name)),
            Sort::ResourceSlice => self.slices.get(&vertex.name).is_some_and(|slice| named(slice.node_name)),
            Sort::PersistentVolume => self
                .volumes
                .get(&vertex.name)
                .and_then(|volume| volume.claim)
                .is_some_and(|claim| self.is_related(node, &Vertex::claim(claim))),
            Sort::ServiceAccount | Sort::Used(_) => self.giving(node).any(|pod| is_used(pod, vertex) || self.is_behind_claim(pod, vertex)),
        }
    }

    /// Whether a volume of one of the pod's claims names the Secret, for kubelets.
    fn is_behind_claim(&self, pod: &Pod, vertex: &Vertex) -> bool {
        vertex.sort == Sort::Used(Used::Secret)
            && claims(pod).any(|claim| self.volumes_of(claim).any(|volume| names_secret(volume, vertex) == Some(true)))
    }

    /// The pods of a node.
    pub(super) fn pods_on(&self, node: Name) -> impl Iterator<Item = &Arc<Pod>> {
        self.on_node.get(&node).into_iter().flatten().filter_map(|key| self.pods.get(key))
    }

    /// The pods of a node that give it what they use.
    pub(super) fn giving(&self, node: Name) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods_on(node).filter(|pod| !pod.is_mirror)
    }

    /// Every pod that uses an object of itself, in no particular order.
    pub(super) fn users<'a>(&'a self, vertex: &'a Vertex) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.pods.values().filter(move |pod| is_used(pod, vertex))
    }

    /// The pod of that name.
    pub(super) fn pod(&self, vertex: &Vertex) -> Option<&Arc<Pod>> {
        self.pods.get(&(vertex.namespace, vertex.name))
    }

    /// The volume of that name.
    pub(super) fn volume(&self, name: Name) -> Option<&Arc<PersistentVolume>> {
        self.volumes.get(&name)
    }

    /// Every volume, in no particular order.
    pub(super) fn all_volumes(&self) -> impl Iterator<Item = &Arc<PersistentVolume>> {
        self.volumes.values()
    }

    /// The volumes that are bound to a claim.
    pub(super) fn volumes_of(&self, claim: Key) -> impl Iterator<Item = &Arc<PersistentVolume>> {
        self.by_claim.get(&claim).into_iter().flatten().filter_map(|name| self.volumes.get(name))
    }

    /// The node of an attachment or of devices, when there is such an object; empty when it is of none.
    pub(super) fn node_of(&self, vertex: &Vertex) -> Option<Name> {
        match vertex.sort {
            Sort::VolumeAttachment => self.attachments.get(&vertex.name).map(|attachment| attachment.node_name),
            Sort::ResourceSlice => self.slices.get(&vertex.name).map(|slice| slice.node_name),
            _ => None,
        }
    }

    /// Every node that has pods, attachments or devices, sorted.
    pub(in crate::authz) fn nodes(&self) -> Vec<Name> {
        let attached = self.attachments.values().map(|attachment| attachment.node_name);
        let offering = self.slices.values().map(|slice| slice.node_name);
        let mut nodes: Vec<Name> = self.on_node.keys().copied().chain(attached).chain(offering).filter(|node| !node.is_empty()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

/// The claims of a pod.
pub(super) fn claims(pod: &Pod) -> impl Iterator<Item = Key> {
    let claims = pod.uses.iter().filter(|used| used.what == Used::PersistentVolumeClaim);
    claims.map(|used| (pod.meta.namespace, used.name))
}

/// How a pod uses an object.
pub(super) fn uses_of<'a>(pod: &'a Pod, vertex: &'a Vertex) -> impl Iterator<Item = &'a Use> {
    let is_here = pod.meta.namespace == vertex.namespace;
    pod.uses.iter().filter(move |used| is_here && Sort::Used(used.what) == vertex.sort && used.name == vertex.name)
}

fn is_used(pod: &Pod, vertex: &Vertex) -> bool {
    match vertex.sort {
        Sort::ServiceAccount => {
            pod.meta.namespace == vertex.namespace && pod.service_account_name == vertex.name && !vertex.name.is_empty()
        }
        _ => uses_of(pod, vertex).next().is_some(),
    }
}

/// Whether a volume names a Secret, and if so whether for kubelets.
pub(super) fn names_secret(volume: &PersistentVolume, vertex: &Vertex) -> Option<bool> {
    let named = volume.secrets.iter().filter(|secret| secret.namespace == vertex.namespace && secret.name == vertex.name);
    named.map(|secret| secret.is_for_kubelet).max()
}
