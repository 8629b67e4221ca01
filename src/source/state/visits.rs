//! Where one was: contexts and their namespaces, the latest first; and what else contexts are called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many visits are remembered.
const MOST_VISITS: usize = 100;
/// How many namespaces are remembered of one context.
const MOST_NAMESPACES: usize = 20;
/// Of how many contexts namespaces are remembered.
const MOST_CONTEXTS: usize = 200;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    /// Where one was, the latest first.
    pub history: Vec<Visit>,
    /// The namespaces that were chosen in a context, the latest first.
    pub namespaces: BTreeMap<String, Vec<String>>,
    /// What else contexts are called.
    pub aliases: BTreeMap<String, Alias>,
}

/// A context and namespace that were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The context.
    pub context: String,
    /// The namespace that it had; none for none.
    pub namespace: Option<String>,
    /// When it was chosen.
    pub at: Timestamp,
}

/// What an alias stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The context.
    pub context: String,
    /// The namespace that goes with it.
    pub namespace: Option<String>,
}

impl State {
    /// Notes that one is in a context and namespace from now on.
    pub fn visit(&mut self, context: &str, namespace: Option<&str>, at: Timestamp) {
        let is_there = self.history.first().is_some_and(|last| last.context == context && last.namespace.as_deref() == namespace);
        if !is_there {
            self.history.insert(0, Visit { context: context.to_owned(), namespace: namespace.map(str::to_owned), at });
            self.history.truncate(MOST_VISITS);
        }
        self.know(context, namespace);
    }

    /// Notes that a namespace was chosen in a context, whether or not one is there: who goes back there finds it.
    pub fn choose(&mut self, context: &str, namespace: Option<&str>) {
        if let Some(visit) = self.history.iter_mut().find(|visit| visit.context == context) {
            visit.namespace = namespace.map(str::to_owned);
        }
        self.know(context, namespace);
    }

    fn know(&mut self, context: &str, namespace: Option<&str>) {
        let Some(namespace) = namespace else { return };
        let known = self.namespaces.entry(context.to_owned()).or_default();
        known.retain(|known| known != namespace);
        known.insert(0, namespace.to_owned());
        known.truncate(MOST_NAMESPACES);
        if self.namespaces.len() > MOST_CONTEXTS {
            let visited = |name: &String| self.history.iter().any(|visit| visit.context == *name);
            let forgotten = self.namespaces.keys().find(|name| !visited(name) && *name != context).cloned();
            let forgotten = forgotten.or_else(|| self.namespaces.keys().find(|name| *name != context).cloned());
            forgotten.map(|name| self.namespaces.remove(&name));
        }
    }

    /// Where one was before the context that is the current one.
    pub fn previous(&self, current: Option<&str>) -> Option<&Visit> {
        self.history.iter().find(|visit| Some(visit.context.as_str()) != current)
    }

    /// The namespace that a context had before the one that it has; `Some(None)` for none at all.
    pub fn previous_namespace(&self, context: &str, current: Option<&str>) -> Option<Option<&str>> {
        let mut visits = self.history.iter().filter(|visit| visit.context == context).map(|visit| visit.namespace.as_deref());
        let known = || self.namespaces.get(context)?.iter().map(|known| Some(known.as_str())).find(|known| *known != current);
        visits.find(|namespace| *namespace != current).or_else(known)
    }

    /// Follows a context to its new name.
    pub fn rename(&mut self, from: &str, to: &str) {
        for visit in self.history.iter_mut().filter(|visit| visit.context == from) {
            to.clone_into(&mut visit.context);
        }
        for alias in self.aliases.values_mut().filter(|alias| alias.context == from) {
            to.clone_into(&mut alias.context);
        }
        if let Some(namespaces) = self.namespaces.remove(from) {
            self.namespaces.insert(to.to_owned(), namespaces);
        }
    }

    /// Forgets where one was in a context; aliases of it stay, and name nothing.
    pub fn forget(&mut self, context: &str) {
        self.history.retain(|visit| visit.context != context);
        self.namespaces.remove(context);
    }

    /// The aliases of a context.
    pub fn aliases_of(&self, context: &str) -> Vec<&str> {
        self.aliases.iter().filter(|(_, alias)| alias.context == context).map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests;
