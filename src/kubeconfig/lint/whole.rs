//! What is wrong with the files together: the current context, what nobody names, what is easily mistaken.

use rustc_hash::{FxHashMap, FxHashSet};

use super::part::Part;
use crate::base::text::{edit_distance, enumerate, sanitise, shell_word};
use crate::base::{Finding, Severity, Source};
use crate::kubeconfig::{Context, Kubeconfig};

/// Everything about the whole.
pub fn check(kubeconfig: &Kubeconfig) -> Vec<Finding> {
    let mut findings: Vec<Finding> = dangling_current(kubeconfig).into_iter().collect();
    findings.extend(missing(kubeconfig));
    findings.extend(unused(kubeconfig));
    findings.extend(alike(kubeconfig));
    findings
}

/// A current context that is none.
pub fn dangling_current(kubeconfig: &Kubeconfig) -> Option<Finding> {
    let name = kubeconfig.current_context().filter(|name| kubeconfig.context(name).is_none())?;
    let near = kubeconfig.contexts().iter().filter_map(|context| Some((edit_distance(name, &context.name, 2)?, &context.name))).min();
    let fix = match near {
        Some((_, near)) => format!("kubectl config use-context {}", shell_word(near)),
        None => "Choose one: kubectl config use-context NAME".to_owned(),
    };
    Some(Finding {
        code: "dangling-current-context",
        severity: Severity::Error,
        subject: "current-context".to_owned(),
        message: format!("the current context is {}, and there is no such context", sanitise(name)),
        fix: Some(fix),
        source: kubeconfig.current_context_source().cloned(),
    })
}

/// Files that were looked for beside others, and are not there.
fn missing(kubeconfig: &Kubeconfig) -> Vec<Finding> {
    let of = |path: &String| Finding {
        code: "missing-kubeconfig",
        severity: Severity::Info,
        subject: format!("file {}", sanitise(path)),
        message: format!("file {} is looked for, and is not there", sanitise(path)),
        fix: Some("Take it off KUBECONFIG, unless it is still to come.".to_owned()),
        source: Some(Source { file: path.clone(), line: None }),
    };
    if kubeconfig.files().is_empty() { Vec::new() } else { kubeconfig.missing().iter().map(of).collect() }
}

/// Clusters and users that no context names.
fn unused(kubeconfig: &Kubeconfig) -> Vec<Finding> {
    let contexts = || kubeconfig.contexts().iter();
    let clusters: FxHashSet<&str> = contexts().map(|context| context.cluster.as_str()).collect();
    let users: FxHashSet<&str> = contexts().map(|context| context.user.as_str()).collect();
    let of = |part: Part<'_>, code, verb: &str, name: &str| {
        part.info(code, "is named by no context", &format!("kubectl config {verb} {}", shell_word(name)))
    };
    let clusters = kubeconfig.clusters().iter().filter(|cluster| !clusters.contains(cluster.name.as_str()));
    let users = kubeconfig.users().iter().filter(|user| !users.contains(user.name.as_str()));
    clusters
        .map(|cluster| of(cluster.into(), "unused-cluster", "delete-cluster", &cluster.name))
        .chain(users.map(|user| of(user.into(), "unused-user", "delete-user", &user.name)))
        .collect()
}

/// Contexts that differ by their user alone.
fn alike(kubeconfig: &Kubeconfig) -> Vec<Finding> {
    let mut groups: Vec<Vec<&Context>> = Vec::new();
    let mut positions: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    for context in kubeconfig.contexts() {
        let Some(cluster) = kubeconfig.cluster_of(context) else { continue };
        let key = (cluster.name.as_str(), context.namespace.as_deref().unwrap_or("default"));
        let position = *positions.entry(key).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.push(context),
            None => groups.push(vec![context]),
        }
    }
    groups.iter().filter_map(|group| alike_of(group)).collect()
}

fn alike_of(group: &[&Context]) -> Option<Finding> {
    let mut users = FxHashSet::default();
    let distinct: Vec<&Context> = group.iter().copied().filter(|context| users.insert(context.user.as_str())).collect();
    let (first, others) = distinct.split_first().filter(|(_, others)| !others.is_empty())?;
    let names: Vec<String> = others.iter().map(|other| Part::from(*other).named()).collect();
    let what = format!("differs from {} by its user alone: they are easily mistaken", enumerate(&names, "and"));
    let fix = "Give them names that tell the users apart: kubectl config rename-context OLD NEW";
    Some(Part::from(*first).info("contexts-alike", &what, fix))
}
