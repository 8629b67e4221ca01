//! API resources from discovery answers and CustomResourceDefinitions.

use serde::Deserialize;

use super::convert::Refusal;
use super::shape::{self, null};
use crate::base::Name;
use crate::facts::{ApiResource, Scoping};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResourceList {
    #[serde(deserialize_with = "null")]
    group_version: String,
    #[serde(deserialize_with = "null")]
    resources: Vec<Resource>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Resource {
    #[serde(deserialize_with = "null")]
    name: String,
    #[serde(deserialize_with = "null")]
    singular_name: Name,
    namespaced: bool,
    #[serde(deserialize_with = "null")]
    kind: Name,
    #[serde(deserialize_with = "null")]
    verbs: Vec<Name>,
    #[serde(deserialize_with = "null")]
    short_names: Vec<Name>,
    #[serde(deserialize_with = "null")]
    categories: Vec<Name>,
}

/// What `kubectl get --raw /apis/GROUP/VERSION` prints; subresources are listed as `pods/log`.
pub fn resource_list(text: &str) -> Result<Vec<ApiResource>, Refusal> {
    let list: ResourceList = shape::read(text)?;
    let group = list.group_version.split_once('/').map_or(Name::EMPTY, |(group, _)| Name::new(group));
    Ok(list.resources.into_iter().map(|resource| listed(group, resource)).collect())
}

fn listed(group: Name, resource: Resource) -> ApiResource {
    let scoping = scoping(resource.namespaced);
    match resource.name.split_once('/') {
        // a subresource completes its parent, whose other fields it does not tell
        Some((parent, subresource)) => {
            ApiResource { subresources: [Name::new(subresource)].into(), ..bare(group, Name::new(parent), scoping) }
        }
        None => ApiResource {
            singular: resource.singular_name,
            kind: resource.kind,
            short_names: resource.short_names.into(),
            verbs: resource.verbs.into(),
            categories: resource.categories.into(),
            ..bare(group, Name::new(&resource.name), scoping)
        },
    }
}

fn scoping(namespaced: bool) -> Scoping {
    if namespaced { Scoping::Namespaced } else { Scoping::Cluster }
}

fn bare(group: Name, plural: Name, scoping: Scoping) -> ApiResource {
    ApiResource {
        group,
        plural,
        singular: Name::EMPTY,
        kind: Name::EMPTY,
        short_names: [].into(),
        scoping,
        subresources: [].into(),
        verbs: [].into(),
        categories: [].into(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Group {
    #[serde(deserialize_with = "null")]
    metadata: shape::Metadata,
    #[serde(deserialize_with = "null")]
    versions: Vec<Version>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Version {
    #[serde(deserialize_with = "null")]
    resources: Vec<Discovered>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Discovered {
    #[serde(deserialize_with = "null")]
    resource: Name,
    #[serde(deserialize_with = "null")]
    response_kind: ResponseKind,
    #[serde(deserialize_with = "null")]
    scope: String,
    #[serde(deserialize_with = "null")]
    singular_resource: Name,
    #[serde(deserialize_with = "null")]
    verbs: Vec<Name>,
    #[serde(deserialize_with = "null")]
    short_names: Vec<Name>,
    #[serde(deserialize_with = "null")]
    categories: Vec<Name>,
    #[serde(deserialize_with = "null")]
    subresources: Vec<Subresource>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ResponseKind {
    #[serde(deserialize_with = "null")]
    kind: Name,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Subresource {
    #[serde(deserialize_with = "null")]
    subresource: Name,
}

/// One group of aggregated discovery (`/api`, `/apis` as `APIGroupDiscoveryList`); the core group has no name.
pub fn group(text: &str) -> Result<Vec<ApiResource>, Refusal> {
    let group: Group = shape::read(text)?;
    let name = group.metadata.name;
    let resources = group.versions.into_iter().flat_map(|version| version.resources);
    Ok(resources
        .map(|resource| ApiResource {
            singular: resource.singular_resource,
            kind: resource.response_kind.kind,
            short_names: resource.short_names.into(),
            subresources: resource.subresources.into_iter().map(|subresource| subresource.subresource).collect(),
            verbs: resource.verbs.into(),
            categories: resource.categories.into(),
            ..bare(name, resource.resource, scoping(resource.scope == "Namespaced"))
        })
        .collect())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CustomResource {
    #[serde(deserialize_with = "null")]
    spec: CustomResourceSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CustomResourceSpec {
    #[serde(deserialize_with = "null")]
    group: Name,
    #[serde(deserialize_with = "null")]
    scope: String,
    #[serde(deserialize_with = "null")]
    names: Names,
    /// Of `v1`.
    #[serde(deserialize_with = "null")]
    versions: Vec<CustomVersion>,
    /// Of `v1beta1`.
    subresources: Option<Subresources>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Names {
    #[serde(deserialize_with = "null")]
    plural: Name,
    #[serde(deserialize_with = "null")]
    singular: Name,
    #[serde(deserialize_with = "null")]
    kind: Name,
    #[serde(deserialize_with = "null")]
    short_names: Vec<Name>,
    #[serde(deserialize_with = "null")]
    categories: Vec<Name>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CustomVersion {
    subresources: Option<Subresources>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Subresources {
    status: Option<serde::de::IgnoredAny>,
    scale: Option<serde::de::IgnoredAny>,
}

/// A CustomResourceDefinition.
pub fn custom_resource(text: &str) -> Result<ApiResource, Refusal> {
    let spec = shape::read::<CustomResource>(text)?.spec;
    if spec.names.plural.is_empty() || spec.group.is_empty() {
        return Err(Refusal::Content("spec.group or spec.names.plural is missing".to_owned()));
    }
    let mut subresources: Vec<Name> = Vec::new();
    for told in spec.versions.iter().filter_map(|version| version.subresources.as_ref()).chain(&spec.subresources) {
        for (name, is_there) in [("status", told.status.is_some()), ("scale", told.scale.is_some())] {
            let name = Name::new(name);
            if is_there && !subresources.contains(&name) {
                subresources.push(name);
            }
        }
    }
    // the API server fills in the singular: the kind in lower case
    let singular = if spec.names.singular.is_empty() { Name::new(&spec.names.kind.as_str().to_lowercase()) } else { spec.names.singular };
    Ok(ApiResource {
        singular,
        kind: spec.names.kind,
        short_names: spec.names.short_names.into(),
        subresources: subresources.into(),
        verbs: ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"].map(Name::new).into(),
        categories: spec.names.categories.into(),
        ..bare(spec.group, spec.names.plural, scoping(spec.scope == "Namespaced"))
    })
}
