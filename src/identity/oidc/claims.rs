//! The claims of a token held against the settings for its issuer, in the order of the API server.

mod mapped;
mod rules;
mod stage;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::authenticator::{Authenticator, Mapping, Standing};
use super::distributed::{self, Distributed};
use super::reading::{self, Text, Time};
use super::{Answer, Check};
use crate::base::text::{enumerate, sanitise};
use crate::credential::jwt::{Defect, Token};
use crate::identity::Provenance;

pub use stage::Stage;

/// How much later than now a token may begin.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What claims came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The user name.
    pub username: String,
    /// The groups, as they come, without those that the API server adds.
    pub groups: Vec<String>,
    /// The uid; empty for none.
    pub uid: String,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
    /// Where each of these comes from.
    pub provenance: Vec<Provenance>,
}

/// What settings make of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who it is of; or at which stage the API server refuses it, or what it does is open.
    pub claimed: Result<Claimed, (Stage, Answer)>,
    /// All that was looked at.
    pub checks: Vec<Check>,
}

/// Holds a token against settings; its time is looked at where the time is known.
pub fn tell(authenticator: &Authenticator, token: &Token, now: Option<Timestamp>) -> Told {
    let mut checks = Checks(Vec::new());
    of_settings(authenticator, &mut checks);
    if !of_form(token, &mut checks) {
        return checks.told(Claimed::default());
    }
    let claims = &token.claims;
    of_issuer(authenticator, claims, &mut checks);
    of_header(authenticator, token, &mut checks);
    let groups = match &authenticator.groups {
        Some(Mapping::Claim { claim, .. }) => Some(claim.as_str()),
        _ => None,
    };
    of_shape(claims, &mut checks);
    let distributed = distributed::of(claims, groups);
    match &distributed {
        Distributed::Misshapen(why) => checks.fails(Stage::Claims, why.clone()),
        Distributed::Refused(why) => checks.fails(Stage::Distributed, why.clone()),
        _ => {}
    }
    // one audience is looked at before the time, one of several after it
    let is_one = authenticator.audiences.len() < 2;
    if is_one {
        of_audience(authenticator, claims, &mut checks);
    }
    checks.0.extend(in_time(token, now));
    if !is_one {
        of_audience(authenticator, claims, &mut checks);
    }
    match distributed {
        Distributed::Elsewhere(endpoint) => checks.open(
            Stage::Distributed,
            format!(
                "the token has no groups: `_claim_names` says that they are at `{}`, where the API server asks for them, and Microsoft \
                 Entra ID, which does so for those of more than 200 groups, does not answer it",
                sanitise(&endpoint)
            ),
        ),
        Distributed::RefusedLate(why) => checks.fails(Stage::Distributed, why),
        Distributed::Open(why) => checks.open(Stage::Distributed, why.to_owned()),
        Distributed::Nothing | Distributed::Refused(_) | Distributed::Misshapen(_) => {}
    }
    let claimed = mapped::of(authenticator, claims, &mut checks);
    rules::of(authenticator, claims, &claimed, &mut checks);
    checks.told(claimed)
}

/// What was looked at so far.
struct Checks(Vec<Check>);

impl Checks {
    fn put(&mut self, stage: Stage, answer: Answer, detail: String) {
        self.0.push(Check { stage, answer, detail });
    }

    fn holds(&mut self, stage: Stage, detail: String) {
        self.put(stage, Answer::Holds, detail);
    }

    fn warns(&mut self, stage: Stage, detail: String) {
        self.put(stage, Answer::Warns, detail);
    }

    fn fails(&mut self, stage: Stage, detail: String) {
        self.put(stage, Answer::Fails, detail);
    }

    fn open(&mut self, stage: Stage, detail: String) {
        self.put(stage, Answer::Open, detail);
    }

    /// Whether this stage and those before it hold.
    fn hold(&self) -> bool {
        self.0.iter().all(|check| matches!(check.answer, Answer::Holds | Answer::Warns))
    }

    fn told(self, claimed: Claimed) -> Told {
        let stopped = self.0.iter().find(|check| matches!(check.answer, Answer::Fails | Answer::Open));
        let claimed = stopped.map_or(Ok(claimed), |check| Err((check.stage, check.answer)));
        Told { claimed, checks: self.0 }
    }
}

fn of_settings(authenticator: &Authenticator, checks: &mut Checks) {
    match &authenticator.standing {
        Standing::Counts => {}
        Standing::Idle(why) => checks.fails(Stage::Settings, why.clone()),
        Standing::Refused(why) => checks.fails(Stage::Settings, format!("the API server does not take these settings: {why}")),
        Standing::Open(why) => checks.open(Stage::Settings, why.clone()),
    }
}

/// Whether there are claims to look at.
fn of_form(token: &Token, checks: &mut Checks) -> bool {
    let detail = |defect: &Defect| match defect {
        Defect::Parts(count) => format!("it has {count} parts, and not three"),
        Defect::Encoding(part, why) => format!("its {part} is no base64url: {why}"),
        Defect::Json(part, why) => format!("its {part} cannot be read: {why}"),
        Defect::Depth(part) => format!("its {part} is nested too deeply"),
    };
    match token.defects.first() {
        Some(defect @ (Defect::Parts(_) | Defect::Encoding(..))) => checks.fails(Stage::Form, detail(defect)),
        // Go reads some of what is refused here
        Some(defect) => checks.open(Stage::Form, detail(defect)),
        None if !token.duplicates.is_empty() => {
            checks.open(Stage::Form, format!("{} stands in it twice", sanitise(&token.duplicates.join(", "))));
        }
        None => return true,
    }
    false
}

fn of_issuer(authenticator: &Authenticator, claims: &Map<String, Value>, checks: &mut Checks) {
    // Go takes these names in any case, and of two the one that comes last
    const KNOWN: [&str; 10] = ["iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "at_hash", "_claim_names", "_claim_sources"];
    let is_odd = |name: &&String| {
        let folded = name.replace('\u{17f}', "s").replace('\u{212a}', "k");
        KNOWN.iter().any(|known| known.eq_ignore_ascii_case(&folded) && known != name)
    };
    if let Some(odd) = claims.keys().find(is_odd) {
        checks.open(Stage::Form, format!("the claim `{}` may be taken for another", sanitise(odd)));
    }
    let (wanted, theirs) = (sanitise(&authenticator.issuer), reading::text(claims, "iss"));
    match theirs {
        Text::Is(issuer) if issuer == authenticator.issuer => checks.holds(Stage::Issuer, format!("its issuer is `{wanted}`")),
        Text::Is("accounts.google.com") if authenticator.issuer == "https://accounts.google.com" => {
            checks.holds(Stage::Issuer, "its issuer is Google".to_owned());
        }
        Text::Is(issuer) => checks.fails(Stage::Issuer, format!("its issuer is `{}`, and must be `{wanted}`", sanitise(issuer))),
        Text::Absent => checks.fails(Stage::Issuer, format!("it names no issuer, which must be `{wanted}`")),
        Text::Other(kind) => checks.fails(Stage::Issuer, format!("its issuer is {kind}")),
    }
}

fn of_header(authenticator: &Authenticator, token: &Token, checks: &mut Checks) {
    const USUAL: [&str; 5] = ["alg", "kid", "typ", "cty", "x5t"];
    let unusual = token.header.iter().find(|(name, value)| !USUAL.contains(&name.as_str()) || !value.is_string());
    if let Some((name, _)) = unusual {
        return checks.open(Stage::Algorithm, format!("its header has `{}`, which is unusual", sanitise(name)));
    }
    let algorithms: Vec<&str> = authenticator.algorithms.iter().map(String::as_str).collect();
    match token.algorithm() {
        Some(algorithm) if algorithms.contains(&algorithm) => {
            checks.holds(Stage::Algorithm, format!("it is signed with {}", sanitise(algorithm)));
        }
        algorithm => {
            let said =
                algorithm.map_or_else(|| "with nothing that it names".to_owned(), |algorithm| format!("with {}", sanitise(algorithm)));
            checks.fails(Stage::Algorithm, format!("it is signed {said}, and must be with {}", enumerate(&algorithms, "or")));
        }
    }
}

/// The claims that every token has, as Go reads them.
fn of_shape(claims: &Map<String, Value>, checks: &mut Checks) {
    for name in ["sub", "nonce", "at_hash"] {
        if let Text::Other(kind) = reading::text(claims, name) {
            checks.fails(Stage::Claims, format!("its claim `{name}` is {kind}, and must be a text"));
        }
    }
    if let Some(Err(kind)) = claims.get("aud").map(reading::texts) {
        checks.fails(Stage::Claims, format!("its audience is {kind}"));
    }
    for (name, may_be_null) in [("exp", false), ("iat", false), ("nbf", true)] {
        match reading::time(claims.get(name), may_be_null) {
            Time::Refused => checks.fails(Stage::Claims, format!("its claim `{name}` is no time")),
            Time::Open => checks.open(Stage::Claims, format!("its claim `{name}` is a time too far away")),
            Time::Absent | Time::At(_) => {}
        }
    }
}

fn of_audience(authenticator: &Authenticator, claims: &Map<String, Value>, checks: &mut Checks) {
    let theirs = match claims.get("aud") {
        Some(Value::Null) => vec![String::new()],
        Some(value) => reading::texts(value).unwrap_or_default(),
        None => Vec::new(),
    };
    let quoted = |all: &[String]| all.iter().map(|one| format!("`{}`", sanitise(one))).collect::<Vec<_>>();
    let wanted = quoted(&authenticator.audiences);
    let wanted = enumerate(&wanted.iter().map(String::as_str).collect::<Vec<_>>(), "or");
    match theirs.iter().find(|audience| authenticator.audiences.contains(audience)) {
        Some(audience) => checks.holds(Stage::Audience, format!("its audience is `{}`", sanitise(audience))),
        None if theirs.is_empty() => checks.fails(Stage::Audience, format!("it names no audience, and must name {wanted}")),
        None => {
            let theirs = quoted(&theirs);
            let theirs = enumerate(&theirs.iter().map(String::as_str).collect::<Vec<_>>(), "and");
            checks.fails(Stage::Audience, format!("its audience is {theirs}, and must name {wanted}"));
        }
    }
}

/// Whether a token is in time; nothing where the time is not known.
pub fn in_time(token: &Token, now: Option<Timestamp>) -> Vec<Check> {
    let mut checks = Checks(Vec::new());
    let Some(now) = now else { return checks.0 };
    let told =
        |seconds: i64| Timestamp::from_second(seconds).map_or_else(|_| "a time that no calendar has".to_owned(), |at| at.to_string());
    match reading::time(token.claims.get("exp"), false) {
        Time::Absent => checks.fails(Stage::Expired, "it does not say when it ends, as tokens of an OIDC issuer must".to_owned()),
        Time::At(end) if end < now.as_second() => checks.fails(Stage::Expired, format!("it ended on {}", told(end))),
        Time::At(end) => checks.holds(Stage::Expired, format!("it ends on {}", told(end))),
        Time::Refused | Time::Open => {}
    }
    match reading::time(token.claims.get("nbf"), true) {
        Time::At(start) if now.as_second().saturating_add(LEEWAY.as_secs()) < start => {
            checks.fails(Stage::NotYet, format!("it begins only on {}", told(start)));
        }
        _ => {}
    }
    checks.0
}
