//! The settings that are known, whichever way they are said.

mod eks;
mod flags;
pub mod structured;

use super::Authenticator;
use super::authenticator::{Origin, Standing};
use crate::base::text::{enumerate, sanitise};
use crate::facts::Facts;
use crate::identity::Unsaid;

pub use eks::of_identity_provider;
pub use flags::of_flags;
pub use structured::of_settings;

/// Whose tokens an API server takes, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authenticators {
    /// The settings, each for the tokens of one issuer.
    pub all: Vec<Authenticator>,
    /// Whether these are all that there are.
    pub is_complete: bool,
    /// What is known to be missing, as sentences: `give the file …`.
    pub missing: Vec<String>,
}

/// All that facts tell of.
pub fn of_facts(facts: &Facts) -> Authenticators {
    let mut known = Authenticators::default();
    let configurations = &facts.authentication().configurations;
    for provider in facts.aws().identity_providers.values() {
        known.all.push(of_identity_provider(provider));
    }
    if let Some(listed) = &facts.aws().listed_identity_providers {
        let absent = |name: &&String| !facts.aws().identity_providers.values().any(|provider| provider.name == **name);
        let undescribed: Vec<&str> = listed.names.iter().filter(absent).map(String::as_str).collect();
        known.is_complete = undescribed.is_empty() && !listed.has_more;
        known.missing.extend(undescribed.iter().map(|name| {
            format!(
                "Give identity provider {0}: aws eks describe-identity-provider-config --identity-provider-config type=oidc,name={0} --cluster-name NAME",
                sanitise(name)
            )
        }));
    }
    let mut servers = facts.pods().filter_map(|pod| Some((pod.meta.name.as_str(), pod.api_server.as_deref()?))).collect::<Vec<_>>();
    servers.sort_unstable();
    for (pod, flags) in servers {
        let server = of_flags(pod, flags, !configurations.is_empty());
        known.is_complete |= server.is_complete;
        // several servers of one cluster have the same flags
        for authenticator in server.all {
            let is_same =
                |known: &&Authenticator| Authenticator { origin: authenticator.origin.clone(), ..(**known).clone() } == authenticator;
            if !known.all.iter().any(|known| is_same(&known)) {
                known.all.push(authenticator);
            }
        }
        for missing in server.missing {
            if !known.missing.contains(&missing) {
                known.missing.push(missing);
            }
        }
    }
    for configuration in configurations {
        known.all.extend(of_settings(&configuration.place, &configuration.content));
        known.is_complete = true;
    }
    if !known.missing.is_empty() {
        known.is_complete = false;
    }
    known
}

impl Authenticators {
    /// The settings for the tokens of an issuer; those that count before those that do not.
    pub fn of_issuer(&self, issuer: &str) -> Option<&Authenticator> {
        let issuer = if issuer == "accounts.google.com" { "https://accounts.google.com" } else { issuer };
        let mut fitting = self.all.iter().filter(|authenticator| authenticator.issuer == issuer);
        let first = fitting.clone().next();
        fitting.find(|authenticator| authenticator.standing == Standing::Counts).or(first)
    }

    /// Why nothing is known of an issuer, and the next steps.
    pub(super) fn why_not(&self, issuer: &str) -> Unsaid {
        let told = sanitise(issuer);
        if let Some((near, how)) = self.all.iter().find_map(|near| Some((near, likeness(&near.issuer, issuer)?))) {
            let why = format!(
                "its issuer `{told}` is not that of {}, `{}`: they differ in {how}, and the API server compares letter by letter",
                near.origin,
                sanitise(&near.issuer)
            );
            let fix = match &near.origin {
                Origin::Eks { .. } => {
                    "Associate the provider with the issuer as tokens have it: aws eks associate-identity-provider-config"
                }
                Origin::Flags { .. } => "Set --oidc-issuer-url to the issuer as tokens have it.",
                Origin::File { .. } => "Set issuer.url to the issuer as tokens have it.",
            };
            return Unsaid { is_refused: true, ..Unsaid::new(why, &[fix]) };
        }
        if self.is_complete && self.missing.is_empty() {
            let issuers: Vec<String> = self.all.iter().map(|known| format!("`{}`", sanitise(&known.issuer))).collect();
            let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
            let taken = if issuers.is_empty() { "of no OIDC issuer".to_owned() } else { format!("of {}", enumerate(&issuers, "and")) };
            let why = format!("the API server takes tokens {taken}, and not of `{told}`");
            return Unsaid { is_refused: true, ..Unsaid::new(why, &["Present a token of an issuer that the cluster takes."]) };
        }
        let why = format!("which claims become user name and groups stands in the API server's settings for its issuer `{told}`");
        let mut steps = self.missing.clone();
        if steps.is_empty() {
            steps.push(
                "Give the settings with the facts: the file of --authentication-config, the kube-apiserver pod of kube-system, or what \
                 aws eks describe-identity-provider-config prints."
                    .to_owned(),
            );
        }
        Unsaid { why, steps, is_refused: false }
    }
}

/// In what two issuers differ that are nearly the same.
fn likeness(one: &str, other: &str) -> Option<&'static str> {
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    let host = |text: &str| text.split_once("://").map_or_else(|| text.to_owned(), |(_, rest)| rest.to_owned());
    if bare(one) == bare(other) {
        Some("the slash at the end")
    } else if bare(one).eq_ignore_ascii_case(&bare(other)) {
        Some("the case of letters")
    } else if host(&bare(one)) == host(&bare(other)) {
        Some("what stands before the host")
    } else {
        None
    }
}
