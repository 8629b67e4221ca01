//! The forms in which people name an identity: `alice`, `group:dev`, `sa:ci/deployer`, `node:n1`, `arn:…`, `token:FILE`.

use std::fmt;

use super::{Identity, SERVICE_ACCOUNT};

/// An IDENTITY, understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A user name: any name that is no other form, or `user:NAME`.
    User(String),
    /// `group:NAME`: the question is what the group as such may do.
    Group(String),
    /// `sa:NAMESPACE/NAME`.
    ServiceAccount {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// `node:NAME`.
    Node(String),
    /// `arn:…`: a principal of IAM, whom the facts of a cluster map.
    Principal(String),
    /// `token:FILE`: whom the token or certificate in a file is of; `-` is standard input.
    Token(String),
}

/// Why an IDENTITY was not understood, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Nothing was given.
    #[error("the identity is empty; give a user name, group:NAME, sa:NAMESPACE/NAME, node:NAME, arn:… or token:FILE")]
    Empty,
    /// A prefix with nothing behind it.
    #[error("`{0}` names nobody; put the name behind the colon, or user:{0} if that is the user's whole name")]
    NoName(String),
    /// `token:` without a file.
    #[error("`token:` names no file; write token:FILE, or token:- for standard input")]
    NoFile,
    /// `sa:` without namespace or name.
    #[error("`{0}` is no service account; write sa:NAMESPACE/NAME, as in sa:ci/deployer")]
    ServiceAccount(String),
}

impl Form {
    /// Understands an IDENTITY.
    ///
    /// # Errors
    /// For an empty or half-written form.
    pub fn read(text: &str) -> Result<Self, FormError> {
        let (prefix, rest) = text.split_once(':').unwrap_or(("", text));
        let named = |name: &str| if name.is_empty() { Err(FormError::NoName(text.to_owned())) } else { Ok(name.to_owned()) };
        match prefix {
            "" if text.is_empty() => Err(FormError::Empty),
            "user" => named(rest).map(Self::User),
            "group" => named(rest).map(Self::Group),
            "node" => named(rest).map(Self::Node),
            "sa" => {
                let parts =
                    rest.split_once('/').filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty() && !name.contains('/'));
                let (namespace, name) = parts.ok_or_else(|| FormError::ServiceAccount(text.to_owned()))?;
                Ok(Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() })
            }
            "arn" => Ok(Self::Principal(text.to_owned())),
            "token" if rest.is_empty() => Err(FormError::NoFile),
            "token" => Ok(Self::Token(rest.to_owned())),
            // what kubectl would take for a user name is one
            _ => Ok(Self::User(text.to_owned())),
        }
    }

    /// The identity of a form that is a name, with further groups that were given and those that are implied; `from` says
    /// where it was given. None for a form that says who it is only together with something else.
    pub fn named(&self, groups: &[&str], from: &str) -> Option<Identity> {
        Some(match self {
            Self::Group(group) => {
                let groups: Vec<&str> = std::iter::once(group.as_str()).chain(groups.iter().copied()).collect();
                Identity::asked(None, &groups, from)
            }
            Self::User(name) => Identity::asked(Some(name), groups, from),
            Self::ServiceAccount { namespace, name } => {
                Identity::asked(Some(&format!("{SERVICE_ACCOUNT}{namespace}:{name}")), groups, from)
            }
            Self::Node(name) => Identity::asked(Some(&format!("system:node:{name}")), groups, from),
            Self::Principal(_) | Self::Token(_) => return None,
        })
    }

    /// The form that names a user best: a service account's and a node's user name have forms of their own.
    pub fn of_username(username: &str) -> Self {
        let account = username.strip_prefix(SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':'));
        if let Some((namespace, name)) =
            account.filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty() && !name.contains('/'))
        {
            return Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() };
        }
        match username.strip_prefix("system:node:") {
            Some(name) if !name.is_empty() => Self::Node(name.to_owned()),
            _ => Self::User(username.to_owned()),
        }
    }
}

/// As it is given; a user name that looks like another form gets its `user:`.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) if Self::read(name) == Ok(Self::User(name.clone())) => f.write_str(name),
            Self::User(name) => write!(f, "user:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::ServiceAccount { namespace, name } => write!(f, "sa:{namespace}/{name}"),
            Self::Node(name) => write!(f, "node:{name}"),
            Self::Principal(arn) => f.write_str(arn),
            Self::Token(file) => write!(f, "token:{file}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_read_back() {
        let account = |namespace: &str, name: &str| Form::ServiceAccount { namespace: namespace.into(), name: name.into() };
        for (text, form) in [
            ("alice", Form::User("alice".into())),
            ("user:group:dev", Form::User("group:dev".into())),
            ("oidc:dave", Form::User("oidc:dave".into())),
            ("system:serviceaccount:ci:deployer", Form::User("system:serviceaccount:ci:deployer".into())),
            ("group:dev", Form::Group("dev".into())),
            ("group:oidc:dev", Form::Group("oidc:dev".into())),
            ("sa:ci/deployer", account("ci", "deployer")),
            ("node:n1", Form::Node("n1".into())),
            ("arn:aws:iam::111122223333:role/Dev", Form::Principal("arn:aws:iam::111122223333:role/Dev".into())),
            ("user:arn:aws:iam::111122223333:role/Dev", Form::User("arn:aws:iam::111122223333:role/Dev".into())),
            ("token:/tmp/t:1", Form::Token("/tmp/t:1".into())),
            ("token:-", Form::Token("-".into())),
            ("user:token:x", Form::User("token:x".into())),
            ("carol@acme.example", Form::User("carol@acme.example".into())),
        ] {
            assert_eq!(Form::read(text), Ok(form.clone()), "{text}");
            assert_eq!(Form::read(&form.to_string()), Ok(form), "{text}");
        }
    }

    #[test]
    fn a_form_that_is_not_understood_says_what_would_be() {
        for (text, error) in [
            ("", "the identity is empty; give a user name, group:NAME, sa:NAMESPACE/NAME, node:NAME, arn:… or token:FILE"),
            ("group:", "`group:` names nobody; put the name behind the colon, or user:group: if that is the user's whole name"),
            ("sa:deployer", "`sa:deployer` is no service account; write sa:NAMESPACE/NAME, as in sa:ci/deployer"),
            ("token:", "`token:` names no file; write token:FILE, or token:- for standard input"),
            ("sa:ci/", "`sa:ci/` is no service account; write sa:NAMESPACE/NAME, as in sa:ci/deployer"),
        ] {
            assert_eq!(Form::read(text).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn identities_of_forms() {
        let username = |text: &str| Form::read(text).unwrap().named(&[], "--as").unwrap().username.map(|name| name.to_string());
        assert_eq!(username("sa:ci/deployer").as_deref(), Some("system:serviceaccount:ci:deployer"));
        assert_eq!(username("node:n1").as_deref(), Some("system:node:n1"));
        assert_eq!(username("group:dev"), None);
        assert_eq!(Form::of_username("system:serviceaccount:ci:deployer").to_string(), "sa:ci/deployer");
        assert_eq!(Form::of_username("alice").to_string(), "alice");
    }
}
