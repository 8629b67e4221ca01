//! What every room needs: names, gaps, findings, failures, and text that is safe to show.
//!
//! Nothing here knows Kubernetes, reads a file or asks the clock.

pub mod failure;
pub mod finding;
pub mod gap;
pub mod known;
pub mod name;
pub mod redact;
pub mod settings;
pub mod text;

pub use failure::{Failure, FailureKind};
pub use finding::{Finding, Severity, Source};
pub use gap::{Gap, Loss};
pub use name::Name;
pub use settings::Settings;
