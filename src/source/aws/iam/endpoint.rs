//! The IAM of a partition: one for all of its regions, and signed for one of them (botocore 1.43, `endpoint-rule-set-1.json`).

/// An IAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: &'static str,
    /// The host that keeps to FIPS, where there is one.
    pub fips: Option<&'static str>,
    /// The region that is signed for.
    pub region: &'static str,
}

const fn endpoint(host: &'static str, fips: Option<&'static str>, region: &'static str) -> Endpoint {
    Endpoint { host, fips, region }
}

/// The IAM of a partition, by the name that ARNs have.
pub fn of(partition: &str) -> Endpoint {
    match partition {
        "aws-cn" => endpoint("iam.cn-north-1.amazonaws.com.cn", None, "cn-north-1"),
        "aws-us-gov" => endpoint("iam.us-gov.amazonaws.com", Some("iam.us-gov.amazonaws.com"), "us-gov-west-1"),
        "aws-iso" => endpoint("iam.us-iso-east-1.c2s.ic.gov", Some("iam-fips.us-iso-east-1.c2s.ic.gov"), "us-iso-east-1"),
        "aws-iso-b" => endpoint("iam.us-isob-east-1.sc2s.sgov.gov", Some("iam-fips.us-isob-east-1.sc2s.sgov.gov"), "us-isob-east-1"),
        "aws-iso-e" => endpoint("iam.eu-isoe-west-1.cloud.adc-e.uk", None, "eu-isoe-west-1"),
        "aws-iso-f" => endpoint("iam.us-isof-south-1.csp.hci.ic.gov", None, "us-isof-south-1"),
        "aws-eusc" => endpoint("iam.eusc-de-east-1.amazonaws.eu", None, "eusc-de-east-1"),
        _ => endpoint("iam.amazonaws.com", Some("iam-fips.amazonaws.com"), "us-east-1"),
    }
}
