//! How an object and a node are related, or nearly are.

use std::fmt;

use super::graph::{Graph, Sort, Vertex, claims, names_secret, uses_of};
use crate::base::Name;
use crate::facts::{PersistentVolume, Pod, Used, Way};

/// How many paths are listed; the rest is counted.
const MOST: usize = 8;

/// What the Node authorizer looked for, and what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The node that asks.
    pub node: Name,
    /// The object that must be related to it.
    pub object: Vertex,
    /// The ways in which it is; when there are none, the node may not.
    pub paths: Vec<Path>,
    /// What comes nearest when it is not, nearest first.
    pub near: Vec<Near>,
    /// How many more there are of `paths` or of `near`.
    pub more: usize,
}

/// The steps from the node to the object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// Each begins where the one before it ended.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// From here.
    pub from: Vertex,
    /// How the two are tied.
    pub tie: Tie,
    /// To here.
    pub to: Vertex,
}

/// How two things are tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// A node runs a pod.
    Runs,
    /// A volume is attached to a node, or is to be.
    Attaches,
    /// A node offers devices.
    Offers,
    /// A pod runs as a service account.
    RunsAs,
    /// A pod uses an object.
    Uses(Way),
    /// A claim is bound to a volume.
    IsBoundTo,
    /// A volume names a Secret.
    Names,
}

impl Tie {
    /// The word of it in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Attaches => "attaches",
            Self::Offers => "offers",
            Self::RunsAs => "runs-as",
            Self::Uses(Way::ImagePull) => "pulls-images-with",
            Self::Uses(Way::Environment) => "takes-environment-from",
            Self::Uses(Way::Volume) => "mounts",
            Self::Uses(Way::Devices) => "claims-devices-with",
            Self::IsBoundTo => "is-bound-to",
            Self::Names => "names",
        }
    }
}

/// What the first does with the second: `mounts`, `is bound to`.
impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("runs"),
            Self::Attaches => f.write_str("has"),
            Self::Offers => f.write_str("offers"),
            Self::RunsAs => f.write_str("runs as"),
            Self::Uses(way) => way.fmt(f),
            Self::IsBoundTo => f.write_str("is bound to"),
            Self::Names => f.write_str("names"),
        }
    }
}

/// `Pod dev/web-0 mounts Secret dev/db`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.from, self.tie, self.to)
    }
}

/// `Pod dev/web-0 on this node mounts PersistentVolumeClaim dev/data, which is bound to PersistentVolume pv-1`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.steps.as_slice() {
            [] => Ok(()),
            [only] => match only.tie {
                Tie::Runs => write!(f, "{} is on this node", only.to),
                Tie::Offers => write!(f, "{} is of this node", only.to),
                _ => write!(f, "{} is for this node", only.to),
            },
            [_, second, rest @ ..] => {
                write!(f, "{} on this node {} {}", second.from, second.tie, second.to)?;
                rest.iter().try_for_each(|step| write!(f, ", which {} {}", step.tie, step.to))
            }
        }
    }
}

/// Something that comes near, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// What is tied to the object; empty for an object that is tied to nothing.
    pub steps: Vec<Step>,
}

/// What stands in the way of a relation, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obstacle {
    /// The pod is on this node, but mirrors one that the kubelet made by itself.
    MirrorPod(Vertex),
    /// It is on another node, or of another.
    OtherNode(Vertex, Name),
    /// The pod is on no node yet; the devices or the attachment are of none.
    NoNode(Vertex),
    /// The volume names the Secret for the controller of its driver alone.
    ForController(Vertex),
    /// No pod uses the claim.
    Unused(Vertex),
    /// The volume is bound to no claim.
    Unbound(Vertex),
}

impl Obstacle {
    /// The word of it in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MirrorPod(_) => "mirror-pod",
            Self::OtherNode(..) => "other-node",
            Self::NoNode(_) => "no-node",
            Self::ForController(_) => "for-controller",
            Self::Unused(_) => "unused",
            Self::Unbound(_) => "unbound",
        }
    }
}

/// `Pod dev/web-0 mounts Secret dev/db, but is on node n2`.
impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.steps.split_first() else {
            return match self.obstacle {
                Obstacle::OtherNode(what, node) if what.sort == Sort::Pod => write!(f, "{what} is on node {node}"),
                Obstacle::OtherNode(what, node) if what.sort == Sort::VolumeAttachment => write!(f, "{what} is for node {node}"),
                Obstacle::OtherNode(what, node) => write!(f, "{what} is of node {node}"),
                Obstacle::NoNode(what) if what.sort == Sort::Pod => write!(f, "{what} is on no node yet"),
                Obstacle::NoNode(what) => write!(f, "{what} is of no node"),
                Obstacle::Unbound(what) => write!(f, "{what} is bound to no claim"),
                Obstacle::Unused(what) => write!(f, "no pod uses {what}"),
                Obstacle::MirrorPod(what) | Obstacle::ForController(what) => write!(f, "{what} does not give it"),
            };
        };
        write!(f, "{first}")?;
        rest.iter().try_for_each(|step| write!(f, ", which {} {}", step.tie, step.to))?;
        match self.obstacle {
            Obstacle::MirrorPod(_) => f.write_str("; the pod is on this node, but mirrors a static one, which gives a node nothing"),
            Obstacle::OtherNode(_, node) => write!(f, "; the pod is on node {node}"),
            Obstacle::NoNode(_) => f.write_str("; the pod is on no node yet"),
            Obstacle::ForController(_) => f.write_str(" for the controller of its driver, not for kubelets"),
            Obstacle::Unused(_) => f.write_str("; no pod uses the claim"),
            Obstacle::Unbound(_) => f.write_str("; the volume is bound to no claim"),
        }
    }
}

impl Relation {
    /// How an object and a node are related, or nearly are.
    pub fn find(graph: &Graph, node: Name, object: Vertex) -> Self {
        let mut relation = Self { node, object, paths: Vec::new(), near: Vec::new(), more: 0 };
        if !object.could_exist() {
            return relation;
        }
        relation.paths = paths(graph, node, &object);
        if relation.paths.is_empty() {
            relation.near = near(graph, node, &object);
        }
        relation.more = relation.paths.len().saturating_sub(MOST) + relation.near.len().saturating_sub(MOST);
        relation.paths.truncate(MOST);
        relation.near.truncate(MOST);
        relation
    }

    /// That there is none, as a clause.
    pub fn nothing(&self) -> String {
        let Self { node, object, .. } = self;
        match object.sort {
            Sort::Pod => format!("{object} is not on node {node}"),
            Sort::VolumeAttachment => format!("{object} is not for node {node}"),
            Sort::ResourceSlice => format!("{object} is not of node {node}"),
            _ => format!("nothing on node {node} uses {object}"),
        }
    }
}

fn vertex(pod: &Pod) -> Vertex {
    Vertex::new(Sort::Pod, pod.meta.namespace, pod.meta.name)
}

fn of_volume(volume: &PersistentVolume) -> Vertex {
    Vertex::new(Sort::PersistentVolume, Name::EMPTY, volume.meta.name)
}

/// What ties a pod to an object that it uses of itself.
fn ties(pod: &Pod, object: &Vertex) -> Option<Step> {
    let tie = match object.sort {
        Sort::ServiceAccount => (pod.meta.namespace == object.namespace && pod.service_account_name == object.name).then_some(Tie::RunsAs),
        _ => uses_of(pod, object).map(|used| used.way).max().map(Tie::Uses),
    };
    Some(Step { from: vertex(pod), tie: tie?, to: *object })
}

/// What ties a pod to an object, all ways: of itself, or over a claim and its volume.
fn ways(graph: &Graph, pod: &Pod, object: &Vertex) -> Vec<Vec<Step>> {
    let mut found: Vec<Vec<Step>> = ties(pod, object).map(|step| vec![step]).into_iter().collect();
    let mut over_claims = |is_it: &dyn Fn(&PersistentVolume) -> Option<Option<Step>>| {
        for claim in claims(pod) {
            let Some(mounted) = ties(pod, &Vertex::claim(claim)) else { continue };
            for volume in graph.volumes_of(claim) {
                let bound = Step { from: mounted.to, tie: Tie::IsBoundTo, to: of_volume(volume) };
                if let Some(last) = is_it(volume) {
                    found.push([mounted, bound].into_iter().chain(last).collect());
                }
            }
        }
    };
    match object.sort {
        Sort::PersistentVolume => over_claims(&|volume| (volume.meta.name == object.name).then_some(None)),
        Sort::Used(Used::Secret) => {
            over_claims(&|volume| (names_secret(volume, object) == Some(true)).then(|| Some(named(volume, object))));
        }
        _ => {}
    }
    found
}

fn named(volume: &PersistentVolume, object: &Vertex) -> Step {
    Step { from: of_volume(volume), tie: Tie::Names, to: *object }
}

fn paths(graph: &Graph, node: Name, object: &Vertex) -> Vec<Path> {
    let from = Vertex::new(Sort::Node, Name::EMPTY, node);
    let alone = |tie: Tie| vec![Path { steps: vec![Step { from, tie, to: *object }] }];
    match object.sort {
        _ if !graph.is_related(node, object) => Vec::new(),
        Sort::Pod => alone(Tie::Runs),
        Sort::VolumeAttachment => alone(Tie::Attaches),
        Sort::ResourceSlice => alone(Tie::Offers),
        _ => {
            let of_pod = |pod: &Pod| {
                let runs = Step { from, tie: Tie::Runs, to: vertex(pod) };
                ways(graph, pod, object).into_iter().map(move |steps| Path { steps: std::iter::once(runs).chain(steps).collect() })
            };
            let mut paths: Vec<Path> = graph.giving(node).flat_map(|pod| of_pod(pod)).collect();
            paths.sort_by_cached_key(|path| (path.steps.len(), path.clone()));
            paths
        }
    }
}

fn near(graph: &Graph, node: Name, object: &Vertex) -> Vec<Near> {
    let mut found = Vec::new();
    match object.sort {
        Sort::Node => {}
        Sort::Pod => {
            let obstacle = graph.pod(object).map(|pod| elsewhere(*object, pod.node_name));
            found.extend(obstacle.map(|obstacle| Near { obstacle, steps: Vec::new() }));
        }
        Sort::VolumeAttachment | Sort::ResourceSlice => {
            let obstacle = graph.node_of(object).map(|node| elsewhere(*object, node));
            found.extend(obstacle.map(|obstacle| Near { obstacle, steps: Vec::new() }));
        }
        Sort::PersistentVolume => {
            if let Some(volume) = graph.volume(object.name) {
                found.extend(behind_volume(graph, node, volume, None));
            }
        }
        Sort::ServiceAccount | Sort::Used(_) => {
            found.extend(graph.users(object).filter_map(|pod| Some(Near { obstacle: of_pod(pod, node), steps: vec![ties(pod, object)?] })));
            if object.sort == Sort::Used(Used::Secret) {
                for volume in graph.all_volumes() {
                    match names_secret(volume, object) {
                        Some(true) => found.extend(behind_volume(graph, node, volume, Some(named(volume, object)))),
                        Some(false) => {
                            found.push(Near { obstacle: Obstacle::ForController(of_volume(volume)), steps: vec![named(volume, object)] });
                        }
                        None => {}
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found
}

fn elsewhere(what: Vertex, node: Name) -> Obstacle {
    if node.is_empty() { Obstacle::NoNode(what) } else { Obstacle::OtherNode(what, node) }
}

fn of_pod(pod: &Pod, node: Name) -> Obstacle {
    if pod.node_name == node { Obstacle::MirrorPod(vertex(pod)) } else { elsewhere(vertex(pod), pod.node_name) }
}

/// What stands between a node and a volume; `last` is the step beyond the volume.
fn behind_volume(graph: &Graph, node: Name, volume: &PersistentVolume, last: Option<Step>) -> Vec<Near> {
    let Some(claim) = volume.claim else {
        return vec![Near { obstacle: Obstacle::Unbound(of_volume(volume)), steps: last.into_iter().collect() }];
    };
    let claim = Vertex::claim(claim);
    let bound = Step { from: claim, tie: Tie::IsBoundTo, to: of_volume(volume) };
    let mut found: Vec<Near> = graph
        .users(&claim)
        .filter_map(|pod| Some(Near { obstacle: of_pod(pod, node), steps: [ties(pod, &claim)?, bound].into_iter().chain(last).collect() }))
        .collect();
    if found.is_empty() {
        found.push(Near { obstacle: Obstacle::Unused(claim), steps: std::iter::once(bound).chain(last).collect() });
    }
    found
}
