//! One context's stages over time: where am I pointed, what do I present, who am I there, what may I.
//!
//! Each stage is idle, loading, ready, failed or stale; what it knew stays when a later attempt fails. A session runs the
//! stages and tells [`Event`]s; [`Walk`] is the plain value that they add up to, for a screen or a command.

mod heed;
mod keeper;
mod run;
mod tell;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::authz::{Index, Request, node};
use crate::base::{Failure, Gap, Loss, Name};
use crate::facts::{Change, Facts, Kind};
use crate::identity::Identity;
use crate::kubeconfig::Target;
use crate::source::aws::{Principal, Reach};
use crate::source::live::{Caller, CallerSource, Checked, Presented, Version};

pub use heed::{NOT_HEARD, heed};
pub use run::{Find, Remote, Session};
pub use tell::tell;
pub use walk::Walk;

/// The stages of the walk, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Where am I pointed?
    Kubeconfig,
    /// What do I present?
    Credential,
    /// Who is that outside the cluster?
    Caller,
    /// Who does the cluster take me for?
    Identity,
    /// What do roles and bindings say?
    Authorization,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Kubeconfig, Self::Credential, Self::Caller, Self::Identity, Self::Authorization];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubeconfig => "kubeconfig",
            Self::Credential => "credential",
            Self::Caller => "caller",
            Self::Identity => "identity",
            Self::Authorization => "authorization",
        }
    }
}

/// How a stage stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has not begun.
    #[default]
    Idle,
    /// It is being read.
    Loading,
    /// It is there.
    Ready,
    /// It could not be had, and why.
    Failed(Failure),
    /// It is there, but was true some time ago; why it cannot be had anew.
    Stale(Failure),
    /// Somebody stopped it.
    Cancelled,
}

impl State {
    /// The word for it, as JSON has it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Failed(_) => "failed",
            Self::Stale(_) => "stale",
            Self::Cancelled => "cancelled",
        }
    }

    /// Why it is not as it should be.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Stale(failure) => Some(failure),
            Self::Idle | Self::Loading | Self::Ready | Self::Cancelled => None,
        }
    }
}

/// One stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// How it stands.
    pub state: State,
    /// How long it took; nothing while it runs.
    pub took: Duration,
    /// What came of it, or what is being done, in a few words.
    pub message: String,
}

/// Something that became known.
#[derive(Clone, Debug)]
pub enum Event {
    /// A stage stands differently.
    Stage(Step, Stage),
    /// Where the context leads.
    Target(Arc<Target>),
    /// What is presented there.
    Presented(Box<Presented>),
    /// What the cluster and the issuer tell of it.
    Checked(Box<Checked>),
    /// Who signed an EKS token, as AWS says.
    Principal(Principal),
    /// Who one is without acting as somebody else, where the kubeconfig says to.
    Oneself(Caller),
    /// Who the server takes the caller for.
    Caller(Caller),
    /// What the server is.
    Version(Version),
    /// How far AWS has told what it knows of the cluster.
    Aws(Stage),
    /// What is known of the cluster now.
    Snapshot(Arc<Snapshot>),
}

/// What is known of a cluster at one moment, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The facts.
    pub facts: Facts,
    /// The same, indexed.
    pub index: Index,
}

impl Snapshot {
    /// Indexes recorded facts, which are complete as they are.
    pub fn new(mut facts: Facts) -> Self {
        facts.apply(Change::Complete);
        Self { index: Index::new(&facts), facts }
    }

    /// Whether everything that was asked for has been read, or is a gap: before, a denial could not be told from a binding
    /// that has not come yet.
    pub fn is_complete(&self) -> bool {
        self.facts.is_complete()
    }

    /// Takes one change.
    pub fn apply(&mut self, change: Change) {
        self.index.apply(&change);
        self.facts.apply(change);
    }

    /// What holds for a question about the caller: where the server tells no groups, bindings of groups may apply that nobody
    /// can see.
    pub fn about_caller(self: &Arc<Self>, caller: &Caller) -> Arc<Self> {
        if caller.from == CallerSource::Review {
            return Arc::clone(self);
        }
        let mut copy = Self::clone(self);
        copy.apply(Change::Gap(Gap {
            what: "your groups".to_owned(),
            why: "the server has no SelfSubjectReview that you may use, and a refusal names the user alone".to_owned(),
            kinds: [Kind::RoleBinding, Kind::ClusterRoleBinding].map(|kind| Name::new(kind.as_str())).into(),
            loss: Loss::Refused,
            ..Gap::default()
        }));
        Arc::new(copy)
    }
}

/// What to run.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Options {
    /// How the cluster is spoken to.
    pub live: crate::source::live::Options,
    /// The kinds to list; none leaves roles and bindings alone.
    pub kinds: Vec<Kind>,
    /// Of pods only those of this node.
    pub pods_of: Option<Name>,
    /// Whether to ask which resources the API has.
    pub discovery: bool,
    /// Whether to ask the cluster and the issuer about what is presented.
    pub check: bool,
    /// Whether to ask outside the cluster who one is.
    pub caller: bool,
    /// Whether to ask who one is.
    pub whoami: bool,
    /// Whether to ask what the server is.
    pub version: bool,
    /// What AWS is asked about a cluster of EKS.
    pub aws: Reach,
    /// Whether to go on watching.
    pub watch: bool,
}

impl Options {
    /// What is presented, and nothing else: nobody is asked.
    pub fn credential(live: crate::source::live::Options) -> Self {
        Self {
            live,
            kinds: Vec::new(),
            pods_of: None,
            discovery: false,
            check: false,
            caller: false,
            whoami: false,
            version: false,
            aws: Reach::default(),
            watch: false,
        }
    }

    /// Who one is, and nothing else.
    pub fn identity(live: crate::source::live::Options) -> Self {
        let aws = Reach { principal: true, ..Reach::caller() };
        Self { check: true, caller: true, whoami: true, version: true, aws, ..Self::credential(live) }
    }

    /// What a question about one's own rights needs: roles and bindings, and namespaces for where those of all are refused.
    pub fn rights(live: crate::source::live::Options) -> Self {
        let kinds = [&Kind::RBAC[..], &[Kind::Namespace]].concat();
        Self { kinds, discovery: true, whoami: true, aws: Reach::caller(), ..Self::credential(live) }
    }

    /// What these requests of somebody need besides: a node has rights by what the pods on it use.
    #[must_use]
    pub fn with_needs_of(mut self, identity: &Identity, requests: &[Request]) -> Self {
        let needed: BTreeSet<Kind> = requests.iter().flat_map(|request| node::kinds(identity, request)).copied().collect();
        self.kinds.extend(needed);
        self.pods_of = identity.node().filter(|_| self.kinds.contains(&Kind::Pod)).map(Name::new);
        self
    }

    /// Everybody whom objects name, with the rights that these have.
    pub fn everybody(live: crate::source::live::Options) -> Self {
        let kinds = [&Kind::RBAC[..], &[Kind::Namespace, Kind::ServiceAccount, Kind::ConfigMap, Kind::Node]].concat();
        Self { kinds, aws: Reach::everybody(), ..Self::rights(live) }
    }

    /// All that screens show, as it changes.
    pub fn watching(live: crate::source::live::Options) -> Self {
        Self { check: true, caller: true, version: true, aws: Reach::everything(), watch: true, ..Self::everybody(live) }
    }
}
