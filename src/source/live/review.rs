//! Questions to the server itself: who am I, may they, what may I.

mod acting;

use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::{self, Fault};
use super::http::{Ask, Http};
use super::server::read;
use super::{Caller, CallerSource, RulesReview};
use crate::authz::request::ResourceRequest;
use crate::authz::server::Asked;
use crate::authz::{Request, ServerVerdict, ask};
use crate::base::{Failure, Name};
use crate::facts::Rule;
use crate::identity::{Identity, Provenance};

pub use acting::headers;
use acting::{Headers, impersonating, lacking, named_by};

const AUTHORIZATION: &str = "/apis/authorization.k8s.io/v1";

#[derive(Deserialize)]
struct Review<T> {
    kind: String,
    status: T,
}

/// Posts a review, and takes its status: a verdict is believed only of an answer of the same kind.
async fn post<T: for<'a> Deserialize<'a>>(http: &Http, ask: &Ask, kind: &str) -> Result<T, Fault> {
    let bytes = http.answer(ask).await?;
    let review: Review<T> = read(http, &ask.path, &bytes).map_err(Fault::Other)?;
    if review.kind != kind {
        let why = format!("it gave a {} where a {kind} was asked for", review.kind);
        return Err(Fault::Other(failure::garbage(&http.server, &ask.path, &why)));
    }
    Ok(review.status)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Access {
    allowed: bool,
    #[serde(default)]
    denied: bool,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    evaluation_error: String,
}

impl Access {
    fn verdict(self, asked: Asked) -> ServerVerdict {
        let Self { allowed, denied, reason, evaluation_error } = self;
        ServerVerdict { allowed, denied, reason, evaluation_error, discounted: None, asked }
    }
}

/// The server's verdict on a request, of oneself or of somebody else.
pub async fn access(http: &Http, identity: Option<&Identity>, request: &Request) -> Result<ServerVerdict, Failure> {
    let Some(identity) = identity else {
        let verdict = self_review(http, request, None).await.map_err(|fault| fault.failure(&http.server))?;
        return Ok(verdict.verdict(Asked::ForOneself));
    };
    match somebody(http, identity, request).await {
        Ok(access) => Ok(access.verdict(Asked::ForSomebody)),
        Err(Fault::Forbidden(refusal)) => impersonating(http, identity, request, &refusal).await,
        Err(fault) => Err(fault.failure(&http.server)),
    }
}

/// On EKS the access policies of a principal are found by its `extra` attributes: without them a no says nothing. Service
/// accounts and nodes have no access policies.
pub fn without_extra(identity: &Identity, verdict: ServerVerdict) -> ServerVerdict {
    let has_policies = identity.extra.is_empty() && identity.service_account().is_none() && identity.node().is_none();
    if verdict.allowed || verdict.denied || !has_policies || !verdict.evaluation_error.is_empty() {
        return verdict;
    }
    let why = "on EKS access policies may allow it, and they are found by attributes of the principal that the question has not got";
    ServerVerdict { discounted: Some(why), ..verdict }
}

async fn self_review(http: &Http, request: &Request, headers: Option<Headers>) -> Result<Access, Fault> {
    let kind = "SelfSubjectAccessReview";
    let body = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": attributes(request) });
    let ask = Ask { impersonation: headers, ..Ask::post(format!("{AUTHORIZATION}/selfsubjectaccessreviews"), &body) };
    post(http, &ask, kind).await
}

async fn somebody(http: &Http, identity: &Identity, request: &Request) -> Result<Access, Fault> {
    let kind = "SubjectAccessReview";
    let mut spec = attributes(request);
    if let Value::Object(spec) = &mut spec {
        let mut put = |key: &str, value: Value| spec.insert(key.to_owned(), value);
        if let Some(username) = identity.username {
            put("user", Value::from(username.as_str()));
        }
        if !identity.uid.is_empty() {
            put("uid", Value::from(identity.uid.as_str()));
        }
        put("groups", json!(names(&identity.groups)));
        if !identity.extra.is_empty() {
            put("extra", identity.extra.iter().map(|(key, values)| (key.as_str().to_owned(), json!(names(values)))).collect());
        }
    }
    let body = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec });
    post(http, &Ask::post(format!("{AUTHORIZATION}/subjectaccessreviews"), &body), kind).await
}

fn names(names: &[Name]) -> Vec<&'static str> {
    names.iter().map(|name| name.as_str()).collect()
}

/// The attributes of a request as a review has them; nothing else of it is looked at.
fn attributes(request: &Request) -> Value {
    match request {
        Request::NonResource { verb, path } => {
            json!({ "nonResourceAttributes": { "verb": verb.as_str(), "path": path.as_str() } })
        }
        Request::Resource(request) => json!({ "resourceAttributes": of_resource(request) }),
    }
}

fn of_resource(request: &ResourceRequest) -> Value {
    let parts = [
        ("verb", request.verb),
        ("group", request.api_group),
        ("resource", request.resource),
        ("subresource", request.subresource),
        ("name", request.name),
        ("namespace", request.namespace),
    ];
    let mut attributes: serde_json::Map<String, Value> = parts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), Value::from(value.as_str())))
        .collect();
    if !request.selected_node.is_empty() {
        let requirement = json!({ "key": "spec.nodeName", "operator": "In", "values": [request.selected_node.as_str()] });
        attributes.insert("fieldSelector".to_owned(), json!({ "requirements": [requirement] }));
    }
    Value::Object(attributes)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct UserInfo {
    username: String,
    uid: String,
    groups: Option<Vec<String>>,
    extra: Option<std::collections::BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhoAmI {
    user_info: UserInfo,
}

/// Who the server takes us for.
///
/// `as_oneself` leaves out whom the kubeconfig says to act as.
pub async fn whoami(http: &Http, as_oneself: bool) -> Result<Caller, Failure> {
    let own = |ask: Ask| if as_oneself { Ask { impersonation: Some(Vec::new()), ..ask } } else { ask };
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let group = format!("authentication.k8s.io/{version}");
        let body = json!({ "apiVersion": group, "kind": "SelfSubjectReview" });
        match post::<WhoAmI>(http, &own(Ask::post(format!("/apis/{group}/selfsubjectreviews"), &body)), "SelfSubjectReview").await {
            Ok(status) => return Ok(caller(status.user_info)),
            Err(Fault::Missing { .. }) => {}
            Err(Fault::Forbidden(message)) => return refused(http, &message, as_oneself).await,
            Err(fault) => return Err(fault.failure(&http.server)),
        }
    }
    // a server before 1.26: any refusal names the user; the secret is one that nobody has, so that none is ever read
    match http.answer(&own(Ask::get("/api/v1/namespaces/kube-system/secrets/whycan-asks-who-you-are"))).await {
        Err(Fault::Forbidden(message)) => refused(http, &message, as_oneself).await,
        Err(Fault::Missing { is_status: false, .. }) => Err(failure::garbage(&http.server, "/api/v1", "it knows no namespaces")),
        Ok(_) | Err(Fault::Missing { .. }) => {
            Err(Failure::failed(format!("{} is too old to say who we are (SelfSubjectReview came with 1.26)", http.server))
                .hint("Name yourself: --as NAME --as-group GROUP"))
        }
        Err(fault) => Err(fault.failure(&http.server)),
    }
}

fn caller(user: UserInfo) -> Caller {
    let mut identity = Identity::literal(user.username.as_str(), user.groups.iter().flatten().map(Name::from));
    identity.uid = Name::new(&user.uid);
    identity.extra =
        user.extra.into_iter().flatten().map(|(key, values)| (Name::from(&key), values.iter().map(Name::from).collect())).collect();
    let from = || "the server (SelfSubjectReview)".to_owned();
    let parts = std::iter::once(format!("user {}", user.username)).chain(identity.groups.iter().map(|group| format!("group {group}")));
    identity.provenance = parts.map(|what| Provenance { what, from: from() }).collect();
    Caller { identity, from: CallerSource::Review }
}

/// The user that a refusal names; groups stay unknown.
async fn refused(http: &Http, message: &str, as_oneself: bool) -> Result<Caller, Failure> {
    // who may not be somebody else is named too, and is not the one asked about
    let username = ask::user_of(message).filter(|_| http.impersonation.is_empty() || !message.contains("impersonate"));
    let Some(username) = username else {
        let failure = Fault::Forbidden(message.to_owned()).failure(&http.server);
        let acts = !as_oneself && !http.impersonation.is_empty();
        let lacking = if acts { lacking(http, &named_by(&http.impersonation)).await } else { Vec::new() };
        return Err(lacking.into_iter().fold(failure, Failure::hint));
    };
    let mut identity = Identity::literal(username, []);
    identity.provenance = vec![Provenance { what: format!("user {username}"), from: "a refusal of the server".to_owned() }];
    Ok(Caller { identity, from: CallerSource::Refusal })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Listed {
    verbs: Option<Vec<String>>,
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Option<Vec<String>>,
}

impl Listed {
    fn rule(self) -> Rule {
        let list = |names: Option<Vec<String>>| names.into_iter().flatten().map(|name| Name::new(&name)).collect();
        Rule {
            verbs: list(self.verbs),
            api_groups: list(self.api_groups),
            resources: list(self.resources),
            resource_names: list(self.resource_names),
            non_resource_urls: list(self.non_resource_urls),
        }
    }
}

/// What one may do in a namespace, as far as the authorizers can tell.
pub async fn rules(http: &Http, namespace: &str) -> Result<RulesReview, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(default)]
        resource_rules: Option<Vec<Listed>>,
        #[serde(default)]
        non_resource_rules: Option<Vec<Listed>>,
        incomplete: bool,
        #[serde(default)]
        evaluation_error: String,
    }
    let kind = "SelfSubjectRulesReview";
    let body = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": { "namespace": namespace } });
    let ask = Ask::post(format!("{AUTHORIZATION}/selfsubjectrulesreviews"), &body);
    let answer: Answer = post(http, &ask, kind).await.map_err(|fault| fault.failure(&http.server))?;
    let rules = answer.resource_rules.into_iter().chain(answer.non_resource_rules).flatten().map(Listed::rule).collect();
    Ok(RulesReview { namespace: Name::new(namespace), rules, incomplete: answer.incomplete, evaluation_error: answer.evaluation_error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_of_eks_without_extra_counts_for_nothing_and_keeps_the_servers_words() {
        let no = ServerVerdict { reason: "no rule".to_owned(), ..ServerVerdict::default() };
        let yes = ServerVerdict { allowed: true, ..no.clone() };
        let denied = ServerVerdict { denied: true, ..no.clone() };
        let unsure = ServerVerdict { evaluation_error: "no answer".to_owned(), ..no.clone() };
        let alice = Identity::user("alice");
        let mut known = alice.clone();
        known.extra.insert("canonicalArn".into(), vec!["arn".into()]);
        let account = Identity::literal("system:serviceaccount:dev:ci", []);
        for (who, verdict, is_discounted) in [
            (&alice, &no, true),
            (&alice, &yes, false),
            (&alice, &denied, false),
            (&alice, &unsure, false),
            (&known, &no, false),
            (&account, &no, false),
        ] {
            let told = without_extra(who, verdict.clone());
            assert_eq!(told.discounted.is_some(), is_discounted, "{told:?}");
            assert_eq!(ServerVerdict { discounted: None, ..told }, *verdict);
        }
    }
}
