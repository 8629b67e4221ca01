//! Pods, volumes and devices: of each the few references that let a node read other objects.
//!
//! The order in which sources of one volume are looked at is that of `pkg/api/v1/pod/util.go` and
//! `pkg/api/v1/persistentvolume/util.go`; a volume that could exist has one.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::shape::{Metadata, null};
use crate::base::Name;
use crate::facts::{Use, Used, VolumeSecret, Way};

/// A pod.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pod<'a> {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(borrow, deserialize_with = "null")]
    pub spec: PodSpec<'a>,
    #[serde(deserialize_with = "null")]
    status: PodStatus,
}

/// What of a pod's spec matters to access.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec<'a> {
    #[serde(deserialize_with = "null")]
    pub node_name: Name,
    #[serde(deserialize_with = "null")]
    pub service_account_name: Name,
    #[serde(deserialize_with = "null")]
    image_pull_secrets: Vec<Named>,
    #[serde(deserialize_with = "null")]
    init_containers: Vec<Container>,
    #[serde(deserialize_with = "null")]
    containers: Vec<Container>,
    #[serde(deserialize_with = "null")]
    ephemeral_containers: Vec<Container>,
    #[serde(borrow, deserialize_with = "null")]
    volumes: Vec<Volume<'a>>,
    #[serde(deserialize_with = "null")]
    resource_claims: Vec<PodClaim>,
}

/// Which claims were made for a pod.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodStatus {
    #[serde(deserialize_with = "null")]
    resource_claim_statuses: Vec<PodClaim>,
    extended_resource_claim_status: Option<PodClaim>,
}

/// A reference by name in the same namespace.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    #[serde(deserialize_with = "null")]
    name: Name,
}

/// A reference by name and namespace.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Placed {
    #[serde(deserialize_with = "null")]
    namespace: Name,
    #[serde(deserialize_with = "null")]
    name: Name,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Container {
    #[serde(deserialize_with = "null")]
    env: Vec<Variable>,
    #[serde(deserialize_with = "null")]
    env_from: Vec<Variables>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Variable {
    value_from: Option<ValueFrom>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValueFrom {
    secret_key_ref: Option<Named>,
    config_map_key_ref: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Variables {
    secret_ref: Option<Named>,
    config_map_ref: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodClaim {
    #[serde(deserialize_with = "null")]
    name: Name,
    resource_claim_name: Option<Name>,
    resource_claim_template_name: Option<IgnoredAny>,
}

/// A volume of a pod.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Volume<'a> {
    #[serde(borrow, deserialize_with = "null")]
    name: Cow<'a, str>,
    azure_file: Option<SecretName>,
    cephfs: Option<WithSecret<Named>>,
    cinder: Option<WithSecret<Named>>,
    flex_volume: Option<WithSecret<Named>>,
    projected: Option<Projected>,
    rbd: Option<WithSecret<Named>>,
    secret: Option<SecretName>,
    #[serde(rename = "scaleIO")]
    scale_io: Option<WithSecret<Named>>,
    iscsi: Option<WithSecret<Named>>,
    storageos: Option<WithSecret<Named>>,
    csi: Option<PodCsi>,
    config_map: Option<Named>,
    persistent_volume_claim: Option<ClaimName>,
    ephemeral: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SecretName {
    #[serde(deserialize_with = "null")]
    secret_name: Name,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WithSecret<T> {
    secret_ref: Option<T>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Projected {
    #[serde(deserialize_with = "null")]
    sources: Vec<Projection>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Projection {
    secret: Option<Named>,
    config_map: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodCsi {
    node_publish_secret_ref: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimName {
    #[serde(deserialize_with = "null")]
    claim_name: Name,
}

impl Pod<'_> {
    /// All that it uses.
    pub fn uses(&self) -> Vec<Use> {
        let mut uses = Uses(Vec::new());
        for secret in &self.spec.image_pull_secrets {
            uses.add(Used::Secret, secret.name, Way::ImagePull);
        }
        for container in [&self.spec.init_containers, &self.spec.containers, &self.spec.ephemeral_containers].into_iter().flatten() {
            container.tell(&mut uses);
        }
        for volume in &self.spec.volumes {
            volume.tell_secrets(&mut uses);
            volume.tell_config_maps(&mut uses);
            volume.tell_claim(self.metadata.name, &mut uses);
        }
        let made = &self.status.resource_claim_statuses;
        for claim in &self.spec.resource_claims {
            let name = match (claim.resource_claim_name, &claim.resource_claim_template_name) {
                (Some(name), _) => Some(name),
                // what a template was made into stands in the status once it is there
                (None, Some(_)) => made.iter().find(|status| status.name == claim.name).and_then(|status| status.resource_claim_name),
                (None, None) => None,
            };
            uses.add(Used::ResourceClaim, name.unwrap_or_default(), Way::Devices);
        }
        let extended = self.status.extended_resource_claim_status.as_ref().and_then(|status| status.resource_claim_name);
        uses.add(Used::ResourceClaim, extended.unwrap_or_default(), Way::Devices);
        uses.0
    }
}

/// What has been found so far; names that are empty are passed over.
struct Uses(Vec<Use>);

impl Uses {
    fn add(&mut self, what: Used, name: Name, way: Way) {
        let found = Use { what, name, way };
        if !name.is_empty() && !self.0.contains(&found) {
            self.0.push(found);
        }
    }

    fn add_all<'a>(&mut self, what: Used, names: impl Iterator<Item = &'a Named>, way: Way) {
        names.for_each(|named| self.add(what, named.name, way));
    }
}

impl Container {
    fn tell(&self, uses: &mut Uses) {
        let from = || self.env.iter().filter_map(|variable| variable.value_from.as_ref());
        uses.add_all(Used::Secret, self.env_from.iter().filter_map(|all| all.secret_ref.as_ref()), Way::Environment);
        uses.add_all(Used::Secret, from().filter_map(|from| from.secret_key_ref.as_ref()), Way::Environment);
        uses.add_all(Used::ConfigMap, self.env_from.iter().filter_map(|all| all.config_map_ref.as_ref()), Way::Environment);
        uses.add_all(Used::ConfigMap, from().filter_map(|from| from.config_map_key_ref.as_ref()), Way::Environment);
    }
}

impl Volume<'_> {
    fn tell_secrets(&self, uses: &mut Uses) {
        let name = if let Some(azure) = &self.azure_file {
            azure.secret_name
        } else if let Some(with) = self.cephfs.as_ref().or(self.cinder.as_ref()).or(self.flex_volume.as_ref()) {
            with.name()
        } else if let Some(projected) = &self.projected {
            let secrets = projected.sources.iter().filter_map(|source| source.secret.as_ref());
            return uses.add_all(Used::Secret, secrets, Way::Volume);
        } else if let Some(with) = &self.rbd {
            with.name()
        } else if let Some(secret) = &self.secret {
            secret.secret_name
        } else if let Some(with) = self.scale_io.as_ref().or(self.iscsi.as_ref()).or(self.storageos.as_ref()) {
            with.name()
        } else {
            self.csi.as_ref().and_then(|csi| csi.node_publish_secret_ref.as_ref()).map(|named| named.name).unwrap_or_default()
        };
        uses.add(Used::Secret, name, Way::Volume);
    }

    fn tell_config_maps(&self, uses: &mut Uses) {
        if let Some(projected) = &self.projected {
            uses.add_all(Used::ConfigMap, projected.sources.iter().filter_map(|source| source.config_map.as_ref()), Way::Volume);
        } else if let Some(named) = &self.config_map {
            uses.add(Used::ConfigMap, named.name, Way::Volume);
        }
    }

    fn tell_claim(&self, pod: Name, uses: &mut Uses) {
        let name = match (&self.persistent_volume_claim, &self.ephemeral) {
            (Some(claim), _) => claim.claim_name,
            // `VolumeClaimName` of component-helpers/storage/ephemeral
            (None, Some(_)) => Name::new(&format!("{pod}-{}", self.name)),
            (None, None) => return,
        };
        uses.add(Used::PersistentVolumeClaim, name, Way::Volume);
    }
}

impl WithSecret<Named> {
    fn name(&self) -> Name {
        self.secret_ref.as_ref().map(|named| named.name).unwrap_or_default()
    }
}

/// A persistent volume.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PersistentVolume {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(deserialize_with = "null")]
    spec: VolumeSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VolumeSpec {
    claim_ref: Option<Placed>,
    azure_file: Option<AzureFile>,
    cephfs: Option<WithSecret<Placed>>,
    cinder: Option<WithSecret<Placed>>,
    flex_volume: Option<WithSecret<Placed>>,
    rbd: Option<WithSecret<Placed>>,
    #[serde(rename = "scaleIO")]
    scale_io: Option<WithSecret<Placed>>,
    iscsi: Option<WithSecret<Placed>>,
    storageos: Option<WithSecret<Placed>>,
    csi: Option<Csi>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AzureFile {
    #[serde(deserialize_with = "null")]
    secret_name: Name,
    #[serde(deserialize_with = "null")]
    secret_namespace: Name,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Csi {
    controller_publish_secret_ref: Option<Placed>,
    controller_expand_secret_ref: Option<Placed>,
    node_publish_secret_ref: Option<Placed>,
    node_stage_secret_ref: Option<Placed>,
    node_expand_secret_ref: Option<Placed>,
}

impl PersistentVolume {
    /// The claim it is bound to.
    pub fn claim(&self) -> Option<(Name, Name)> {
        self.spec.claim_ref.as_ref().map(|claim| (claim.namespace, claim.name))
    }

    /// The Secrets that it names.
    pub fn secrets(&self) -> Vec<VolumeSecret> {
        let spec = &self.spec;
        let claim_namespace = spec.claim_ref.as_ref().map(|claim| claim.namespace).unwrap_or_default();
        // volumes of old say no namespace, and mean the claim's
        let or_claim = |namespace: Name| if namespace.is_empty() { claim_namespace } else { namespace };
        let secret = |namespace, name, is_for_kubelet| VolumeSecret { namespace, name, is_for_kubelet };
        let one = |with: &WithSecret<Placed>, or_claim: &dyn Fn(Name) -> Name| -> Vec<VolumeSecret> {
            with.secret_ref.iter().map(|placed| secret(or_claim(placed.namespace), placed.name, true)).collect()
        };
        let mut secrets = if let Some(azure) = &spec.azure_file {
            vec![secret(or_claim(azure.secret_namespace), azure.secret_name, true)]
        } else if let Some(with) = &spec.cephfs {
            one(with, &or_claim)
        } else if let Some(with) = &spec.cinder {
            one(with, &|namespace| namespace)
        } else if let Some(with) = spec.flex_volume.as_ref().or(spec.rbd.as_ref()).or(spec.scale_io.as_ref()).or(spec.iscsi.as_ref()) {
            one(with, &or_claim)
        } else if let Some(with) = &spec.storageos {
            one(with, &|namespace| namespace)
        } else if let Some(csi) = &spec.csi {
            let placed = |placed: &Option<Placed>, is_for_kubelet| {
                placed.as_ref().map(|placed| secret(placed.namespace, placed.name, is_for_kubelet))
            };
            [
                placed(&csi.controller_publish_secret_ref, false),
                placed(&csi.controller_expand_secret_ref, false),
                placed(&csi.node_publish_secret_ref, true),
                placed(&csi.node_stage_secret_ref, true),
                placed(&csi.node_expand_secret_ref, true),
            ]
            .into_iter()
            .flatten()
            .collect()
        } else {
            Vec::new()
        };
        secrets.retain(|secret| !secret.name.is_empty());
        secrets
    }
}

/// A VolumeAttachment or a ResourceSlice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OnNode {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(deserialize_with = "null")]
    pub spec: OnNodeSpec,
}

/// Which node it is of.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OnNodeSpec {
    #[serde(deserialize_with = "null")]
    pub node_name: Name,
    #[serde(deserialize_with = "null")]
    pub attacher: Name,
}
