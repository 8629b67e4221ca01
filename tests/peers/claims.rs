//! Who tokens and certificates are of: the API server's own authenticators, on generated settings, claims and certificates,
//! are agreed with, error for error. What we say is not known counts as such.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use whycan::credential::{Content, Decoded, Expected};
use whycan::facts::Facts;
use whycan::identity::Computed;
use whycan::identity::oidc::{self, Answer, Authenticator, Claimed, Stage, Standing};

use crate::oracle::Oracle;
use crate::seed::{Random, cases};

const TOKENS: u64 = 20_000;
const CERTIFICATES: u64 = 20_000;
/// Tokens of one question: settings are expensive to read for the API server's code.
const EACH: u64 = 10;
/// Questions that are under way at once.
const BATCH: u64 = 100;

const ISSUERS: [&str; 5] =
    ["https://login.example", "https://login.example/", "https://accounts.google.com", "http://login.example", "https://u@login.example"];
const CLIENTS: [&str; 4] = ["kubernetes", "other", "", "a b"];
const CLAIMS: [&str; 9] = ["sub", "email", "groups", "roles", "name", "hd", "example.com/role", "nested", "upn"];
const PREFIXES: [&str; 6] = ["oidc:", "", "-", "system:", "https://login.example#", "é "];

/// Expressions for names, groups and attributes.
const VALUES: [&str; 41] = [
    "claims.sub",
    "'oidc:' + claims.sub",
    "claims['sub']",
    "claims.email",
    "claims.email_verified ? claims.email : claims.sub",
    "has(claims.email) && claims.email_verified == true ? claims.email : 'nobody'",
    "claims.groups",
    "claims.roles",
    "has(claims.groups) ? claims.groups : []",
    "claims.nested.list.map(g, 'oidc:' + g)",
    "has(claims.nested.list) ? claims.nested.list.map(r, r + '!') : ['none']",
    "claims.nested.list.filter(g, g.startsWith('d'))",
    "claims.groups + ['more']",
    "['more'] + claims.groups",
    "claims.groups + claims.roles",
    "claims.nested.role",
    "claims.nested.a__dot__b",
    "claims.example__dot__com__slash__role",
    "claims.example__x__com",
    "claims['example.com/role']",
    "claims.groups[0]",
    "claims.groups[5]",
    "claims.groups.map(g, g)",
    "claims.missing",
    "''",
    "[]",
    "null",
    "claims.sub + 1",
    "claims.n",
    "string(claims.sub)",
    "claims.sub == 'alice' ? 'a' : claims.sub",
    "[claims.sub, claims.email]",
    "[claims.sub, 'x']",
    "claims",
    "claims.nested",
    "claims.sub.lowerAscii()",
    "claims.?upn.orValue('x')",
    "claims.sub.split('@')",
    "true ? claims.sub : claims.nope",
    "claims.flag",
    "\"a\\u00e9\" + r'\\d' + '''x'''",
];

/// Conditions for claims.
const CONDITIONS: [&str; 27] = [
    "true",
    "claims.email_verified == true",
    "claims.email_verified",
    "!has(claims.email) || claims.email.endsWith('@example.com')",
    "claims.hd == 'example'",
    "claims.hd != 'example'",
    "'dev' in claims.groups",
    "'sub' in claims",
    "'missing' in claims",
    "'role' in claims.nested",
    "claims.nested.list.exists(g, g == 'dev')",
    "claims.nested.list.all(g, !g.startsWith('system:'))",
    "claims.nested.list.exists_one(g, g == 'dev')",
    "claims.groups.exists(g, g == 'dev')",
    "size(claims.groups) > 1",
    "size(claims.sub) == 5",
    "claims.n == 3",
    "claims.n > 2.5 && claims.n <= 3",
    "claims.n in [1, 2, 3]",
    "claims.missing == 1 || claims.flag == true",
    "claims.flag == true || claims.missing == 1",
    "claims.missing == 1 && claims.flag == false",
    "claims.sub < 'b'",
    "claims.groups == ['dev', 'ops']",
    "has(claims.sub.x)",
    "has(claims.groups.x)",
    "claims.null == null && has(claims.null)",
];

const OF_USER: [&str; 10] = [
    "!user.username.startsWith('system:')",
    "user.groups.all(g, !g.startsWith('system:'))",
    "user.groups.exists(g, g == 'dev')",
    "size(user.groups) < 3",
    "user.uid == ''",
    "has(user.uid)",
    "has(user.nope)",
    "'example.com/role' in user.extra",
    "'dev' in user.extra['example.com/role']",
    "user.username.contains('a') && 'x' in user.groups",
];

/// Settings, as flags or as a file.
struct Settings {
    flags: Vec<String>,
    file: String,
}

fn flags(random: &mut Random) -> Settings {
    let mut flags = vec![format!("--oidc-issuer-url={}", if random.percent(85) { ISSUERS[0] } else { random.pick(&ISSUERS) })];
    if random.percent(97) {
        flags.push(format!("--oidc-client-id={}", if random.percent(85) { CLIENTS[0] } else { random.pick(&CLIENTS) }));
    }
    let mut maybe = |random: &mut Random, percent, flag: &str, value: &str| {
        if random.percent(percent) {
            flags.push(format!("--{flag}={value}"));
        }
    };
    let claim = if random.percent(40) { "email" } else { random.pick(&CLAIMS) };
    maybe(random, 50, "oidc-username-claim", claim);
    let prefix = random.pick(&PREFIXES);
    maybe(random, 50, "oidc-username-prefix", prefix);
    let claim = if random.percent(60) { "groups" } else { random.pick(&CLAIMS) };
    maybe(random, 80, "oidc-groups-claim", claim);
    let prefix = random.pick(&PREFIXES);
    maybe(random, 50, "oidc-groups-prefix", prefix);
    maybe(random, 15, "oidc-required-claim", "hd=example");
    maybe(random, 10, "oidc-required-claim", random_pair(claim));
    let algorithms = ["RS256", "ES256,RS256", "RS512", "HS256", "PS384"];
    let algorithms = random.pick(&algorithms);
    maybe(random, 10, "oidc-signing-algs", algorithms);
    Settings { flags, file: String::new() }
}

fn random_pair(claim: &str) -> &str {
    if claim == "groups" { "sub = alice" } else { "malformed" }
}

fn text(random: &mut Random, usual: &str, others: &[&str], percent: usize) -> Value {
    json!(if random.percent(percent) { usual } else { random.pick(others) })
}

fn expression(random: &mut Random) -> &'static str {
    if random.percent(60) { random.pick(&VALUES[..16]) } else { random.pick(&VALUES) }
}

fn mapping(random: &mut Random, usual: &str) -> Value {
    let mut mapping = Map::new();
    if random.percent(45) {
        mapping.insert("expression".to_owned(), json!(expression(random)));
        if random.percent(3) {
            mapping.insert("prefix".to_owned(), json!(""));
        }
    } else {
        mapping.insert("claim".to_owned(), text(random, usual, &CLAIMS, 70));
        if random.percent(97) {
            let prefix = random.pick(&PREFIXES);
            mapping.insert("prefix".to_owned(), json!(prefix));
        }
    }
    Value::Object(mapping)
}

fn jwt(random: &mut Random, issuer: &str) -> Value {
    let mut one = json!({
        "issuer": {"url": issuer, "audiences": [if random.percent(90) { CLIENTS[0] } else { random.pick(&CLIENTS) }]},
        "claimMappings": {"username": mapping(random, "sub")},
    });
    if random.percent(25) {
        one["issuer"]["audiences"] = json!(["x", random.pick(&CLIENTS)]);
        if random.percent(90) {
            one["issuer"]["audienceMatchPolicy"] = json!("MatchAny");
        }
    }
    if random.percent(4) {
        one["issuer"]["discoveryURL"] = json!(random.pick(&["https://elsewhere.example/x", "https://login.example", "http://x"]));
    }
    if random.percent(75) {
        one["claimMappings"]["groups"] = mapping(random, "groups");
    }
    if random.percent(20) {
        one["claimMappings"]["uid"] =
            if random.percent(50) { json!({"claim": random.pick(&CLAIMS)}) } else { json!({"expression": expression(random)}) };
    }
    if random.percent(25) {
        let keys = ["example.com/role", "example.com/Role", "role", "k8s.io/x", "a.example/b"];
        let key = if random.percent(85) { keys[0] } else { random.pick(&keys) };
        one["claimMappings"]["extra"] = json!([{"key": key, "valueExpression": expression(random)}]);
    }
    if random.percent(40) {
        let rules: Vec<Value> = (0..=random.below(2))
            .map(|_| {
                if random.percent(40) {
                    json!({"claim": random.pick(&CLAIMS), "requiredValue": random.pick(&["example", "alice", ""])})
                } else {
                    json!({"expression": random.pick(&CONDITIONS), "message": "must hold"})
                }
            })
            .collect();
        one["claimValidationRules"] = json!(rules);
    }
    if random.percent(30) {
        one["userValidationRules"] = json!([{"expression": random.pick(&OF_USER), "message": "no"}]);
    }
    one
}

fn file(random: &mut Random) -> Settings {
    let issuer = if random.percent(92) { ISSUERS[0] } else { random.pick(&ISSUERS) };
    let mut all = vec![jwt(random, issuer)];
    if random.percent(15) {
        all.push(jwt(random, random_issuer(issuer)));
    }
    let version = ["apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"];
    let mut file = json!({"apiVersion": random.pick(&version), "kind": "AuthenticationConfiguration", "jwt": all});
    if random.percent(3) {
        let (name, value) = random.pick(&[("Jwt", "x"), ("anonymous", "x"), ("apiVersion", "apiserver.config.k8s.io/v2")]);
        file[name] = json!(value);
    }
    Settings { flags: Vec::new(), file: file.to_string() }
}

fn random_issuer(other: &str) -> &'static str {
    if other == ISSUERS[0] { ISSUERS[2] } else { ISSUERS[0] }
}

/// A value for a claim, of the right kind or not.
fn value(random: &mut Random, usual: Value) -> Value {
    if random.percent(97) {
        return usual;
    }
    random.pick(&[json_of(0), json_of(1), json_of(2), json_of(3), json_of(4), json_of(5), json_of(6), json_of(7)]).parse().unwrap()
}

const fn json_of(kind: usize) -> &'static str {
    ["null", "true", "3", "\"text\"", "[]", "{}", "[\"a\",1]", "[\"a\",null]"][kind]
}

/// A token, now and then malformed.
fn token(random: &mut Random, now: i64) -> String {
    let mut claims = Map::new();
    let mut put = |random: &mut Random, percent: usize, name: &str, usual: Value| {
        if random.percent(percent) {
            let value = value(random, usual);
            claims.insert(name.to_owned(), value);
        }
    };
    let issuer = if random.percent(95) { ISSUERS[0] } else { random.pick(&[ISSUERS[1], "accounts.google.com", ISSUERS[2], ""]) };
    let audience = if random.percent(80) { json!(CLIENTS[0]) } else { json!([random.pick(&CLIENTS), random.pick(&CLIENTS)]) };
    put(random, 98, "sub", json!("alice"));
    put(random, 60, "email", json!("alice@example.com"));
    put(random, 50, "email_verified", json!(true));
    let groups = if random.percent(80) { json!(["dev", "ops"]) } else { json!(random.pick(&["dev", "", "system:masters"])) };
    put(random, 75, "groups", groups);
    put(random, 30, "roles", json!(["admin"]));
    put(random, 60, "hd", json!("example"));
    put(random, 30, "name", json!("Alice é"));
    put(random, 40, "jti", json!("id-1"));
    put(random, 30, "n", json!(3));
    put(random, 30, "flag", json!(true));
    put(random, 30, "null", json!(null));
    put(random, 70, "nested", json!({"role": "x", "a.b": "y", "list": ["dev", "x"]}));
    put(random, 30, "example.com/role", json!("admin"));
    put(random, 3, "nonce", json!("n"));
    put(random, 3, "upn", json!("u"));
    let end = if random.percent(90) { now + 3600 } else { now + random.pick(&[-3600, 600, -600]) };
    put(random, 98, "exp", json!(end));
    let begin = if random.percent(90) { now - 60 } else { now + random.pick(&[20, 600, -600]) };
    put(random, 50, "nbf", json!(begin));
    put(random, 50, "iat", json!(now - 60));
    if random.percent(98) {
        claims.insert("iss".to_owned(), json!(issuer));
    }
    if random.percent(98) {
        let audience = if random.percent(95) { audience } else { value(random, audience) };
        claims.insert("aud".to_owned(), audience);
    }
    if random.percent(5) {
        let names = random.pick(&[
            r#"{"groups":"src1"}"#,
            r#"{"roles":"src1"}"#,
            "{}",
            r#"{"groups":""}"#,
            r#"{"groups":"src2"}"#,
            "null",
            "[]",
            r#"{"groups":1}"#,
        ]);
        let sources = random.pick(&[
            r#"{"src1":{"endpoint":"https://graph.example/x"}}"#,
            r#"{"src1":{}}"#,
            r#"{"src1":{"JWT":"x"}}"#,
            r#"{"src1":{"JWT":1}}"#,
            r#"{"src1":null}"#,
            r#"{"src1":"x"}"#,
            "null",
            "[]",
        ]);
        claims.insert("_claim_names".to_owned(), names.parse().unwrap());
        if random.percent(80) {
            claims.insert("_claim_sources".to_owned(), sources.parse().unwrap());
        }
    }
    if random.percent(2) {
        claims.insert(random.pick(&["ISS", "Exp", "Groups", "nonſe"]).to_owned(), json!("x"));
    }
    let odd = ["[]", "null", "{", "{\"iss\":\"https://login.example\"} x", "{\"iss\":\"\\ud800\"}", "\"x\""];
    let payload = if random.percent(2) { random.pick(&odd).to_owned() } else { Value::Object(claims).to_string() };
    let algorithm = if random.percent(95) { "RS256" } else { random.pick(&["ES256", "none", "HS256", "RS512", ""]) };
    let mut header = json!({"alg": algorithm, "kid": "k", "typ": "JWT"});
    if random.percent(2) {
        let (name, value) = random.pick(&[("crit", "[]"), ("b64", "false"), ("alg", "1"), ("jku", "\"https://x\""), ("kid", "5")]);
        header[name] = value.parse().unwrap();
    }
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let mut token = format!("{}.{}.{}", part(&header.to_string()), part(&payload), part("signature"));
    if random.percent(1) {
        token.push_str(random.pick(&[".x", "=", "!", ""]));
    }
    token
}

/// The kind of refusal that the API server's words tell of.
fn kind(refusal: &str) -> &'static str {
    const KINDS: [(&str, Stage); 27] = [
        ("malformed jwt", Stage::Form),
        ("failed to verify signature", Stage::Form),
        ("unsupported algorithm", Stage::Algorithm),
        ("failed to unmarshal claims", Stage::Claims),
        ("failed to obtain source", Stage::Distributed),
        ("source does not exist", Stage::Distributed),
        ("expand distributed claims", Stage::Distributed),
        ("issued by a different provider", Stage::Issuer),
        ("expected audience", Stage::Audience),
        ("token is expired", Stage::Expired),
        ("before the nbf", Stage::NotYet),
        ("parse username claims", Stage::Username),
        ("username claim expression", Stage::Username),
        ("empty username", Stage::Username),
        ("email_verified", Stage::EmailVerified),
        ("email not verified", Stage::EmailVerified),
        ("parse groups claim", Stage::Groups),
        ("evaluating group claim", Stage::Groups),
        ("parse uid claim", Stage::Uid),
        ("evaluating uid claim", Stage::Uid),
        ("evaluating extra claim", Stage::Extra),
        ("evaluating claim validation", Stage::ClaimRule),
        ("evaluating user info validation", Stage::UserRule),
        ("required claim", Stage::RequiredClaim),
        ("parse claim", Stage::RequiredClaim),
        ("resulted in error", Stage::Extra),
        ("no issuer", Stage::Issuer),
    ];
    // an expression may have any words in it, and stands behind those that tell the kind
    let told =
        refusal.split_once("expression '").map_or(refusal, |(before, _)| if before.is_empty() { "resulted in error" } else { before });
    KINDS.iter().find(|(words, _)| told.contains(words)).map_or("?", |(_, stage)| stage.as_str())
}

fn told(claimed: &Claimed) -> Value {
    json!({"username": claimed.username, "uid": claimed.uid, "groups": claimed.groups, "extra": claimed.extra})
}

/// What we say; none where it is not known.
fn ours(authenticators: &[Authenticator], token: &str, now: Timestamp) -> Option<Value> {
    let decoded = Decoded::read(token.as_bytes());
    let Content::Jwt(token) = &decoded.content else { return None };
    let issuer = token.issuer().unwrap_or_default();
    let issuer = if issuer == "accounts.google.com" { "https://accounts.google.com" } else { issuer };
    // what is no token has no issuer to the API server, which then passes it on
    let Some(authenticator) = authenticators.iter().find(|authenticator| authenticator.issuer == issuer) else {
        let is_certain = token.defects.is_empty()
            && token.duplicates.is_empty()
            && !token.claims.keys().any(|name| name.eq_ignore_ascii_case("iss") && name != "iss");
        return is_certain.then(|| json!({"refused": Stage::Issuer.as_str()}));
    };
    let told_of = oidc::tell(authenticator, token, Some(now));
    match told_of.claimed {
        Ok(claimed) => Some(json!({"identity": told(&claimed)})),
        Err((_, Answer::Open)) => None,
        Err((stage, _)) => Some(json!({"refused": stage.as_str()})),
    }
}

/// What settings we read, and whether the API server refuses them: none where that is not known.
fn read(settings: &Settings) -> (Vec<Authenticator>, Option<bool>) {
    let all = if settings.file.is_empty() {
        let flags: Vec<String> = settings.flags.iter().map(|flag| flag.trim_start_matches('-').to_owned()).collect();
        oidc::of_flags("kube-apiserver", &flags, false).all
    } else {
        oidc::of_settings("authn.yaml", &settings.file.parse().unwrap())
    };
    let refused = all.iter().any(|one| matches!(one.standing, Standing::Refused(_)));
    let open = all.iter().any(|one| matches!(one.standing, Standing::Open(_)));
    let refused = if refused { Some(true) } else { (!open).then_some(false) };
    (all, refused)
}

#[test]
#[ignore = "needs peers"]
fn claims_become_who_the_api_server_takes_them_for() {
    let mut oracle = Oracle::start();
    let all = cases(TOKENS) / EACH;
    let now = Timestamp::now();
    let mut differences = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut unknown = BTreeMap::<&str, usize>::new();
    for start in (0..all).step_by(usize::try_from(BATCH).unwrap()) {
        let batch: Vec<(u64, Settings, Vec<String>)> = (start..all.min(start + BATCH))
            .map(|case| {
                let mut random = Random::of_case("claims", case);
                let settings = if random.percent(35) { flags(&mut random) } else { file(&mut random) };
                let tokens = (0..EACH).map(|_| token(&mut random, now.as_second())).collect();
                (case, settings, tokens)
            })
            .collect();
        for (_, settings, tokens) in &batch {
            oracle.ask(json!({"op": "oidc", "flags": settings.flags, "file": settings.file, "tokens": tokens}));
        }
        for (case, settings, tokens) in &batch {
            let answer = oracle.answer();
            let (authenticators, refused) = read(settings);
            let is_file = !settings.file.is_empty();
            let shown = if is_file { settings.file.clone() } else { settings.flags.join(" ") };
            if let Some(why) = answer["settings"].as_str() {
                *counts.entry("settings refused".to_owned()).or_default() += tokens.len();
                match refused {
                    // a file without issuers that can be told is refused too
                    Some(true) => {}
                    _ if authenticators.is_empty() => {}
                    None => *unknown.entry("settings").or_default() += tokens.len(),
                    Some(false) => differences.push(format!("case {case}: {shown}\nours   taken\ntheirs refused: {why}")),
                }
                continue;
            }
            assert!(answer["tokens"].is_array(), "{answer}");
            if refused == Some(true) {
                differences.push(format!(
                    "case {case}: {shown}\nours   {:?}\ntheirs taken",
                    authenticators.iter().map(|one| &one.standing).collect::<Vec<_>>()
                ));
                continue;
            }
            for (token, theirs) in tokens.iter().zip(answer["tokens"].as_array().unwrap()) {
                let theirs = match theirs["refused"].as_str() {
                    Some(refusal) => json!({"refused": kind(refusal), "words": refusal}),
                    None => theirs.clone(),
                };
                let said = theirs["refused"].as_str().unwrap_or("identity").to_owned();
                match ours(&authenticators, token, now) {
                    None => *unknown.entry(if refused.is_none() { "expression" } else { "token" }).or_default() += 1,
                    Some(ours) if ours["identity"] == theirs["identity"] && ours["refused"] == theirs["refused"] => {}
                    Some(ours) => {
                        let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
                        differences
                            .push(format!("case {case}: {shown}\n{}\nours   {ours}\ntheirs {theirs}", String::from_utf8_lossy(&claims)));
                    }
                }
                *counts.entry(said).or_default() += 1;
            }
        }
    }
    let tokens = all * EACH;
    let open: usize = unknown.values().sum();
    println!("{tokens} tokens: {counts:?}; not known to us: {unknown:?}");
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences[..differences.len().min(20)].join("\n\n"));
    assert!(!counts.contains_key("?"), "a refusal has words of no known kind");
    assert!(counts["identity"] * 10 > usize::try_from(tokens).unwrap(), "the cases are too tame");
    assert!(open * 3 < usize::try_from(tokens).unwrap(), "too little is known");
}

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";
const UID: &str = "1.3.6.1.4.1.57683.2";

#[test]
#[ignore = "needs peers"]
fn certificates_are_of_whom_the_api_server_takes_them_for() {
    let mut oracle = Oracle::start();
    let all = cases(CERTIFICATES);
    let (mut differences, mut counts, mut unknown) = (Vec::new(), BTreeMap::<String, usize>::new(), 0_usize);
    for start in (0..all).step_by(500) {
        let batch: Vec<Value> = (start..all.min(start + 500)).map(|case| certificate(&mut Random::of_case("certificates", case))).collect();
        for question in &batch {
            oracle.ask(question.clone());
        }
        for question in &batch {
            let answer = oracle.answer();
            assert!(answer["certificate"].is_string(), "{question} {answer}");
            let decoded = Decoded::read(answer["certificate"].as_str().unwrap().as_bytes());
            let expected = Expected {
                now: Some(Timestamp::now()),
                authority: Some(answer["authority"].as_str().unwrap().as_bytes().to_vec()),
                ..Expected::default()
            };
            let findings = decoded.findings(&expected);
            let refused: Vec<&str> =
                findings.iter().filter(|one| one.severity == whycan::base::Severity::Error).map(|one| one.code).collect();
            if findings.iter().any(|finding| finding.code == "authority-unverified") {
                unknown += 1;
                continue;
            }
            let theirs = answer["refused"].as_str().map(|refusal| match refusal {
                "nobody" => &["no-common-name"][..],
                _ if refusal.contains("expired or is not yet valid") => &["expired", "not-yet-valid"],
                _ if refusal.contains("unknown authority") => &["unknown-authority"],
                _ if refusal.contains("incompatible key usage") => &["certificate-not-for-clients"],
                _ if refusal.contains("UID") => &["uid-refused"],
                _ => &["?"],
            });
            *counts.entry(theirs.map_or("identity", |kinds| kinds[0]).to_owned()).or_default() += 1;
            let agrees = match theirs {
                Some(kinds) => refused.iter().any(|code| kinds.contains(code)),
                None if !refused.is_empty() => false,
                None => {
                    let identity = Computed::of(&decoded, &Facts::default()).unwrap().identity;
                    let groups: Vec<&str> =
                        identity.groups.iter().map(|group| group.as_str()).filter(|group| *group != "system:authenticated").collect();
                    let extra: Map<String, Value> = identity
                        .extra
                        .iter()
                        .map(|(key, values)| (key.to_string(), json!(values.iter().map(|value| value.as_str()).collect::<Vec<_>>())))
                        .collect();
                    let mut theirs = answer["identity"].clone();
                    // a group is held once, whoever names it twice
                    let mut held: Vec<Value> = Vec::new();
                    for group in theirs["groups"].as_array().unwrap() {
                        if !held.contains(group) && group != "system:authenticated" {
                            held.push(group.clone());
                        }
                    }
                    theirs["groups"] = json!(held);
                    json!({"username": identity.username.unwrap().as_str(), "uid": identity.uid.as_str(), "groups": groups, "extra": extra})
                        == theirs
                }
            };
            if !agrees {
                differences
                    .push(format!("{question}\nours   {refused:?} {:?}\ntheirs {answer}", Computed::of(&decoded, &Facts::default())));
            }
        }
    }
    println!("{all} certificates: {counts:?}; {unknown} not known to us");
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences[..differences.len().min(10)].join("\n\n"));
    assert!(unknown * 50 < usize::try_from(all).unwrap() && counts.len() > 4, "too little is known");
}

/// A certificate that is asked for.
fn certificate(random: &mut Random) -> Value {
    const NAMES: [&str; 8] = ["alice", "system:node:n1", "system:masters", "", "é", "a,b=c", "Alice B", "x*y@z"];
    let mut subject = Vec::new();
    for (kind, percent, most) in [(COMMON_NAME, 92, 2), (ORGANIZATION, 70, 3), (UID, 15, 2), ("2.5.4.11", 10, 1)] {
        if random.percent(percent) {
            let count = if random.percent(80) { 1 } else { 1 + random.below(most) };
            for _ in 0..count {
                let name = if random.percent(70) { random.pick(&NAMES[..3]) } else { random.pick(&NAMES) };
                subject.push(json!({"type": kind, "value": name}));
            }
        }
    }
    if random.percent(30) {
        let at = random.below(subject.len());
        subject.rotate_left(at);
    }
    let (before, after) = match random.below(20) {
        0 => (-7200, -3600),
        1 => (3600, 7200),
        _ => (-3600, 3600),
    };
    let usages = match random.below(12) {
        0 => json!(["serverAuth"]),
        1 => json!([]),
        2 => json!(["any"]),
        3 => json!(["serverAuth", "clientAuth"]),
        _ => json!(["clientAuth"]),
    };
    json!({"op": "x509", "subject": subject, "notBefore": before, "notAfter": after, "usages": usages, "foreign": random.percent(6)})
}
