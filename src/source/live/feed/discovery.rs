//! The API's resources: in two requests where the server aggregates them, else group by group.

use futures::future::join_all;
use serde::Deserialize;

use super::back_off::BackOff;
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
    items: Vec<Aggregated>,
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

/// A group of aggregated discovery, as far as it tells whether its server is there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Aggregated {
    metadata: Named,
    versions: Vec<Freshness>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Freshness {
    version: String,
    freshness: String,
}

/// What is wrong with an answer in which something else stands.
const UNREADABLE: &str = "it gave something else than resources";

/// What one half of discovery gave.
#[derive(Default)]
struct Found {
    objects: Vec<Object>,
    /// Groups whose own server is away.
    gaps: Vec<Gap>,
}

/// Reads the API's resources once; again, where the plan watches, until the server has given both halves.
pub async fn read(context: &Context) {
    let mut missing = vec!["/api", "/apis"];
    let mut back_off = BackOff::default();
    let mut is_told = false;
    loop {
        let (mut batch, mut gaps, mut changes, mut still) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let answers = join_all(missing.iter().map(|path| root(context, path))).await;
        for (path, answer) in missing.into_iter().zip(answers) {
            match answer {
                Ok(found) => {
                    if is_told {
                        changes.push(Change::Filled(name(path)));
                    }
                    batch.extend(found.objects);
                    gaps.extend(found.gaps);
                }
                Err(fault) => {
                    if !is_told {
                        gaps.push(gap(path, fault.failure(&context.http.server).message));
                    }
                    still.push(path);
                }
            }
        }
        changes.push(Change::Batch(batch));
        changes.extend(gaps.into_iter().map(Change::Gap));
        context.say(Note::Changes(changes)).await;
        context.say(Note::Listed(Part { kind: None, namespace: None })).await;
        if !context.is_watched || still.is_empty() {
            return;
        }
        (missing, is_told) = (still, true);
        back_off.wait().await;
    }
}

async fn root(context: &Context, path: &str) -> Result<Found, Fault> {
    let bytes = context.http.answer(&Ask { accept: Some(ACCEPT), ..Ask::get(path) }).await?;
    let wrong = |why: &str| Fault::Other(garbage(&context.http.server, path, why));
    let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| wrong(complaint(&bytes, &error)))?;
    match answer.kind.as_str() {
        "APIGroupDiscoveryList" => match objects(path, &bytes) {
            Some(objects) => Ok(Found { objects, gaps: answer.items.iter().flat_map(stale).collect() }),
            None => Err(wrong(UNREADABLE)),
        },
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

/// The versions of a group that the API server has not got anew.
fn stale(group: &Aggregated) -> impl Iterator<Item = Gap> + '_ {
    let stale = group.versions.iter().filter(|version| version.freshness == "Stale");
    stale.map(|version| {
        let path = format!("/apis/{}/{}", group.metadata.name, version.version);
        gap(&path, "the API server does not reach the server behind this API".to_owned())
    })
}

/// Reads versions of groups side by side. A group whose own server is away is a gap; the others are read.
async fn each(context: &Context, paths: Vec<String>) -> Found {
    let mut found = Found::default();
    let asks: Vec<Ask> = paths.iter().map(Ask::get).collect();
    let answers = join_all(asks.iter().map(|ask| context.http.answer(ask))).await;
    for (path, answer) in paths.iter().zip(answers) {
        match answer {
            Ok(bytes) => match objects(path, &bytes) {
                Some(objects) => found.objects.extend(objects),
                None => found.gaps.push(gap(path, garbage(&context.http.server, path, UNREADABLE).message)),
            },
            Err(fault) => found.gaps.push(gap(path, fault.failure(&context.http.server).message)),
        }
    }
    found
}

/// The resources that an answer tells; none when it is no such answer.
fn objects(path: &str, bytes: &[u8]) -> Option<Vec<Object>> {
    let changes = parse::document(path, bytes).into_iter();
    let resource = |change| match change {
        Change::Upsert(object @ Object::ApiResource(_)) => Some(object),
        _ => None,
    };
    changes.map(resource).collect()
}

fn name(path: &str) -> String {
    format!("the API's resources of {path}")
}

/// Names of resources that are not known change no verdict: rules are compared as they are written.
fn gap(path: &str, why: String) -> Gap {
    Gap {
        what: name(path),
        why,
        kinds: vec![Name::new("APIResourceList")],
        loss: Loss::Unreachable,
        settled_by: Some("kubectl api-resources".to_owned()),
        ..Gap::default()
    }
}
