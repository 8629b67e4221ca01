//! The API's resources: which exist, whether they are namespaced, and by which names people call them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::Name;

/// Whether a resource lives in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scoping {
    /// Objects have a namespace.
    Namespaced,
    /// Objects have none.
    Cluster,
}

/// One resource of the API, of one group; versions do not matter to authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiResource {
    /// The API group, empty for core.
    pub group: Name,
    /// The plural that rules and requests use: `deployments`.
    pub plural: Name,
    /// The singular: `deployment`.
    pub singular: Name,
    /// The kind: `Deployment`.
    pub kind: Name,
    /// `deploy`.
    pub short_names: Arc<[Name]>,
    /// Whether it lives in namespaces.
    pub scoping: Scoping,
    /// Subresources without the slash: `log`, `exec`, `status`.
    pub subresources: Arc<[Name]>,
    /// The verbs it answers; empty when not recorded.
    pub verbs: Arc<[Name]>,
    /// Categories such as `all`.
    pub categories: Arc<[Name]>,
}

/// What is known of the API's resources.
///
/// It starts with Kubernetes' own (see [`super::builtin`]); discovery and CustomResourceDefinitions add to it and
/// replace entries of the same group and plural.
#[derive(Clone, Debug)]
pub struct ApiResources {
    resources: Vec<ApiResource>,
    /// Position by (group, plural).
    by_plural: FxHashMap<(Name, Name), usize>,
    /// Positions by every lower-case name: plural, singular, kind and short names.
    by_any_name: FxHashMap<Name, Vec<usize>>,
}

impl Default for ApiResources {
    fn default() -> Self {
        super::builtin::resources()
    }
}

impl ApiResources {
    /// A table of nothing.
    pub fn empty() -> Self {
        Self { resources: Vec::new(), by_plural: FxHashMap::default(), by_any_name: FxHashMap::default() }
    }

    /// Adds a resource, or completes the one of the same group and plural: what the new one tells replaces, what it
    /// leaves empty stays, and subresources add up (discovery lists them one by one).
    pub fn insert(&mut self, resource: &ApiResource) {
        let key = (resource.group, resource.plural);
        let position = *self.by_plural.entry(key).or_insert(self.resources.len());
        if let Some(known) = self.resources.get_mut(position) {
            known.complete(resource);
        } else {
            self.resources.push(resource.clone());
        }
        for name in resource.names() {
            let positions = self.by_any_name.entry(name).or_default();
            if !positions.contains(&position) {
                positions.push(position);
            }
        }
    }

    /// Every resource.
    pub fn iter(&self) -> impl Iterator<Item = &ApiResource> {
        self.resources.iter()
    }

    /// The resource of that group and plural.
    pub fn get(&self, group: Name, plural: Name) -> Option<&ApiResource> {
        self.by_plural.get(&(group, plural)).and_then(|position| self.resources.get(*position))
    }

    /// Every resource that goes by this name in any case: plural, singular, kind or short name; those whose plural it is
    /// come first, then core, then in the order in which they became known, as kubectl prefers them.
    pub fn named(&self, name: &str) -> Vec<&ApiResource> {
        let lower = name.to_lowercase();
        let Some(key) = Name::find(&lower) else { return Vec::new() };
        let mut found: Vec<&ApiResource> =
            self.by_any_name.get(&key).into_iter().flatten().filter_map(|position| self.resources.get(*position)).collect();
        found.sort_by_key(|resource| (resource.plural != key, !resource.group.is_empty()));
        found
    }

    /// Plurals and short names within two edits of `name`, nearest first: what the person may have meant.
    pub fn nearest(&self, name: &str) -> Vec<Name> {
        let lower = name.to_lowercase();
        let mut near: Vec<(usize, Name)> = self
            .resources
            .iter()
            .filter_map(|resource| {
                resource
                    .names()
                    .iter()
                    .filter_map(|n| crate::base::text::edit_distance(&lower, n.as_str(), 2))
                    .min()
                    .map(|d| (d, resource.plural))
            })
            .collect();
        near.sort_unstable();
        near.dedup_by_key(|(_, plural)| *plural);
        near.into_iter().map(|(_, plural)| plural).take(3).collect()
    }
}

impl ApiResource {
    fn complete(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.singular, other.singular), (&mut self.kind, other.kind)] {
            if !theirs.is_empty() {
                *mine = theirs;
            }
        }
        for (mine, theirs) in
            [(&mut self.short_names, &other.short_names), (&mut self.verbs, &other.verbs), (&mut self.categories, &other.categories)]
        {
            if !theirs.is_empty() {
                *mine = Arc::clone(theirs);
            }
        }
        let mut subresources = self.subresources.to_vec();
        subresources.extend(other.subresources.iter().filter(|s| !self.subresources.contains(s)));
        self.subresources = subresources.into();
        self.scoping = other.scoping;
    }

    /// Every lower-case name it goes by.
    fn names(&self) -> Vec<Name> {
        let kind = Name::new(&self.kind.as_str().to_lowercase());
        let mut names = vec![self.plural, self.singular, kind];
        names.extend(self.short_names.iter());
        names.retain(|name| !name.is_empty());
        names
    }
}
