//! What the API server looks at, one after the other.

use crate::identity::oidc::{Authenticator, Origin, Standing};

/// One of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Whether the settings count.
    Settings,
    /// Whether it is a token at all.
    Form,
    /// Who issued it.
    Issuer,
    /// How it is signed.
    Algorithm,
    /// Whether the claims that all tokens have are of their kinds.
    Claims,
    /// Claims that stand elsewhere.
    Distributed,
    /// Whom it is for.
    Audience,
    /// Whether it has ended.
    Expired,
    /// Whether it has begun.
    NotYet,
    /// The user name.
    Username,
    /// Whether an address that is the user name is verified.
    EmailVerified,
    /// The groups.
    Groups,
    /// The uid.
    Uid,
    /// Further attributes.
    Extra,
    /// Claims that must be there.
    RequiredClaim,
    /// Conditions for claims.
    ClaimRule,
    /// Conditions for the user.
    UserRule,
}

impl Stage {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Form => "form",
            Self::Issuer => "issuer",
            Self::Algorithm => "algorithm",
            Self::Claims => "claims",
            Self::Distributed => "distributed",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYet => "not-yet",
            Self::Username => "username",
            Self::EmailVerified => "email-verified",
            Self::Groups => "groups",
            Self::Uid => "uid",
            Self::Extra => "extra",
            Self::RequiredClaim => "required-claim",
            Self::ClaimRule => "claim-rule",
            Self::UserRule => "user-rule",
        }
    }

    /// What mends it, where there is something to do.
    pub fn fix(self, authenticator: &Authenticator) -> Option<String> {
        let fix = match self {
            Self::Settings => match (&authenticator.standing, &authenticator.origin) {
                (Standing::Idle(_), Origin::Eks { name }) => format!(
                    "Look whether it is ACTIVE now: aws eks describe-identity-provider-config --identity-provider-config type=oidc,name={name} \
                     --cluster-name NAME"
                ),
                (Standing::Open(_), _) => "Ask the cluster: whycan whoami, or kubectl auth whoami".to_owned(),
                _ => "Mend the settings; the log of kube-apiserver says the same in its own words.".to_owned(),
            },
            Self::Audience => {
                let client = authenticator.audiences.first()?;
                format!("Log in with client id {client}: the issuer then names it as the audience.")
            }
            Self::Algorithm => "Have the issuer sign with an algorithm that the API server takes.".to_owned(),
            Self::Expired => "Log in again.".to_owned(),
            Self::NotYet => "Compare the clocks of the issuer and the API server.".to_owned(),
            Self::Username => "Have the issuer put the claim into its tokens, or take another claim for the user name.".to_owned(),
            Self::EmailVerified => "Have the address verified by the issuer.".to_owned(),
            Self::Groups => "Have the issuer write the groups as a list of texts.".to_owned(),
            Self::Distributed => "Have the issuer put fewer groups into tokens: those that are assigned to the application.".to_owned(),
            Self::RequiredClaim => "Log in where the claim has that value, or change what is required.".to_owned(),
            Self::Form | Self::Issuer | Self::Claims | Self::Uid | Self::Extra | Self::ClaimRule | Self::UserRule => return None,
        };
        Some(fix)
    }
}
