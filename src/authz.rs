//! May they, through what, and if not, what is nearest and what would mend it.
//!
//! One core, two front doors ([`Door`]): *literal*, as the API server answers a SubjectAccessReview, and *as asked by a
//! person*. [`Index::decide`] gives the bare verdict in well under a microsecond; [`explain`] gives the same verdict with
//! its reasons as one value, the [`Decision`]. Everything else that is shown is a projection of it.

pub mod access;
pub mod ask;
pub mod combine;
mod command;
pub mod covers;
pub mod decision;
pub mod explain;
mod fix;
mod gaps;
pub mod identities;
pub mod impersonation;
mod index;
pub mod lint;
pub mod matrix;
mod near_miss;
pub mod node;
pub mod rbac;
mod reason;
pub mod request;
pub mod review;
pub mod server;
pub mod who_can;

pub use crate::base::text::shell_word as quote_for_shell;
pub use access::Access;
pub use ask::{Asked, Need, Part};
pub use command::{can_i, can_i_list, can_i_myself};
pub use decision::{
    Authorizer, Check, CheckKind, Decision, Fix, Gain, GapEffect, Grant, Link, NearMiss, NearMissKind, Principal, RuleAt, RuleCheck,
    SubjectAt, Verdict, Widening,
};
pub use explain::explain;
pub use index::Index;
pub use request::Request;
pub use server::ServerVerdict;

/// Through which front door a question comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// As a SubjectAccessReview: what is given is taken as it is, stored rules count.
    Literal,
    /// As asked by a person: aggregated roles without rules are filled as the controller would fill them, and said so.
    Person,
}
