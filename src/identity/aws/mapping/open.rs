//! What is not known of a cluster, and could make a mapping another.

use crate::base::{Gap, Loss, Name};
use crate::facts::{AccessEntry, AuthenticationMode, Facts, Kind};

/// Something that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What, and why.
    pub gap: Gap,
    /// Whether the answer could be another.
    pub could_change: bool,
}

/// The kinds of what AWS keeps, as gaps name them.
const CLUSTER: &str = "EKSCluster";
const ENTRY: &str = "AccessEntry";
const POLICY: &str = "AccessPolicy";
const PRINCIPAL: &str = "IAMPrincipal";

fn open(what: impl Into<String>, why: impl Into<String>, settled_by: impl Into<String>) -> Open {
    Open { gap: Gap { what: what.into(), why: why.into(), settled_by: Some(settled_by.into()), ..Gap::default() }, could_change: true }
}

impl Open {
    fn of(self, kind: &str) -> Self {
        Self { gap: Gap { kinds: vec![Name::new(kind)], ..self.gap }, ..self }
    }
}

/// Puts in why something is not known, where it was asked for: what kept it from being read, and what would change that.
pub fn with_reasons(open: &mut [Open], facts: &Facts) {
    for Open { gap, .. } in open {
        let Some(kind) = gap.kinds.first().filter(|kind| [CLUSTER, ENTRY, POLICY, PRINCIPAL].iter().any(|known| **kind == *known)) else {
            continue;
        };
        let is_about = |other: &&Gap| !other.kinds.is_empty() && other.may_hold_anywhere(kind.as_str());
        if let Some(reason) = facts.gaps().iter().find(is_about) {
            gap.why.clone_from(&reason.why);
            gap.loss = reason.loss;
            gap.settled_by = reason.settled_by.clone().or_else(|| gap.settled_by.take());
        }
    }
}

/// What is not known of the cluster itself.
pub fn of_cluster(facts: &Facts, mode: Option<AuthenticationMode>) -> Vec<Open> {
    let clusters = &facts.aws().clusters;
    match (mode, clusters.len()) {
        (Some(_), _) => Vec::new(),
        (None, 0) => vec![
            open(
                "the authentication mode",
                "the cluster is not described among the facts, so that all sources that are there were looked at",
                "aws eks describe-cluster --name CLUSTER",
            )
            .of(CLUSTER),
        ],
        (None, 1) => vec![open(
            "the authentication mode",
            "the description of the cluster does not tell it, so that all sources that are there were looked at",
            "aws eks describe-cluster --name CLUSTER, with a current AWS CLI",
        )],
        (None, _) => vec![open(
            "which cluster this is",
            format!("{} clusters are described among the facts", clusters.len()),
            "keep the facts of one cluster in a folder of their own",
        )],
    }
}

/// Access entries that were not read.
pub fn entries(why: &str) -> Open {
    open("access entries", why, "aws eks list-access-entries --cluster-name CLUSTER").of(ENTRY)
}

/// An access entry that is listed and not described.
pub fn entry(principal: &str) -> Open {
    let settle = format!("aws eks describe-access-entry --cluster-name CLUSTER --principal-arn {principal}");
    open(format!("the access entry of {principal}"), "it is listed and not described among the facts", settle).of(ENTRY)
}

/// Policies that were not read.
pub fn policies(entry: &AccessEntry) -> Open {
    let settle = format!("aws eks list-associated-access-policies --cluster-name {} --principal-arn {}", named(entry), entry.principal);
    let mut open = open(format!("the access policies of {}", entry.principal), "they are not among the facts", settle).of(POLICY);
    // they say what one may, not who one is
    open.could_change = false;
    open
}

/// An entry whose principal may have been made again since.
pub fn recreated(entry: &AccessEntry) -> Open {
    let name = entry.principal.rsplit('/').next().unwrap_or_default();
    let (word, flag) = if entry.principal.contains(":role/") { ("role", "role-name") } else { ("user", "user-name") };
    open(
        format!("whether {} is still the {word} that the access entry was made for", entry.principal),
        format!("an entry does not hold for a {word} that was deleted and made again, and when it was created is not among the facts"),
        format!("aws iam get-{word} --{flag} {name}"),
    )
    .of(PRINCIPAL)
}

fn named(entry: &AccessEntry) -> &str {
    if entry.cluster.is_empty() { "CLUSTER" } else { &entry.cluster }
}

/// aws-auth, which was not read.
pub fn config_map(facts: &Facts) -> Open {
    let refused = facts.gaps().iter().find(|gap| is_about(gap));
    let why = refused.map_or_else(|| "it is not among the facts; it need not exist".to_owned(), |gap| gap.why.clone());
    let mut open = open("ConfigMap kube-system/aws-auth", why, "kubectl get configmap aws-auth -n kube-system -o json");
    open.gap.kinds = vec![Name::new(Kind::ConfigMap.as_str())];
    open.gap.namespaces = vec![Name::new("kube-system")];
    open.gap.loss = refused.map_or(Loss::Recorded, |gap| gap.loss);
    open
}

/// Whether the cluster has no aws-auth: everything was read, and it is not there.
pub fn is_without_config_map(facts: &Facts) -> bool {
    facts.aws_auth().is_none() && facts.is_complete() && !facts.is_unlisted(Kind::ConfigMap) && !facts.gaps().iter().any(is_about)
}

fn is_about(gap: &Gap) -> bool {
    gap.may_hold(Kind::ConfigMap.as_str(), Name::new("kube-system"))
}

/// The principal that created the cluster, which no list shows where access entries do not count.
pub fn creator(mode: Option<AuthenticationMode>) -> Option<Open> {
    mode.is_none_or(|mode| !mode.has_entries()).then(|| {
        open(
            "who created the cluster",
            "the principal that created it may be kubernetes-admin in system:masters, and neither aws-auth nor AWS shows that",
            "look for the event CreateCluster in CloudTrail",
        )
    })
}

/// A user name that hangs on what an ARN does not tell.
pub fn placeholder(why: &str) -> Open {
    open("the user name", why, "give the ARN of a session: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION")
}
