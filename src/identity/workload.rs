//! Which role of AWS the pods of a service account become, and why not; and back, which service accounts may become a role.
//!
//! There are two ways: a token of the cluster's issuer that STS takes (IAM roles for service accounts), and EKS Pod Identity.
//! The trust policy of the role decides in both.

pub mod trust;
