//! One context as a row: where it leads, what is presented there, and where its parts stand.

use jiff::Timestamp;

use super::place;
use crate::base::{Finding, Source};
use crate::kubeconfig::provider::{Eks, Producer, is_plugin};
use crate::kubeconfig::{Address, Cluster, Context, Exec, Kubeconfig, Place, Provider, Realm, Recognition, User, Way};
use crate::source::live::without_secret;

/// One context.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Whether it is the current one.
    pub is_current: bool,
    /// The name of its cluster; empty where it names none.
    pub cluster: String,
    /// The URL of the server, without a secret; none where there is none.
    pub server: Option<String>,
    /// `HOST:PORT`, or why there is none.
    pub address: String,
    /// The name of its user; empty where it names none.
    pub user: String,
    /// What is presented: `aws exec, profile prod`, `certificate until 2027-02-03`, `token`.
    pub presents: String,
    /// Until when that holds, where the kubeconfig itself tells.
    pub expires: Option<Timestamp>,
    /// How it is presented.
    pub way: Way,
    /// Its namespace, when it has one.
    pub namespace: Option<String>,
    /// What kind of cluster it leads to.
    pub provider: Provider,
    /// Where that belongs: the group of a list.
    pub place: Place,
    /// What else is told of a cluster of EKS.
    pub eks: Option<Eks>,
    /// Where it stands.
    pub source: Option<Source>,
    /// The context of the same name that counts instead of it.
    pub shadowed_by: Option<Source>,
    /// Where its parts stand, and what else is worth knowing, as sentences.
    pub details: Vec<String>,
    /// What is wrong with it, the worst first.
    pub findings: Vec<Finding>,
}

impl Row {
    /// Where it leads, in the word that tells most: the name of an EKS cluster, whose host tells nothing, else the address.
    pub fn leads_to(&self) -> &str {
        self.eks.as_ref().and_then(|eks| eks.cluster.as_deref()).unwrap_or(&self.address)
    }

    /// A context of which nothing but the name is known.
    pub(super) fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_current: false,
            cluster: String::new(),
            server: None,
            address: "not recorded".to_owned(),
            user: String::new(),
            presents: "not recorded".to_owned(),
            way: Way::Nothing,
            namespace: None,
            expires: None,
            provider: Provider::Generic,
            place: Place { realm: Realm::Other, account: None, region: None },
            eks: None,
            source: None,
            shadowed_by: None,
            details: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// A row for a context; `shadowed_by` is what counts instead of it.
pub(super) fn row(kubeconfig: &Kubeconfig, context: &Context, shadowed_by: Option<Source>, now: Option<Timestamp>) -> Row {
    let (cluster, user) = (kubeconfig.cluster_of(context), kubeconfig.user_of(context));
    let server = cluster.map(|cluster| cluster.server.as_str()).filter(|server| !server.is_empty());
    let Recognition { provider, place, eks } = Recognition::of(context, cluster, user);
    let expires = user.and_then(User::expiry);
    Row {
        name: context.name.clone(),
        is_current: shadowed_by.is_none() && kubeconfig.current_context() == Some(&context.name),
        cluster: context.cluster.clone(),
        server: server.map(without_secret),
        address: match (server, cluster) {
            (Some(server), _) => Address::of(server).to_string(),
            (None, Some(_)) => "no server".to_owned(),
            (None, None) if context.cluster.is_empty() => "no cluster".to_owned(),
            (None, None) => format!("cluster {} is missing", context.cluster),
        },
        user: context.user.clone(),
        presents: match user {
            Some(user) => presents(user, expires, now),
            None if context.user.is_empty() => "nothing".to_owned(),
            None => format!("nothing: user {} is missing", context.user),
        },
        expires,
        way: user.map_or(Way::Nothing, User::way),
        namespace: context.namespace.clone(),
        provider,
        place,
        source: Some(context.source.clone()),
        details: details(context, cluster, user, eks.as_ref(), shadowed_by.as_ref()),
        eks,
        findings: if shadowed_by.is_none() { kubeconfig.findings(context) } else { Vec::new() },
        shadowed_by,
    }
}

/// What a user presents, in a few words.
fn presents(user: &User, expires: Option<Timestamp>, now: Option<Timestamp>) -> String {
    // the day is near enough, and UTC as everywhere
    let until = expires.map_or_else(String::new, |moment| {
        let word = if now.is_some_and(|now| moment <= now) { "expired" } else { "until" };
        format!(" {word} {}", moment.strftime("%Y-%m-%d"))
    });
    match user.way() {
        Way::Nothing => "nothing".to_owned(),
        Way::Certificate if user.has_token() => format!("certificate{until} and token"),
        Way::Certificate => format!("certificate{until}"),
        Way::Token if user.token_file.is_some() => "token of a file".to_owned(),
        Way::Token => format!("token{until}"),
        Way::Basic => "user name and password".to_owned(),
        Way::Exec => user.exec.as_ref().map_or_else(String::new, plugin),
        Way::AuthProvider => format!("auth provider {}", user.auth_provider.as_deref().unwrap_or_default()),
    }
}

/// A plugin by its program and, for AWS, profile and role. Its other arguments may be secrets.
fn plugin(exec: &Exec) -> String {
    let mut words = format!("{} exec", exec.program());
    if exec.program() == "aws" || is_plugin(exec) {
        words.extend(exec.aws_profile().map(|profile| format!(", profile {profile}")));
        // the path of a role is long, and tells less than its name
        words.extend(exec.aws_role().map(|role| format!(", role {}", role.rsplit('/').next().unwrap_or(role))));
    }
    words
}

fn details(
    context: &Context,
    cluster: Option<&Cluster>,
    user: Option<&User>,
    eks: Option<&Eks>,
    shadowed_by: Option<&Source>,
) -> Vec<String> {
    let mut details = Vec::with_capacity(4);
    details.push(format!("The context stands in {}.", place(&context.source)));
    let part = |kind: &str, name: &str, source: &Option<Source>| {
        let source = source.as_ref()?;
        let other = if source.file == context.source.file { "" } else { ": another file!" };
        Some(format!("{kind} {name} stands in {}{other}", place(source)) + if other.is_empty() { "." } else { "" })
    };
    details.extend(cluster.and_then(|cluster| part("Cluster", &cluster.name, &cluster.source)));
    details.extend(user.and_then(|user| part("User", &user.name, &user.source)));
    details.extend(shadowed_by.map(|first| format!("It does not count: {} has a context of this name before it.", place(first))));
    if let Some(eks) = eks {
        details.extend(of_eks(eks));
        // what stands in its place in a list is the cluster's name
        let server = cluster.filter(|cluster| eks.cluster.is_some() && !cluster.server.is_empty());
        details.extend(server.map(|cluster| format!("Its server is {}.", without_secret(&cluster.server))));
    }
    details.extend(eks.and_then(|eks| eks.role.as_ref()).map(|role| format!("The plugin assumes {role} (not run).")));
    if let Some(user) = user.and_then(|user| user.impersonation.user.as_ref()) {
        details.push(format!("Requests are made as {user}."));
    }
    if cluster.is_some_and(|cluster| cluster.proxy_url.is_some()) {
        details.push("The server is reached through a proxy of the kubeconfig.".to_owned());
    }
    if cluster.is_some_and(|cluster| cluster.insecure_skip_tls_verify) {
        details.push("The server's certificate is not verified.".to_owned());
    }
    details
}

/// A cluster of EKS by its name, account and region, and by who wrote its entry.
fn of_eks(eks: &Eks) -> Option<String> {
    let cluster = eks.cluster.as_ref().map(|name| format!("cluster {name}"));
    let account = eks.account.as_ref().map(|account| format!("account {account}"));
    let region = eks.region.as_ref().map(|region| format!("region {region}"));
    let parts: Vec<String> = [cluster, account, region].into_iter().flatten().collect();
    let written = if eks.producer == Producer::Hand { String::new() } else { format!(", {}", eks.producer.as_str()) };
    (!parts.is_empty()).then(|| format!("It is EKS {}{written}.", parts.join(", ")))
}
