//! Changes taken one by one.

use std::sync::Arc;

use super::{BindingEntry, BindingId, Index, PATHS, RoleEntry, RoleId, principal_of};
use crate::authz::decision::Principal;
use crate::base::Name;
use crate::facts::{Binding, Change, Facts, Kind, Object, ObjectRef, Role, Scope};

impl Index {
    /// Takes one change; afterwards the index equals one built from the changed facts.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Batch(objects) => {
                let mut stale = false;
                for object in objects {
                    stale |= self.insert(object);
                }
                self.refill_if(stale);
            }
            Change::Upsert(object) => {
                let stale = self.insert(object);
                self.refill_if(stale);
            }
            Change::Delete(object) => {
                let stale = self.remove(object);
                self.refill_if(stale);
            }
            Change::Clear(scope) => self.clear(scope),
            Change::Settled(scope) => self.gaps.retain(|gap| !gap.is_refusal_of(scope)),
            Change::Filled(what) => self.gaps.retain(|gap| gap.what != *what),
            Change::Gap(gap) => gap.clone().put(&mut self.gaps),
            Change::Unlisted(kind) => drop(self.unlisted.insert(*kind)),
            Change::PodsOf(node) => self.pods_of = Some(*node),
            Change::Aws(fact) => self.access.apply(fact),
            Change::Skipped(_) | Change::Authentication(_) | Change::Progress { .. } | Change::Complete => {}
        }
    }

    fn refill_if(&mut self, stale: bool) {
        if stale {
            self.fill();
        }
    }

    fn clear(&mut self, scope: &Scope) {
        self.gaps.retain(|gap| !gap.is_refusal_of(scope));
        let gone: Vec<ObjectRef> = match scope.kind {
            Kind::Role | Kind::ClusterRole => self.roles.iter().filter(|entry| entry.role.is_some()).map(|entry| entry.reference).collect(),
            Kind::RoleBinding | Kind::ClusterRoleBinding => self.binding_ids.keys().copied().collect(),
            kind => self.graph.references(kind),
        };
        let mut stale = false;
        for object in gone.iter().filter(|object| scope.holds(object)) {
            stale |= self.remove(object);
        }
        self.refill_if(stale);
    }

    /// Takes an object; true when filled roles must be filled anew.
    fn insert(&mut self, object: &Object) -> bool {
        match object {
            Object::Role(role) => self.put_role(role),
            Object::Binding(binding) => {
                self.put_binding(binding);
                false
            }
            Object::Pod(_) | Object::PersistentVolume(_) | Object::VolumeAttachment(_) | Object::ResourceSlice(_) => {
                Arc::make_mut(&mut self.graph).put(object);
                false
            }
            // nothing here depends on the others
            _ => false,
        }
    }

    fn remove(&mut self, object: &ObjectRef) -> bool {
        match object.kind {
            Kind::Role | Kind::ClusterRole => self.remove_role(object),
            Kind::RoleBinding | Kind::ClusterRoleBinding => {
                self.remove_binding(object);
                false
            }
            kind if Kind::GRAPH.contains(&kind) => {
                Arc::make_mut(&mut self.graph).remove(object);
                false
            }
            _ => false,
        }
    }

    pub(super) fn reserve(&mut self, facts: &Facts) {
        let roles = facts.count(Kind::Role) + facts.count(Kind::ClusterRole);
        let bindings = facts.count(Kind::RoleBinding) + facts.count(Kind::ClusterRoleBinding);
        self.roles.reserve(roles);
        self.role_ids.reserve(roles);
        self.bindings.reserve(bindings);
        self.binding_ids.reserve(bindings);
        self.postings.reserve(bindings);
        self.bound.reserve(bindings);
        self.by_resource.reserve(roles);
    }

    /// The place of a role, made when there is none yet.
    fn role_id(&mut self, reference: ObjectRef) -> RoleId {
        let roles = &mut self.roles;
        *self.role_ids.entry(reference).or_insert_with(|| {
            roles.push(RoleEntry { reference, role: None, filled: None });
            RoleId(u32::try_from(roles.len() - 1).unwrap_or(u32::MAX))
        })
    }

    /// Takes a role; true when filled roles must be filled anew.
    pub(in crate::authz) fn put_role(&mut self, role: &Arc<Role>) -> bool {
        let reference = role.reference();
        // a Role without namespace is a manifest, no object of a cluster: nothing resolves to it
        if !role.cluster && role.meta.namespace.is_empty() {
            return false;
        }
        let mut stale = self.remove_role(&reference);
        let id = self.role_id(reference);
        self.change_count(reference.kind, 1);
        for key in resources(&role.rules) {
            add(self.by_resource.entry((reference.namespace, key)).or_default(), id);
        }
        if role.is_unfilled() {
            self.unfilled.push(id);
            stale = true;
        }
        if let Some(entry) = self.roles.get_mut(id.0 as usize) {
            entry.role = Some(Arc::clone(role));
        }
        stale || self.is_selected(role)
    }

    fn remove_role(&mut self, reference: &ObjectRef) -> bool {
        let Some(id) = self.role_ids.get(reference).copied() else { return false };
        let Some(entry) = self.roles.get_mut(id.0 as usize) else { return false };
        let Some(role) = entry.role.take() else { return false };
        let filled = entry.filled.take();
        self.change_count(reference.kind, -1);
        self.unlist(id, reference.namespace, &role.rules);
        if let Some(filled) = filled {
            self.unlist(id, reference.namespace, &filled.rules);
        }
        self.unfilled.retain(|unfilled| *unfilled != id);
        role.is_unfilled() || self.is_selected(&role)
    }

    /// Takes a role out of the lists of roles by resource.
    pub(super) fn unlist(&mut self, id: RoleId, namespace: Name, rules: &[crate::facts::Rule]) {
        for key in resources(rules) {
            drop_from(&mut self.by_resource, (namespace, key), id);
        }
    }

    /// Puts a role into the lists of roles by resource.
    pub(super) fn list(&mut self, id: RoleId, namespace: Name, rules: &[crate::facts::Rule]) {
        for key in resources(rules) {
            add(self.by_resource.entry((namespace, key)).or_default(), id);
        }
    }

    pub(in crate::authz) fn put_binding(&mut self, binding: &Arc<Binding>) {
        let reference = binding.reference();
        // without a namespace it is a manifest, no object of a cluster; taken as one it would seem to hold everywhere
        if !binding.cluster && binding.meta.namespace.is_empty() {
            return;
        }
        self.remove_binding(&reference);
        self.change_count(reference.kind, 1);
        let role = binding.role().map(|role| self.role_id(role));
        let id = self.free.pop().unwrap_or_else(|| {
            self.bindings.push(None);
            BindingId(u32::try_from(self.bindings.len() - 1).unwrap_or(u32::MAX))
        });
        let namespace = binding.meta.namespace;
        for principal in named(binding) {
            let posting = self.postings.entry((principal, namespace)).or_default();
            if posting.is_empty() && !namespace.is_empty() {
                self.namespaces.entry(principal).or_default().push(namespace);
            }
            add(posting, id);
        }
        if let Some(role) = role {
            add(self.bound.entry((role, namespace)).or_default(), id);
        }
        if let Some(slot) = self.bindings.get_mut(id.0 as usize) {
            *slot = Some(BindingEntry { binding: Arc::clone(binding), role });
        }
        self.binding_ids.insert(reference, id);
    }

    fn remove_binding(&mut self, reference: &ObjectRef) {
        let Some(id) = self.binding_ids.remove(reference) else { return };
        let Some(BindingEntry { binding, role }) = self.bindings.get_mut(id.0 as usize).and_then(Option::take) else { return };
        self.change_count(reference.kind, -1);
        self.free.push(id);
        let namespace = binding.meta.namespace;
        for principal in named(&binding) {
            if drop_from(&mut self.postings, (principal, namespace), id)
                && let Some(namespaces) = self.namespaces.get_mut(&principal)
            {
                namespaces.retain(|n| *n != namespace);
                if namespaces.is_empty() {
                    self.namespaces.remove(&principal);
                }
            }
        }
        if let Some(role) = role {
            drop_from(&mut self.bound, (role, namespace), id);
        }
    }

    fn change_count(&mut self, kind: Kind, by: isize) {
        let count = self.count(kind).saturating_add_signed(by);
        self.set_count(kind, count);
    }
}

/// Everybody whom a binding names, each once.
fn named(binding: &Binding) -> Vec<Principal> {
    let mut principals: Vec<Principal> =
        binding.subjects.iter().filter_map(|subject| principal_of(subject, binding.meta.namespace)).collect();
    if principals.len() > 1 {
        let mut seen = rustc_hash::FxHashSet::default();
        principals.retain(|principal| seen.insert(*principal));
    }
    principals
}

/// The keys under which a role's rules are listed, each once.
fn resources(rules: &[crate::facts::Rule]) -> Vec<Name> {
    let mut keys: Vec<Name> = rules.iter().flat_map(|rule| rule.resources.iter().copied()).collect();
    if rules.iter().any(|rule| !rule.non_resource_urls.is_empty()) {
        keys.push(Name::new(PATHS));
    }
    if keys.len() > 1 {
        let mut seen = rustc_hash::FxHashSet::default();
        keys.retain(|key| seen.insert(*key));
    }
    keys
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    // what is added again was added last: a scan of all would make long lists slow to build
    if list.last() != Some(&item) {
        list.push(item);
    }
}

/// Takes an item out of a list, and the list out of the map when it is empty; true then.
fn drop_from<K: Copy + std::hash::Hash + Eq, T: Copy + PartialEq>(map: &mut rustc_hash::FxHashMap<K, Vec<T>>, key: K, item: T) -> bool {
    let Some(list) = map.get_mut(&key) else { return false };
    if let Some(position) = list.iter().position(|i| *i == item) {
        list.swap_remove(position);
    }
    if list.is_empty() {
        map.remove(&key);
        return true;
    }
    false
}
