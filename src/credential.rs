//! What is presented to a cluster, taken apart: certificates, the keys that belong to them, and tokens.
//!
//! Nothing here verifies a signature: a credential is what it says until a server has taken it. Bytes that are none give
//! a sentence about what is wrong, never a panic.
//!
//! ```
//! use whycan::credential::x509;
//!
//! let problem = x509::certificates(b"not a certificate").unwrap_err();
//! assert_eq!(problem.to_string(), "is no PEM");
//! ```

pub mod key;
pub mod lint;
pub mod pem;
pub mod token;
pub mod x509;

pub use key::Key;
pub use x509::{Certificate, certificates};
