//! What the containers of a pod have for AWS in their environment.

use serde::Deserialize;

use super::shape::{self, null};
use crate::base::Name;
use crate::facts::Injected;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pod {
    #[serde(deserialize_with = "null")]
    spec: Containers,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Containers {
    #[serde(deserialize_with = "null")]
    containers: Vec<Container>,
    #[serde(deserialize_with = "null")]
    init_containers: Vec<Container>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Container {
    #[serde(deserialize_with = "null")]
    env: Vec<Variable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Variable {
    #[serde(deserialize_with = "null")]
    name: String,
    #[serde(deserialize_with = "null")]
    value: String,
}

/// Few pods have anything, and only of those the containers are read.
///
/// # Errors
/// The path to what is not of the shape that Kubernetes gives it, and what was expected there.
pub fn read(text: &str) -> Result<Injected, (String, String)> {
    let mut injected = Injected { is_told: text.contains("\"containers\""), ..Injected::default() };
    if !["AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ACCESS_KEY_ID"].iter().any(|name| text.contains(name)) {
        return Ok(injected);
    }
    let spec = shape::read::<Pod>(text)?.spec;
    for variable in spec.containers.iter().chain(&spec.init_containers).flat_map(|container| &container.env) {
        match variable.name.as_str() {
            "AWS_ROLE_ARN" if injected.role_arn.is_empty() => injected.role_arn = Name::new(&variable.value),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI" => injected.pod_identity = true,
            "AWS_ACCESS_KEY_ID" => injected.keys = true,
            _ => {}
        }
    }
    Ok(injected)
}
