//! One context by itself: a kubeconfig with nothing else in it, for a program that must not see the rest.
//!
//! It holds the secrets of its user.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use super::edit::write::{self, Surroundings};
use super::entry::{Cluster, Data, Exec, Target, User};
use super::file::EXEC_EXTENSION;
use super::merge::Kubeconfig;
use crate::base::Failure;

impl Kubeconfig {
    /// A context, or the current one, as a kubeconfig of its own: with its cluster and user, all paths absolute, and current.
    /// A namespace that is given takes the place of its own.
    ///
    /// # Errors
    /// When there is no such context, or client-go would refuse it.
    pub fn alone(&self, context: Option<&str>, namespace: Option<&str>) -> Result<String, Failure> {
        let target = self.target(context)?;
        let document = document(&target, namespace.or(target.namespace.as_deref()));
        let around = Surroundings { line_break: "\n", list_indent: 0, is_json: false };
        Ok(write::block(&document, 0, around) + "\n")
    }
}

fn document(target: &Target, namespace: Option<&str>) -> Value {
    let name = target.context.as_deref().unwrap_or_default();
    let user = &target.user;
    let mut context = Fields::default();
    context.text("cluster", Some(&target.cluster.name));
    context.text("user", Some(&user.name));
    context.text("namespace", namespace);
    // a context may name no user: then nothing is presented
    let users = if user.name.is_empty() { json!([]) } else { json!([{ "name": user.name, "user": user_fields(user) }]) };
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{ "name": name, "context": context.0 }],
        "clusters": [{ "name": target.cluster.name, "cluster": cluster_fields(&target.cluster) }],
        "users": users,
    })
}

fn cluster_fields(cluster: &Cluster) -> Value {
    let mut fields = Fields::default();
    fields.text("server", Some(&cluster.server));
    fields.text("tls-server-name", cluster.tls_server_name.as_deref());
    fields.flag("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify);
    fields.data("certificate-authority", cluster.certificate_authority.as_ref());
    fields.text("proxy-url", cluster.proxy_url.as_deref());
    fields.flag("disable-compression", cluster.disable_compression);
    if let Some(config) = &cluster.exec_config {
        fields.put("extensions", json!([{ "name": EXEC_EXTENSION, "extension": config }]));
    }
    Value::Object(fields.0)
}

fn user_fields(user: &User) -> Value {
    let mut fields = Fields::default();
    fields.data("client-certificate", user.client_certificate.as_ref());
    fields.data("client-key", user.client_key.as_ref());
    fields.text("token", user.token.as_ref().map(SecretString::expose_secret));
    fields.text("tokenFile", user.token_file.as_deref());
    fields.text("username", user.username.as_deref());
    fields.text("password", user.password.as_ref().map(SecretString::expose_secret));
    if let Some(exec) = &user.exec {
        fields.put("exec", exec_fields(exec));
    }
    if let Some(name) = &user.auth_provider {
        let config: Map<String, Value> =
            user.auth_config.iter().map(|(key, value)| (key.clone(), Value::from(value.expose_secret()))).collect();
        fields.put("auth-provider", json!({ "name": name, "config": config }));
    }
    let who = &user.impersonation;
    fields.text("as", who.user.as_deref());
    fields.text("as-uid", who.uid.as_deref());
    fields.list("as-groups", &who.groups);
    if !who.extra.is_empty() {
        fields.put("as-user-extra", json!(who.extra));
    }
    Value::Object(fields.0)
}

fn exec_fields(exec: &Exec) -> Value {
    let mut fields = Fields::default();
    fields.text("apiVersion", Some(&exec.api_version));
    fields.text("command", Some(&exec.command));
    fields.list("args", &exec.args);
    if !exec.env.is_empty() {
        let variables: Vec<Value> = exec.env.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        fields.put("env", Value::Array(variables));
    }
    fields.text("installHint", exec.install_hint.as_deref());
    fields.flag("provideClusterInfo", exec.provide_cluster_info);
    fields.text("interactiveMode", Some(&exec.interactive_mode));
    Value::Object(fields.0)
}

/// Fields that are left out where they say nothing.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.put(key, Value::from(value));
        }
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.put(key, Value::from(true));
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.put(key, json!(values));
        }
    }

    fn data(&mut self, key: &str, data: Option<&Data>) {
        match data {
            Some(Data::File(path)) => self.text(key, Some(path)),
            Some(Data::Inline(bytes)) => self.text(&format!("{key}-data"), Some(&STANDARD.encode(bytes))),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
