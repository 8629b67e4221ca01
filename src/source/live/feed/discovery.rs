//! The API's resources: in two requests where the server aggregates them, else group by group.

use serde::Deserialize;
use tokio::task::JoinSet;

use super::{Context, Note, Part};
use crate::base::{Gap, Loss, Name};
use crate::facts::parse::page::complaint;
use crate::facts::{Change, Object, parse};
use crate::source::live::failure::{Fault, garbage};
use crate::source::live::http::Ask;

/// Aggregated discovery where there is such (1.26 and later), else the list of old.
const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    kind: String,
    groups: Vec<Group>,
    versions: Vec<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Version {
    group_version: String,
}

/// Reads the API's resources once.
pub async fn read(context: &Context) {
    let (core, groups) = tokio::join!(root(context, "/api"), root(context, "/apis"));
    let mut batch = Vec::new();
    for result in std::iter::once(core).chain([groups]) {
        match result {
            Ok(objects) => batch.extend(objects),
            Err((path, fault)) => context.say(Note::Changes(vec![gap(context, &path, fault)])).await,
        }
    }
    context.say(Note::Changes(vec![Change::Batch(batch)])).await;
    context.say(Note::Listed(Part { kind: None, namespace: None })).await;
}

async fn root(context: &Context, path: &str) -> Result<Vec<Object>, (String, Fault)> {
    let here = |fault: Fault| (path.to_owned(), fault);
    let bytes = context.http.answer(&Ask { accept: Some(ACCEPT), ..Ask::get(path) }).await.map_err(here)?;
    let wrong = |why: &str| here(Fault::Other(garbage(&context.http.server, path, why)));
    let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| wrong(complaint(&bytes, &error)))?;
    match answer.kind.as_str() {
        "APIGroupDiscoveryList" => Ok(objects(path, &bytes)),
        "APIVersions" => {
            let versions = answer.versions.iter().filter_map(|version| version.as_str());
            Ok(each(context, versions.map(|version| format!("/api/{version}")).collect()).await)
        }
        "APIGroupList" => {
            let versions = answer.groups.into_iter().flat_map(|group| group.versions);
            Ok(each(context, versions.map(|version| format!("/apis/{}", version.group_version)).collect()).await)
        }
        _ => Err(wrong("it gave no list of APIs")),
    }
}

/// Reads versions of groups side by side. A group whose own server is away is a gap; the others are read.
async fn each(context: &Context, paths: Vec<String>) -> Vec<Object> {
    let mut reading = JoinSet::new();
    for path in paths {
        let http = std::sync::Arc::clone(&context.http);
        reading.spawn(async move {
            let answer = http.answer(&Ask::get(&path)).await;
            (path, answer)
        });
    }
    let mut found = Vec::new();
    while let Some(result) = reading.join_next().await {
        match result {
            Ok((path, Ok(bytes))) => found.extend(objects(&path, &bytes)),
            Ok((path, Err(fault))) => context.say(Note::Changes(vec![gap(context, &path, fault)])).await,
            Err(_) => {}
        }
    }
    found
}

fn objects(path: &str, bytes: &[u8]) -> Vec<Object> {
    let changes = parse::document(path, bytes).into_iter();
    changes
        .filter_map(|change| match change {
            Change::Upsert(object @ Object::ApiResource(_)) => Some(object),
            _ => None,
        })
        .collect()
}

/// Names of resources that are not known change no verdict: rules are compared as they are written.
fn gap(context: &Context, path: &str, fault: Fault) -> Change {
    Change::Gap(Gap {
        what: format!("the API's resources of {path}"),
        why: fault.failure(&context.http.server).message,
        kinds: vec![Name::new("APIResourceList")],
        loss: Loss::Unreachable,
        settled_by: Some("kubectl api-resources".to_owned()),
        ..Gap::default()
    })
}
