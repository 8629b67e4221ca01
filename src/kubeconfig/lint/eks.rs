//! What contradicts itself in the kubeconfig of an EKS cluster: region, account and name stand in it up to four times.
//!
//! `aws eks update-kubeconfig` names cluster and user by the cluster's ARN, eksctl by `NAME.REGION.eksctl.io`; both are only
//! names, so what differs is told, and not which of them is right.

use rustc_hash::FxHashSet;

use super::part::Part;
use crate::base::Finding;
use crate::base::text::{enumerate, sanitise};
use crate::kubeconfig::{Address, Cluster, Context, Exec, Kubeconfig, User, Way};

/// What one place says of the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Claim<'a> {
    /// The place, for a sentence.
    of: &'static str,
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: Option<&'a str>,
}

/// What a cluster says itself: its server's host, and its name.
pub fn of_cluster(cluster: &Cluster) -> Vec<Finding> {
    contradictions(cluster.into(), &claims_of_cluster(cluster))
}

/// What clusters and users say that contexts put together.
pub fn of_pairs(kubeconfig: &Kubeconfig) -> Vec<Finding> {
    let mut seen = FxHashSet::default();
    let mut findings = Vec::new();
    for context in kubeconfig.contexts() {
        if let (Some(cluster), Some(user)) = (kubeconfig.cluster_of(context), kubeconfig.user_of(context))
            && seen.insert((&context.cluster, &context.user))
        {
            findings.extend(of_pair(context, cluster, user));
        }
    }
    findings
}

fn of_pair(context: &Context, cluster: &Cluster, user: &User) -> Vec<Finding> {
    let of_cluster = claims_of_cluster(cluster);
    if of_cluster.is_empty() {
        return Vec::new();
    }
    let own = contradictions(cluster.into(), &of_cluster);
    let exec = user.exec.as_ref().filter(|_| user.way() == Way::Exec);
    let of_user = [of_name("the name of the user", &user.name), exec.and_then(of_plugin)];
    let all: Vec<Claim<'_>> = of_cluster.into_iter().chain(of_user.into_iter().flatten()).collect();
    let mut findings = contradictions(Part::from(context), &all);
    // what the cluster says against itself is told of it
    findings.retain(|finding| own.iter().all(|known| known.code != finding.code));
    findings
}

fn claims_of_cluster(cluster: &Cluster) -> Vec<Claim<'_>> {
    let region = region_of_host(Address::of(&cluster.server).host);
    let host = region.map(|region| Claim { of: "the server", region: Some(region), ..Claim::default() });
    host.into_iter().chain(of_name("the name of the cluster", &cluster.name)).collect()
}

fn contradictions(part: Part<'_>, claims: &[Claim<'_>]) -> Vec<Finding> {
    let region =
        ("eks-region", "regions", "Write the cluster's region everywhere: aws eks update-kubeconfig --name CLUSTER --region REGION");
    let account = ("eks-account", "accounts", "Give the context a user of the cluster's own account.");
    let name = (
        "eks-cluster",
        "clusters",
        "Give the context a user whose plugin asks for this cluster: a server refuses a token for another one.",
    );
    let of = |(code, noun, fix): (&'static str, &str, &str), field: fn(&Claim<'_>) -> Option<String>| {
        let said: Vec<(String, &str)> = claims.iter().filter_map(|claim| Some((field(claim)?, claim.of))).collect();
        let first = said.first().map(|(value, _)| value)?;
        if said.iter().all(|(value, _)| value == first) {
            return None;
        }
        let mut values: Vec<&String> = Vec::new();
        for (value, _) in &said {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let told: Vec<String> = values
            .iter()
            .map(|value| {
                let places: Vec<&str> = said.iter().filter(|(other, _)| other == *value).map(|(_, of)| *of).collect();
                format!("{} ({})", sanitise(value), enumerate(&places, "and"))
            })
            .collect();
        Some(part.warning(code, &format!("names {} {noun}: {}", number(values.len()), enumerate(&told, "and")), fix))
    };
    [
        of(region, |claim| claim.region.map(str::to_owned)),
        of(account, |claim| claim.account.map(str::to_owned)),
        of(name, |claim| claim.name.map(str::to_owned)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn number(count: usize) -> &'static str {
    match count {
        2 => "two",
        3 => "three",
        _ => "several",
    }
}

/// What the name of an entry says, when it is an ARN or eksctl's.
fn of_name<'a>(of: &'static str, name: &'a str) -> Option<Claim<'a>> {
    if let Some(name) = name.strip_suffix(".eksctl.io") {
        // a user's name has who made it before an @
        let name = name.rsplit_once('@').map_or(name, |(_, name)| name);
        let (name, region) = name.rsplit_once('.')?;
        return Some(Claim { of, region: Some(region), name: Some(name), account: None });
    }
    let mut parts = name.splitn(6, ':');
    let is_eks = parts.next() == Some("arn") && parts.next().is_some_and(|part| part.starts_with("aws")) && parts.next() == Some("eks");
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let cluster = resource.strip_prefix("cluster/").filter(|name| is_eks && !name.is_empty() && !name.contains('/'))?;
    Some(Claim { of, region: Some(region), account: Some(account), name: Some(cluster) })
}

/// The region in the host of an EKS server: `ID.SHARD.REGION.eks.amazonaws.com`, `ID.SHARD.eks-cluster.REGION.api.aws`.
fn region_of_host(host: &str) -> Option<&str> {
    let of_ip4 = ["amazonaws.com", "amazonaws.com.cn"].into_iter().find_map(|domain| {
        let rest = host.strip_suffix(domain)?.strip_suffix(".eks.")?;
        rest.rsplit_once('.').map(|(_, region)| region)
    });
    of_ip4.or_else(|| host.strip_suffix(".api.aws")?.split_once(".eks-cluster.").map(|(_, region)| region))
}

/// What a plugin asks for. The region is that of STS, which need not be the cluster's; where it is given, it is meant to be.
fn of_plugin(exec: &Exec) -> Option<Claim<'_>> {
    let has = |word: &str| exec.args.iter().any(|argument| argument == word);
    let name = match exec.program() {
        "aws" if has("eks") && has("get-token") => exec.flag(&["--cluster-name"]),
        "whycan" if has("token") && has("mint") => exec.flag(&["--cluster-name"]),
        "aws-iam-authenticator" if has("token") => exec.flag(&["-i", "--cluster-id"]),
        _ => return None,
    };
    Some(Claim { of: "the plugin", region: exec.flag(&["--region"]), name, account: None })
}
