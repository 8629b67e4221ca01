//! The one stream that sources give: loading is collecting it, watching is going on with it.

use super::{AuthenticationFact, AwsFact, Kind, Object, ObjectRef};
use crate::base::{Gap, Loss, Name};

/// One step of loading or watching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Several objects at once, as a page of a list or a file gives them.
    Batch(Vec<Object>),
    /// One object that is new or different.
    Upsert(Object),
    /// One object that is gone.
    Delete(ObjectRef),
    /// All objects of exactly this scope are gone, and the gaps that said why a server did not give them; a list that follows
    /// replaces them.
    Clear(Scope),
    /// What a server did not give of exactly this scope is no gap any more; its objects stay.
    Settled(Scope),
    /// Something could not be read.
    Gap(Gap),
    /// What could not be read under this name ([`Gap::what`]) has been read after all.
    Filled(String),
    /// Something was read of which facts keep nothing but the count, by its kind.
    Skipped(Name),
    /// Something says how the API server takes credentials.
    Authentication(AuthenticationFact),
    /// AWS says something of the cluster or a principal.
    Aws(AwsFact),
    /// Objects of this kind were not asked for: how many there are is not known, and none is taken as missing.
    Unlisted(Kind),
    /// Of pods only those of this node were asked for.
    PodsOf(Name),
    /// How far loading has come.
    Progress {
        /// What is being read.
        what: Name,
        /// How many have been read so far.
        read: usize,
    },
    /// Everything that was asked for has been read, or is a gap.
    Complete,
}

/// The objects of one kind, in one namespace or in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The kind.
    pub kind: Kind,
    /// One namespace, or every object of the kind.
    pub namespace: Option<Name>,
}

impl Scope {
    /// Whether the scope holds this object.
    pub fn holds(&self, object: &ObjectRef) -> bool {
        self.kind == object.kind && self.namespace.is_none_or(|namespace| namespace == object.namespace)
    }
}

impl Gap {
    /// A list of exactly this scope that a server did not give.
    pub fn refusal(scope: Scope, what: String, why: String, loss: Loss) -> Self {
        let kinds = vec![Name::new(scope.kind.as_str())];
        Self { what, why, kinds, namespaces: scope.namespace.into_iter().collect(), loss, ..Self::default() }
    }

    /// Whether this is such a gap of exactly this scope: reading the scope again fills it.
    pub fn is_refusal_of(&self, scope: &Scope) -> bool {
        matches!(self.loss, Loss::Refused | Loss::Unreachable)
            && self.kinds.iter().eq([&Name::new(scope.kind.as_str())])
            && self.namespaces.iter().eq(scope.namespace.iter())
    }
}
