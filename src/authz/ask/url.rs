//! A method and a URL as the API server takes them.
//!
//! Source: `NewRequestInfo` of `apiserver/pkg/endpoints/request/requestinfo.go` behind Go's own reader of request lines,
//! with the conversion of list options that it calls. Compared with both on generated URLs.

mod labels;
mod selector;
mod uri;

use crate::authz::Request;
use crate::authz::request::ResourceRequest;
use crate::base::Name;

use uri::Uri;

/// What the API server takes a request for; absent parts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Whether it is for a resource.
    pub is_resource: bool,
    /// The verb.
    pub verb: String,
    /// The path, decoded.
    pub path: String,
    /// The API group.
    pub api_group: String,
    /// The version.
    pub api_version: String,
    /// The namespace.
    pub namespace: String,
    /// The resource.
    pub resource: String,
    /// The subresource.
    pub subresource: String,
    /// The name.
    pub name: String,
    /// The field selector as sent; only list, watch and deletecollection have one.
    pub field_selector: String,
    /// The label selector as sent; only list, watch and deletecollection have one.
    pub label_selector: String,
}

/// Why a URL cannot be a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The method is no HTTP token.
    #[error("`{0}` is no HTTP method")]
    Method(String),
    /// The URL would not get past a web server.
    #[error("`{url}` is no URL that can be sent: {why}")]
    Url {
        /// As given.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// `/api/v1/watch` and the like: a deprecated prefix with nothing behind it.
    #[error("`{0}` stops where the API server expects a resource")]
    NoResource(String),
}

impl Attributes {
    /// The request that the authorizers see.
    pub fn request(&self) -> Request {
        if !self.is_resource {
            return Request::path(&self.verb, &self.path);
        }
        Request::Resource(ResourceRequest {
            verb: Name::new(&self.verb),
            api_group: Name::new(&self.api_group),
            resource: Name::new(&self.resource),
            subresource: Name::new(&self.subresource),
            name: Name::new(&self.name),
            namespace: Name::new(&self.namespace),
            selected_node: Name::new(&selector::exact(&self.field_selector, "spec.nodeName").unwrap_or_default()),
        })
    }
}

/// The value that a field selector asks of a field exactly; none when it asks none, or cannot be read.
pub fn exact_field(selector: &str, field: &str) -> Option<String> {
    selector::exact(selector, field)
}

/// What the API server takes a method and a URL for; the URL may have a scheme and a host.
///
/// # Errors
/// For what no request line can hold, and for a deprecated prefix without a resource.
pub fn attributes(method: &str, url: &str) -> Result<Attributes, UrlError> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if method.is_empty() || !method.chars().all(is_token) {
        return Err(UrlError::Method(method.to_owned()));
    }
    let uri = Uri::read(method, url).map_err(|why| UrlError::Url { url: url.to_owned(), why })?;
    let mut found = Attributes { verb: method.to_lowercase(), path: uri.path.clone(), ..Attributes::default() };
    let trimmed = uri.path.trim_matches('/');
    let parts: Vec<&str> = if trimmed.is_empty() { Vec::new() } else { trimmed.split('/').collect() };
    let rest = match parts.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => {
            found.api_version = (*version).to_owned();
            rest
        }
        ["apis", group, version, rest @ ..] if !rest.is_empty() => {
            found.api_group = (*group).to_owned();
            found.api_version = (*version).to_owned();
            rest
        }
        _ => return Ok(found),
    };
    found.is_resource = true;
    resource(&mut found, method, rest, url)?;
    query(&mut found, &uri, matches!(rest.first(), Some(&"watch" | &"proxy")));
    Ok(found)
}

/// The verb, the namespace, the resource and its parts.
fn resource(found: &mut Attributes, method: &str, parts: &[&str], url: &str) -> Result<(), UrlError> {
    let mut parts = parts;
    if let [prefix @ ("watch" | "proxy"), rest @ ..] = parts {
        // the verb as part of the path: deprecated, and still understood
        if rest.is_empty() {
            return Err(UrlError::NoResource(url.to_owned()));
        }
        found.verb = (*prefix).to_owned();
        parts = rest;
    } else {
        let verb = match method {
            "POST" => "create",
            "GET" | "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        found.verb = verb.to_owned();
    }
    if let ["namespaces", namespace, rest @ ..] = parts {
        found.namespace = (*namespace).to_owned();
        // a subresource of the namespace itself, or a resource inside it
        if !matches!(rest.first(), None | Some(&"status" | &"finalize")) {
            parts = rest;
        }
    }
    found.resource = parts.first().copied().unwrap_or_default().to_owned();
    found.name = parts.get(1).copied().unwrap_or_default().to_owned();
    if found.verb != "proxy" {
        found.subresource = parts.get(2).copied().unwrap_or_default().to_owned();
    }
    Ok(())
}

/// What the query changes: get without a name is list or watch, and a selector of one name gives the name.
fn query(found: &mut Attributes, uri: &Uri, by_prefix: bool) {
    if found.name.is_empty() && found.verb == "get" {
        let is_false = |value: &str| value == "0" || value.eq_ignore_ascii_case("false");
        let watch = uri.first("watch").is_some_and(|value| !is_false(value));
        found.verb = if watch { "watch" } else { "list" }.to_owned();
        if let Some(name) = options(uri).filter(|name| is_path_segment(name)) {
            found.name = name;
        }
    }
    if found.name.is_empty() && found.verb == "delete" {
        "deletecollection".clone_into(&mut found.verb);
    }
    if !by_prefix && matches!(found.verb.as_str(), "list" | "watch" | "deletecollection") {
        uri.first("fieldSelector").unwrap_or_default().clone_into(&mut found.field_selector);
        uri.first("labelSelector").unwrap_or_default().clone_into(&mut found.label_selector);
    }
}

/// The name that the field selector asks for exactly; one option that cannot be read drops all of them.
fn options(uri: &Uri) -> Option<String> {
    let is_integer = |key: &str| uri.first(key).is_none_or(|value| value.parse::<i64>().is_ok());
    if !is_integer("limit") || !is_integer("timeoutSeconds") || !labels::is_valid(uri.first("labelSelector").unwrap_or_default()) {
        return None;
    }
    selector::exact(uri.first("fieldSelector").unwrap_or_default(), "metadata.name")
}

/// `IsPathSegmentName` of apimachinery; an empty name passes.
fn is_path_segment(name: &str) -> bool {
    name != "." && name != ".." && !name.contains(['/', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: &str, url: &str) -> String {
        match attributes(method, url) {
            Err(error) => error.to_string(),
            Ok(a) if !a.is_resource => format!("{} {}", a.verb, a.path),
            Ok(a) => format!("{} g={} r={}/{} n={} ns={}", a.verb, a.api_group, a.resource, a.subresource, a.name, a.namespace),
        }
    }

    #[test]
    fn as_the_api_server_takes_them() {
        for (method, url, request) in [
            ("GET", "/api/v1/namespaces/x/pods", "list g= r=pods/ n= ns=x"),
            ("GET", "https://host:6443/api/v1/namespaces/x/pods?limit=500", "list g= r=pods/ n= ns=x"),
            ("GET", "/api/v1/namespaces/x/pods?watch=1", "watch g= r=pods/ n= ns=x"),
            ("GET", "/api/v1/namespaces/x/pods?watch=False", "list g= r=pods/ n= ns=x"),
            ("GET", "/api/v1/namespaces/x/pods?watch", "watch g= r=pods/ n= ns=x"),
            ("GET", "/api/v1/pods?watch=1;x=2", "list g= r=pods/ n= ns="),
            ("POST", "/api/v1/namespaces/x/pods/p/exec?command=sh", "create g= r=pods/exec n=p ns=x"),
            ("DELETE", "/apis/apps/v1/namespaces/x/deployments", "deletecollection g=apps r=deployments/ n= ns=x"),
            ("GET", "/api/v1/namespaces/x", "get g= r=namespaces/ n=x ns=x"),
            ("GET", "/api/v1/namespaces/x/status", "get g= r=namespaces/status n=x ns=x"),
            ("GET", "/api/v1/namespaces", "list g= r=namespaces/ n= ns="),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name%3Dp", "list g= r=pods/ n=p ns="),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name==p,a!=b&watch=1", "watch g= r=pods/ n=p ns="),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=p&limit=abc", "list g= r=pods/ n= ns="),
            ("GET", "/api/v1/pods?fieldSelector=metadata.name=p&labelSelector=a=b=c", "list g= r=pods/ n= ns="),
            ("GET", "/api/v1/watch/namespaces/x/pods/p", "watch g= r=pods/ n=p ns=x"),
            ("GET", "/api/v1/proxy/namespaces/x/services/s/a/b", "proxy g= r=services/ n=s ns=x"),
            ("GET", "/api/v1/watch", "`/api/v1/watch` stops where the API server expects a resource"),
            ("OPTIONS", "/api/v1/pods", " g= r=pods/ n= ns="),
            ("get", "/api/v1/pods", " g= r=pods/ n= ns="),
            ("HEAD", "/version/", "head /version/"),
            ("GET", "/api/v1", "get /api/v1"),
            ("GET", "/apis/apps/v1", "get /apis/apps/v1"),
            ("GET", "/api/v1/pods/a%2Fb", "get g= r=pods/b n=a ns="),
            ("GET", "//api//v1//pods", "list g= r=v1/pods n= ns="),
            ("GET", "/a%zz", "`/a%zz` is no URL that can be sent: a percent sign is not followed by two hexadecimal digits"),
            ("GET", "pods", "`pods` is no URL that can be sent: it does not begin with a slash"),
        ] {
            assert_eq!(told(method, url), request, "{method} {url}");
        }
    }

    #[test]
    fn a_selected_node_is_kept() {
        let node = |url: &str| match attributes("GET", url).unwrap().request() {
            Request::Resource(request) => request.selected_node.to_string(),
            Request::NonResource { .. } => String::new(),
        };
        assert_eq!(node("/api/v1/pods?fieldSelector=spec.nodeName=n1"), "n1");
        assert_eq!(node("/api/v1/pods?fieldSelector=spec.nodeName!=n1"), "");
        assert_eq!(node("/api/v1/pods?fieldSelector=spec.nodeName=n1,x"), "");
    }
}
