//! `whoami` as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::map::Map;
use super::shapes::{Gap, Identity, present};
use super::token::Method;
use crate::base::{Finding, Name};
use crate::report::overview;
use crate::session::Walk;
use crate::source::aws::Origin;
use crate::source::live::CallerSource;
use crate::view::login;

/// The answer to `whoami`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Whoami {
    /// Absent in a cluster's pod.
    context: Option<String>,
    credential: Option<Credential>,
    /// How the API server takes it; absent where nothing is known of it.
    method: Option<Method>,
    /// Who that is outside the cluster, where something outside was asked.
    caller: Option<Caller>,
    /// Who one is without acting as somebody else, where the kubeconfig says to.
    acts_from: Option<Identity>,
    /// Who the credential itself says one is; absent where it does not.
    computed: Option<Identity>,
    /// Who the cluster takes one for, with where that is known from.
    identity: Option<Identity>,
    /// The server's own words; absent where it did not tell all of it.
    server: Option<Told>,
    /// Who the principal that signed the token is to the cluster, by what was read, as `map` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<Map>,
    /// Why a server that says Unauthorized may say it, the likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<Cause>,
    stages: Vec<Stage>,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
}

/// What is presented, without its secret.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Credential {
    /// `none`, `certificate`, `token`, `exec` or `basic`.
    kind: &'static str,
    description: String,
    /// RFC 3339; absent where it is not known.
    expires_at: Option<String>,
    /// Where the AWS credentials come from that signed a token of EKS, and what does not count beside them.
    signed_with: Option<String>,
}

/// A principal of AWS.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Caller {
    arn: String,
    account: String,
    user_id: String,
}

/// What SelfSubjectReview says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Told {
    username: Option<Name>,
    groups: Vec<Name>,
    uid: Option<Name>,
    extra: BTreeMap<Name, Vec<Name>>,
}

/// A cause of a refusal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Cause {
    sentence: String,
    details: Vec<String>,
    /// What mends it: commands, or sentences.
    fixes: Vec<String>,
    /// Whether it is one for certain.
    certain: bool,
}

/// One stage of the walk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Stage {
    name: &'static str,
    /// `idle`, `loading`, `ready`, `failed`, `stale` or `cancelled`.
    state: &'static str,
    took_ms: u64,
    message: String,
}

impl Whoami {
    /// The walk, up to the identity.
    pub fn new(walk: &Walk) -> Self {
        let told = walk.caller.as_ref().filter(|caller| caller.from == CallerSource::Review).map(|caller| &caller.identity);
        Self {
            context: walk.target.as_ref().and_then(|target| target.context.clone()),
            credential: walk.presented.as_ref().map(|presented| Credential {
                kind: presented.kind.as_str(),
                description: presented.description.clone(),
                expires_at: presented.expires_at.and_then(overview::moment),
                signed_with: presented.origin.as_ref().map(Origin::sentence),
            }),
            method: overview::method(walk).map(Method::from),
            caller: walk.principal.as_ref().map(|principal| Caller {
                arn: principal.arn.clone(),
                account: principal.account.clone(),
                user_id: principal.user_id.clone(),
            }),
            acts_from: walk.oneself.as_ref().map(|caller| Identity::from(&caller.identity)),
            computed: overview::computed(walk).and_then(Result::ok).map(|computed| Identity::from(&computed.identity)),
            identity: walk.caller.as_ref().map(|caller| Identity::from(&caller.identity)),
            server: told.map(|identity| Told {
                username: identity.username,
                groups: identity.groups.clone(),
                uid: present(identity.uid),
                extra: identity.extra.clone(),
            }),
            mapping: login::mapping(walk).as_ref().map(|mapping| Map::new(mapping, None)),
            causes: login::causes(walk)
                .into_iter()
                .map(|cause| Cause { sentence: cause.sentence, details: cause.details, fixes: cause.fixes, certain: cause.is_certain })
                .collect(),
            stages: overview::told(walk)
                .map(|(step, stage)| Stage {
                    name: step.as_str(),
                    state: stage.state.as_str(),
                    took_ms: u64::try_from(stage.took.as_millis()).unwrap_or(u64::MAX),
                    message: overview::message(stage).to_owned(),
                })
                .collect(),
            findings: overview::findings(walk),
            gaps: overview::gaps(walk).iter().map(Gap::from).collect(),
        }
    }
}
