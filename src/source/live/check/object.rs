//! One object that a token is bound to: looked at, and watched until it changes. Of its content nothing is asked for.

use std::time::Duration;

use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::timeout;

use super::why;
use crate::credential::live::{Bound, Seen};
use crate::source::live::failure::Fault;
use crate::source::live::feed::back_off::{BackOff, fraction};
use crate::source::live::http::{Ask, Http};

/// The metadata alone: what a Secret holds is none of our business.
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// How long one watch lasts at least; at most twice that.
const LASTS: Duration = Duration::from_mins(5);

/// A server that says nothing for so long, not even where it is, has gone without a word.
const SILENCE: Duration = Duration::from_mins(3);

/// The longest event.
const LONGEST: usize = 4 << 20;

/// How an object was found, and how it can be watched from there.
#[derive(Clone, Debug)]
pub struct Found {
    pub seen: Seen,
    version: String,
    /// Whether it was seen as whom the kubeconfig says to act as.
    acts: bool,
}

/// Why an object was not seen.
#[derive(Clone, Debug)]
pub enum Unseen {
    /// The credential is not taken.
    Unauthorized,
    /// Something else: why.
    Why(String),
}

/// How a watch ended.
enum Ended {
    /// The object is another now than it was.
    Changed(Found),
    /// Its time was over, or the way broke: as of this version.
    Over(String),
    /// It has to be looked at again.
    Lost,
    /// It may not be watched.
    Refused,
}

/// Looks at an object: as oneself or, where that is refused, as whom the kubeconfig says to act as.
pub async fn look(http: &Http, bound: &Bound) -> Result<Found, Unseen> {
    let path = format!("{}/{}", collection(bound), bound.name);
    let mut acts = false;
    let mut answer = http.answer(&ask(path.clone(), acts)).await;
    if matches!(answer, Err(Fault::Forbidden(_))) && !http.impersonation.is_empty() {
        acts = true;
        answer = http.answer(&ask(path, acts)).await;
    }
    match answer {
        Ok(bytes) => {
            let object: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let seen = Seen::of(&object).ok_or_else(|| Unseen::Why("what the server answers is no such object".to_owned()))?;
            Ok(Found { seen, version: version(&object), acts })
        }
        // whoever knows no such path says so in other words
        Err(Fault::Missing { failure, is_status: true }) if failure.message.contains(&format!("\"{}\" not found", bound.name)) => {
            Ok(Found { seen: Seen::Gone, version: String::new(), acts })
        }
        Err(Fault::Unauthorized(_)) => Err(Unseen::Unauthorized),
        Err(fault) => Err(Unseen::Why(why(http, fault))),
    }
}

/// Waits until an object is another than it was; none where it cannot be watched.
pub async fn changed(http: &Http, bound: &Bound, mut found: Found) -> Option<Found> {
    let mut back_off = BackOff::default();
    loop {
        match watch(http, bound, &found).await {
            Ended::Changed(found) => return Some(found),
            Ended::Refused => return None,
            Ended::Over(version) => {
                if version != found.version {
                    back_off = BackOff::default();
                }
                found.version = version;
                back_off.wait().await;
            }
            Ended::Lost => {
                back_off.wait().await;
                match look(http, bound).await {
                    Ok(now) if now.seen != found.seen => return Some(now),
                    Ok(now) => found = now,
                    // what the server thinks of the credential is heeded elsewhere
                    Err(Unseen::Unauthorized) => return None,
                    Err(Unseen::Why(_)) => {}
                }
            }
        }
    }
}

async fn watch(http: &Http, bound: &Bound, found: &Found) -> Ended {
    let seconds = LASTS.mul_f64(1.0 + fraction()).as_secs();
    // what is gone had no version: the watch begins with what is there then
    let version = Some(&found.version).filter(|version| !version.is_empty());
    let from = version.map(|version| format!("&resourceVersion={version}")).unwrap_or_default();
    let path = format!(
        "{}?fieldSelector=metadata.name%3D{}&watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}{from}",
        collection(bound),
        bound.name
    );
    let mut body = match http.stream(&ask(path, found.acts)).await {
        Ok(body) => body,
        Err(Fault::Forbidden(_) | Fault::NotAllowed(_) | Fault::Missing { .. } | Fault::Unauthorized(_)) => return Ended::Refused,
        Err(_) => return Ended::Lost,
    };
    let (mut text, mut now): (Vec<u8>, Found) = (Vec::new(), found.clone());
    loop {
        let data = match timeout(SILENCE, body.frame()).await {
            Err(_) | Ok(Some(Err(_))) => return Ended::Lost,
            Ok(None) => return Ended::Over(now.version),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        };
        text.extend_from_slice(&data);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let rest = text.split_off(end + 1);
            let line = std::mem::replace(&mut text, rest);
            if line.trim_ascii().is_empty() {
                continue;
            }
            match event(&line, bound, &now) {
                None => return Ended::Lost,
                Some(next) if next.seen != found.seen => return Ended::Changed(next),
                Some(next) => now = next,
            }
        }
        if text.len() > LONGEST {
            return Ended::Lost;
        }
    }
}

/// How the object stands after one event; none for one that says that the watch is lost.
fn event(line: &[u8], bound: &Bound, before: &Found) -> Option<Found> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let object = event.get("object")?;
    let version = version(object);
    let name = object.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Value::as_str);
    let seen = match event.get("type").and_then(Value::as_str)? {
        "ERROR" => return None,
        _ if name != Some(bound.name.as_str()) => before.seen.clone(),
        "DELETED" => Seen::Gone,
        "ADDED" | "MODIFIED" => Seen::of(object)?,
        _ => before.seen.clone(),
    };
    Some(Found { seen, version, acts: before.acts })
}

fn ask(path: String, acts: bool) -> Ask {
    Ask { accept: Some(METADATA), impersonation: (!acts).then(Vec::new), ..Ask::get(path) }
}

fn version(object: &Value) -> String {
    object.get("metadata").and_then(|metadata| metadata.get("resourceVersion")).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The path of all objects of its kind in its namespace.
fn collection(bound: &Bound) -> String {
    let namespace = bound.namespace.as_ref().map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default();
    format!("/api/v1{namespace}/{}", bound.what.plural())
}
