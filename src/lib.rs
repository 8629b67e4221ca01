//! whycan explains why an identity can, or can't, do something on a Kubernetes cluster.
//!
//! # The house
//!
//! Data flows one way; a room uses only rooms to its left:
//! [`base`] → [`kubeconfig`] → [`credential`] → [`facts`] → [`identity`] → [`authz`] → `source` → `session` → `view` → `report` → {`tui`, `cli`}.
//!
//! | room | answers |
//! |---|---|
//! | [`base`] | what every room needs: names, gaps, findings, failures, safe text |
//! | [`kubeconfig`] | where am I pointed, and with what: files read and merged as client-go does |
//! | [`credential`] | what is presented: certificates, keys and tokens taken apart |
//! | [`facts`] | what is known of one cluster at one moment, and how it changes |
//! | [`identity`] | who somebody is to the cluster: user name and groups, each with its provenance |
//! | [`authz`] | may they, through what, and if not, what is nearest and what would mend it |
//! | `source` | the only door to the outside: clusters, credential plugins, files, standard input, the demo |
//! | `session` | one context's stages over time: loading, ready, failed, stale; what changes while it is watched |
//! | `view` | what to show, without a terminal: rows, trees, sentences, the table of actions |
//! | `report` | the same as text, JSON, YAML and Markdown |
//! | `tui`, `cli` | the two faces |
//!
//! The rooms up to [`authz`] are pure: no I/O, no clock, no environment, no panics. They build without default features
//! and are a library of their own:
//!
//! ```
//! use whycan::authz::{Door, Index, Request, Verdict, explain};
//! use whycan::facts::{Facts, parse};
//! use whycan::identity::Identity;
//!
//! let yaml = "
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: Role
//! metadata: {namespace: dev, name: reader}
//! rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
//! ---
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: RoleBinding
//! metadata: {namespace: dev, name: readers}
//! roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
//! subjects: [{kind: User, name: alice}]
//! ";
//! let facts = Facts::collect(parse::document("dev.yaml", yaml.as_bytes()));
//! let index = Index::new(&facts);
//! let request = Request::resource("delete", "", "pods", "dev");
//! let decision = explain(&index, &Identity::user("alice"), &request, Door::Person);
//! assert_eq!(decision.verdict, Verdict::Denied);
//! assert_eq!(
//!     decision.near_misses[0].sentence,
//!     "Role dev/reader, bound to User alice by RoleBinding dev/readers, allows get and list on pods, not delete"
//! );
//! ```

pub mod authz;
pub mod base;
pub mod credential;
pub mod facts;
pub mod identity;
pub mod kubeconfig;

#[cfg(feature = "app")]
pub mod cli;
#[cfg(feature = "app")]
pub mod report;
#[cfg(feature = "app")]
pub mod session;
#[cfg(feature = "app")]
pub mod source;
#[cfg(feature = "app")]
pub mod tui;
#[cfg(feature = "app")]
pub mod view;
