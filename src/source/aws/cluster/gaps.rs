//! What could not be read of a cluster in AWS, each with the kinds that it hides: no roles and no bindings of the cluster.

use crate::base::{Gap, Loss, Name};
use crate::source::aws::fault::Fault;

/// Something that AWS keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The description of the cluster.
    Cluster,
    /// Access entries, and with them their policies.
    Entries,
    /// What access entries say.
    Described,
    /// The policies of access entries.
    Policies,
    /// Identity providers.
    Providers,
    /// Pod identity associations.
    Associations,
    /// A role or user of IAM.
    Principal,
    /// The issuers whose tokens the account takes.
    Issuers,
}

impl Part {
    fn what(self) -> &'static str {
        match self {
            Self::Whole => "what AWS knows of the cluster",
            Self::Cluster => "the description of the EKS cluster",
            Self::Entries | Self::Described => "EKS access entries",
            Self::Policies => "EKS access policies",
            Self::Providers => "EKS identity providers",
            Self::Associations => "EKS pod identity associations",
            Self::Principal => "the principal in IAM",
            Self::Issuers => "the OpenID Connect providers of the account",
        }
    }

    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Whole => &["EKSCluster", "AccessEntry", "AccessPolicy", "IdentityProvider", "PodIdentityAssociation", "IAMPrincipal"],
            Self::Cluster => &["EKSCluster"],
            Self::Entries => &["AccessEntry", "AccessPolicy"],
            Self::Described => &["AccessEntry"],
            Self::Policies => &["AccessPolicy"],
            Self::Providers => &["IdentityProvider"],
            Self::Associations => &["PodIdentityAssociation"],
            Self::Principal => &["IAMPrincipal"],
            Self::Issuers => &["OpenIDConnectProvider"],
        }
    }

    fn gap(self, why: String, loss: Loss) -> Gap {
        let kinds = self.kinds().iter().map(|kind| Name::new(kind)).collect();
        Gap { what: self.what().to_owned(), why, kinds, loss, ..Gap::default() }
    }

    /// That it could not be read at all.
    pub fn lost(self, fault: &Fault) -> Gap {
        let loss = if fault.is_denied { Loss::Refused } else { Loss::Unreachable };
        Gap { settled_by: fault.failure.hints.first().cloned(), ..self.gap(fault.failure.message.clone(), loss) }
    }

    /// That some of it could not be read: so many, of so many.
    pub fn lost_of(self, lost: usize, of: usize, fault: &Fault) -> Gap {
        let gap = self.lost(fault);
        if of < 2 {
            return gap;
        }
        Gap { why: format!("{lost} of {of}: {}", gap.why), ..gap }
    }
}

/// While it is read: what is not there yet.
pub fn loading() -> Gap {
    let gap = Part::Whole.gap("AWS is being asked".to_owned(), Loss::Loading);
    Gap { what: "what AWS has not told yet of the cluster".to_owned(), ..gap }
}
