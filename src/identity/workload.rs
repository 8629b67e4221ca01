//! Which role of AWS the pods of a service account become, and why not; and back, which service accounts may become a role.
//!
//! There are two ways: a token of the cluster's issuer that STS takes (IAM roles for service accounts), and EKS Pod Identity.
//! The trust policy of the role decides in both. What the webhook does is that of amazon-eks-pod-identity-webhook.

mod account;
mod annotation;
mod known;
mod legacy;
mod pod_identity;
mod pods;
mod remedy;
mod role;
pub mod trust;
mod way;
mod web_identity;

pub use account::Workload;
pub use annotation::{AUDIENCE, Annotations, ROLE};
pub use known::Known;
pub use legacy::Legacy;
pub use remedy::Remedy;
pub use role::{Admission, Admissions};
pub use way::{Kind, Step, Way};

#[cfg(test)]
mod tests;
