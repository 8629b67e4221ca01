//! The objects that a token ends with: which they are, and what the state of one at the server says of the token.
//!
//! Sources (Kubernetes 1.36): `pkg/serviceaccount/claims.go` and `legacy.go`, `plugin/pkg/auth/authenticator/token/bootstrap`.

use jiff::Timestamp;
use serde_json::Value;

use super::{LEEWAY, finding};
use crate::base::text::sanitise;
use crate::base::{Finding, Severity};
use crate::credential::jwt::{self, Kind};
use crate::credential::{Content, Decoded};

/// A kind of object that a token is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// The service account that a token is of.
    ServiceAccount,
    /// The pod that it was made for.
    Pod,
    /// The node that it was made for.
    Node,
    /// The Secret that it was made for, or is kept in.
    Secret,
}

/// By whose rules an object ends a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Those of tokens made on request: an object that is being deleted ends it a minute after its time.
    Bound,
    /// Those of tokens kept in a Secret: an object that is being deleted ends it at once.
    Legacy,
    /// Those of bootstrap tokens; a static token may look the same.
    Bootstrap,
}

/// An object that a token ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its kind.
    pub what: What,
    /// Its namespace; none for a node.
    pub namespace: Option<String>,
    /// Its name, which holds nothing but what names of objects do.
    pub name: String,
    /// Its uid, where the token says it.
    pub uid: Option<String>,
    rule: Rule,
    /// The service account that the token is of, and its namespace, for a command.
    account: Option<(String, String)>,
}

/// How an object stands at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// There is none of that name.
    Gone,
    /// There is one.
    There(Object),
}

/// What counts of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its uid.
    pub uid: String,
    /// Its deletionTimestamp: when its deletion was asked for or, of a pod, when its time to end is over.
    pub deleted_at: Option<Timestamp>,
    /// Since when the token in it is marked as invalid, as its label has it.
    pub invalid_since: Option<String>,
}

/// The label by which a token in a Secret is made invalid (`InvalidSinceLabelKey`).
pub const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";

/// What a credential is bound to: what a server looks up for it. The node of a pod's token is information alone.
pub fn bounds(decoded: &Decoded) -> Vec<Bound> {
    match &decoded.content {
        Content::Jwt(token) => of_token(token),
        Content::Bootstrap(token) => {
            let name = format!("bootstrap-token-{}", token.id);
            put(What::Secret, Some("kube-system".to_owned()), Some(name), None, Rule::Bootstrap).into_iter().collect()
        }
        Content::Eks(_) | Content::X509(_) | Content::Opaque => Vec::new(),
    }
}

fn of_token(token: &jwt::Token) -> Vec<Bound> {
    let Some(account) = token.service_account() else { return Vec::new() };
    let rule = if token.kind() == Kind::ServiceAccountLegacy { Rule::Legacy } else { Rule::Bound };
    let uid = |kind: &str| token.claims.get("kubernetes.io")?.get(kind)?.get("uid")?.as_str().map(str::to_owned);
    let namespace = account.namespace;
    let node = account.node.filter(|_| account.pod.is_none());
    let node_uid = node.as_ref().and_then(|_| uid("node"));
    let of = put(What::ServiceAccount, namespace.clone(), account.name, account.uid, rule);
    let account_of = of.as_ref().and_then(|of| Some((of.name.clone(), of.namespace.clone()?)));
    [
        of,
        put(What::Secret, namespace.clone(), account.secret, uid("secret"), rule),
        put(What::Pod, namespace, account.pod, uid("pod"), rule),
        put(What::Node, None, node, node_uid, rule),
    ]
    .into_iter()
    .flatten()
    .map(|bound| Bound { account: account_of.clone(), ..bound })
    .collect()
}

fn put(what: What, namespace: Option<String>, name: Option<String>, uid: Option<String>, rule: Rule) -> Option<Bound> {
    // what no object is called by is not looked for: it goes into a path
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.len() <= 253
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
    };
    let name = name.filter(|name| is_name(name))?;
    let namespace = if what == What::Node { None } else { Some(namespace.filter(|namespace| is_name(namespace))?) };
    Some(Bound { what, namespace, name, uid, rule, account: None })
}

impl What {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceAccount => "service account",
            Self::Pod => "pod",
            Self::Node => "node",
            Self::Secret => "Secret",
        }
    }

    /// As paths have it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::ServiceAccount => "serviceaccounts",
            Self::Pod => "pods",
            Self::Node => "nodes",
            Self::Secret => "secrets",
        }
    }
}

impl Seen {
    /// From the object itself; none where it is none.
    pub fn of(object: &Value) -> Option<Self> {
        let metadata = object.get("metadata")?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let deleted_at = metadata.get("deletionTimestamp").and_then(Value::as_str);
        Some(Self::There(Object {
            uid: text(metadata.get("uid"))?,
            deleted_at: deleted_at.and_then(|at| at.parse().ok()),
            invalid_since: text(metadata.get("labels").and_then(|labels| labels.get(INVALID_SINCE))).filter(|since| !since.is_empty()),
        }))
    }
}

impl Bound {
    /// As a sentence names it: `` pod `dev/web-0` ``.
    pub fn named(&self) -> String {
        let namespace = self.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{} `{namespace}{}`", self.what.as_str(), self.name)
    }

    /// The command that shows its uid.
    pub(super) fn command(&self) -> String {
        let namespace = self.namespace.as_ref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
        let what = self.what.as_str().to_lowercase().replace(' ', "");
        format!("kubectl get {what} {}{namespace} -o jsonpath={{.metadata.uid}}", self.name)
    }

    /// ` with UID`, to go on after what has it.
    pub(super) fn own_uid(&self) -> String {
        self.uid.as_ref().map(|uid| format!(" with {}", sanitise(uid))).unwrap_or_default()
    }

    /// Whether its state alone decides; a bootstrap token may be a static one, which hangs on no Secret.
    pub(super) fn is_certain(&self) -> bool {
        self.rule != Rule::Bootstrap
    }

    /// Whether nothing that happens at the server makes the token good again.
    pub fn is_over(&self, seen: &Seen) -> bool {
        match seen {
            Seen::Gone => self.uid.is_some(),
            Seen::There(object) => self.is_another(object),
        }
    }

    /// Whether an object is another of the same name.
    fn is_another(&self, object: &Object) -> bool {
        self.uid.as_ref().is_some_and(|uid| *uid != object.uid)
    }

    /// Until when the token counts at most, where its object is being deleted.
    pub(super) fn ends(&self, seen: &Seen) -> Option<Timestamp> {
        match seen {
            Seen::There(object) if self.rule == Rule::Bound && !self.is_another(object) => object.deleted_at?.checked_add(LEEWAY).ok(),
            _ => None,
        }
    }

    /// What the state of the object says of the token.
    pub fn judge(&self, seen: &Seen, now: Option<Timestamp>) -> Option<Finding> {
        let says = |state: State, severity: Severity, what: &str| {
            Some(finding(self.code(state), severity, format!("{} {}{what}", self.tie(), self.named()), Some(self.mend(state))))
        };
        let so = self.so();
        let object = match seen {
            Seen::Gone => return says(State::Gone, Severity::Error, &format!(", which does not exist: {so}")),
            Seen::There(object) => object,
        };
        if self.is_another(object) {
            let own = self.uid.as_deref().unwrap_or_default();
            let what = format!(" with uid {own}; the {} of that name is another one now (uid {}): {so}", self.what.as_str(), object.uid);
            return says(State::Replaced, Severity::Error, &what);
        }
        if let Some(since) = object.invalid_since.as_ref().filter(|_| self.rule == Rule::Legacy && self.what == What::Secret) {
            return Some(self.invalid(since));
        }
        let deleted = object.deleted_at?;
        match (self.rule, self.ends(seen)) {
            (Rule::Bound, Some(end)) if now.is_none_or(|now| now <= end) => {
                let what = format!(", which is being deleted: the token ends with it, at the latest on {}", date(end));
                says(State::Terminating, Severity::Warning, &what)
            }
            (Rule::Bound, _) => {
                let what = format!(", which was to be gone on {} and only waits for its finalizers: {so}", date(deleted));
                says(State::Terminating, Severity::Error, &what)
            }
            (Rule::Legacy | Rule::Bootstrap, _) => says(State::Terminating, Severity::Error, &format!(", which is being deleted: {so}")),
        }
    }

    fn invalid(&self, since: &str) -> Finding {
        let message = format!(
            "is kept in {}, which is marked as invalid since {since}, as happens to what is not used for a year: {}",
            self.named(),
            self.so()
        );
        let namespace = self.namespace.as_deref().unwrap_or_default();
        let fix = format!(
            "Use tokens that end (kubectl create token); for the time being: kubectl label secret {} -n {namespace} {INVALID_SINCE}-",
            self.name
        );
        finding("legacy-token-invalid", Severity::Error, message, Some(fix))
    }

    /// How the token hangs on it.
    fn tie(&self) -> &'static str {
        match (self.what, self.rule) {
            (What::ServiceAccount, _) => "is of",
            (_, Rule::Bound) => "is bound to",
            (_, Rule::Legacy | Rule::Bootstrap) => "is kept in",
        }
    }

    /// What follows for the token; what was taken is remembered for ten seconds (`tokenSuccessCacheTTL`).
    fn so(&self) -> &'static str {
        match self.rule {
            Rule::Bound | Rule::Bootstrap => "the API server refuses the token, at the latest 10 seconds later",
            Rule::Legacy => "the API server refuses the token, unless it is told not to look (--service-account-lookup=false)",
        }
    }

    /// What would mend it.
    fn mend(&self, state: State) -> String {
        let (account, namespace) = self.account.clone().unwrap_or_else(|| ("SERVICEACCOUNT".to_owned(), "NAMESPACE".to_owned()));
        let create = format!("kubectl create token {account} -n {namespace}");
        match (self.what, self.rule) {
            (_, Rule::Bootstrap) => "Make a new one: kubeadm token create".to_owned(),
            (What::ServiceAccount, _) if state != State::Replaced => {
                "Use another service account: one made anew under the name takes over no tokens.".to_owned()
            }
            (What::Pod, _) => format!("Take the token of a pod that runs, or one that is bound to none: {create}"),
            (What::Node, _) => {
                format!(
                    "Ask for one that is bound to the node as it is now: {create} --bound-object-kind Node --bound-object-name {}",
                    self.name
                )
            }
            (What::Secret | What::ServiceAccount, _) => format!("Ask for a new token: {create}"),
        }
    }

    fn code(&self, state: State) -> &'static str {
        match (self.what, state) {
            (What::ServiceAccount, State::Gone) => "service-account-gone",
            (What::ServiceAccount, State::Replaced) => "service-account-replaced",
            (What::ServiceAccount, State::Terminating) => "service-account-terminating",
            (What::Pod, State::Gone) => "bound-pod-gone",
            (What::Pod, State::Replaced) => "bound-pod-replaced",
            (What::Pod, State::Terminating) => "bound-pod-terminating",
            (What::Node, State::Gone) => "bound-node-gone",
            (What::Node, State::Replaced) => "bound-node-replaced",
            (What::Node, State::Terminating) => "bound-node-terminating",
            (What::Secret, State::Gone) => "bound-secret-gone",
            (What::Secret, State::Replaced) => "bound-secret-replaced",
            (What::Secret, State::Terminating) => "bound-secret-terminating",
        }
    }
}

/// What is the matter with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Gone,
    Replaced,
    Terminating,
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
