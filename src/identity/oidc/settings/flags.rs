//! Settings as flags of kube-apiserver.
//!
//! Source: `pkg/kubeapiserver/options/authentication.go` of Kubernetes 1.36.

use std::collections::BTreeMap;

use super::super::authenticator::{Authenticator, ClaimRule, Mapping, Origin, Standing};
use super::super::validation::{self, ALGORITHMS};
use super::Authenticators;
use crate::base::text::sanitise;

/// The settings of an API server with these flags, each `name=value`; `has_file` where its AuthenticationConfiguration is
/// among the facts.
pub fn of_flags(pod: &str, flags: &[String], has_file: bool) -> Authenticators {
    let all = |name: &str| -> Vec<&str> { flags.iter().filter_map(|flag| flag.strip_prefix(name)?.strip_prefix('=')).collect() };
    let last = |name: &str| all(name).last().copied().unwrap_or_default();
    let file = last("authentication-config");
    let has_flags = flags.iter().any(|flag| flag.starts_with("oidc-"));
    let origin = Origin::Flags { pod: pod.to_owned() };
    let mut known = Authenticators { is_complete: true, ..Authenticators::default() };
    if !file.is_empty() && !has_file {
        known.is_complete = false;
        known.missing.push(format!("Give the file `{}` of the machine that {} runs on, beside the facts.", sanitise(file), sanitise(pod)));
    }
    if !has_flags {
        return known;
    }
    let (issuer, client) = (last("oidc-issuer-url").to_owned(), last("oidc-client-id").to_owned());
    let claim = if all("oidc-username-claim").is_empty() { "sub" } else { last("oidc-username-claim") };
    let prefix = match last("oidc-username-prefix") {
        "-" => String::new(),
        "" if claim != "email" => format!("{issuer}#"),
        prefix => prefix.to_owned(),
    };
    let (mut required, mut refused) = (BTreeMap::new(), None);
    for pair in all("oidc-required-claim") {
        match pair.split_once('=') {
            Some((claim, value)) => drop(required.insert(claim.trim().to_owned(), value.trim().to_owned())),
            None => refused = Some(format!("--oidc-required-claim `{}` is no claim=value", sanitise(pair))),
        }
    }
    let mut algorithms: Vec<String> =
        all("oidc-signing-algs").iter().flat_map(|algorithms| algorithms.split(',')).map(|algorithm| algorithm.trim().to_owned()).collect();
    if algorithms.is_empty() {
        algorithms.push("RS256".to_owned());
    }
    let unknown = algorithms.iter().find(|algorithm| !ALGORITHMS.contains(&algorithm.as_str()));
    let standing = if issuer.is_empty() || client.is_empty() {
        Standing::Refused("--oidc-issuer-url and --oidc-client-id must be given together".to_owned())
    } else if !file.is_empty() {
        Standing::Refused("--authentication-config and the --oidc flags exclude each other".to_owned())
    } else if let Some(why) = refused {
        Standing::Refused(why)
    } else if let Some(algorithm) = unknown {
        Standing::Refused(format!("--oidc-signing-algs has `{}`, which is none", sanitise(algorithm)))
    } else {
        Standing::Counts
    };
    let groups = last("oidc-groups-claim");
    let authenticator = Authenticator {
        origin,
        standing,
        issuer,
        audiences: vec![client],
        username: Mapping::Claim { claim: claim.to_owned(), prefix },
        groups: (!groups.is_empty()).then(|| Mapping::Claim { claim: groups.to_owned(), prefix: last("oidc-groups-prefix").to_owned() }),
        uid: None,
        extra: Vec::new(),
        claim_rules: required.into_iter().map(|(claim, value)| ClaimRule::Required { claim, value }).collect(),
        user_rules: Vec::new(),
        algorithms,
    };
    known.all.push(validation::validated(authenticator));
    known
}
