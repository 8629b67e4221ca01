//! The snapshot: all objects of one cluster by kind and name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    ApiResources, Authentication, AwsAuth, AwsFacts, Binding, Change, Kind, Namespace, Node, Object, ObjectRef, PersistentVolume, Pod,
    ResourceSlice, Role, Scope, ServiceAccount, VolumeAttachment,
};
use crate::base::{Gap, Name};

type Map<T> = Arc<FxHashMap<(Name, Name), Arc<T>>>;

/// All that is known of one cluster at one moment.
///
/// A value that is cloned is a snapshot: [`Facts::apply`] copies a kind's map only when somebody else still holds it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    revision: u64,
    cluster_roles: Map<Role>,
    roles: Map<Role>,
    cluster_role_bindings: Map<Binding>,
    role_bindings: Map<Binding>,
    service_accounts: Map<ServiceAccount>,
    namespaces: Map<Namespace>,
    pods: Map<Pod>,
    nodes: Map<Node>,
    volumes: Map<PersistentVolume>,
    attachments: Map<VolumeAttachment>,
    slices: Map<ResourceSlice>,
    aws_auth: Option<Arc<AwsAuth>>,
    aws: Arc<AwsFacts>,
    authentication: Arc<Authentication>,
    resources: Arc<ApiResources>,
    gaps: Arc<Vec<Gap>>,
    skipped: Arc<BTreeMap<Name, usize>>,
    unlisted: BTreeSet<Kind>,
    pods_of: Option<Name>,
    complete: bool,
}

impl Facts {
    /// Collects a stream.
    pub fn collect(changes: impl IntoIterator<Item = Change>) -> Self {
        let mut facts = Self::default();
        for change in changes {
            facts.apply(change);
        }
        facts
    }

    /// Takes one change; the revision grows by one.
    pub fn apply(&mut self, change: Change) {
        self.revision += 1;
        match change {
            Change::Batch(objects) => objects.into_iter().for_each(|object| self.insert(object)),
            Change::Upsert(object) => self.insert(object),
            Change::Delete(object) => self.remove(&object),
            Change::Clear(scope) => {
                let gone: Vec<ObjectRef> = self.references(scope.kind).filter(|object| scope.holds(object)).collect();
                for object in &gone {
                    self.remove(object);
                }
                self.settle(&scope);
            }
            Change::Settled(scope) => self.settle(&scope),
            Change::Filled(what) => Arc::make_mut(&mut self.gaps).retain(|gap| gap.what != what),
            Change::Gap(gap) => gap.put(Arc::make_mut(&mut self.gaps)),
            Change::Skipped(kind) => *Arc::make_mut(&mut self.skipped).entry(kind).or_default() += 1,
            Change::Authentication(fact) => Arc::make_mut(&mut self.authentication).put(fact),
            Change::Aws(fact) => Arc::make_mut(&mut self.aws).put(fact),
            Change::Unlisted(kind) => drop(self.unlisted.insert(kind)),
            Change::PodsOf(node) => self.pods_of = Some(node),
            Change::Progress { .. } => {}
            Change::Complete => self.complete = true,
        }
    }

    fn settle(&mut self, scope: &Scope) {
        if self.gaps.iter().any(|gap| gap.is_refusal_of(scope)) {
            Arc::make_mut(&mut self.gaps).retain(|gap| !gap.is_refusal_of(scope));
        }
    }

    fn insert(&mut self, object: Object) {
        match object {
            Object::Role(role) if role.cluster => put(&mut self.cluster_roles, Name::EMPTY, role.meta.name, role),
            Object::Role(role) => put(&mut self.roles, role.meta.namespace, role.meta.name, role),
            Object::Binding(binding) if binding.cluster => put(&mut self.cluster_role_bindings, Name::EMPTY, binding.meta.name, binding),
            Object::Binding(binding) => put(&mut self.role_bindings, binding.meta.namespace, binding.meta.name, binding),
            Object::ServiceAccount(account) => put(&mut self.service_accounts, account.meta.namespace, account.meta.name, account),
            Object::Namespace(namespace) => put(&mut self.namespaces, Name::EMPTY, namespace.meta.name, namespace),
            Object::Pod(pod) => put(&mut self.pods, pod.meta.namespace, pod.meta.name, pod),
            Object::Node(node) => put(&mut self.nodes, Name::EMPTY, node.meta.name, node),
            Object::PersistentVolume(volume) => put(&mut self.volumes, Name::EMPTY, volume.meta.name, volume),
            Object::VolumeAttachment(attachment) => put(&mut self.attachments, Name::EMPTY, attachment.meta.name, attachment),
            Object::ResourceSlice(slice) => put(&mut self.slices, Name::EMPTY, slice.meta.name, slice),
            Object::AwsAuth(aws_auth) => self.aws_auth = Some(aws_auth),
            Object::ApiResource(resource) => Arc::make_mut(&mut self.resources).insert(&resource),
        }
    }

    fn remove(&mut self, object: &ObjectRef) {
        let key = (object.namespace, object.name);
        match object.kind {
            Kind::ClusterRole => drop(Arc::make_mut(&mut self.cluster_roles).remove(&key)),
            Kind::Role => drop(Arc::make_mut(&mut self.roles).remove(&key)),
            Kind::ClusterRoleBinding => drop(Arc::make_mut(&mut self.cluster_role_bindings).remove(&key)),
            Kind::RoleBinding => drop(Arc::make_mut(&mut self.role_bindings).remove(&key)),
            Kind::ServiceAccount => drop(Arc::make_mut(&mut self.service_accounts).remove(&key)),
            Kind::Namespace => drop(Arc::make_mut(&mut self.namespaces).remove(&key)),
            Kind::Pod => drop(Arc::make_mut(&mut self.pods).remove(&key)),
            Kind::Node => drop(Arc::make_mut(&mut self.nodes).remove(&key)),
            Kind::PersistentVolume => drop(Arc::make_mut(&mut self.volumes).remove(&key)),
            Kind::VolumeAttachment => drop(Arc::make_mut(&mut self.attachments).remove(&key)),
            Kind::ResourceSlice => drop(Arc::make_mut(&mut self.slices).remove(&key)),
            Kind::ConfigMap => self.aws_auth = None,
        }
    }

    fn references(&self, kind: Kind) -> Box<dyn Iterator<Item = ObjectRef> + '_> {
        fn keys<T>(map: &Map<T>, kind: Kind) -> Box<dyn Iterator<Item = ObjectRef> + '_> {
            Box::new(map.keys().map(move |&(namespace, name)| ObjectRef { kind, namespace, name }))
        }
        match kind {
            Kind::ClusterRole => keys(&self.cluster_roles, kind),
            Kind::Role => keys(&self.roles, kind),
            Kind::ClusterRoleBinding => keys(&self.cluster_role_bindings, kind),
            Kind::RoleBinding => keys(&self.role_bindings, kind),
            Kind::ServiceAccount => keys(&self.service_accounts, kind),
            Kind::Namespace => keys(&self.namespaces, kind),
            Kind::Pod => keys(&self.pods, kind),
            Kind::Node => keys(&self.nodes, kind),
            Kind::PersistentVolume => keys(&self.volumes, kind),
            Kind::VolumeAttachment => keys(&self.attachments, kind),
            Kind::ResourceSlice => keys(&self.slices, kind),
            Kind::ConfigMap => {
                Box::new(self.aws_auth.iter().map(|a| ObjectRef { kind: Kind::ConfigMap, namespace: a.meta.namespace, name: a.meta.name }))
            }
        }
    }

    /// Whether exactly this object is known: an upsert of it would change nothing.
    pub fn holds(&self, object: &Object) -> bool {
        fn same<T: PartialEq>(map: &Map<T>, namespace: Name, name: Name, object: &T) -> bool {
            map.get(&(namespace, name)).is_some_and(|known| **known == *object)
        }
        match object {
            Object::Role(role) => {
                let map = if role.cluster { &self.cluster_roles } else { &self.roles };
                same(map, if role.cluster { Name::EMPTY } else { role.meta.namespace }, role.meta.name, role)
            }
            Object::Binding(binding) => {
                let map = if binding.cluster { &self.cluster_role_bindings } else { &self.role_bindings };
                same(map, if binding.cluster { Name::EMPTY } else { binding.meta.namespace }, binding.meta.name, binding)
            }
            Object::ServiceAccount(account) => same(&self.service_accounts, account.meta.namespace, account.meta.name, account),
            Object::Namespace(namespace) => same(&self.namespaces, Name::EMPTY, namespace.meta.name, namespace),
            Object::Pod(pod) => same(&self.pods, pod.meta.namespace, pod.meta.name, pod),
            Object::Node(node) => same(&self.nodes, Name::EMPTY, node.meta.name, node),
            Object::PersistentVolume(volume) => same(&self.volumes, Name::EMPTY, volume.meta.name, volume),
            Object::VolumeAttachment(attachment) => same(&self.attachments, Name::EMPTY, attachment.meta.name, attachment),
            Object::ResourceSlice(slice) => same(&self.slices, Name::EMPTY, slice.meta.name, slice),
            Object::AwsAuth(aws_auth) => self.aws_auth.as_ref() == Some(aws_auth),
            Object::ApiResource(_) => false,
        }
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether everything that was asked for has been read.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Every Role and ClusterRole, in no particular order.
    pub fn roles(&self) -> impl Iterator<Item = &Arc<Role>> {
        self.cluster_roles.values().chain(self.roles.values())
    }

    /// Every RoleBinding and ClusterRoleBinding, in no particular order.
    pub fn bindings(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.cluster_role_bindings.values().chain(self.role_bindings.values())
    }

    /// The Role or ClusterRole of that reference.
    pub fn role(&self, role: &ObjectRef) -> Option<&Arc<Role>> {
        let map = if role.kind == Kind::ClusterRole { &self.cluster_roles } else { &self.roles };
        map.get(&(role.namespace, role.name))
    }

    /// The RoleBinding or ClusterRoleBinding of that reference.
    pub fn binding(&self, binding: &ObjectRef) -> Option<&Arc<Binding>> {
        let map = if binding.kind == Kind::ClusterRoleBinding { &self.cluster_role_bindings } else { &self.role_bindings };
        map.get(&(binding.namespace, binding.name))
    }

    /// Every service account.
    pub fn service_accounts(&self) -> impl Iterator<Item = &Arc<ServiceAccount>> {
        self.service_accounts.values()
    }

    /// Whether this service account is known.
    pub fn has_service_account(&self, namespace: Name, name: Name) -> bool {
        self.service_accounts.contains_key(&(namespace, name))
    }

    /// This service account.
    pub fn service_account(&self, namespace: Name, name: Name) -> Option<&Arc<ServiceAccount>> {
        self.service_accounts.get(&(namespace, name))
    }

    /// This namespace.
    pub fn namespace(&self, name: Name) -> Option<&Arc<Namespace>> {
        self.namespaces.get(&(Name::EMPTY, name))
    }

    /// This node.
    pub fn node(&self, name: Name) -> Option<&Arc<Node>> {
        self.nodes.get(&(Name::EMPTY, name))
    }

    /// Every namespace object.
    pub fn namespaces(&self) -> impl Iterator<Item = &Arc<Namespace>> {
        self.namespaces.values()
    }

    /// Every pod.
    pub fn pods(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods.values()
    }

    /// Every node.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// Every persistent volume.
    pub fn volumes(&self) -> impl Iterator<Item = &Arc<PersistentVolume>> {
        self.volumes.values()
    }

    /// Every volume attachment.
    pub fn attachments(&self) -> impl Iterator<Item = &Arc<VolumeAttachment>> {
        self.attachments.values()
    }

    /// Every resource slice.
    pub fn slices(&self) -> impl Iterator<Item = &Arc<ResourceSlice>> {
        self.slices.values()
    }

    /// The ConfigMap kube-system/aws-auth.
    pub fn aws_auth(&self) -> Option<&Arc<AwsAuth>> {
        self.aws_auth.as_ref()
    }

    /// What AWS says of the cluster.
    pub fn aws(&self) -> &AwsFacts {
        &self.aws
    }

    /// What says how the API server takes credentials, beside its pod and AWS.
    pub fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// The same, shared.
    pub fn shared_aws(&self) -> Arc<AwsFacts> {
        Arc::clone(&self.aws)
    }

    /// What is known of the API's resources: Kubernetes' own, and what discovery and CustomResourceDefinitions add.
    pub fn resources(&self) -> &ApiResources {
        &self.resources
    }

    /// Whether objects of a kind were not asked for.
    pub fn is_unlisted(&self, kind: Kind) -> bool {
        self.unlisted.contains(&kind)
    }

    /// The node whose pods were asked for, and no others; none where that is not so.
    pub fn pods_of(&self) -> Option<Name> {
        self.pods_of
    }

    /// What could not be read.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What was read and not kept: kinds of no use here, and how many of each.
    pub fn skipped(&self) -> &BTreeMap<Name, usize> {
        &self.skipped
    }

    /// How many objects of a kind are known.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::ClusterRole => self.cluster_roles.len(),
            Kind::Role => self.roles.len(),
            Kind::ClusterRoleBinding => self.cluster_role_bindings.len(),
            Kind::RoleBinding => self.role_bindings.len(),
            Kind::ServiceAccount => self.service_accounts.len(),
            Kind::Namespace => self.namespaces.len(),
            Kind::Pod => self.pods.len(),
            Kind::Node => self.nodes.len(),
            Kind::PersistentVolume => self.volumes.len(),
            Kind::VolumeAttachment => self.attachments.len(),
            Kind::ResourceSlice => self.slices.len(),
            Kind::ConfigMap => usize::from(self.aws_auth.is_some()),
        }
    }

    /// Every namespace that anything known lives in, sorted.
    pub fn namespace_names(&self) -> Vec<Name> {
        let objects = self.roles.keys().chain(self.role_bindings.keys()).chain(self.service_accounts.keys()).chain(self.pods.keys());
        let mut names: Vec<Name> = objects.map(|(namespace, _)| *namespace).chain(self.namespaces.keys().map(|(_, name)| *name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn put<T>(map: &mut Map<T>, namespace: Name, name: Name, value: Arc<T>) {
    Arc::make_mut(map).insert((namespace, name), value);
}
