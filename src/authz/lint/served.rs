//! Names in rules that the API does not serve, where discovery has told what it serves.

use crate::base::text::{enumerate, quote};
use crate::base::{Name, Severity};
use crate::facts::{ApiResource, Facts, Rule};

use super::role::Told;

/// Groups of which rules speak and that no discovery shows: they are authorized by name alone.
const VIRTUAL: [&str; 2] = ["authentication.k8s.io", "policy"];

/// Whether discovery is among the facts: it alone tells verbs.
pub fn is_discovered(facts: &Facts) -> bool {
    facts.resources().iter().any(|resource| !resource.verbs.is_empty())
}

/// API groups that nothing serves.
pub fn groups(facts: &Facts, rule: &Rule) -> Vec<Told> {
    let is_known = |group: Name| facts.resources().iter().any(|resource| resource.group == group);
    let unknown = |group: &&Name| **group != Name::STAR && !VIRTUAL.contains(&group.as_str()) && !is_known(**group);
    let told = rule.api_groups.iter().filter(unknown).map(|group| {
        let group = quote(group.as_str());
        let message = format!("has API group {group}, of which no discovery that was read tells: what serves it may not be installed");
        Told::new("unknown-api-group", Severity::Info, message, "install what serves it, or take it out")
    });
    told.collect()
}

/// A subresource that its resource does not have.
pub fn subresource(known: &ApiResource, text: &str) -> Option<Told> {
    let (parent, sub) = text.split_once('/')?;
    // owners' finalizers are asked about and never served; kubelets, signers and users have names of their own
    let is_virtual = sub == "finalizers" || sub == "*" || matches!(parent, "nodes" | "certificatesigningrequests" | "signers");
    let is_told = !known.verbs.is_empty() && !is_virtual;
    (is_told && !known.subresources.iter().any(|own| *own == sub)).then(|| {
        let message = format!("has {text}, and the API server serves no {sub} of {parent}: it never matches");
        let fix = match known.subresources.iter().map(|own| own.as_str()).collect::<Vec<_>>().as_slice() {
            [] => format!("{parent} has no subresources"),
            own => format!("use one that there is: {}", enumerate(own, "or")),
        };
        Told::new("unknown-subresource", Severity::Warning, message, fix)
    })
}

/// Verbs that none of a rule's resources answers.
pub fn verbs(facts: &Facts, rule: &Rule) -> Option<Told> {
    const PLAIN: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
    let mut served: Vec<Name> = Vec::new();
    for resource in rule.resources.iter() {
        for group in rule.api_groups.iter() {
            // a star, a subresource or a resource whose verbs are not told may answer them
            let known = facts.resources().get(*group, *resource).filter(|known| !known.verbs.is_empty());
            match known {
                Some(known) => served.extend(known.verbs.iter()),
                None if rule.api_groups.len() == 1 => return None,
                None => {}
            }
        }
    }
    if served.is_empty()
        || rule.resources.iter().any(|resource| resource.as_str().contains(['*', '/']))
        || rule.api_groups.contains(&Name::STAR)
    {
        return None;
    }
    let never: Vec<&str> =
        rule.verbs.iter().filter(|verb| PLAIN.contains(&verb.as_str()) && !served.contains(verb)).map(|verb| verb.as_str()).collect();
    (!never.is_empty()).then(|| {
        let resources: Vec<&str> = rule.resources.iter().map(|resource| resource.as_str()).collect();
        let message = format!("allows {}, which {} cannot be asked for", enumerate(&never, "and"), enumerate(&resources, "and"));
        Told::new("verb-not-served", Severity::Info, message, format!("take {} out", enumerate(&never, "and")))
    })
}
