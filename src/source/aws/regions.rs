//! The public regions that have EKS, by partition, as botocore's `endpoints.json` lists them (1.43.11).

/// A partition: regions that know of each other, with accounts of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Partition {
    /// As ARNs name it.
    name: &'static str,
    /// What its regions begin with; the partition of everything else is `aws`.
    prefix: &'static str,
    /// Its public regions with EKS; none for those that are closed to the public.
    regions: &'static [&'static str],
}

const AWS: Partition = Partition {
    name: "aws",
    prefix: "",
    regions: &[
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ],
};

const OTHERS: [Partition; 8] = [
    Partition { name: "aws-cn", prefix: "cn-", regions: &["cn-north-1", "cn-northwest-1"] },
    Partition { name: "aws-us-gov", prefix: "us-gov-", regions: &["us-gov-east-1", "us-gov-west-1"] },
    Partition { name: "aws-eusc", prefix: "eusc-", regions: &["eusc-de-east-1"] },
    Partition { name: "aws-iso-b", prefix: "us-isob-", regions: &[] },
    Partition { name: "aws-iso-e", prefix: "eu-isoe-", regions: &[] },
    Partition { name: "aws-iso-f", prefix: "us-isof-", regions: &[] },
    Partition { name: "aws-iso-f", prefix: "eu-isof-", regions: &[] },
    Partition { name: "aws-iso", prefix: "us-iso-", regions: &[] },
];

/// The regions that every account has from its beginning; others are enabled first, for each account
/// (`docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html`).
const FROM_THE_BEGINNING: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

fn of(region: &str) -> Partition {
    OTHERS.into_iter().find(|partition| region.starts_with(partition.prefix)).unwrap_or(AWS)
}

/// The name of the partition that a region is in, as ARNs have it.
pub fn partition(region: &str) -> &'static str {
    of(region).name
}

/// The public regions of the partition that a region is in.
pub fn beside(region: &str) -> &'static [&'static str] {
    of(region).regions
}

/// Whether an account must enable the region before it can be used.
pub fn is_opt_in(region: &str) -> bool {
    partition(region) == "aws" && !FROM_THE_BEGINNING.contains(&region)
}

/// Whether the region is one of the table.
pub fn is_known(region: &str) -> bool {
    beside(region).contains(&region)
}

/// Whether a text can be the name of a region: it becomes part of a host's name.
pub fn is_name(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 32 && text.contains('-') && text.split('-').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_in_their_partition() {
        for (region, name, count, opt_in) in [
            ("eu-central-1", "aws", 34, false),
            ("ap-east-1", "aws", 34, true),
            ("xx-new-9", "aws", 34, true),
            ("cn-north-1", "aws-cn", 2, false),
            ("us-gov-west-1", "aws-us-gov", 2, false),
            ("us-isob-east-1", "aws-iso-b", 0, false),
            ("us-iso-east-1", "aws-iso", 0, false),
            ("eusc-de-east-1", "aws-eusc", 1, false),
        ] {
            assert_eq!((partition(region), beside(region).len(), is_opt_in(region)), (name, count, opt_in), "{region}");
        }
        for partition in OTHERS.into_iter().chain([AWS]) {
            assert!(partition.regions.is_sorted() && partition.regions.iter().all(|region| of(region) == partition && is_name(region)));
        }
        assert!(FROM_THE_BEGINNING.iter().all(|region| AWS.regions.contains(region)));
    }

    #[test]
    fn a_name_of_a_region_leads_to_no_other_host() {
        for text in ["", "useast1", "us-east-1.evil.example", "us-east-1/", "US-EAST-1", "us--1", "-us-1", "us-east-1#", "a-b@c"] {
            assert!(!is_name(text), "{text}");
        }
    }
}
