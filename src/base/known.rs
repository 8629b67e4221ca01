//! Names that Kubernetes itself gives a meaning, interned once.

use std::sync::LazyLock;

use super::Name;

macro_rules! known {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub static $name: LazyLock<Name> = LazyLock::new(|| Name::new($text));)*
    };
}

known! {
    /// May do everything, before any configured authorizer is asked.
    MASTERS = "system:masters";
    /// Everybody who presented a valid credential.
    AUTHENTICATED = "system:authenticated";
    /// Everybody who presented none.
    UNAUTHENTICATED = "system:unauthenticated";
    /// Kubelets.
    NODES = "system:nodes";
    /// The key of `extra` under which aws-iam-authenticator tells the IAM principal.
    CANONICAL_ARN = "canonicalArn";
    /// The key of `extra` under which it tells the principal's unique id.
    PRINCIPAL_ID = "principalId";
}
