//! From requests, roles and subjects to bindings: what explanations, who-can and near misses look up.

use std::sync::Arc;

use super::{BindingId, Index, PATHS, RoleId, Rules};
use crate::authz::decision::Principal;
use crate::authz::{Door, Request, rbac};
use crate::base::Name;
use crate::facts::{Binding, Kind, ObjectRef, Role};

impl Index {
    /// The role of that reference.
    pub fn role(&self, reference: &ObjectRef) -> Option<&Arc<Role>> {
        self.roles.get(self.role_ids.get(reference)?.0 as usize)?.role.as_ref()
    }

    /// Whether the role exists, or some binding names it.
    pub(in crate::authz) fn is_named(&self, reference: &ObjectRef) -> bool {
        self.role_ids.contains_key(reference)
    }

    /// The rules of the role of that reference, as a door sees them.
    pub fn role_rules(&self, reference: &ObjectRef, door: Door) -> Option<Rules<'_>> {
        self.rules(*self.role_ids.get(reference)?, door)
    }

    /// The binding of that reference.
    pub fn binding(&self, reference: &ObjectRef) -> Option<&Arc<Binding>> {
        self.binding_at(*self.binding_ids.get(reference)?)
    }

    pub(in crate::authz) fn binding_at(&self, id: BindingId) -> Option<&Arc<Binding>> {
        self.entry(id).map(|entry| &entry.binding)
    }

    /// The bindings that name a principal and hold in a namespace (empty: everywhere).
    pub(in crate::authz) fn bindings_of(&self, principal: Principal, namespace: Name) -> &[BindingId] {
        self.posted(principal, namespace)
    }

    /// The namespaces in which RoleBindings name a principal.
    pub(in crate::authz) fn namespaces_of(&self, principal: Principal) -> &[Name] {
        self.namespaces.get(&principal).map_or(&[], Vec::as_slice)
    }

    /// Every principal that a binding names.
    pub fn principals(&self) -> impl Iterator<Item = Principal> + '_ {
        self.postings.keys().map(|(principal, _)| *principal)
    }

    /// The bindings that name a role and hold in a namespace (empty: ClusterRoleBindings).
    pub(in crate::authz) fn bindings_to(&self, role: RoleId, namespace: Name) -> &[BindingId] {
        self.bound.get(&(role, namespace)).map_or(&[], Vec::as_slice)
    }

    /// Whether any binding names a role, wherever it holds.
    pub(in crate::authz) fn is_bound(&self, role: RoleId) -> bool {
        !self.bindings_to(role, Name::EMPTY).is_empty() || self.bindings.iter().flatten().any(|entry| entry.role == Some(role))
    }

    /// Every binding that names a role, wherever it holds, sorted.
    pub(in crate::authz) fn all_bindings_to(&self, role: &ObjectRef) -> Vec<&Arc<Binding>> {
        let mut bindings: Vec<&Arc<Binding>> = self.bindings_naming(role).collect();
        bindings.sort_by_key(|binding| binding.reference());
        bindings
    }

    /// Every binding that names a role, in no particular order.
    pub(in crate::authz) fn bindings_naming(&self, role: &ObjectRef) -> Box<dyn Iterator<Item = &Arc<Binding>> + '_> {
        let Some(id) = self.role_ids.get(role).copied() else { return Box::new(std::iter::empty()) };
        if role.kind == Kind::Role {
            // a Role is named from its own namespace alone
            return Box::new(self.bindings_to(id, role.namespace).iter().filter_map(|binding| self.binding_at(*binding)));
        }
        Box::new(self.bindings.iter().flatten().filter(move |entry| entry.role == Some(id)).map(|entry| &entry.binding))
    }

    /// The roles of a namespace (empty: ClusterRoles) with a rule that allows the request.
    pub(in crate::authz) fn roles_allowing(&self, namespace: Name, request: &Request, door: Door) -> Vec<(RoleId, Rules<'_>)> {
        self.roles_of_resource(namespace, request, door)
            .into_iter()
            .filter(|(_, rules)| rules.rules.iter().any(|rule| rbac::allows(rule, request)))
            .collect()
    }

    /// The roles of a namespace (empty: ClusterRoles) with a rule for the request's resource or for paths.
    pub(in crate::authz) fn roles_of_resource(&self, namespace: Name, request: &Request, door: Door) -> Vec<(RoleId, Rules<'_>)> {
        let mut ids: Vec<RoleId> = Vec::new();
        for key in keys(request).into_iter().flatten() {
            ids.extend(self.by_resource.get(&(namespace, key)).into_iter().flatten());
        }
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|id| Some((id, self.rules(id, door)?))).collect()
    }

    /// Every namespace with a RoleBinding, in no particular order.
    pub(in crate::authz) fn binding_namespaces(&self) -> Vec<Name> {
        let mut namespaces: rustc_hash::FxHashSet<Name> = self.bound.keys().map(|(_, namespace)| *namespace).collect();
        namespaces.remove(&Name::EMPTY);
        namespaces.into_iter().collect()
    }

    /// Whether any role of a namespace (empty: ClusterRoles) allows the request.
    pub(in crate::authz) fn some_role_allows(&self, namespace: Name, request: &Request, door: Door) -> bool {
        !self.roles_allowing(namespace, request, door).is_empty()
    }
}

/// The keys under which a rule that allows the request may be listed; names nobody has used need no look-up.
fn keys(request: &Request) -> [Option<Name>; 3] {
    match request {
        Request::NonResource { .. } => [Name::find(PATHS), None, None],
        Request::Resource(request) if request.subresource.is_empty() => [Some(request.resource), Some(Name::STAR), None],
        Request::Resource(request) => [
            Name::find(&format!("{}/{}", request.resource, request.subresource)),
            Name::find(&format!("*/{}", request.subresource)),
            Some(Name::STAR),
        ],
    }
}
