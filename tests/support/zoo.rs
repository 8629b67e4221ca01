//! Credential plugins that misbehave, each in a way of its own: run by whycan on a server that is played, and by kubectl too
//! on a real one.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// Whether kubectl agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kubectl {
    /// It works for both, or for neither.
    Same,
    /// It does not, and is not meant to, for this reason.
    Differs(&'static str),
    /// kubectl is not run on it, for this reason.
    Untried(&'static str),
}

/// A plugin.
pub struct Animal {
    /// What it does.
    pub name: &'static str,
    /// `users[].user.exec`
    pub exec: Value,
    /// Nothing where it works; else a part of what is said.
    pub says: &'static str,
    pub kubectl: Kubectl,
    /// Whether it hangs: the limit is to be short.
    pub hangs: bool,
}

const V1: &str = "client.authentication.k8s.io/v1";

fn shell(script: &str) -> Value {
    json!({ "apiVersion": V1, "command": "/bin/sh", "args": ["-c", script], "interactiveMode": "Never" })
}

fn printing(text: &str) -> Value {
    shell(&format!("cat <<'END'\n{text}\nEND"))
}

fn with(mut exec: Value, key: &str, value: Value) -> Value {
    exec[key] = value;
    exec
}

fn answer(status: &Value) -> String {
    json!({ "apiVersion": V1, "kind": "ExecCredential", "status": status }).to_string()
}

/// All of them; those that work give this token, and files that they need are put into a folder.
pub fn animals(folder: &Path, token: &str) -> Vec<Animal> {
    let good = answer(&json!({ "token": token }));
    [working(&good, token), useless(&good, token), failing(&good, folder), refused(&good), endless(&good)].into_iter().flatten().collect()
}

/// Those that work.
fn working(good: &str, token: &str) -> Vec<Animal> {
    let mut animals = Vec::new();
    let mut add = |name, exec, says| animals.push(Animal { name, exec, says, kubectl: Kubectl::Same, hangs: false });
    add("answers", printing(good), "");
    add("answers in YAML", printing(&format!("apiVersion: {V1}\nkind: ExecCredential\nstatus: {{token: {token}}}")), "");
    add("says something as a comment first", printing(&format!("# Welcome!\n{good}")), "");
    add("has more than is known", printing(&good.replace("\"status\"", "\"spec\":{\"x\":1},\"more\":[1],\"status\"")), "");
    add("is of no kind", printing(&good.replace("ExecCredential", "")), "");
    add(
        "gives a token whose time is over",
        printing(&answer(&json!({ "token": token, "expirationTimestamp": "2020-01-01T00:00:00Z" }))),
        "",
    );
    add("gives the token twice", printing(&good.replace("\"token\":", "\"token\":\"no\",\"token\":")), "");
    add("prints two documents", printing(&format!("---\n{good}\n---\nkind: Pod")), "");
    add("warns on standard error", shell(&format!("echo 'warning: \u{1b}[31mred' >&2; echo '{good}'")), "");
    add("leaves somebody with its output", shell(&format!("sleep 1 & echo '{good}'")), "");
    animals
}

/// Those whose answer is none.
fn useless(good: &str, token: &str) -> Vec<Animal> {
    let mut animals = Vec::new();
    let mut add = |name, exec, says| animals.push(Animal { name, exec, says, kubectl: Kubectl::Same, hangs: false });
    add("says something first", printing(&format!("Welcome!\n{good}")), "printed something that is no ExecCredential");
    add("says something last", printing(&format!("{good}\nBye!")), "printed something that is no ExecCredential");
    add("prints two values", printing(&format!("{good}\n{good}")), "printed something that is no ExecCredential");
    add("prints half a value", printing(&good[..good.len() - 2]), "printed something that is no ExecCredential");
    add("prints nothing", shell("true"), "printed nothing");
    add("prints blanks", shell("echo; echo"), "printed nothing");
    add("is of another kind", printing(&good.replace("ExecCredential", "Status")), "printed a `Status`, not an ExecCredential");
    add("is of no version", printing(&good.replace(V1, "")), "answered with apiVersion `` where");
    add(
        "is of another version",
        printing(&good.replace("/v1", "/v1beta1")),
        "answered with apiVersion `client.authentication.k8s.io/v1beta1` where",
    );
    add(
        "is of a version of old",
        printing(&good.replace("/v1", "/v1alpha1")),
        "answered with apiVersion `client.authentication.k8s.io/v1alpha1` where",
    );
    add("has no status", printing(&answer(&Value::Null)), "gave no status");
    add("has an empty status", printing(&answer(&json!({}))), "gave neither a token nor a certificate");
    add("has an empty token", printing(&answer(&json!({ "token": "" }))), "gave neither a token nor a certificate");
    add("gives a number", printing(&answer(&json!({ "token": 5 }))), "printed something that is no ExecCredential");
    add(
        "gives a token of two lines",
        printing(&answer(&json!({ "token": format!("{token}\nx") }))),
        "holds characters that no HTTP header may hold",
    );
    add(
        "gives a key alone",
        printing(&answer(&json!({ "clientKeyData": "K" }))),
        "gave a certificate without its key, or a key without its certificate",
    );
    add(
        "gives a certificate alone",
        printing(&answer(&json!({ "token": token, "clientCertificateData": "C" }))),
        "gave a certificate without its key, or a key without its certificate",
    );
    add(
        "gives no certificate",
        printing(&answer(&json!({ "clientCertificateData": "C", "clientKeyData": "K" }))),
        "gave a certificate and a key, and the certificate is no PEM",
    );
    for time in ["", "soon", "2026-01-01", "2026-01-01 00:00:00Z"] {
        add(
            "gives no time",
            printing(&answer(&json!({ "token": token, "expirationTimestamp": time }))),
            "gave an expirationTimestamp that is no time",
        );
    }
    animals
}

/// Those that fail.
fn failing(good: &str, folder: &Path) -> Vec<Animal> {
    let text = folder.join("no-program");
    fs::write(&text, good).unwrap();
    let mut animals = Vec::new();
    let mut add = |name, exec, says| animals.push(Animal { name, exec, says, kubectl: Kubectl::Same, hangs: false });
    add("fails and says why", shell("echo 'session \u{1b}]0;x\u{7}ended' >&2; exit 1"), "failed (exit status 1): session ␛]0;x␇ended");
    add("fails and answers", shell(&format!("echo '{good}'; exit 3")), "failed (exit status 3)");
    add("ends by a signal", shell("kill -9 $$"), "failed (ended by a signal)");
    add("is not there", with(shell(""), "command", json!("/nowhere/plugin")), "is not there");
    add("is not on the PATH", with(shell(""), "command", json!("no-such-plugin-of-whycan")), "is not there");
    add("may not be run", with(shell(""), "command", json!(text)), "may not be run: permission denied");
    add("is a folder", with(shell(""), "command", json!(folder)), "is not there");
    add("wants the terminal", with(printing(good), "interactiveMode", json!("Always")), "wants a terminal");
    animals
}

/// Those that no kubeconfig may have.
fn refused(good: &str) -> Vec<Animal> {
    let mut animals = Vec::new();
    let mut add = |name, exec, says| animals.push(Animal { name, exec, says, kubectl: Kubectl::Same, hangs: false });
    add("speaks a version of old", with(printing(good), "apiVersion", json!("client.authentication.k8s.io/v1alpha1")), "v1alpha1");
    add("speaks no version", with(printing(good), "apiVersion", json!("v1")), "apiVersion `v1`");
    add("does not say whether it asks", with(printing(good), "interactiveMode", json!("")), "interactiveMode");
    add("says badly whether it asks", with(printing(good), "interactiveMode", json!("Sometimes")), "interactiveMode");
    add("has no command", with(printing(good), "command", json!("")), "command");
    animals
}

/// Those without end.
fn endless(good: &str) -> Vec<Animal> {
    let (late, no_time_limit) = ("did not end within", "kubectl has no limit of time");
    let mut animals = Vec::new();
    let mut add = |name, exec, says, kubectl, hangs| animals.push(Animal { name, exec, says, kubectl, hangs });
    add("hangs", shell("sleep 1000"), late, Kubectl::Differs(no_time_limit), true);
    add("heeds no signal", shell("trap '' TERM INT HUP; sleep 1000; sleep 1000"), late, Kubectl::Differs(no_time_limit), true);
    add("hangs, and others with it", shell("sleep 1000 & sleep 1000 & wait"), late, Kubectl::Differs(no_time_limit), true);
    add("waits for an answer", shell("read answer; sleep 1000"), late, Kubectl::Differs(no_time_limit), true);
    add("prints without end", shell("yes"), "printed more than 1 MiB", Kubectl::Untried("kubectl fills the memory"), false);
    add(
        "prints very much",
        shell(&format!("head -c 2000000 /dev/zero | tr '\\0' ' '; echo '{good}'")),
        "printed more than 1 MiB",
        Kubectl::Differs("kubectl has no limit of size"),
        false,
    );
    animals
}

/// A kubeconfig that leads to a server with a plugin; `cluster` is the entry's content.
pub fn kubeconfig(cluster: &Value, exec: &Value) -> String {
    json!({
        "current-context": "zoo",
        "clusters": [{ "name": "zoo", "cluster": cluster }],
        "users": [{ "name": "zoo", "user": { "exec": exec } }],
        "contexts": [{ "name": "zoo", "context": { "cluster": "zoo", "user": "zoo" } }],
    })
    .to_string()
}
