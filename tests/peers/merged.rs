//! Several kubeconfigs merged as kubectl merges them: the same entries with the same fields, and errors for the same sets.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use whycan::kubeconfig::{self, Cluster, Data, Kubeconfig, User};

use crate::kubeconfigs::{One, set};
use crate::seed::{Random, cases};

/// How many kubectls run at once.
const WORKERS: u64 = 4;

/// Runs cases on several threads, and gives what they found wrong.
pub fn check(count: u64, case: impl Fn(u64) -> Result<(), String> + Sync) -> Vec<String> {
    let next = AtomicU64::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    if let Err(difference) = case(number) {
                        wrong.lock().unwrap().push(format!("case {number}: {difference}"));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// Writes a set below a folder.
pub fn write(folder: &Path, set: &[One]) -> Vec<PathBuf> {
    set.iter()
        .map(|one| {
            let path = folder.join(one.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if let Some(bytes) = &one.bytes {
                fs::write(&path, bytes).unwrap();
            }
            path
        })
        .collect()
}

/// A set, for a message.
pub fn shown(set: &[One]) -> String {
    let one = |one: &One| format!("{}: {:?}", one.path, one.bytes.as_deref().map(String::from_utf8_lossy));
    set.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// kubectl with a list of kubeconfigs, or with one that is named by the flag.
pub fn kubectl(folder: &Path, paths: &[PathBuf], is_explicit: bool, args: &[&str]) -> Output {
    let mut command = Command::new("kubectl");
    command.env("HOME", folder).env("KUBERC", "off").current_dir(folder);
    if is_explicit {
        command.env_remove("KUBECONFIG").arg("--kubeconfig").arg(&paths[0]);
    } else {
        command.env("KUBECONFIG", std::env::join_paths(paths).unwrap());
    }
    command.args(args).output().unwrap()
}

/// What kubectl makes of them, or that it refuses them.
pub fn view(folder: &Path, paths: &[PathBuf], is_explicit: bool) -> Option<Value> {
    let output = kubectl(folder, paths, is_explicit, &["config", "view", "--raw", "-o", "json"]);
    output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
#[ignore = "needs peers: kubectl"]
fn sets_are_merged_as_kubectl_merges_them() {
    let count = cases(2000);
    let refused = AtomicU64::new(0);
    let wrong = check(count, |number| {
        let mut random = Random::of_case("merged", number);
        let folder = tempfile::tempdir().unwrap();
        let set = set(&mut random);
        let paths = write(folder.path(), &set);
        let theirs = view(folder.path(), &paths, false);
        let ours = load(&paths);
        refused.fetch_add(u64::from(theirs.is_none()), Ordering::Relaxed);
        let same = match (ours, theirs) {
            (Err(_), None) => Ok(()),
            (Ok(ours), Some(theirs)) => compare(&ours, &theirs),
            (Ok(_), None) => {
                let output = kubectl(folder.path(), &paths, false, &["config", "view"]);
                Err(format!("kubectl refuses it: {}", String::from_utf8_lossy(&output.stderr)))
            }
            (Err(failure), Some(_)) => Err(format!("we refuse it: {failure}")),
        };
        same.map_err(|difference| format!("{difference}\n{}", shown(&set)))
    });
    println!("{count} sets, of which kubectl refuses {refused:?}");
    let refused = refused.into_inner();
    assert!(refused * 50 > count && refused * 2 < count, "the sets are of one sort");
    assert_eq!(wrong, Vec::<String>::new());
}

fn load(paths: &[PathBuf]) -> Result<Kubeconfig, whycan::base::Failure> {
    let there = paths.iter().filter(|path| path.exists());
    let files: Result<Vec<_>, _> = there.map(|path| kubeconfig::read(path.to_str().unwrap(), &fs::read(path).unwrap())).collect();
    files.map(kubeconfig::merge)
}

fn compare(ours: &Kubeconfig, theirs: &Value) -> Result<(), String> {
    let same = |what: &str, ours: &Value, theirs: &Value| {
        if ours == theirs { Ok(()) } else { Err(format!("{what}: we have {ours}, kubectl {theirs}")) }
    };
    same("current-context", &json!(ours.current_context().unwrap_or_default()), &theirs["current-context"])?;
    let entries = |section: &str, key: &str| -> Map<String, Value> {
        let list = theirs[section].as_array().cloned().unwrap_or_default();
        list.into_iter().map(|mut entry| (entry["name"].as_str().unwrap().to_owned(), entry[key].take())).collect()
    };
    let mut contexts = entries("contexts", "context");
    for context in ours.contexts() {
        let mut other = contexts.remove(&context.name).ok_or_else(|| format!("kubectl has no context {:?}", context.name))?;
        other.as_object_mut().unwrap().remove("extensions");
        let fields = [("cluster", Some(&context.cluster)), ("user", Some(&context.user)), ("namespace", context.namespace.as_ref())];
        let mut own = json!({});
        for (key, value) in fields {
            if let Some(value) = value.filter(|value| !value.is_empty() || key != "namespace") {
                own[key] = json!(value);
            }
        }
        same(&context.name, &own, &filled(other, &["cluster", "user"]))?;
    }
    let mut clusters = entries("clusters", "cluster");
    for cluster in ours.clusters() {
        let other = clusters.remove(&cluster.name).ok_or_else(|| format!("kubectl has no cluster {:?}", cluster.name))?;
        let folder = folder(cluster.source.as_ref());
        same(&cluster.name, &own_cluster(cluster), &known_cluster(other, &folder))?;
    }
    let mut users = entries("users", "user");
    for user in ours.users() {
        let other = users.remove(&user.name).ok_or_else(|| format!("kubectl has no user {:?}", user.name))?;
        let folder = folder(user.source.as_ref());
        same(&user.name, &own_user(user), &known_user(other, &folder))?;
    }
    match contexts.keys().chain(clusters.keys()).chain(users.keys()).next() {
        Some(name) => Err(format!("we have no {name:?}")),
        None => Ok(()),
    }
}

fn folder(source: Option<&whycan::base::Source>) -> PathBuf {
    Path::new(&source.unwrap().file).parent().unwrap().to_owned()
}

fn filled(mut value: Value, keys: &[&str]) -> Value {
    for key in keys {
        if value.get(*key).is_none() {
            value[*key] = json!("");
        }
    }
    value
}

/// A field in two forms, bytes and a file; where both are given, we keep the bytes and know of the file.
fn data(own: &mut Value, key: &'static str, data: Option<&Data>, twice: &[&'static str]) {
    match data {
        Some(Data::Inline(bytes)) => own[format!("{key}-data")] = json!(STANDARD.encode(bytes)),
        Some(Data::File(path)) => own[key] = json!(path),
        None => {}
    }
    if twice.contains(&key) {
        own[key] = json!("given twice");
    }
}

/// A path of kubectl's as client-go makes it absolute, and as we tell it where it is given twice.
fn resolve(value: &mut Value, key: &str, folder: &Path) {
    if value.get(format!("{key}-data")).is_some() && value.get(key).is_some() {
        value[key] = json!("given twice");
    } else if let Some(path) = value.get(key).and_then(Value::as_str) {
        value[key] = json!(absolute(path, folder));
    }
}

fn absolute(path: &str, folder: &Path) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut clean = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean.to_str().unwrap().to_owned()
}

fn own_cluster(cluster: &Cluster) -> Value {
    let mut own = json!({"server": cluster.server});
    data(&mut own, "certificate-authority", cluster.certificate_authority.as_ref(), &cluster.given_twice);
    for (key, value) in [("tls-server-name", &cluster.tls_server_name), ("proxy-url", &cluster.proxy_url)] {
        if let Some(value) = value {
            own[key] = json!(value);
        }
    }
    for (key, value) in
        [("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify), ("disable-compression", cluster.disable_compression)]
    {
        if value {
            own[key] = json!(true);
        }
    }
    own
}

fn known_cluster(mut cluster: Value, folder: &Path) -> Value {
    cluster.as_object_mut().unwrap().remove("extensions");
    resolve(&mut cluster, "certificate-authority", folder);
    filled(cluster, &["server"])
}

fn own_user(user: &User) -> Value {
    let mut own = json!({});
    data(&mut own, "client-certificate", user.client_certificate.as_ref(), &user.given_twice);
    data(&mut own, "client-key", user.client_key.as_ref(), &user.given_twice);
    let of = &user.impersonation;
    let texts = [
        ("token", user.token.as_ref().map(|token| token.expose_secret().to_owned())),
        ("tokenFile", user.token_file.clone()),
        ("username", user.username.clone()),
        ("password", user.password.as_ref().map(|password| password.expose_secret().to_owned())),
        ("auth-provider", user.auth_provider.clone()),
        ("as", of.user.clone()),
        ("as-uid", of.uid.clone()),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            own[key] = json!(value);
        }
    }
    if !of.groups.is_empty() {
        own["as-groups"] = json!(of.groups);
    }
    if !of.extra.is_empty() {
        own["as-user-extra"] = json!(of.extra);
    }
    if let Some(exec) = &user.exec {
        let env: Vec<Value> = exec.env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        own["exec"] = json!({
            "apiVersion": exec.api_version, "command": exec.command, "args": exec.args, "env": env,
            "installHint": exec.install_hint.clone().unwrap_or_default(), "provideClusterInfo": exec.provide_cluster_info,
            "interactiveMode": mode(exec),
        });
    }
    own
}

fn known_user(mut user: Value, folder: &Path) -> Value {
    user.as_object_mut().unwrap().remove("extensions");
    for key in ["client-certificate", "client-key", "tokenFile"] {
        resolve(&mut user, key, folder);
    }
    if let Some(provider) = user.get_mut("auth-provider") {
        *provider = provider["name"].take();
    }
    if let Some(exec) = user.get_mut("exec") {
        let command = exec["command"].as_str().unwrap_or_default().to_owned();
        if command.contains('/') {
            exec["command"] = json!(absolute(&command, folder));
        }
        for key in ["args", "env"] {
            if exec.get(key).is_none_or(Value::is_null) {
                exec[key] = json!([]);
            }
        }
        // kubectl fills in what v1beta1 leaves open
        let is_beta = exec["apiVersion"] == "client.authentication.k8s.io/v1beta1";
        *exec = filled(exec.take(), &["installHint", "interactiveMode"]);
        if is_beta && exec["interactiveMode"] == "IfAvailable" {
            exec["interactiveMode"] = json!("");
        }
    }
    user
}

/// Nothing and `IfAvailable` are the same where v1beta1 leaves it open.
fn mode(exec: &kubeconfig::Exec) -> &str {
    let is_beta = exec.api_version == "client.authentication.k8s.io/v1beta1";
    if is_beta && exec.interactive_mode == "IfAvailable" { "" } else { &exec.interactive_mode }
}
