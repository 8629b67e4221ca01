//! Everything known of one cluster at one moment, and how it changes.
//!
//! [`Facts`] is an immutable snapshot with a revision; a source gives a stream of [`Change`]s, and collecting them is
//! loading. [`parse`] reads what kubectl prints. Nothing here decides anything: that is `authz`.

pub mod authentication;
pub mod aws;
pub mod builtin;
pub mod change;
pub mod core;
pub mod object;
pub mod parse;
pub mod rbac;
pub mod resources;
mod snapshot;
pub mod workload;

pub use self::authentication::{Authentication, AuthenticationFact, BootstrapToken, Configuration};
pub use self::aws::{AccessEntry, AuthenticationMode, AwsFact, AwsFacts, EksCluster, PolicyAssociation};
pub use self::core::{AwsAuth, Namespace, Node, ServiceAccount};
pub use change::{Change, Scope};
pub use object::{Kind, Meta, Object, ObjectRef};
pub use rbac::{Aggregation, Binding, LabelSelector, Requirement, Role, RoleRef, Rule, Subject, SubjectKind};
pub use resources::{ApiResource, ApiResources, Scoping};
pub use snapshot::Facts;
pub use workload::{Injected, PersistentVolume, Pod, ResourceSlice, Use, Used, VolumeAttachment, VolumeSecret, Way};
