//! The STS that a token names, and the region it is signed for, by the rules of the AWS SDKs.

use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::source::aws::profiles::Profiles;

/// Where no region is told: the global endpoint.
const GLOBAL: &str = "aws-global";

/// An STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its URL.
    pub url: String,
    /// The region that it is signed for.
    pub region: String,
}

impl Endpoint {
    /// The STS for a region and a profile.
    ///
    /// # Errors
    /// When the region is no part of a host's name.
    pub async fn of(region: Option<&str>, profiles: &Profiles, profile: Option<&str>) -> Result<Self, Failure> {
        let is_on = |variable: &str, setting: &str| {
            profiles.either(profile, variable, setting).is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        let url = if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            None
        } else {
            profiles.variable("AWS_ENDPOINT_URL_STS").or_else(|| profiles.either(profile, "AWS_ENDPOINT_URL", "endpoint_url"))
        };
        let is_legacy = profiles.either(profile, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints") == Some("legacy");
        let parameters = Params::builder()
            .region(region.unwrap_or(GLOBAL))
            .use_fips(is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"))
            .use_dual_stack(is_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))
            .use_global_endpoint(is_legacy && url.is_none())
            .set_endpoint(url.map(str::to_owned))
            .build();
        let wrong = |why: String| {
            let named = region.unwrap_or(GLOBAL);
            Failure::failed(format!("there is no STS for region `{}`: {}", sanitise(named), sanitise(&why)))
                .hint("Name another region: --region eu-central-1")
        };
        let parameters = parameters.map_err(|error| wrong(error.to_string()))?;
        let found = DefaultResolver::new().resolve_endpoint(&parameters).await.map_err(|error| wrong(error.to_string()))?;
        // where the endpoint wants to be signed for another region than the one asked for
        let signed_for = found.auth_schemes().iter().find_map(|scheme| scheme.get("signingRegion")?.as_string());
        let region = signed_for.or(region).unwrap_or("us-east-1").to_owned();
        Ok(Self { url: found.url().to_owned(), region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As botocore 1.43 has it; where it is odd, for a legacy setting beside FIPS, neither is asked.
    #[tokio::test]
    async fn hosts_and_regions_are_those_of_the_aws_command_line() {
        let legacy = ("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
        for (region, variables, url, signed) in [
            (Some("eu-central-1"), &[][..], "https://sts.eu-central-1.amazonaws.com", "eu-central-1"),
            (Some("us-east-1"), &[], "https://sts.us-east-1.amazonaws.com", "us-east-1"),
            (None, &[], "https://sts.amazonaws.com", "us-east-1"),
            (Some("cn-north-1"), &[], "https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            (Some("us-gov-west-1"), &[], "https://sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            (Some("eu-isoe-west-1"), &[], "https://sts.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
            (Some("eu-west-1"), &[legacy], "https://sts.amazonaws.com", "us-east-1"),
            (Some("eu-south-1"), &[legacy], "https://sts.eu-south-1.amazonaws.com", "eu-south-1"),
            (Some("us-east-2"), &[("AWS_USE_FIPS_ENDPOINT", "true")], "https://sts-fips.us-east-2.amazonaws.com", "us-east-2"),
            (Some("eu-west-1"), &[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "https://sts.eu-west-1.api.aws", "eu-west-1"),
            (Some("eu-west-1"), &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")], "http://127.0.0.1:1", "eu-west-1"),
            (
                Some("eu-west-1"),
                &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")],
                "https://sts.eu-west-1.amazonaws.com",
                "eu-west-1",
            ),
        ] {
            let found = Endpoint::of(region, &Profiles::given(&[], variables), None).await.unwrap();
            assert_eq!(found, Endpoint { url: url.to_owned(), region: signed.to_owned() }, "{region:?} {variables:?}");
        }
    }

    #[tokio::test]
    async fn a_region_that_is_no_label_is_refused() {
        let failure = Endpoint::of(Some("eu central"), &Profiles::given(&[], &[]), None).await.unwrap_err();
        assert!(failure.message.starts_with("there is no STS for region `eu central`: "), "{failure:?}");
    }
}
