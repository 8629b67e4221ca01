//! What AWS was found to have: one place after the other, each cluster with the context that leads to it.

use crate::base::Failure;
use crate::base::text::{count, enumerate, shell_word};
use crate::kubeconfig::{Address, Kubeconfig};
use crate::source::aws::{Cluster, Outcome, State};

/// One profile in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The profile; none where the credentials are the environment's or the machine's.
    pub profile: Option<String>,
    /// The region; none where nothing says which.
    pub region: Option<String>,
    /// The account, when it is known.
    pub account: Option<String>,
    /// What became of it.
    pub state: State,
    /// Why not everything is known, with what to do.
    pub failure: Option<Failure>,
    /// The clusters, by name.
    pub rows: Vec<Row>,
}

/// One cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: Option<String>,
    /// The URL of the API server.
    pub endpoint: Option<String>,
    /// The version of Kubernetes.
    pub version: Option<String>,
    /// `ACTIVE`, `CREATING`, …
    pub status: Option<String>,
    /// The context of the kubeconfig that leads to it.
    pub context: Option<String>,
}

impl Place {
    /// A place with the contexts that lead to its clusters.
    pub fn new(outcome: Outcome, kubeconfig: &Kubeconfig) -> Self {
        let row = |cluster: Cluster| Row {
            context: context(&cluster, outcome.place.profile.as_deref(), kubeconfig),
            name: cluster.name,
            arn: cluster.arn,
            endpoint: cluster.endpoint,
            version: cluster.version,
            status: cluster.status,
        };
        Self {
            rows: outcome.clusters.into_iter().map(row).collect(),
            profile: outcome.place.profile,
            region: outcome.place.region,
            account: outcome.account,
            state: outcome.state,
            failure: outcome.failure,
        }
    }

    /// `profile prod in eu-central-1`.
    pub fn title(&self) -> String {
        let whose = self.profile.as_deref().map_or_else(|| "this machine's credentials".to_owned(), |profile| format!("profile {profile}"));
        match &self.region {
            Some(region) => format!("{whose} in {region}"),
            None => whose,
        }
    }

    /// What became of it, in a few words.
    pub fn word(&self) -> String {
        match self.state {
            State::Listed => count(self.rows.len(), "cluster"),
            State::Empty => "no clusters".to_owned(),
            State::Denied => "denied".to_owned(),
            State::Failed => "failed".to_owned(),
        }
    }
}

impl Row {
    /// The command that adds it to the kubeconfig; none where a context leads there, or it cannot be used yet.
    pub fn command(&self, place: &Place) -> Option<String> {
        let is_usable = matches!(self.status.as_deref(), None | Some("ACTIVE" | "UPDATING"));
        if self.context.is_some() || !is_usable {
            return None;
        }
        let profile = place.profile.as_deref().map_or_else(String::new, |profile| format!(" --profile {}", shell_word(profile)));
        let region = place.region.as_deref().map_or_else(String::new, |region| format!(" --region {}", shell_word(region)));
        Some(format!("whycan eks add {}{profile}{region}", shell_word(&self.name)))
    }
}

/// The context that leads to a cluster: by its endpoint, else by its ARN as the name of the cluster entry. Of several, one
/// that uses the profile, else the current one, else the first.
fn context(cluster: &Cluster, profile: Option<&str>, kubeconfig: &Kubeconfig) -> Option<String> {
    let leads = |is_it: &dyn Fn(&crate::kubeconfig::Cluster) -> bool| -> Vec<&crate::kubeconfig::Context> {
        kubeconfig.contexts().iter().filter(|context| kubeconfig.cluster_of(context).is_some_and(is_it)).collect()
    };
    let endpoint = cluster.endpoint.as_deref().filter(|endpoint| !endpoint.is_empty());
    let by_endpoint = endpoint.map(|endpoint| leads(&|entry| is_same(&entry.server, endpoint))).unwrap_or_default();
    let found = match &cluster.arn {
        Some(arn) if by_endpoint.is_empty() => leads(&|entry| entry.name == *arn),
        _ => by_endpoint,
    };
    let uses = |context: &&&crate::kubeconfig::Context| {
        let exec = kubeconfig.user_of(context).and_then(|user| user.exec.as_ref());
        exec.is_some_and(|exec| exec.env.iter().any(|(name, value)| name == "AWS_PROFILE" && Some(value.as_str()) == profile))
    };
    let is_current = |context: &&&crate::kubeconfig::Context| kubeconfig.current_context() == Some(&context.name);
    let best = found.iter().find(uses).or_else(|| found.iter().find(is_current)).or_else(|| found.first());
    best.map(|context| context.name.clone())
}

/// Whether two URLs are the same server: hosts have no case, and 443 need not be written.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (Address::of(one), Address::of(other));
    let port = |address: &Address<'_>| address.port.map_or_else(|| if address.is_tls { "443" } else { "80" }.to_owned(), str::to_owned);
    !one.host.is_empty() && one.host.eq_ignore_ascii_case(other.host) && port(&one) == port(&other)
}

/// What was found in all: `3 clusters in 2 of 12 places; 1 denied and 2 failed`.
pub fn summary(places: &[Place]) -> String {
    let clusters: usize = places.iter().map(|place| place.rows.len()).sum();
    let with = places.iter().filter(|place| !place.rows.is_empty()).count();
    let of = |state: State| places.iter().filter(|place| place.state == state).count();
    let whole = match places {
        [place] => place.title(),
        _ => count(places.len(), "place"),
    };
    let (found, is_found) = match (clusters, with) {
        (0, _) if !is_answered(places) => (format!("nothing could be read for {whole}"), false),
        (0, _) => (format!("no clusters for {whole}"), true),
        _ if places.len() == 1 => (format!("{} for {whole}", count(clusters, "cluster")), true),
        _ => (format!("{} in {with} of {whole}", count(clusters, "cluster")), true),
    };
    let said: Vec<String> = [(of(State::Denied), "denied"), (of(State::Failed), "failed")]
        .into_iter()
        .filter(|(number, _)| *number > 0 && (is_found || places.len() > 1))
        .map(|(number, word)| if places.len() == 1 { word.to_owned() } else { format!("{number} {word}") })
        .collect();
    if said.is_empty() { found } else { format!("{found}; {}", enumerate(&said, "and")) }
}

/// Whether anything was answered at all.
pub fn is_answered(places: &[Place]) -> bool {
    places.iter().any(|place| matches!(place.state, State::Listed | State::Empty))
}

#[cfg(test)]
mod tests;
