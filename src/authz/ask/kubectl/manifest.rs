//! The objects of a manifest: which they are, not what they say.

use serde::Deserialize;

use crate::base::Failure;

/// One object of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The API group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace, or empty.
    pub namespace: String,
    /// The name, or empty with `generateName`.
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    api_version: String,
    kind: String,
    metadata: Metadata,
    items: Vec<Self>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: String,
    namespace: String,
}

/// The objects of a file, those of lists too.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Manifest>, Failure> {
    let mut manifests = Vec::new();
    for document in serde_yaml::Deserializer::from_slice(bytes) {
        let document =
            Option::<Document>::deserialize(document).map_err(|error| Failure::failed(format!("cannot read {name}: {error}")))?;
        collect(document.unwrap_or_default(), &mut manifests);
    }
    if manifests.is_empty() {
        return Err(Failure::failed(format!("{name} holds no objects")));
    }
    Ok(manifests)
}

fn collect(document: Document, manifests: &mut Vec<Manifest>) {
    for item in document.items {
        collect(item, manifests);
    }
    if !document.kind.is_empty() && !document.kind.ends_with("List") {
        manifests.push(Manifest {
            group: document.api_version.split_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default(),
            kind: document.kind,
            namespace: document.metadata.namespace,
            name: document.metadata.name,
        });
    }
}
