//! What a kubeconfig tells of a cluster of Amazon EKS: whose it is, where, called what, and who wrote the entry.

use crate::kubeconfig::address::Address;
use crate::kubeconfig::entry::{Cluster, Context, Exec, User};

/// A cluster of Amazon EKS, as far as names, host and plugin tell. None of it is asked of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eks {
    /// The cluster's name.
    pub cluster: Option<String>,
    /// The account that it belongs to.
    pub account: Option<String>,
    /// The region that it is in.
    pub region: Option<String>,
    /// The partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
    pub partition: &'static str,
    /// The profile that the plugin takes.
    pub profile: Option<String>,
    /// The ARN of the role that the plugin assumes.
    pub role: Option<String>,
    /// Who wrote the entry.
    pub producer: Producer,
}

/// Who wrote an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Producer {
    /// `aws eks update-kubeconfig`.
    Aws,
    /// eksctl.
    Eksctl,
    /// The module `terraform-aws-modules/eks`, in its older releases.
    Terraform,
    /// Somebody by the documentation of aws-iam-authenticator.
    Authenticator,
    /// `whycan eks add --plugin whycan`.
    Whycan,
    /// Somebody.
    Hand,
}

impl Producer {
    /// As a clause about an entry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "as aws eks update-kubeconfig writes it",
            Self::Eksctl => "as eksctl writes it",
            Self::Terraform => "as the Terraform module terraform-aws-modules/eks writes it",
            Self::Authenticator => "with the plugin aws-iam-authenticator",
            Self::Whycan => "as whycan eks add --plugin whycan writes it",
            Self::Hand => "written by hand",
        }
    }
}

/// The domains of AWS and those of its dual-stack hosts (`pkg/endpoints/partitions.go` of aws-iam-authenticator).
const DOMAINS: [(&str, &str); 7] = [
    ("amazonaws.com", "api.aws"),
    ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("amazonaws.eu", "api.amazonwebservices.eu"),
    ("c2s.ic.gov", ""),
    ("sc2s.sgov.gov", ""),
    ("cloud.adc-e.uk", ""),
    ("csp.hci.ic.gov", ""),
];

/// How the regions of a partition begin; those of `aws` begin otherwise.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

impl Eks {
    /// What follows from a context of an EKS cluster.
    ///
    /// The host tells the region for certain; then come the names that tools give, and what the plugin is told.
    pub fn of(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Self {
        let exec = user.and_then(|user| user.exec.as_ref()).filter(|exec| is_plugin(exec));
        let hosts = cluster.map(|cluster| [Address::of(&cluster.server).host, cluster.tls_server_name.as_deref().unwrap_or_default()]);
        let by_host = hosts.iter().flatten().find_map(|host| region_of(&host.to_ascii_lowercase()).map(str::to_owned));
        let names = [&context.cluster, &context.user, &context.name];
        let arn = names.into_iter().find_map(|name| Arn::read(name));
        let of_eksctl = eksctl(&context.cluster);
        let named = exec.and_then(|exec| exec.flag(&["--cluster-name", "-i", "--cluster-id"]));
        let told = exec.and_then(|exec| exec.flag(&["--region"]).or_else(|| exec.variable("AWS_REGION")));
        let told = told.or_else(|| exec?.variable("AWS_DEFAULT_REGION"));
        let region = by_host.or_else(|| {
            let region = arn.as_ref().map(|arn| arn.region).or_else(|| of_eksctl.map(|(_, region)| region)).or(told)?;
            Some(region.to_owned()).filter(|region| is_region(region))
        });
        let partition = region.as_deref().map_or("aws", partition_of);
        let name = arn.as_ref().map(|arn| arn.cluster).or_else(|| of_eksctl.map(|(name, _)| name)).or(named);
        let owned = |text: &str| text.to_owned();
        Self {
            cluster: name.map(owned),
            account: arn.as_ref().map(|arn| arn.account.to_owned()),
            region,
            partition,
            profile: exec.and_then(Exec::aws_profile).map(owned),
            role: exec.and_then(Exec::aws_role).map(owned),
            producer: producer(context, exec, named),
        }
    }
}

fn producer(context: &Context, exec: Option<&Exec>, named: Option<&str>) -> Producer {
    let is_of = |program: &str| exec.is_some_and(|exec| exec.program() == program);
    // kubeconfig_name of the module's template: eks_ and the cluster's name, for all three
    let is_of_terraform =
        [&context.name, &context.cluster, &context.user].into_iter().all(|name| named.is_some() && name.strip_prefix("eks_") == named);
    if eksctl(&context.cluster).is_some() {
        Producer::Eksctl
    } else if is_of("aws") && Arn::read(&context.cluster).is_some() {
        Producer::Aws
    } else if is_of_terraform {
        Producer::Terraform
    } else if is_of("aws-iam-authenticator") {
        Producer::Authenticator
    } else if is_of("whycan") {
        Producer::Whycan
    } else {
        Producer::Hand
    }
}

/// Whether a plugin is one of EKS, run by itself or through another program, as `aws-vault exec PROFILE -- aws eks get-token`.
pub fn is_plugin(exec: &Exec) -> bool {
    let is_get_token = || exec.args.windows(2).any(|pair| matches!(pair, [first, second] if first == "eks" && second == "get-token"));
    match exec.program() {
        "aws-iam-authenticator" => true,
        "aws" => exec.args.iter().any(|argument| argument == "eks"),
        "whycan" => exec.args.iter().any(|argument| argument == "mint"),
        _ => is_get_token(),
    }
}

/// Whether a name is one that `aws` or eksctl give to an EKS cluster.
pub fn is_name(name: &str) -> bool {
    Arn::read(name).is_some() || eksctl(name).is_some()
}

/// Whether a host, in small letters, is that of an EKS cluster.
pub fn is_host(host: &str) -> bool {
    before_domain(host).is_some()
}

/// The region that the host of an EKS cluster names.
fn region_of(host: &str) -> Option<&str> {
    before_domain(host).filter(|region| is_region(region))
}

/// The label that is the region in `ID.SHARD.REGION.eks.DOMAIN` and `ID.SHARD.eks-cluster.REGION.DOMAIN`.
fn before_domain(host: &str) -> Option<&str> {
    DOMAINS.iter().find_map(|(domain, dual)| {
        let label = |domain: &str| host.strip_suffix(domain)?.strip_suffix('.');
        let single = || label(domain)?.strip_suffix(".eks").map(|rest| rest.rsplit('.').next().unwrap_or(rest));
        let double = || label(dual)?.rsplit_once(".eks-cluster.").map(|(_, region)| region);
        single().or_else(|| if dual.is_empty() { None } else { double() })
    })
}

/// Whether a word may be a region: `eu-central-1`, `us-gov-west-1`.
fn is_region(word: &str) -> bool {
    word.split('-').count() >= 3
        && word.ends_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn partition_of(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// The ARN of a cluster.
struct Arn<'a> {
    region: &'a str,
    account: &'a str,
    cluster: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads `arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME`.
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
        let (account, cluster) = (parts.next()?, parts.next()?.strip_prefix("cluster/")?);
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (service == "eks" && is_region(region) && partition == partition_of(region) && is_account && !cluster.is_empty()).then_some(Self {
            region,
            account,
            cluster,
        })
    }
}

/// The name and region of `NAME.REGION.eksctl.io`.
fn eksctl(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(".eksctl.io")?.rsplit_once('.').filter(|(name, region)| !name.is_empty() && is_region(region))
}
