//! The hosts of STS: which a server takes, and what they tell of partition and region.
//!
//! Source: `pkg/endpoints/partitions.go` of aws-iam-authenticator for its newest releases; for 0.6.13 the endpoints of STS
//! in aws-sdk-go 1.44.332, with which it is built.

use super::Version;

/// A partition of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-cn`, …
    pub name: &'static str,
    /// The domain of its hosts.
    pub domain: &'static str,
    /// The domain of its hosts that speak IPv6 too; empty where there are none.
    pub dual: &'static str,
    /// How its regions begin; those of `aws` begin otherwise.
    prefix: &'static str,
    /// The regions that 0.6.13 knows.
    regions: &'static [&'static str],
}

#[rustfmt::skip]
const COMMERCIAL: [&str; 28] = [
    "af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
    "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ca-central-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
    "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2",
];

/// The commercial regions whose FIPS host 0.6.13 knows.
const FIPS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];

/// The partitions; `aws` is the first.
pub const PARTITIONS: [Partition; 8] = [
    Partition { name: "aws", domain: "amazonaws.com", dual: "api.aws", prefix: "", regions: &COMMERCIAL },
    Partition {
        name: "aws-cn",
        domain: "amazonaws.com.cn",
        dual: "api.amazonwebservices.com.cn",
        prefix: "cn-",
        regions: &["cn-north-1", "cn-northwest-1"],
    },
    Partition {
        name: "aws-us-gov",
        domain: "amazonaws.com",
        dual: "api.aws",
        prefix: "us-gov-",
        regions: &["us-gov-east-1", "us-gov-west-1"],
    },
    Partition { name: "aws-iso", domain: "c2s.ic.gov", dual: "", prefix: "us-iso-", regions: &["us-iso-east-1", "us-iso-west-1"] },
    Partition { name: "aws-iso-b", domain: "sc2s.sgov.gov", dual: "", prefix: "us-isob-", regions: &["us-isob-east-1"] },
    Partition { name: "aws-iso-e", domain: "cloud.adc-e.uk", dual: "", prefix: "eu-isoe-", regions: &[] },
    Partition { name: "aws-iso-f", domain: "csp.hci.ic.gov", dual: "", prefix: "us-isof-", regions: &[] },
    Partition { name: "aws-eusc", domain: "amazonaws.eu", dual: "api.amazonwebservices.eu", prefix: "eusc-", regions: &[] },
];

/// The host without a region, of `aws` alone.
pub const GLOBAL: &str = "sts.amazonaws.com";

/// The partition of a region, by how its name begins.
pub fn partition_of_region(region: &str) -> &'static Partition {
    let [aws, others @ ..] = &PARTITIONS;
    others.iter().find(|partition| region.starts_with(partition.prefix)).unwrap_or(aws)
}

fn named(name: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.name == name)
}

/// The region in a host of STS; none in the one without a region, and in other hosts.
pub fn region(host: &str) -> Option<&str> {
    let rest = host.strip_prefix("sts.").or_else(|| host.strip_prefix("sts-fips."))?;
    let (region, domain) = rest.split_once('.')?;
    PARTITIONS.iter().any(|partition| domain == partition.domain || domain == partition.dual).then_some(region)
}

/// The partition that a host is of; a domain that two share is told by the region.
pub fn partition_of(host: &str, signed: Option<&str>) -> Option<&'static str> {
    let is_of = |partition: &&Partition| {
        let ends = |domain: &str| !domain.is_empty() && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        ends(partition.domain) || ends(partition.dual)
    };
    let mut fitting = PARTITIONS.iter().filter(is_of);
    let first = fitting.next()?;
    let by_region = region(host).or(signed).map(partition_of_region);
    let other = fitting.find(|partition| by_region.is_some_and(|known| known.name == partition.name));
    Some(other.unwrap_or(first).name)
}

/// What kind of host it is, as a clause.
pub fn flavour(host: &str) -> &'static str {
    let is_dual = PARTITIONS.iter().any(|partition| !partition.dual.is_empty() && host.ends_with(partition.dual));
    match (host == GLOBAL, host.starts_with("sts-fips."), is_dual) {
        (true, ..) => "the host without a region",
        (_, true, true) => "the FIPS host of one region, over IPv4 and IPv6",
        (_, true, false) => "the FIPS host of one region",
        (_, false, true) => "the host of one region, over IPv4 and IPv6",
        _ => "the host of one region",
    }
}

/// What a server of a partition and a region says of a host; an empty text where it takes it.
///
/// # Errors
/// With the server's words.
pub fn check(host: &str, partition: Option<&str>, region: Option<&str>, version: Version) -> Result<(), String> {
    let Some(partition) = partition else {
        // any cluster would do
        let mut told = Err(unexpected(host));
        for partition in PARTITIONS {
            told = match check(host, Some(partition.name), region, version) {
                Ok(()) => return Ok(()),
                Err(said) if partition.name == "aws" => Err(said),
                Err(_) => told,
            };
        }
        return told;
    };
    match version {
        Version::V0_6_13 => old(host, partition, region),
        Version::Head => head(host, partition, region),
    }
}

fn unexpected(host: &str) -> String {
    format!("unexpected hostname {} in pre-signed URL", crate::base::text::quote(host))
}

fn old(host: &str, partition: &str, own: Option<&str>) -> Result<(), String> {
    // a partition without STS in that SDK has no hosts at all
    let Some(partition) = named(partition).filter(|partition| !partition.regions.is_empty()) else { return Err(unexpected(host)) };
    let is_global = partition.name == "aws" && host == GLOBAL;
    let plain = |region: &str| host == format!("sts.{region}.{}", partition.domain);
    let fips = |region: &&str| host == format!("sts-fips.{region}.{}", partition.domain);
    let is_known = is_global || partition.regions.iter().copied().chain(own).any(plain) || partition.name == "aws" && FIPS.iter().any(fips);
    if is_known { Ok(()) } else { Err(unexpected(host)) }
}

fn head(host: &str, partition: &str, own: Option<&str>) -> Result<(), String> {
    if host.is_empty() {
        return Err(format!("could not parse region for pre-signed URL {host}, host is empty"));
    }
    let labels: Vec<&str> = host.split('.').collect();
    let Some(region) = labels.get(1).filter(|_| labels.len() >= 3) else {
        return Err(format!("could not parse region for pre-signed URL {host}, invalid host format: {host}"));
    };
    if host == GLOBAL {
        let is_fit = partition == "aws";
        return if is_fit { Ok(()) } else { Err(format!("global endpoint unsupported in partition {partition}")) };
    }
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if region.is_empty() || region.starts_with('-') || region.ends_with('-') || !region.chars().all(is_inner) {
        return Err(format!("invalid region identifier format provided: {region}"));
    }
    let resolved = partition_of_region(region);
    let verifier = named(partition);
    let of_own = own.zip(verifier).is_some_and(|(own, verifier)| host == format!("sts.{own}.{}", verifier.domain));
    if !of_own && !resolved_hosts(region, resolved).any(|known| known == host) {
        return Err(unexpected(host));
    }
    let domain = host.splitn(3, '.').nth(2).unwrap_or_default();
    let supports = verifier.is_some_and(|verifier| domain == verifier.domain || !domain.is_empty() && domain == verifier.dual);
    if supports { Ok(()) } else { Err(format!("partition {{{partition}}} does not support hostname {host}")) }
}

/// The hosts that an SDK makes for a region: plain, FIPS, dual-stack and both. Capitals are refused.
fn resolved_hosts(region: &str, partition: &'static Partition) -> impl Iterator<Item = String> {
    let fips = if partition.name == "aws-us-gov" { "sts" } else { "sts-fips" };
    let both = [("sts", partition.domain), (fips, partition.domain), ("sts", partition.dual), ("sts-fips", partition.dual)];
    let region = region.to_ascii_lowercase();
    both.into_iter().filter(|(_, domain)| !domain.is_empty()).map(move |(start, domain)| format!("{start}.{region}.{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_partition_and_region() {
        for (host, signed, partition, named) in [
            ("sts.eu-central-1.amazonaws.com", None, Some("aws"), Some("eu-central-1")),
            ("sts.us-gov-west-1.amazonaws.com", None, Some("aws-us-gov"), Some("us-gov-west-1")),
            ("sts.amazonaws.com", Some("us-east-1"), Some("aws"), None),
            ("sts.cn-north-1.amazonaws.com.cn", None, Some("aws-cn"), Some("cn-north-1")),
            ("sts-fips.us-east-1.api.aws", None, Some("aws"), Some("us-east-1")),
            ("sts.eusc-de-east-1.amazonaws.eu", None, Some("aws-eusc"), Some("eusc-de-east-1")),
            ("example.com", Some("us-east-1"), None, None),
            ("evilamazonaws.com", None, None, None),
        ] {
            assert_eq!((partition_of(host, signed), region(host)), (partition, named), "{host}");
        }
    }

    #[test]
    fn hosts_beyond_the_recorded_ones() {
        let told = |host: &str, partition, version| check(host, partition, Some("eu-central-1"), version).err().unwrap_or_default();
        for (host, partition, said) in [
            ("", "aws", "could not parse region for pre-signed URL , host is empty"),
            ("sts..amazonaws.com", "aws", "invalid region identifier format provided: "),
            ("sts.-x.amazonaws.com", "aws", "invalid region identifier format provided: -x"),
            (
                "sts-fips.us-gov-west-1.amazonaws.com",
                "aws-us-gov",
                "unexpected hostname \"sts-fips.us-gov-west-1.amazonaws.com\" in pre-signed URL",
            ),
            ("sts.eusc-de-east-1.amazonaws.eu", "aws-eusc", ""),
            ("sts.us-iso-east-1.c2s.ic.gov", "aws-iso", ""),
        ] {
            assert_eq!(told(host, Some(partition), Version::Head), said, "{host}");
        }
        // a cluster that is not known may be of any partition
        assert_eq!(told("sts.cn-north-1.amazonaws.com.cn", None, Version::Head), "");
        assert!(told("example.com", None, Version::Head).contains("invalid host format"));
        assert!(told("sts.eusc-de-east-1.amazonaws.eu", Some("aws-eusc"), Version::V0_6_13).starts_with("unexpected hostname"));
    }
}
