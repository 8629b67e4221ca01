//! Who a principal of AWS is to a cluster of EKS: its ARN, the access entries, aws-auth, and the names that these give it.
//!
//! This is what the webhook behind the API server does (aws-iam-authenticator), from the answer of STS on. Its rules are
//! those of its own code: v0.6.13, and the newer source where that differs ([`Release`]).

pub mod arn;
pub mod aws_auth;
pub mod instances;
pub mod listing;
pub mod mapping;
pub mod principal;
mod template;

pub use arn::{Arn, Canonical, Kind};
pub use aws_auth::AwsAuthMap;
pub use instances::Instances;
pub use mapping::{Decider, Mapping, Outcome};
pub use principal::Principal;
pub use template::{Unrendered, render};

/// Which code of the authenticator answers.
///
/// EKS does not say which it runs. The newer one is assumed: what EKS does today is nearer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// The newest that is published as a Go module, of November 2023.
    V0_6_13,
    /// The source of July 2026, 0.7.18.
    #[default]
    Newer,
}

#[cfg(test)]
mod tests;
