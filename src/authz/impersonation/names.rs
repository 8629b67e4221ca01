//! Names as the server takes them apart before it lets anybody bear them.

use crate::base::Name;

/// The namespace and name of a service account's user name (`SplitUsername` of `authentication/serviceaccount/util.go`).
pub fn service_account(user: Name) -> Option<(&'static str, &'static str)> {
    let (namespace, name) = user.as_str().strip_prefix(crate::identity::SERVICE_ACCOUNT)?.split_once(':')?;
    (!name.contains(':') && is_label(namespace) && is_subdomain(name)).then_some((namespace, name))
}

/// The name of a node's user name.
pub fn node(user: Name) -> Option<&'static str> {
    user.as_str().strip_prefix("system:node:").filter(|name| is_subdomain(name))
}

/// A DNS label of RFC 1123: small letters, digits and dashes, the last not at the ends.
fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 63 && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Labels joined by dots; each may be longer than a label by itself.
fn is_subdomain(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(is_inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

/// What is wrong with extra attributes in the modes of 1.36 (`validateExtra`).
pub fn mistake_in_extra(key: &str, values: &[Name]) -> Option<String> {
    if key.is_empty() {
        return Some("impersonating the empty string key in extra is not allowed".to_owned());
    }
    if !is_domain_prefixed(key) {
        return Some(format!("impersonating an invalid key in extra is not allowed: `{key}` is no path with a domain before it"));
    }
    if key != key.to_lowercase() {
        return Some(format!("impersonating a non-lowercase key in extra is not allowed: {}", crate::base::text::quote(key)));
    }
    if values.is_empty() {
        return Some("impersonating empty values in extra is not allowed".to_owned());
    }
    let is_empty = values.iter().any(|value| value.is_empty());
    is_empty.then(|| "impersonating the empty string value in extra is not allowed".to_owned())
}

/// `example.com/path` (`IsDomainPrefixedPath` of apimachinery's validation).
fn is_domain_prefixed(key: &str) -> bool {
    let Some((domain, path)) = key.split_once('/') else { return false };
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    is_subdomain(domain) && !path.is_empty() && path.bytes().all(is_of_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_the_server_does() {
        for (user, account, node_name) in [
            ("system:serviceaccount:dev:ci", Some(("dev", "ci")), None),
            ("system:serviceaccount:dev:ci.robot", Some(("dev", "ci.robot")), None),
            ("system:serviceaccount:dev.x:ci", None, None),
            ("system:serviceaccount:dev:ci:x", None, None),
            ("system:serviceaccount:Dev:ci", None, None),
            ("system:serviceaccount::ci", None, None),
            ("system:serviceaccount:dev:", None, None),
            ("system:node:n1", None, Some("n1")),
            ("system:node:ip-10-0-0-1.internal", None, Some("ip-10-0-0-1.internal")),
            ("system:node:", None, None),
            ("system:node:N1", None, None),
            ("system:node:a..b", None, None),
            ("alice", None, None),
        ] {
            assert_eq!((service_account(user.into()), node(user.into())), (account, node_name), "{user}");
        }
    }

    #[test]
    fn extra_keys() {
        let value = [Name::new("v")];
        for (key, is_fine) in [
            ("example.com/team", true),
            ("example.com/a/b", true),
            ("authentication.kubernetes.io/node-name", true),
            ("scopes", false),
            ("example.com/", false),
            ("/x", false),
            ("Example.com/x", false),
            ("example.com/X", false),
            ("example.com/a b", false),
        ] {
            assert_eq!(mistake_in_extra(key, &value).is_none(), is_fine, "{key}");
        }
        assert!(mistake_in_extra("example.com/team", &[]).is_some() && mistake_in_extra("example.com/team", &[Name::EMPTY]).is_some());
    }
}
