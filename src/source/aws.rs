//! Amazon EKS: the clusters that the profiles of this machine can see, and one of them described.
//!
//! Nothing here asks for a credential: what is missing or has expired is told with the command that mends it. A profile's
//! `credential_process` runs only because that profile was chosen. Nothing is ever changed in AWS.

mod asker;
mod caller;
mod client;
mod cluster;
mod credentials;
mod describe;
mod discovery;
mod fault;
mod iam;
mod mint;
mod origin;
mod profiles;
mod regions;
mod scope;
mod session;

pub use caller::{Principal, caller};
pub use cluster::{Depth, Entries, Reach, Reading, Update, loading};
pub use describe::{Wanted, describe};
pub use discovery::{Cluster, Discovery, Outcome, State, discover};
pub use iam::{account_aliases, openid_providers, principals};
pub use mint::{Minted, Order, asked_version, mint};
pub use origin::{Origin, origin};
pub use profiles::Profiles;
pub use scope::{Place, Scope};
