//! Which of a user's credentials is presented, by client-go's rules.

use super::entry::User;

/// How somebody shows who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Not at all.
    Nothing,
    /// By a client certificate; a token beside it is sent too, and the server takes the certificate.
    Certificate,
    /// By a bearer token, in the kubeconfig or in a file.
    Token,
    /// By a user name and a password, which no current server takes.
    Basic,
    /// By what a plugin gives.
    Exec,
    /// By an auth provider of old, which current clients have given up.
    AuthProvider,
}

impl Way {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Certificate => "certificate",
            Self::Token => "token",
            Self::Basic => "basic",
            Self::Exec => "exec",
            Self::AuthProvider => "auth-provider",
        }
    }
}

impl User {
    /// The way that counts. A plugin runs only where nothing else is given (`UpdateTransportConfig` of client-go's exec plugin).
    pub fn way(&self) -> Way {
        if self.client_certificate.is_some() {
            Way::Certificate
        } else if self.has_token() {
            Way::Token
        } else if self.basic_name().is_some() {
            Way::Basic
        } else if self.exec.is_some() {
            Way::Exec
        } else if self.auth_provider.is_some() {
            Way::AuthProvider
        } else {
            Way::Nothing
        }
    }

    /// Whether a token is given, in whichever place.
    pub fn has_token(&self) -> bool {
        self.token.is_some() || self.token_file.is_some()
    }

    /// The user name that is presented with a password; a password alone presents nothing (`HasBasicAuth` of client-go).
    pub fn basic_name(&self) -> Option<&str> {
        self.username.as_deref().filter(|name| !name.is_empty())
    }

    /// Whether a user name or a password is given: clients refuse either beside a token.
    pub fn has_basic(&self) -> bool {
        self.username.is_some() || self.password.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::{Data, Exec};

    #[test]
    fn a_password_without_a_user_name_is_no_way() {
        let name = |name: &str| Some(name.to_owned());
        let exec = || Some(Exec::default());
        let alone = User { password: Some("secret".into()), ..User::default() };
        let token = Some("t".into());
        let certificate = Some(Data::File("a.crt".to_owned()));
        for (user, way) in [
            (User { exec: exec(), ..alone.clone() }, Way::Exec),
            (User { username: name(""), exec: exec(), ..alone.clone() }, Way::Exec),
            (User { auth_provider: name("gcp"), ..alone.clone() }, Way::AuthProvider),
            (User { username: name("me"), exec: exec(), ..alone.clone() }, Way::Basic),
            (User { username: name("me"), ..User::default() }, Way::Basic),
            (User { token, exec: exec(), ..alone.clone() }, Way::Token),
            (User { client_certificate: certificate, username: name("me"), exec: exec(), ..alone.clone() }, Way::Certificate),
            (alone, Way::Nothing),
        ] {
            assert_eq!(user.way(), way, "{user:?}");
        }
    }
}
