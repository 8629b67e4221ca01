//! Who a principal of AWS is to a cluster: aws-iam-authenticator's own code, on generated aws-auth texts full of bad content,
//! access entries and callers, is agreed with, error for error.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use whycan::base::Name;
use whycan::facts::{AwsFact, Change, Facts};
use whycan::identity::aws::arn::canonicalise;
use whycan::identity::aws::mapping::{Named, Outcome, by_config_map};
use whycan::identity::aws::{AwsAuthMap, Instances, Mapping, Principal, Release};

use crate::oracle::Oracle;
use crate::seed::{Random, cases};

const FULL: u64 = 100_000;
/// Questions that are under way at once.
const BATCH: u64 = 200;

const PARTITIONS: [&str; 5] = ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-xx"];
const ACCOUNTS: [&str; 4] = ["111122223333", "012345670123", "000000000017", ""];
const NAMES: [&str; 9] = ["dev", "Dev", "team/dev", "node", "a/b/c", "İ", "{{AccountID}}", "", "AWSReservedSSO_View_0123456789abcdef"];
const SESSIONS: [&str; 9] =
    ["alice", "alice@example.com", "i-12345678", "i-0123456789abcdef0", "i-0123456789abcdef1", "I-12345678", "{{AccessKeyID}}", "a:b", ""];
const KNOWN: [(&str, &str); 2] = [("i-12345678", "ip-1.internal"), ("i-0123456789abcdef0", "{{AccountID}}.internal")];

/// A name from a few, so that many are equal.
fn arn(random: &mut Random) -> String {
    let partition = if random.percent(80) { "aws" } else { random.pick(&PARTITIONS) };
    let account = if random.percent(70) { ACCOUNTS[0] } else { random.pick(&ACCOUNTS) };
    let most = if random.percent(70) { 2 } else { NAMES.len() };
    let name = random.pick(&NAMES[..most]);
    let session = random.pick(&SESSIONS);
    match random.below(20) {
        0..9 => format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"),
        9..13 => format!("arn:{partition}:iam::{account}:user/{name}"),
        13 => format!("arn:{partition}:iam::{account}:root"),
        14 => format!("arn:{partition}:sts::{account}:federated-user/{name}"),
        15 | 16 => format!("arn:{partition}:iam::{account}:role/{name}"),
        17 => format!("arn:{partition}:iam::{account}:instance-profile/{name}"),
        18 => format!("arn:{partition}:{}:{account}:{name}", random.pick(&["iam", "sts", "IAM:", "ec2:", "iam:x", ":", ""])),
        _ => format!(
            "{}:{partition}:iam::{account}:{}",
            random.pick(&["arn", "ARN", " arn", ""]),
            random.pick(&["group/g", "assumed-role/dev", "root/x", "Role/dev", "role"])
        ),
    }
}

/// A caller as STS names it, now and then one that it would not name so.
fn caller(random: &mut Random) -> (String, String, String) {
    let arn = arn(random);
    let parts: Vec<&str> = arn.split(':').collect();
    let account = if random.percent(95) { (*parts.get(4).unwrap_or(&"")).to_owned() } else { random.pick(&ACCOUNTS).to_owned() };
    let session = arn.rsplit('/').next().unwrap_or_default();
    let user_id = match random.below(20) {
        0 => "AROAEXAMPLE".to_owned(),
        1 => format!("AROAEXAMPLE:{}", random.pick(&SESSIONS)),
        2 => "a:b:c".to_owned(),
        3 => String::new(),
        _ if arn.contains("assumed-role") => format!("AROAEXAMPLE:{session}"),
        _ => "AIDAEXAMPLE".to_owned(),
    };
    (arn, account, user_id)
}

/// The ARN of an item: nearly always about the caller.
fn item_arn(random: &mut Random, caller: &str) -> String {
    let canonical = canonicalise(caller, Release::V0_6_13).map_or_else(|_| caller.to_owned(), |canonical| canonical.arn);
    match random.below(12) {
        0..6 => canonical,
        6 => canonical.to_uppercase(),
        7 => canonical.chars().map(|c| if random.percent(30) { c.to_ascii_uppercase() } else { c }).collect(),
        8 => caller.to_owned(),
        9 => canonical.replace(":role/", ":role/team/"),
        _ => arn(random),
    }
}

/// A scalar of YAML as people and programs write it, quoted or not, right or not.
fn scalar(random: &mut Random, text: &str) -> String {
    // what begins with a brace is nearly always in quotes
    let kind = if text.starts_with('{') && random.percent(90) { 5 + random.below(5) } else { random.below(14) };
    match kind {
        0..5 => text.to_owned(),
        5..8 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        8 | 9 => format!("'{}'", text.replace('\'', "''")),
        10 => format!("{text}   # comment"),
        11 => format!("!!str {text}"),
        12 => format!("&a{} {text}", random.below(3)),
        _ => format!("\"{text} \""),
    }
}

const VALUES: [&str; 51] = [
    "5",
    "0123",
    "0o17",
    "0x1f",
    "1_000",
    "1e3",
    ".5",
    "1.",
    "+1",
    "-0",
    "y",
    "N",
    "yes",
    "On",
    "TRUE",
    "off",
    "yEs",
    "~",
    "null",
    "Null",
    "",
    "2026-01-01",
    "12:30",
    "1,000",
    "=",
    "<<",
    ".nan",
    ".inf",
    "-.Inf",
    "0b1",
    "0b2",
    "08",
    "1e",
    "--1",
    "[]",
    "[a]",
    "{}",
    "{a: b}",
    "*a0",
    "*a1",
    "*x",
    "!!int 5",
    "!!int x",
    "!!binary YWJj",
    "!!binary @",
    "!x y",
    "!!null x",
    "9999999999999999999999",
    "!!bool yes",
    "\"\\u0041\"",
    "'it''s'",
];

const TEMPLATES: [&str; 16] = [
    "alice",
    "dev",
    "system:masters",
    "system:node:{{EC2PrivateDNSName}}",
    "u:{{SessionName}}",
    "u:{{SessionNameRaw}}",
    "{{SessionName}}",
    "{{AccountID}}:{{AccessKeyID}}",
    "{{ SessionName }}",
    "{{sessionname}}",
    "{{{{AccountID}}}}",
    "eks:x",
    "aws:{{SessionName}}",
    "é",
    "a - b",
    "x: y",
];

fn value(random: &mut Random) -> String {
    if random.percent(8) {
        return random.pick(&VALUES).to_owned();
    }
    let template = random.pick(&TEMPLATES);
    scalar(random, template)
}

fn key(random: &mut Random, name: &str) -> String {
    match random.below(16) {
        0 => name.to_uppercase(),
        1 => name.replace('s', "\u{17f}"),
        2 => format!("\"{name}\""),
        3 => name.chars().enumerate().map(|(i, c)| if i % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect(),
        4 if random.percent(30) => random.pick(&["? a", "1", "~", "[a]", "yes", ".nan", "sso", "roleArns", "username "]).to_owned(),
        _ => name.to_owned(),
    }
}

fn groups(random: &mut Random, indent: &str) -> String {
    let all: Vec<String> = (0..random.below(4)).map(|_| value(random)).collect();
    match random.below(24) {
        0 => format!(" [{}]", all.join(", ")),
        1 => format!(" {}", value(random)),
        2 => format!(" |\n{indent}  - a\n{indent}  - b"),
        3 => String::new(),
        4 => all.iter().enumerate().fold(String::new(), |mut out, (i, group)| {
            let _ = write!(out, "\n{indent}{}- {group}", if i % 2 == 0 { "" } else { " " });
            out
        }),
        _ => all.iter().fold(String::new(), |mut out, group| {
            let _ = write!(out, "\n{indent}- {group}");
            out
        }),
    }
}

fn item(random: &mut Random, caller: &str, arn_field: &str) -> String {
    if random.percent(4) {
        return format!("- {}\n", value(random));
    }
    let mut fields = Vec::new();
    if random.percent(95) {
        let arn = item_arn(random, caller);
        fields.push(format!("{}: {}", key(random, arn_field), scalar(random, &arn)));
    }
    for _ in 0..=usize::from(random.percent(8)) {
        if random.percent(92) {
            fields.push(format!("{}: {}", key(random, "username"), value(random)));
        }
        if random.percent(85) {
            fields.push(format!("{}:{}", key(random, "groups"), groups(random, "  ")));
        }
    }
    if random.percent(4) {
        fields.push(format!("{}: {}", key(random, "userid"), value(random)));
    }
    if random.percent(2) {
        fields.push(
            random
                .pick(&[
                    "<<: *a0",
                    "<<: {username: merged, groups: [m]}",
                    "<<: [{username: m}]",
                    "sso: {permissionSetName: X}",
                    "\tx: y",
                    "x: *missing",
                ])
                .to_owned(),
        );
    }
    let anchor = if random.percent(3) { "&a0\n  " } else { "" };
    let first = random.below(fields.len());
    fields.rotate_left(first);
    format!("- {anchor}{}\n", fields.join("\n  "))
}

fn section(random: &mut Random, caller: &str, arn_field: &str) -> String {
    if random.percent(3) {
        return random
            .pick(&[
                "",
                "''",
                "``",
                "null",
                "[]",
                "x",
                "{}",
                "{a",
                "# nothing",
                "---",
                "...",
                "---\n...",
                "- \u{1}",
                "5",
                " {\"rolearn\": 1}",
                "- [",
                "\"\" ",
            ])
            .to_owned();
    }
    let mut text: String = (0..=random.below(3)).map(|_| item(random, caller, arn_field)).collect();
    if random.percent(6) {
        let at = text.char_indices().map(|(at, _)| at).nth(random.below(text.chars().count())).unwrap_or(0);
        text.insert_str(
            at,
            random.pick(&[
                "\t", " ", "\n", "-", ":", "\"", "'", "#", "&", "*", "{", "]", "|", "%", "@", "\u{feff}", "\u{85}", "\u{2028}", "\r\n",
                "!", "?",
            ]),
        );
    }
    match random.below(30) {
        0 => text = format!("---\n{text}---\n- x: [\n"),
        1 => text = format!("\u{feff}{text}"),
        2 => text = text.replace('\n', "\r\n"),
        3 => text = text.lines().fold(String::new(), |out, line| format!("{out}  {line}\n")),
        _ => {}
    }
    text
}

fn accounts(random: &mut Random, account: &str) -> String {
    let one = |random: &mut Random| match random.below(6) {
        0 => account.to_owned(),
        1 => format!("\"{account}\""),
        2 => random.pick(&VALUES).to_owned(),
        3 => format!("{account}.0"),
        4 => random.pick(&ACCOUNTS).to_owned(),
        _ => value(random),
    };
    match random.below(8) {
        0 => one(random),
        1 => format!("[{}, {}]", one(random), one(random)),
        _ => (0..=random.below(2)).fold(String::new(), |out, _| format!("{out}- {}\n", one(random))),
    }
}

/// A question to both.
struct Question {
    data: Vec<(Name, Arc<str>)>,
    arn: String,
    account: String,
    user_id: String,
}

impl Question {
    fn new(case: u64) -> Self {
        let mut random = Random::of_case("mapping", case);
        let (arn, account, user_id) = caller(&mut random);
        let mut data: Vec<(Name, Arc<str>)> = Vec::new();
        let mut put = |name: &str, text: String| data.push((Name::new(name), Arc::from(text)));
        if random.percent(85) {
            put(if random.percent(3) { "maproles" } else { "mapRoles" }, section(&mut random, &arn, "rolearn"));
        }
        if random.percent(50) {
            put("mapUsers", section(&mut random, &arn, "userarn"));
        }
        if random.percent(30) {
            put("mapAccounts", accounts(&mut random, &account));
        }
        Self { data, arn, account, user_id }
    }

    fn to_json(&self) -> Value {
        let data: serde_json::Map<String, Value> = self.data.iter().map(|(key, text)| (key.to_string(), json!(**text))).collect();
        let instances: serde_json::Map<String, Value> = KNOWN.iter().map(|(id, name)| ((*id).to_owned(), json!(name))).collect();
        json!({"op": "map", "configMapData": data, "instances": instances, "arn": self.arn, "account": self.account, "userId": self.user_id, "accessKeyId": "AKIAEXAMPLE"})
    }

    /// Our answer in the oracle's form; none where ours is that it is not known.
    fn ours(&self) -> Option<Value> {
        let map = AwsAuthMap::read(&self.data, Release::V0_6_13);
        // where others may read more, they may have nothing to complain of
        let complains = if map.is_open() { Value::Null } else { json!(map.has_errors()) };
        let principal = match Principal::of_caller(&self.arn, &self.account, &self.user_id, "AKIAEXAMPLE", Release::V0_6_13) {
            Ok(principal) => principal,
            Err(error) => {
                return Some(json!({"result": null, "error": format!("sts getCallerIdentity failed: {error}"), "parseError": complains}));
            }
        };
        let instances =
            Instances { names: KNOWN.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect(), complete: true };
        let outcome = by_config_map(&map, &principal, &instances, Release::V0_6_13).outcome;
        let (result, error) = told(outcome, &principal)?;
        Some(json!({"result": result, "error": error, "parseError": complains}))
    }
}

/// An outcome in the oracle's form.
fn told(outcome: Outcome, principal: &Principal) -> Option<(Value, Value)> {
    let uid = format!("aws-iam-authenticator:{}:{}", principal.account, principal.id.as_deref().unwrap_or_default());
    match outcome {
        Outcome::Mapped(Named { username: Ok(username), groups, .. }) => {
            Some((json!({"username": username, "groups": groups, "uid": uid}), Value::Null))
        }
        Outcome::Refused(error) => Some((Value::Null, json!(error))),
        Outcome::Unmapped => Some((Value::Null, json!("ARN is not mapped"))),
        Outcome::Mapped(_) | Outcome::Unknown(_) => None,
    }
}

/// Their answer, of whose complaint only that there is one is compared.
fn theirs(oracle: &mut Oracle) -> Value {
    let mut answer = oracle.answer();
    answer["parseError"] = json!(!answer["parseError"].is_null());
    answer
}

#[test]
#[ignore = "needs peers"]
fn every_principal_is_who_the_authenticator_says() {
    let mut oracle = Oracle::start();
    let (mut differences, mut unknown, mut mapped, mut refused, mut complaints) = (Vec::new(), 0, 0, 0, 0);
    let all = cases(FULL);
    for start in (0..all).step_by(usize::try_from(BATCH).unwrap()) {
        let batch: Vec<(u64, Question)> = (start..all.min(start + BATCH)).map(|case| (case, Question::new(case))).collect();
        for (_, question) in &batch {
            oracle.ask(question.to_json());
        }
        for (case, question) in &batch {
            let theirs = theirs(&mut oracle);
            mapped += usize::from(!theirs["result"].is_null());
            refused += usize::from(theirs["error"].as_str().is_some_and(|error| error.starts_with("mapper")));
            complaints += usize::from(theirs["parseError"] == true);
            match question.ours() {
                None => unknown += 1,
                Some(mut ours) => {
                    if ours["parseError"].is_null() {
                        ours["parseError"] = theirs["parseError"].clone();
                    }
                    if ours != theirs {
                        differences.push(format!("case {case}: {}\nours   {ours}\ntheirs {theirs}", question.to_json()));
                    }
                }
            }
        }
    }
    println!("{all} cases: {mapped} mapped, {refused} refused while rendering, {complaints} with complaints; {unknown} not known to us");
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences[..differences.len().min(30)].join("\n\n"));
    assert!(mapped * 4 > usize::try_from(all).unwrap() && complaints * 10 > usize::try_from(all).unwrap(), "the cases are too tame");
    assert!(unknown * 50 <= usize::try_from(all).unwrap(), "too little is known");
}

#[test]
#[ignore = "needs peers"]
fn every_arn_is_looked_up_as_the_authenticator_does() {
    let mut oracle = Oracle::start();
    let all = cases(20_000);
    let arns: Vec<String> = (0..all).map(|case| odd_arn(&mut Random::of_case("arns", case))).collect();
    for arn in &arns {
        oracle.ask(json!({"op": "arn", "arn": arn}));
    }
    let mut differences = Vec::new();
    for arn in &arns {
        let ours = match canonicalise(arn, Release::V0_6_13) {
            Ok(canonical) => json!({"type": canonical.kind.as_str(), "canonical": canonical.arn}),
            Err(error) => json!({"refused": error.to_string()}),
        };
        let theirs = oracle.answer();
        if ours != theirs {
            differences.push(format!("{arn:?}: {ours} {theirs}"));
        }
    }
    println!("{all} ARNs");
    assert!(differences.is_empty(), "{} differences: {:#?}", differences.len(), &differences[..differences.len().min(10)]);
}

/// An ARN of parts that fit or not.
fn odd_arn(random: &mut Random) -> String {
    if random.percent(50) {
        return arn(random);
    }
    let words = [
        "arn",
        "ARN",
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
        "aws-eusc",
        "iam",
        "sts",
        "",
        "1",
        ":",
        "/",
        "assumed-role/",
        "role/",
        "user/",
        "federated-user/",
        "root",
        "role",
        "a",
        " ",
    ];
    let mut text = if random.percent(80) { "arn:".to_owned() } else { String::new() };
    for _ in 0..4 + random.below(6) {
        text.push_str(random.pick(&words));
        text.push_str(random.pick(&[":", ":", ":", "/", ""]));
    }
    text
}

/// Access entries as EKS is taken to give them to the authenticator, beside aws-auth: which decides, and with what.
#[test]
#[ignore = "needs peers"]
fn access_entries_come_first_and_reserved_names_are_refused() {
    let mut oracle = Oracle::start();
    let all = cases(10_000);
    let (mut differences, mut by_entry, mut unknown) = (Vec::new(), 0, 0_u64);
    let mut ours = Vec::new();
    for case in 0..all {
        let mut random = Random::of_case("entries", case);
        let name = random.pick(&["dev", "Dev", "ops"]);
        let session = random.pick(&["alice", "i-12345678", "a@b"]);
        let (arn, id) = (format!("arn:aws:sts::111122223333:assumed-role/{name}/{session}"), format!("AROA{}", name.to_uppercase()));
        let describe = r#"{"cluster": {"name": "c", "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}}"#;
        let mut changes = whycan::facts::parse::document("cluster", describe.as_bytes());
        let mut roles = Vec::new();
        let mut listed = Vec::new();
        for entry in random.some(&["dev", "ops"], 0, 2) {
            let username = random.pick(&TEMPLATES);
            let groups: Vec<&str> = random.some(&["dev", "u:{{SessionName}}", "x"], 0, 3).into_iter().copied().collect();
            let principal = format!("arn:aws:iam::111122223333:role/team/{entry}");
            roles.push(
                json!({"rolearn": principal, "userid": format!("AROA{}", entry.to_uppercase()), "username": username, "groups": groups}),
            );
            listed.push(principal.clone());
            let text = json!({"accessEntry": {"clusterName": "c", "principalArn": principal, "username": username, "kubernetesGroups": groups, "type": "STANDARD"}});
            changes.extend(whycan::facts::parse::document("entry", text.to_string().as_bytes()));
        }
        changes.extend(whycan::facts::parse::document("list", json!({"accessEntries": listed}).to_string().as_bytes()));
        let text = section(&mut random, &arn, "rolearn");
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": text}});
        changes.extend(whycan::facts::parse::document("aws-auth", object.to_string().as_bytes()));
        changes.extend(KNOWN.iter().map(|(id, name)| Change::Aws(AwsFact::Instance { id: (*id).to_owned(), name: (*name).to_owned() })));
        let facts = Facts::collect(changes);
        let principal = Principal::of_caller(&arn, "111122223333", &format!("{id}:{session}"), "AKIAEXAMPLE", Release::V0_6_13).unwrap();
        let mapping = Mapping::of(&principal, &facts, Release::V0_6_13);
        let instances: serde_json::Map<String, Value> = KNOWN.iter().map(|(id, name)| ((*id).to_owned(), json!(name))).collect();
        oracle.ask(json!({"op": "map", "configMapData": {"mapRoles": text}, "instances": instances, "dynamicFile": {"mapRoles": roles},
            "arn": arn, "account": "111122223333", "userId": format!("{id}:{session}"), "accessKeyId": "AKIAEXAMPLE"}));
        ours.push((mapping, principal, roles, text));
    }
    for (mapping, principal, roles, text) in ours {
        let theirs = oracle.answer();
        by_entry += usize::from(mapping.decided_by.as_str() == "access-entry");
        match told(mapping.outcome.clone(), &principal) {
            Some((result, error)) if result == theirs["result"] && error == theirs["error"] => {}
            None => unknown += 1,
            ours => {
                differences.push(format!("{} {roles:?} {text:?}\nours   {ours:?} {:?}\ntheirs {theirs}", principal.arn, mapping.outcome));
            }
        }
    }
    println!("{all} cases, {by_entry} decided by an access entry; {unknown} not known to us");
    assert!(unknown * 50 <= all, "too little is known");
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences[..differences.len().min(30)].join("\n\n"));
    assert!(by_entry * 4 > usize::try_from(all).unwrap());
}
