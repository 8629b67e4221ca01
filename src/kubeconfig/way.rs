//! Which of a user's credentials is presented, by client-go's rules.

use super::entry::{Exec, User};
use crate::base::text::sanitise;

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

    /// Whether a user name or a password is given beside a token, which clients refuse; beside a token that is in a file, only a
    /// user name (`validateAuthInfo` does not look at files, `HTTPWrappersForConfig` not at passwords; measured).
    pub fn has_token_and_basic(&self) -> bool {
        let is_inline = self.token.is_some() && (self.username.is_some() || self.password.is_some());
        is_inline || self.token_file.is_some() && self.basic_name().is_some()
    }
}

/// What becomes of all that a user gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The way that counts.
    pub wins: Way,
    /// A sentence that says what is presented, or why clients refuse all of it.
    pub sentence: String,
    /// Whether clients refuse all of it: nothing is presented then.
    pub is_refused: bool,
    /// What else is given, and what becomes of each, as a sentence.
    pub others: Vec<(Way, String)>,
}

/// What becomes of all that a user gives, by client-go's rules; over a server's `http://` none of it is sent.
///
/// Of `clientcmd` (`validateAuthInfo`, `getUserIdentificationPartialConfig`), `transport` (`HTTPWrappersForConfig`,
/// `NewBearerAuthWithRefreshRoundTripper`) and the exec plugin (`UpdateTransportConfig`).
pub fn ways(user: &User) -> Ways {
    let wins = user.way();
    let sentence = refusal(user);
    let is_refused = sentence.is_some();
    let others = if is_refused { Vec::new() } else { others(user, wins) };
    Ways { wins, sentence: sentence.unwrap_or_else(|| presented(user, wins)), is_refused, others }
}

/// Why clients refuse a user, whatever else is given.
fn refusal(user: &User) -> Option<String> {
    let why = if user.client_certificate.is_some() && user.client_key.is_none() {
        "clients refuse a certificate without its key"
    } else if user.has_token_and_basic() {
        "clients refuse a token beside a user name or password"
    } else if user.exec.is_some() && user.auth_provider.is_some() {
        "clients refuse a plugin beside an auth provider"
    } else if user.auth_provider.as_deref().is_some_and(|name| name != "oidc") {
        "clients have given up this auth provider, and refuse all that is beside it"
    } else {
        return None;
    };
    Some(why.to_owned())
}

fn presented(user: &User, wins: Way) -> String {
    match wins {
        Way::Nothing if user.password.is_some() => "nothing is presented: a password without a user name is none".to_owned(),
        Way::Nothing => "nothing is presented: the request is anonymous".to_owned(),
        Way::Certificate => "the client certificate is presented".to_owned(),
        Way::Token => match &user.token_file {
            Some(path) => format!("the token of file {} is presented", sanitise(path)),
            None => "the token is presented".to_owned(),
        },
        Way::Basic => "the user name and password are presented, which no current server takes: the request is anonymous".to_owned(),
        Way::Exec => format!("what plugin {} gives is presented", plugin(user.exec.as_ref())),
        Way::AuthProvider => "the token of the auth provider is presented".to_owned(),
    }
}

fn others(user: &User, wins: Way) -> Vec<(Way, String)> {
    let mut others = Vec::new();
    let mut other = |is_given: bool, way: Way, fate: &dyn Fn() -> String| {
        if is_given {
            others.push((way, fate()));
        }
    };
    let of_winner = match wins {
        Way::Certificate => "a client certificate",
        Way::Token => "a token",
        _ => "a user name",
    };
    let is_certificate = wins == Way::Certificate;
    other(user.client_key.is_some() && user.client_certificate.is_none(), Way::Certificate, &|| {
        "the client key is not looked at: there is no certificate".to_owned()
    });
    other(is_certificate && user.has_token(), Way::Token, &|| {
        "the token is sent too, and the server takes the certificate before it, even where the token is another user's".to_owned()
    });
    other(user.token.is_some() && user.token_file.is_some(), Way::Token, &|| {
        "the token in the kubeconfig counts only while its file cannot be read".to_owned()
    });
    other(is_certificate && user.basic_name().is_some(), Way::Basic, &|| {
        "the user name and password are sent too, and the server takes the certificate".to_owned()
    });
    other(user.password.is_some() && user.basic_name().is_none(), Way::Basic, &|| {
        "the password is not sent: there is no user name".to_owned()
    });
    other(user.exec.is_some() && wins != Way::Exec, Way::Exec, &|| {
        format!("plugin {} is never run: {of_winner} is given", plugin(user.exec.as_ref()))
    });
    other(user.auth_provider.is_some() && wins != Way::AuthProvider, Way::AuthProvider, &|| match wins {
        Way::Certificate if !user.has_token() && user.basic_name().is_none() => {
            "the token of the auth provider is sent too, and the server takes the certificate".to_owned()
        }
        _ => format!("the auth provider is not asked: {} is given", if user.has_token() { "a token" } else { "a user name" }),
    });
    others
}

/// A plugin as a sentence names it.
fn plugin(exec: Option<&Exec>) -> String {
    format!("`{}`", sanitise(exec.map(|exec| exec.command.as_str()).unwrap_or_default()))
}

#[cfg(test)]
mod tests;
