//! What EC2 says of instances, as far as it is known: the authenticator asks it for the name of a node.

use std::collections::BTreeMap;

/// Instances by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    /// The private DNS name of each.
    pub names: BTreeMap<String, String>,
    /// Whether these are all that there are; else one that is not among them is not known.
    pub complete: bool,
}
