//! What is presented to a cluster, taken apart: certificates, the keys that belong to them, and tokens.
//!
//! [`Decoded`] is the front: it tells what a text is, explains its parts, and finds what is wrong with it. A credential is
//! what it says until a server has taken it; signatures are verified only where the keys are given. Bytes that are none
//! give a sentence about what is wrong, never a panic.
//!
//! ```
//! use whycan::credential::{Decoded, Expected};
//!
//! let token = Decoded::read(b"Bearer k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8");
//! assert_eq!(token.format(), "eks-v1");
//! assert_eq!(token.findings(&Expected::default())[0].code, "malformed");
//! ```

pub mod bootstrap;
pub mod decoded;
pub mod eks;
mod encoding;
pub mod end;
mod expected;
pub mod jwt;
pub mod key;
pub mod lint;
pub mod live;
mod part;
pub mod pem;
pub mod x509;

pub use decoded::{Content, Decoded};
pub use expected::Expected;
pub use key::Key;
pub use part::Part;
pub use x509::{Certificate, certificates};
