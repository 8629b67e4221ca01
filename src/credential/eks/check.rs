//! What the server checks before it asks STS, in its order and with its words.
//!
//! These words stand in the log of aws-iam-authenticator alone: whoever presented the token is told `Unauthorized`.

use super::{CLUSTER_HEADER, LIFE, LONGEST, PREFIX, Token, Verifier, date, host};
use crate::base::text::quote;

/// What the server puts before each of its words here.
const REFUSED: &str = "input token was not properly formatted: ";

/// The parameters that may stand in the URL, in small letters.
pub(super) const KNOWN: [&str; 9] = [
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What must be so, as a clause.
    pub what: &'static str,
    /// What was looked at; secret values are masked.
    pub seen: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is so.
    Holds,
    /// It is not so: the server's own words. They end the checking.
    Fails(String),
    /// It hangs on what is not known here, which is named.
    Unknown(&'static str),
    /// The server does not come this far.
    NotReached,
}

/// The checks of a token, all of them, in the server's order.
pub fn check(token: &Token, verifier: &Verifier) -> Vec<Check> {
    let mut run = Run { checks: Vec::with_capacity(20), is_over: false };
    let address = &token.address;
    let characters = format!("{} bytes", token.length);
    run.put("at most 4096 bytes long", characters, fail(token.length > LONGEST, || "token is too large".to_owned()));
    let missing = || format!("token is missing expected {} prefix", quote(PREFIX));
    run.put("begins with k8s-aws-v1.", if token.has_prefix { PREFIX } else { "another text" }, fail(!token.has_prefix, missing));
    run.put("base64url without padding", "what follows the prefix", said(token.encoding.clone()));
    run.put("a URL", &address.shown, said(address.refused.clone()));
    let scheme = &address.scheme;
    run.put("its scheme is https", scheme, fail(scheme != "https", || format!("unexpected scheme {} in pre-signed URL", quote(scheme))));
    let hosts = host::check(&address.host, verifier.partition.as_deref(), verifier.region.as_deref(), verifier.version);
    run.put("its host is one of STS in the cluster's partition", &address.host, said(hosts.err()));
    run.put("its path is /", &address.path, fail(address.path != "/", || "unexpected path in pre-signed URL".to_owned()));
    of_parameters(token, &mut run);
    of_time(token, verifier, &mut run);
    run.checks
}

/// What the server says of a token that it refuses before it asks STS.
pub fn refusal(checks: &[Check]) -> Option<&str> {
    checks.iter().find_map(|check| match &check.outcome {
        Outcome::Fails(said) => Some(said.as_str()),
        _ => None,
    })
}

fn of_parameters(token: &Token, run: &mut Run) {
    let parameters = &token.address.parameters;
    let names = || parameters.iter().map(|parameter| parameter.name.as_str());
    let malformed = fail(token.address.is_malformed, || "malformed query parameter".to_owned());
    run.put("its query can be read", format!("{} parameters", parameters.len()), malformed);
    // the same name twice in one spelling is one key of Go's map
    let twice = names()
        .enumerate()
        .find(|(position, name)| names().take(*position).any(|before| before != *name && before.eq_ignore_ascii_case(name)));
    let twice = twice.map(|(_, name)| format!("duplicate query parameter found: {}", quote(name)));
    run.put("no two parameters differ in case alone", "their names", said(twice));
    let is_known = |name: &str| KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known));
    let unknown = names().find(|name| !is_known(name)).map(|name| format!("non-whitelisted query parameter {}", quote(name)));
    let list = || names().collect::<Vec<_>>().join(", ");
    run.put("no parameters but those of a signed request", list(), said(unknown));
    let several = names().enumerate().any(|(position, name)| names().take(position).any(|before| before == name));
    let several = fail(several, || "query parameter with multiple values not supported".to_owned());
    run.put("each parameter once", "their values", several);
    let action = token.action().unwrap_or_default();
    let other = fail(action != "GetCallerIdentity", || "unexpected action parameter in pre-signed URL".to_owned());
    run.put("its action is GetCallerIdentity", action, other);
    let unsigned = || format!("client did not sign the {CLUSTER_HEADER} header in the pre-signed URL");
    run.put("the header of the cluster is signed", token.signed_headers().join(", "), fail(!token.signs_cluster(), unsigned));
}

fn of_time(token: &Token, verifier: &Verifier, run: &mut Run) {
    let text = token.parameter("X-Amz-Expires").unwrap_or_default();
    let (expires, is_number) = match atoi(text) {
        Ok(seconds) => (seconds, true),
        Err(instead) => (instead, false),
    };
    let out = || format!("invalid X-Amz-Expires parameter in pre-signed URL: {expires}");
    run.put("X-Amz-Expires is 0 to 900", text, fail(!is_number || !(0..=900).contains(&expires), out));
    let text = token.parameter("X-Amz-Date").unwrap_or_default();
    let absent = fail(text.is_empty(), || "X-Amz-Date parameter must be present in pre-signed URL".to_owned());
    run.put("there is a date", text, absent);
    let read = date::read(text);
    let told = read.as_ref().map(|moment| moment.told.clone());
    let problem = told.as_ref().err().map(|why| format!("error parsing X-Amz-Date parameter {text} into format {}: {why}", date::LAYOUT));
    run.put("the date has the form of one", text, said(problem));
    let outcome = match (verifier.now, &read) {
        (None, _) => Outcome::Unknown("the time"),
        (Some(now), Ok(moment)) => {
            let age = now.duration_since(moment.at);
            fail(age > jiff::SignedDuration::from_secs(LIFE), || {
                format!("X-Amz-Date parameter is expired (15 minute expiration) {}", moment.told)
            })
        }
        // told above
        (Some(_), Err(_)) => Outcome::NotReached,
    };
    run.put("not older than 15 minutes", told.unwrap_or_default(), outcome);
}

/// The checks so far.
struct Run {
    checks: Vec<Check>,
    is_over: bool,
}

impl Run {
    fn put(&mut self, what: &'static str, seen: impl Into<String>, outcome: Outcome) {
        let outcome = match outcome {
            _ if self.is_over => Outcome::NotReached,
            Outcome::Fails(said) => {
                self.is_over = true;
                Outcome::Fails(format!("{REFUSED}{said}"))
            }
            other => other,
        };
        self.checks.push(Check { what, seen: seen.into(), outcome });
    }
}

fn fail(fails: bool, said: impl FnOnce() -> String) -> Outcome {
    if fails { Outcome::Fails(said()) } else { Outcome::Holds }
}

fn said(refused: Option<String>) -> Outcome {
    refused.map_or(Outcome::Holds, Outcome::Fails)
}

/// `strconv.Atoi`: a number, or what Go has in place of it: the nearest one there is, or 0.
pub(super) fn atoi(text: &str) -> Result<i64, i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(0);
    }
    text.parse().map_err(|_| if text.starts_with('-') { i64::MIN } else { i64::MAX })
}
