//! One context chosen: what it leads to, or why it leads nowhere.

use super::entry::{Context, Target};
use super::merge::Kubeconfig;
use crate::base::text::{edit_distance, enumerate, sanitise};
use crate::base::{Failure, Severity};

/// How many names a hint lists.
const MOST_NAMES: usize = 8;

impl Kubeconfig {
    /// What a context, or the current one, leads to.
    ///
    /// # Errors
    /// When there is no such context, none is current, or client-go would refuse it (`ConfirmUsable`).
    pub fn target(&self, context: Option<&str>) -> Result<Target, Failure> {
        let context = self.selected(context)?;
        let findings = self.findings(context);
        let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        if let Some(first) = errors.next() {
            let source = first.source.as_ref().unwrap_or(&context.source);
            let line = source.line.map_or_else(String::new, |line| format!(":{line}"));
            let place = format!("{}{line}", sanitise(&source.file));
            let own = format!("context {} ", sanitise(&context.name));
            let why = first.message.strip_prefix(&own).map_or_else(|| first.message.clone(), |what| format!("it {what}"));
            let failure = Failure::failed(format!("context `{}` cannot be used: {why} ({place})", sanitise(&context.name)));
            let failure = first.fix.iter().fold(failure, Failure::hint);
            return Err(errors.fold(failure, |failure, also| failure.hint(format!("Besides, {}.", also.message))));
        }
        // the lack of a cluster is an error, told above
        let cluster = self.cluster_of(context).cloned().unwrap_or_default();
        Ok(Target {
            context: Some(context.name.clone()),
            source: Some(context.source.clone()),
            namespace: context.namespace.clone(),
            cluster,
            user: self.user_of(context).cloned().unwrap_or_default(),
            findings,
        })
    }

    /// Whether a context, or the current one, leads to a server. Where none does, kubectl looks whether it runs in a cluster.
    ///
    /// A context that is not there is no such case: kubectl fails.
    pub fn gives_server(&self, context: Option<&str>) -> bool {
        let Some(name) = context.or_else(|| self.current_context()) else { return false };
        match self.context(name) {
            Some(context) => self.cluster_of(context).is_some_and(|cluster| !cluster.server.is_empty()),
            None => true,
        }
    }

    /// A context by its name, or the current one.
    ///
    /// # Errors
    /// When it is not there, or none is current.
    pub fn selected(&self, context: Option<&str>) -> Result<&Context, Failure> {
        if let Some(name) = context {
            let missing =
                || self.suggest(name, Failure::usage(format!("there is no context `{}` in {}", sanitise(name), self.names_files())));
            return self.context(name).ok_or_else(missing);
        }
        let Some(name) = self.current_context() else {
            let failure = Failure::usage(format!("no context is current in {}", self.names_files())).hint("Name one with --context.");
            return Err(self.list(failure));
        };
        let missing = || {
            let place = self.current_context_source().map_or_else(String::new, |source| {
                let line = source.line.map_or_else(String::new, |line| format!(":{line}"));
                format!(" ({}{line})", sanitise(&source.file))
            });
            let failure = Failure::failed(format!("the current context is `{}`, and there is no such context{place}", sanitise(name)));
            self.suggest(name, failure).hint("Name one with --context, or choose another: kubectl config use-context NAME")
        };
        self.context(name).ok_or_else(missing)
    }

    /// The files, for a sentence.
    fn names_files(&self) -> String {
        match self.files() {
            [] => "the kubeconfig".to_owned(),
            files => enumerate(&files.iter().map(|file| sanitise(file)).collect::<Vec<_>>(), "and"),
        }
    }

    /// Names what was probably meant, or what there is.
    fn suggest(&self, name: &str, failure: Failure) -> Failure {
        let lower = name.to_lowercase();
        let near = |known: &str| {
            let known = known.to_lowercase();
            let contains = !lower.is_empty() && (known.contains(&lower) || (!known.is_empty() && lower.contains(&known)));
            edit_distance(&lower, &known, 2).or_else(|| contains.then_some(3))
        };
        match self.contexts().iter().filter_map(|context| Some((near(&context.name)?, &context.name))).min() {
            Some((_, known)) => failure.hint(format!("Did you mean `{}`?", sanitise(known))),
            None => self.list(failure),
        }
    }

    fn list(&self, failure: Failure) -> Failure {
        let names: Vec<_> = self.contexts().iter().take(MOST_NAMES).map(|context| sanitise(&context.name)).collect();
        let more = self.contexts().len().saturating_sub(names.len());
        match (names.is_empty(), more) {
            (true, _) => failure.hint("The kubeconfig has no contexts."),
            (false, 0) => failure.hint(format!("There are: {}.", names.join(", "))),
            (false, more) => failure.hint(format!("There are: {} and {more} more; whycan context list shows all.", names.join(", "))),
        }
    }
}
