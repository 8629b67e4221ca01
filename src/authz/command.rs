//! The kubectl commands that settle or mend, quoted for a shell.

use super::Request;
use super::request::ResourceRequest;
use crate::base::text::shell_word;
use crate::base::{Name, known};
use crate::facts::{Subject, SubjectKind};
use crate::identity::Identity;

/// The `kubectl auth can-i` line that asks the server the same.
///
/// Whoever acts as a user has none of a principal's access policies: only the principal itself can ask.
pub fn can_i(identity: &Identity, request: &Request) -> String {
    if let Some(principal) = identity.iam_principal() {
        return format!("{}  # as {principal}", can_i_myself(request));
    }
    std::iter::once(can_i_myself(request)).chain(impersonation(identity)).collect::<Vec<_>>().join(" ")
}

/// The same about whoever types it.
pub fn can_i_myself(request: &Request) -> String {
    let mut words = vec!["kubectl auth can-i".to_owned(), shell_word(request.verb().as_str())];
    match request {
        Request::NonResource { path, .. } => words.push(shell_word(path.as_str())),
        Request::Resource(request) => on_resource(&mut words, request),
    }
    words.join(" ")
}

/// The line that lists what an identity may do in a namespace; without one, what whoever types it may.
pub fn can_i_list(identity: Option<&Identity>, namespace: Name) -> String {
    let mut words = vec!["kubectl auth can-i --list".to_owned()];
    // the list is of some namespace; cluster-wide rights stand in each
    words.extend((!namespace.is_empty()).then(|| format!("-n {}", shell_word(namespace.as_str()))));
    words.extend(identity.into_iter().flat_map(impersonation));
    words.join(" ")
}

fn on_resource(words: &mut Vec<String>, request: &ResourceRequest) {
    let mut resource = request.resource.to_string();
    if !request.api_group.is_empty() {
        resource = format!("{resource}.{}", request.api_group);
    }
    if !request.name.is_empty() {
        resource = format!("{resource}/{}", request.name);
    }
    words.push(shell_word(&resource));
    if !request.subresource.is_empty() {
        words.push(format!("--subresource={}", shell_word(request.subresource.as_str())));
    }
    if request.namespace.is_empty() {
        words.push("-A".to_owned());
    } else {
        words.push(format!("-n {}", shell_word(request.namespace.as_str())));
    }
}

/// `--as` and `--as-group`, without the groups that the server adds by itself.
///
/// It adds a service account's own groups only when no group is given (`impersonation` filter), so with any other group
/// all must be named.
pub fn impersonation(identity: &Identity) -> Vec<String> {
    let own: Vec<Name> = identity.service_account().map_or_else(Vec::new, |(namespace, _)| {
        vec![Name::new("system:serviceaccounts"), Name::new(&format!("system:serviceaccounts:{namespace}"))]
    });
    let by_itself = [*known::AUTHENTICATED, *known::UNAUTHENTICATED];
    let mut groups: Vec<Name> = identity.groups.iter().copied().filter(|group| !by_itself.contains(group)).collect();
    if groups == own {
        groups.clear();
    }
    // a group cannot be impersonated without a user
    let user = identity.username.map_or("somebody", Name::as_str);
    std::iter::once(format!("--as={}", shell_word(user)))
        .chain(groups.iter().map(|group| format!("--as-group={}", shell_word(group.as_str()))))
        .collect()
}

/// The flag of `kubectl create rolebinding` that names a subject.
pub fn subject_flag(subject: &Subject, binding_namespace: Name) -> String {
    match subject.kind {
        SubjectKind::Group => format!("--group={}", shell_word(subject.name.as_str())),
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding_namespace } else { subject.namespace };
            format!("--serviceaccount={}", shell_word(&format!("{namespace}:{}", subject.name)))
        }
        SubjectKind::User | SubjectKind::Other(_) => format!("--user={}", shell_word(subject.name.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_i_asks_the_same() {
        let alice = Identity::user("alice");
        let request = |verb: &str, group: &str, resource: &str, sub: &str, name: &str, namespace: &str| {
            Request::Resource(ResourceRequest {
                verb: verb.into(),
                api_group: group.into(),
                resource: resource.into(),
                subresource: sub.into(),
                name: name.into(),
                namespace: namespace.into(),
                selected_node: Name::EMPTY,
            })
        };
        assert_eq!(can_i(&alice, &request("delete", "", "pods", "", "", "dev")), "kubectl auth can-i delete pods -n dev --as=alice");
        assert_eq!(
            can_i(&alice, &request("get", "apps", "deployments", "scale", "web", "dev")),
            "kubectl auth can-i get deployments.apps/web --subresource=scale -n dev --as=alice"
        );
        assert_eq!(can_i(&alice, &request("list", "", "nodes", "", "", "")), "kubectl auth can-i list nodes -A --as=alice");
        assert_eq!(can_i(&alice, &Request::path("get", "/metrics")), "kubectl auth can-i get /metrics --as=alice");
    }

    #[test]
    fn impersonation_names_what_the_server_does_not_add() {
        assert_eq!(impersonation(&Identity::user("system:serviceaccount:ci:deployer")), ["--as=system:serviceaccount:ci:deployer"]);
        assert_eq!(
            impersonation(&Identity::asked(Some("system:serviceaccount:ci:deployer"), &["ops"], "--as")),
            [
                "--as=system:serviceaccount:ci:deployer",
                "--as-group=ops",
                "--as-group=system:serviceaccounts",
                "--as-group=system:serviceaccounts:ci"
            ]
        );
        assert_eq!(impersonation(&Identity::asked(None, &["dev team"], "--as")), ["--as=somebody", "--as-group='dev team'"]);
    }
}
