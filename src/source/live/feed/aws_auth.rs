//! The ConfigMap kube-system/aws-auth: one object, read by its name, and absent from most clusters.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::sleep;

use super::back_off::BackOff;
use super::{Context, Note, scope};
use crate::base::{Loss, Name};
use crate::facts::{Change, Kind, Object, Scope, parse};
use crate::source::live::failure::{Fault, garbage};
use crate::source::live::http::Ask;

const PATH: &str = "/api/v1/namespaces/kube-system/configmaps/aws-auth";

/// How often it is read: who may read the one by its name may seldom watch it.
const PAUSE: Duration = Duration::from_secs(10);

/// How often it is looked for where there is none, as on most clusters.
const ABSENT: Duration = Duration::from_mins(2);

/// Reads it, and reads it again where the plan watches.
pub async fn follow(context: &Context) {
    let scope = Scope { kind: Kind::ConfigMap, namespace: Some(Name::new("kube-system")) };
    let part = super::Part { kind: Some(Kind::ConfigMap), namespace: None };
    let mut last: Option<Vec<Change>> = None;
    let mut back_off = BackOff::default();
    loop {
        let answer = read(context).await;
        let pause = if matches!(answer, Ok(None)) { ABSENT } else { PAUSE };
        let (changes, failure) = match answer {
            Ok(None) => (vec![Change::Clear(scope)], None),
            Ok(Some(object)) => (vec![Change::Clear(scope), Change::Upsert(object)], None),
            Err(Fault::Forbidden(why)) => {
                (vec![Change::Clear(scope), Change::Gap(scope::gap(scope, why, Loss::Refused, &BTreeSet::new()))], None)
            }
            Err(fault) => {
                let failure = fault.failure(&context.http.server);
                let gap = scope::gap(scope, failure.message.clone(), Loss::Unreachable, &BTreeSet::new());
                (vec![Change::Settled(scope), Change::Gap(gap)], Some(failure))
            }
        };
        // what is known stays while the server is away
        let is_news = last.as_ref() != Some(&changes) && (failure.is_none() || last.is_none());
        if is_news {
            context.say(Note::Changes(changes.clone())).await;
            last = Some(changes);
        }
        context.say(Note::Listed(part)).await;
        if !context.is_watched {
            return;
        }
        if let Some(failure) = failure {
            context.say(Note::Stale(part, failure)).await;
            back_off.wait().await;
        } else {
            back_off = BackOff::default();
            context.say(Note::Live(part)).await;
            sleep(pause).await;
        }
    }
}

async fn read(context: &Context) -> Result<Option<Object>, Fault> {
    let bytes = match context.http.answer(&Ask::get(PATH)).await {
        Ok(bytes) => bytes,
        Err(Fault::Missing { is_status: true, .. }) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let changes = parse::document("aws-auth", &bytes);
    let object = changes.into_iter().find_map(|change| match change {
        Change::Upsert(object @ Object::AwsAuth(_)) => Some(object),
        _ => None,
    });
    object.map(Some).ok_or_else(|| Fault::Other(garbage(&context.http.server, PATH, "it gave something else than the ConfigMap")))
}
