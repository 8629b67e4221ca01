//! What a server tells of itself: its version, its issuer, whether it has a namespace.

use serde::Deserialize;

use super::Version;
use super::failure::{self, Fault};
use super::http::{Ask, Http};
use crate::base::Failure;
use crate::facts::parse::page::complaint;

/// What `/version` says.
pub async fn version(http: &Http) -> Result<Version, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        git_version: String,
        #[serde(default)]
        platform: String,
    }
    let path = "/version";
    let bytes = http.answer(&Ask::get(path)).await.map_err(|fault| fault.failure(&http.server))?;
    let answer: Answer = read(http, path, &bytes)?;
    Ok(Version { git_version: answer.git_version, platform: answer.platform })
}

/// The issuer of service account tokens; who may see nothing else seldom may see this.
pub async fn issuer(http: &Http) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        issuer: String,
    }
    let path = "/.well-known/openid-configuration";
    let bytes = http.answer(&Ask::get(path)).await.map_err(|fault| fault.failure(&http.server))?;
    read(http, path, &bytes).map(|answer: Answer| answer.issuer)
}

/// Whether there is a namespace; asking for one by name needs no right to list them.
pub async fn has_namespace(http: &Http, name: &str) -> Result<bool, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        kind: String,
    }
    let path = format!("/api/v1/namespaces/{name}");
    match http.answer(&Ask::get(&path)).await {
        Ok(bytes) => read(http, &path, &bytes).map(|answer: Answer| answer.kind == "Namespace"),
        // a proxy's 404 says nothing of namespaces
        Err(Fault::Missing { is_status: true, .. }) => Ok(false),
        Err(fault) => Err(fault.failure(&http.server)),
    }
}

/// Reads an answer of a known shape.
pub fn read<'a, T: Deserialize<'a>>(http: &Http, path: &str, bytes: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| failure::garbage(&http.server, path, complaint(bytes, &error)))
}
