//! Kubeconfigs, read as kubectl reads them: each file by itself, then merged, every part with its file and line.
//!
//! ```
//! use whycan::kubeconfig;
//!
//! let text = "
//! current-context: dev
//! contexts: [{name: dev, context: {cluster: here, user: alice, namespace: web}}]
//! clusters: [{name: here, cluster: {server: 'https://127.0.0.1:6443'}}]
//! users: [{name: alice, user: {tokenFile: alice.token}}]
//! ";
//! let file = kubeconfig::read("/home/alice/.kube/config", text.as_bytes()).unwrap();
//! let target = kubeconfig::merge(vec![file]).target(None).unwrap();
//! assert_eq!(target.cluster.server, "https://127.0.0.1:6443");
//! assert_eq!(target.user.token_file.as_deref(), Some("/home/alice/.kube/alice.token"));
//! ```

pub mod address;
mod alone;
pub mod edit;
pub mod eks;
pub mod entry;
mod expiry;
pub mod file;
pub mod lint;
pub mod merge;
pub mod mistake;
pub mod provider;
mod select;
pub(crate) mod spread;
pub(crate) mod text;
pub mod way;
pub(crate) mod yaml;

pub use address::Address;
pub use edit::{Change, Edit, Files, Given, Plan, Put, Unused};
pub use entry::{Cluster, Context, Data, Exec, Impersonation, Lines, Target, User};
pub use file::{Current, File, parse, parse_spread, read};
pub use merge::{Kubeconfig, merge};
pub use mistake::Mistake;
pub use provider::{Place, Provider, Realm, Recognition};
pub use spread::Spread;
pub use way::{Way, Ways, ways};

#[cfg(test)]
mod tests;
