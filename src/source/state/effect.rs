//! What a change of a kubeconfig comes to, whatever the file looks like: kubectl writes it anew from scratch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::text::sanitise;
use crate::kubeconfig;

/// Something that a file said, and what it says since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// What it is of: `current-context`, `namespace of context acme-prod`.
    what: String,
    /// What it was; none where it was not there.
    was: Option<String>,
    /// What it became; none where it went.
    is: Option<String>,
}

impl Effect {
    /// The differences between two texts of a file.
    pub fn between(path: &str, before: Option<&[u8]>, after: &[u8]) -> Vec<Self> {
        let said = |bytes: &[u8]| said(path, bytes).unwrap_or_default();
        let (before, after) = (said(before.unwrap_or_default()), said(after));
        let mut all: Vec<&String> = before.keys().chain(after.keys()).collect();
        all.sort_unstable();
        all.dedup();
        let effect = |what: &String| Self { what: what.clone(), was: before.get(what).cloned(), is: after.get(what).cloned() };
        all.into_iter().map(effect).filter(|effect| effect.was != effect.is).collect()
    }

    /// Those that a file no longer shows, because it says again what it said before.
    pub fn reverted<'a>(effects: &'a [Self], path: &str, now: &[u8]) -> Vec<&'a Self> {
        let Some(now) = said(path, now) else { return Vec::new() };
        effects.iter().filter(|effect| now.get(&effect.what) == effect.was.as_ref()).collect()
    }

    /// What it was: `current-context dev`, `no context acme-prod`.
    pub fn phrase_before(&self) -> String {
        self.phrase(self.was.as_deref())
    }

    /// What it became.
    pub fn phrase_after(&self) -> String {
        self.phrase(self.is.as_deref())
    }

    fn phrase(&self, value: Option<&str>) -> String {
        let what = sanitise(&self.what);
        match value {
            None => format!("no {what}"),
            Some("") => what.into_owned(),
            Some(value) => format!("{what} {}", sanitise(value)),
        }
    }
}

/// What a file says, without its secrets; none where it cannot be read.
fn said(path: &str, bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let file = kubeconfig::read(path, bytes).ok()?;
    let mut said = BTreeMap::new();
    said.extend(file.current_context.map(|current| ("current-context".to_owned(), current.name)));
    for context in file.contexts {
        said.extend(context.namespace.map(|namespace| (format!("namespace of context {}", context.name), namespace)));
        said.insert(format!("context {}", context.name), String::new());
    }
    said.extend(file.clusters.into_iter().map(|cluster| (format!("cluster {}", cluster.name), cluster.server)));
    said.extend(file.users.into_iter().map(|user| (format!("user {}", user.name), String::new())));
    Some(said)
}
