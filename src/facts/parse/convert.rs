//! Shapes made into objects.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{authentication, discovery, injected, shape, workload};
use crate::base::{Gap, Loss, Name};
use crate::facts::{
    Aggregation, AwsAuth, Binding, Change, Kind, LabelSelector, Meta, Namespace, Node, Object, PersistentVolume, Pod, Requirement,
    ResourceSlice, Role, RoleRef, Rule, ServiceAccount, Subject, SubjectKind, Use, VolumeAttachment,
};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Why an object was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A value is not of the shape that Kubernetes gives it.
    Shape {
        /// The path to it.
        path: String,
        /// What is there, and what was expected.
        message: String,
    },
    /// It could not be an object of a cluster.
    Content(String),
}

impl From<(String, String)> for Refusal {
    fn from((path, message): (String, String)) -> Self {
        Self::Shape { path, message }
    }
}

/// Makes objects, and lets equal lists be one: roles repeat each other, and so do pods.
#[derive(Debug, Default)]
pub struct Converter {
    lists: FxHashMap<Vec<Name>, Arc<[Name]>>,
    uses: FxHashMap<Vec<Use>, Arc<[Use]>>,
}

impl Converter {
    /// An object of a kind and group as changes: itself, a gap that it tells of, or a skipped kind.
    pub fn convert(&mut self, text: &str, kind: &str, group: &str) -> Result<Vec<Change>, Refusal> {
        // an item of a typed list may have no apiVersion, and the list's own says it
        let is_rbac = group == RBAC || group.is_empty();
        let object = match kind {
            "Role" if is_rbac => self.role(text, false)?,
            "ClusterRole" if is_rbac => self.role(text, true)?,
            "RoleBinding" if is_rbac => binding(text, false)?,
            "ClusterRoleBinding" if is_rbac => binding(text, true)?,
            "ServiceAccount" if group.is_empty() => {
                let account: shape::ServiceAccount = shape::read(text)?;
                let automount = account.automount_service_account_token;
                Object::ServiceAccount(Arc::new(ServiceAccount { meta: meta(account.metadata, true)?, automount }))
            }
            "Namespace" if group.is_empty() => {
                Object::Namespace(Arc::new(Namespace { meta: meta(shape::read::<shape::Plain>(text)?.metadata, false)? }))
            }
            "Node" if group.is_empty() => Object::Node(Arc::new(Node { meta: meta(shape::read::<shape::Plain>(text)?.metadata, false)? })),
            "Pod" if group.is_empty() => self.pod(text)?,
            "PersistentVolume" if group.is_empty() => volume(text)?,
            "VolumeAttachment" if group == "storage.k8s.io" || group.is_empty() => {
                let shape: workload::OnNode = shape::read(text)?;
                let (node_name, attacher) = (shape.spec.node_name, shape.spec.attacher);
                Object::VolumeAttachment(Arc::new(VolumeAttachment { meta: meta(shape.metadata, false)?, node_name, attacher }))
            }
            "ResourceSlice" if group == "resource.k8s.io" || group.is_empty() => {
                let shape: workload::OnNode = shape::read(text)?;
                let node_name = shape.spec.node_name;
                Object::ResourceSlice(Arc::new(ResourceSlice { meta: meta(shape.metadata, false)?, node_name }))
            }
            "ConfigMap" if group.is_empty() => match aws_auth(text)? {
                Some(object) => object,
                None => return Ok(vec![Change::Skipped(Name::new(kind))]),
            },
            "Secret" if group.is_empty() => {
                let change = authentication::bootstrap_token(text)?;
                return Ok(vec![change.unwrap_or_else(|| Change::Skipped(Name::new(kind)))]);
            }
            "Status" if group.is_empty() => return status(text),
            "CustomResourceDefinition" if group == "apiextensions.k8s.io" || group.is_empty() => {
                return discovery::custom_resource(text).map(|resource| vec![upsert(resource)]);
            }
            "APIResourceList" => return Ok(discovery::resource_list(text)?.into_iter().map(upsert).collect()),
            "APIGroupDiscovery" => return Ok(discovery::group(text)?.into_iter().map(upsert).collect()),
            _ => return Ok(vec![Change::Skipped(skipped(kind, group))]),
        };
        Ok(vec![Change::Upsert(object)])
    }

    fn role(&mut self, text: &str, cluster: bool) -> Result<Object, Refusal> {
        let role: shape::Role = shape::read(text)?;
        let rules = role.rules.into_iter().map(|rule| self.rule(rule)).collect();
        // an aggregationRule without selectors selects nothing, but the controller still owns the rules
        let aggregation = role.aggregation_rule.filter(|_| cluster).map(|rule| Arc::new(aggregation(rule)));
        Ok(Object::Role(Arc::new(Role { meta: meta(role.metadata, !cluster)?, cluster, rules, aggregation })))
    }

    fn rule(&mut self, rule: shape::Rule) -> Rule {
        Rule {
            verbs: self.list(rule.verbs),
            api_groups: self.list(rule.api_groups),
            resources: self.list(rule.resources),
            resource_names: self.list(rule.resource_names),
            non_resource_urls: self.list(rule.non_resource_urls),
        }
    }

    fn list(&mut self, names: Vec<Name>) -> Arc<[Name]> {
        if let Some(list) = self.lists.get(&names) {
            return Arc::clone(list);
        }
        let list: Arc<[Name]> = Arc::from(names.as_slice());
        self.lists.insert(names, Arc::clone(&list));
        list
    }

    fn pod(&mut self, text: &str) -> Result<Object, Refusal> {
        let pod: workload::Pod<'_> = shape::read(text)?;
        let uses = pod.uses();
        let uses = if let Some(shared) = self.uses.get(&uses) {
            Arc::clone(shared)
        } else {
            let shared: Arc<[Use]> = Arc::from(uses.as_slice());
            self.uses.insert(uses, Arc::clone(&shared));
            shared
        };
        let is_mirror = pod.metadata.annotations.mirror;
        let meta = meta(pod.metadata, true)?;
        Ok(Object::Pod(Arc::new(Pod {
            api_server: authentication::api_server(text, &meta),
            is_mirror,
            node_name: pod.spec.node_name,
            service_account_name: pod.spec.service_account_name,
            meta,
            uses,
            injected: injected::read(text)?,
        })))
    }
}

fn upsert(resource: crate::facts::ApiResource) -> Change {
    Change::Upsert(Object::ApiResource(Arc::new(resource)))
}

/// The kind with its group, as kubectl names kinds of others.
fn skipped(kind: &str, group: &str) -> Name {
    match (kind, group) {
        ("", _) => Name::new("object without kind"),
        (kind, "") => Name::new(kind),
        (kind, group) => Name::new(&format!("{kind}.{group}")),
    }
}

fn meta(metadata: shape::Metadata, namespaced: bool) -> Result<Meta, Refusal> {
    if metadata.name.is_empty() {
        return Err(Refusal::Content("metadata.name is missing".to_owned()));
    }
    if namespaced && metadata.namespace.is_empty() {
        return Err(Refusal::Content(format!(
            "`{}` has no namespace: it is a manifest, and kubectl would put it into the namespace of the moment",
            metadata.name
        )));
    }
    let mut labels: Vec<(Name, Name)> = metadata.labels.into_iter().collect();
    labels.sort_unstable();
    Ok(Meta {
        namespace: if namespaced { metadata.namespace } else { Name::EMPTY },
        name: metadata.name,
        uid: metadata.uid,
        labels: labels.into(),
        annotations: metadata.annotations.roles.into(),
        created: metadata.creation_timestamp,
    })
}

fn aggregation(rule: shape::AggregationRule) -> Aggregation {
    Aggregation { selectors: rule.cluster_role_selectors.into_iter().map(selector).collect() }
}

fn selector(selector: shape::Selector) -> LabelSelector {
    let labels = selector.match_labels.into_iter().map(|(key, value)| Requirement::In(key, vec![value]));
    let expressions = selector.match_expressions.into_iter().map(|expression| match expression.operator.as_str() {
        "In" => Requirement::In(expression.key, expression.values),
        "NotIn" => Requirement::NotIn(expression.key, expression.values),
        "Exists" => Requirement::Exists(expression.key),
        "DoesNotExist" => Requirement::DoesNotExist(expression.key),
        _ => Requirement::Invalid(expression.key),
    });
    LabelSelector { requirements: labels.chain(expressions).collect() }
}

fn binding(text: &str, cluster: bool) -> Result<Object, Refusal> {
    let binding: shape::Binding = shape::read(text)?;
    let subjects = binding.subjects.into_iter().map(|subject| Subject {
        kind: SubjectKind::new(subject.kind.as_str()),
        namespace: subject.namespace,
        name: subject.name,
    });
    Ok(Object::Binding(Arc::new(Binding {
        subjects: subjects.collect(),
        role_ref: RoleRef { kind: binding.role_ref.kind, name: binding.role_ref.name },
        meta: meta(binding.metadata, !cluster)?,
        cluster,
    })))
}

fn volume(text: &str) -> Result<Object, Refusal> {
    let volume: workload::PersistentVolume = shape::read(text)?;
    let (claim, secrets) = (volume.claim(), volume.secrets());
    Ok(Object::PersistentVolume(Arc::new(PersistentVolume { meta: meta(volume.metadata, false)?, claim, secrets })))
}

fn aws_auth(text: &str) -> Result<Option<Object>, Refusal> {
    let plain: shape::Plain = shape::read(text)?;
    if plain.metadata.namespace != "kube-system" || plain.metadata.name != "aws-auth" {
        return Ok(None);
    }
    let config_map: shape::ConfigMap = shape::read(text)?;
    let data = config_map.data.into_iter().map(|(key, value)| (key, Arc::from(value))).collect();
    Ok(Some(Object::AwsAuth(Arc::new(AwsAuth { meta: meta(config_map.metadata, true)?, data }))))
}

/// A refusal that was recorded in place of the objects.
fn status(text: &str) -> Result<Vec<Change>, Refusal> {
    let status: shape::Status = shape::read(text)?;
    if status.status != "Failure" {
        return Ok(vec![Change::Skipped(Name::new("Status"))]);
    }
    let kind = Kind::ALL.into_iter().find(|kind| format!("{}s", kind.as_str().to_lowercase()) == status.details.kind);
    let namespace =
        status.message.split_once("in the namespace \"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| Name::new(name));
    let what = match (&status.details.kind, namespace) {
        (kind, _) if kind.is_empty() => "something that was asked for".to_owned(),
        (kind, Some(namespace)) => format!("{kind} in namespace {namespace}"),
        (kind, None) => kind.clone(),
    };
    Ok(vec![Change::Gap(Gap {
        what,
        why: status.message,
        kinds: kind.map(|kind| Name::new(kind.as_str())).into_iter().collect(),
        namespaces: namespace.into_iter().collect(),
        loss: Loss::Refused,
        except: Vec::new(),
        settled_by: None,
    })])
}
