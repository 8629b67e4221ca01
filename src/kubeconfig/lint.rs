//! What is wrong with kubeconfigs: what clients refuse, what surprises, and what gives away more than it should.
//!
//! [`Kubeconfig::findings`] is about one context and needs nothing but the files. [`lint`] is about all of them, and takes
//! with it what was found out about the [`Surroundings`]: programs, files, AWS profiles. A finding is made only when it is
//! certainly so: what is not known of the surroundings gives none. What certificates and tokens say is the lint of
//! [`credential`](crate::credential::lint).
//!
//! [`CODES`] lists the codes, which are stable.

mod cluster;
mod codes;
mod context;
mod eks;
mod files;
pub(crate) mod part;
mod plugin;
mod surroundings;
mod url;
mod user;
mod whole;

use rustc_hash::FxHashSet;

use super::entry::Context;
use super::merge::Kubeconfig;
use crate::base::Finding;

pub use codes::CODES;
pub use context::{is_label as is_namespace, no_namespace};
pub use surroundings::{Access, Content, Program, Seen, Surroundings};

impl Kubeconfig {
    /// What is wrong with a context and what it leads to, the worst first.
    ///
    /// What is an error keeps it from being used.
    pub fn findings(&self, context: &Context) -> Vec<Finding> {
        let (cluster, user) = (self.cluster_of(context), self.user_of(context));
        let mut findings = context::leads(context, cluster, user);
        findings.extend(cluster.into_iter().flat_map(cluster::used));
        findings.extend(user.into_iter().flat_map(user::used));
        findings.sort_by_key(|finding| finding.severity);
        findings
    }

    /// What is wrong with the choice of the current context: it is none.
    pub fn dangling_current(&self) -> Option<Finding> {
        whole::dangling_current(self)
    }
}

/// Everything that is wrong with a kubeconfig, each thing once, the worst first, then file by file.
pub fn lint(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Vec<Finding> {
    let mut findings = whole::check(kubeconfig);
    for context in kubeconfig.contexts() {
        let (cluster, user) = (kubeconfig.cluster_of(context), kubeconfig.user_of(context));
        findings.extend(context::leads(context, cluster, user));
        findings.extend(context::check(context));
    }
    for cluster in kubeconfig.clusters() {
        findings.extend(cluster::used(cluster));
        findings.extend(cluster::check(cluster));
        findings.extend(eks::of_cluster(cluster));
    }
    for user in kubeconfig.users() {
        findings.extend(user::used(user));
        findings.extend(user::check(user));
        findings.extend(plugin::check(user, surroundings));
    }
    findings.extend(eks::of_pairs(kubeconfig));
    findings.extend(files::check(kubeconfig, surroundings));
    in_order(&mut findings);
    findings
}

/// Sorts findings: the worst first, then file by file, line by line; what is said twice stands once.
pub fn in_order(findings: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    findings.retain(|finding| seen.insert((finding.code, finding.message.clone())));
    let place = |finding: &Finding| finding.source.as_ref().map(|source| (source.file.clone(), source.line));
    findings.sort_by_cached_key(|finding| (finding.severity, place(finding), finding.subject.clone(), finding.code));
}

#[cfg(test)]
mod tests;
