//! A cluster, a user and a context put into a file, as `aws eks update-kubeconfig` does it (`kubeconfig.py` of the AWS CLI).

use serde_json::{Map, Value, json};

use super::document::Document;
use super::plan::place;
use super::step::{Key, Step, path, steps};
use super::{Edit, Files, Plan, Put};
use crate::base::Failure;
use crate::base::text::{enumerate, sanitise};
use crate::kubeconfig::{Exec, File, User, merge, read};

/// What it comes to. Only the file that is written must be one that can be read.
pub fn plan(files: &Files, put: &Put) -> Result<Plan, Failure> {
    let given = files.given.iter().find(|given| given.path == put.path);
    let before = given.and_then(|given| given.bytes.as_deref());
    let old = read(&put.path, before.unwrap_or_default()).map_err(|failure| failure.hint("Mend it, or choose another file."))?;
    let mut document = Document::read(&put.path, before.unwrap_or_default())?;
    if document.value().is_null() {
        document.apply(&Step::Set(Vec::new(), whole(put)))?;
    } else {
        for (section, name, entry) in entries(put) {
            set_entry(&mut document, section, name, &entry)?;
        }
        if put.makes_current {
            document.apply(&Step::Set(vec![Key::Name("current-context".to_owned())], Value::String(put.context.clone())))?;
        }
    }
    let edit = Edit { path: put.path.clone(), before: before.map(<[u8]>::to_vec), after: document.bytes() };
    let is_changed = edit.before.as_deref() != Some(edit.after.as_slice());
    let (context, file) = (sanitise(&put.context), sanitise(&put.path));
    let is_known = old.clusters.iter().any(|cluster| cluster.name == put.cluster);
    let summary = match (is_changed, is_known) {
        (false, _) => format!("context {context} is in {file} already, as it would be written"),
        (true, true) => format!("context {context} is updated"),
        (true, false) => format!("context {context} is added"),
    };
    let current = if put.makes_current && is_changed { ", and becomes the current one" } else { "" };
    let mut notes: Vec<String> = old.users.iter().filter(|user| user.name == put.user).filter_map(|user| lost(user, put)).collect();
    notes.extend(shadows(files, put));
    Ok(Plan { edits: if is_changed { vec![edit] } else { Vec::new() }, summary: format!("{summary}{current}"), notes, unused: Vec::new() })
}

/// Adds an entry, or makes the one of its name the same, in its place.
fn set_entry(document: &mut Document, section: &'static str, name: &str, entry: &Value) -> Result<(), Failure> {
    let Some(index) = document.index(section, name) else {
        return document.apply(&Step::Add(section, entry.clone()));
    };
    let way = path(section, index, &[]);
    let old = document.value().get(section).and_then(|list| list.get(index)).cloned().unwrap_or_default();
    steps(&way, &old, entry).iter().try_for_each(|step| document.apply(step))
}

/// The entries, each with its list and its name.
fn entries(put: &Put) -> [(&'static str, &str, Value); 3] {
    let mut cluster = Map::new();
    cluster.insert("certificate-authority-data".to_owned(), json!(put.certificate_authority_data));
    if let Some(proxy) = &put.proxy_url {
        cluster.insert("proxy-url".to_owned(), json!(proxy));
    }
    cluster.insert("server".to_owned(), json!(put.server));
    [
        ("clusters", &put.cluster, json!({"cluster": cluster, "name": put.cluster})),
        ("users", &put.user, json!({"name": put.user, "user": {"exec": exec(&put.exec)}})),
        ("contexts", &put.context, json!({"context": {"cluster": put.cluster, "user": put.user}, "name": put.context})),
    ]
}

/// A plugin; what it does not say is left out.
fn exec(exec: &Exec) -> Value {
    let mut fields = Map::new();
    fields.insert("apiVersion".to_owned(), json!(exec.api_version));
    fields.insert("args".to_owned(), json!(exec.args));
    fields.insert("command".to_owned(), json!(exec.command));
    if !exec.env.is_empty() {
        let variables: Vec<Value> = exec.env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        fields.insert("env".to_owned(), Value::Array(variables));
    }
    if let Some(hint) = &exec.install_hint {
        fields.insert("installHint".to_owned(), json!(hint));
    }
    if !exec.interactive_mode.is_empty() {
        fields.insert("interactiveMode".to_owned(), json!(exec.interactive_mode));
    }
    if exec.provide_cluster_info {
        fields.insert("provideClusterInfo".to_owned(), json!(true));
    }
    Value::Object(fields)
}

/// A file that holds nothing else; the AWS CLI writes these keys, in this order.
fn whole(put: &Put) -> Value {
    let [(_, _, cluster), (_, _, user), (_, _, context)] = entries(put);
    let current = if put.makes_current { put.context.as_str() } else { "" };
    json!({
        "apiVersion": "v1",
        "clusters": [cluster],
        "contexts": [context],
        "current-context": current,
        "kind": "Config",
        "preferences": {},
        "users": [user],
    })
}

/// What the user entry had, and has no more.
fn lost(user: &User, put: &Put) -> Option<String> {
    let mut lost = Vec::new();
    if let Some(old) = &user.exec {
        lost.extend(differs("role", role(old), role(&put.exec)));
        lost.extend(differs("AWS_PROFILE", profile(old), profile(&put.exec)));
    }
    if user.token.is_some() || user.token_file.is_some() {
        lost.push("its token".to_owned());
    }
    if user.client_certificate.is_some() {
        lost.push("its client certificate".to_owned());
    }
    if user.impersonation.user.is_some() {
        lost.push("its impersonation".to_owned());
    }
    (!lost.is_empty()).then(|| format!("user {} loses {}", sanitise(&user.name), enumerate(&lost, "and")))
}

fn differs(what: &str, old: Option<&str>, new: Option<&str>) -> Option<String> {
    let old = old.filter(|old| new != Some(old))?;
    let instead = new.map_or_else(String::new, |new| format!(" (it gets {})", sanitise(new)));
    Some(format!("its {what} {}{instead}", sanitise(old)))
}

/// The role that a plugin assumes: `--role` and `--role-arn` of the AWS CLI, `-r` and `--role` of aws-iam-authenticator.
fn role(exec: &Exec) -> Option<&str> {
    let mut args = exec.args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        if matches!(arg, "--role" | "--role-arn" | "-r") {
            return args.next();
        }
        if let Some(role) = arg.strip_prefix("--role=").or_else(|| arg.strip_prefix("--role-arn=")) {
            return Some(role);
        }
    }
    None
}

fn profile(exec: &Exec) -> Option<&str> {
    exec.env.iter().rev().find(|(name, _)| name == "AWS_PROFILE").map(|(_, value)| value.as_str())
}

/// What stands in a file before, and therefore counts instead.
fn shadows(files: &Files, put: &Put) -> Vec<String> {
    if files.is_explicit {
        return Vec::new();
    }
    let before = files.given.iter().take_while(|given| given.path != put.path);
    let earlier: Vec<File> = before.filter_map(|given| read(&given.path, given.bytes.as_deref()?).ok()).collect();
    let earlier = merge(earlier);
    let cluster = earlier.clusters().iter().find(|cluster| cluster.name == put.cluster).and_then(|cluster| cluster.source.as_ref());
    let user = earlier.users().iter().find(|user| user.name == put.user).and_then(|user| user.source.as_ref());
    let context = earlier.context(&put.context).map(|context| &context.source);
    let named = [("cluster", &put.cluster, cluster), ("user", &put.user, user), ("context", &put.context, context)];
    let mut notes: Vec<String> = named
        .into_iter()
        .filter_map(|(kind, name, source)| {
            Some(format!("the {kind} {} of {} counts instead: that file comes first", sanitise(name), place(source?)))
        })
        .collect();
    let current = earlier.current_context_source().filter(|_| put.makes_current && earlier.current_context() != Some(&put.context));
    notes.extend(current.map(|source| {
        format!(
            "the current context stays {}, of {}: that file comes first",
            sanitise(earlier.current_context().unwrap_or_default()),
            place(source)
        )
    }));
    notes
}
