//! What a kubeconfig says: clusters, users and, of a context, the pair that is used.
//!
//! Paths are absolute here, joined as client-go joins them; secrets are never printed by `Debug`.

use jiff::Timestamp;
use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::base::Source;

/// On which lines the fields of an entry stand, counted from 1, by their paths in it: `server`, `exec.apiVersion`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Vec<(&'static str, u32)>);

/// The fields whose lines are kept, sorted.
const FIELDS: [&str; 33] = [
    "as",
    "as-groups",
    "as-uid",
    "as-user-extra",
    "auth-provider",
    "auth-provider.config",
    "auth-provider.name",
    "certificate-authority",
    "certificate-authority-data",
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "cluster",
    "disable-compression",
    "exec",
    "exec.apiVersion",
    "exec.args",
    "exec.command",
    "exec.env",
    "exec.installHint",
    "exec.interactiveMode",
    "exec.provideClusterInfo",
    "insecure-skip-tls-verify",
    "namespace",
    "password",
    "proxy-url",
    "server",
    "tls-server-name",
    "token",
    "tokenFile",
    "user",
    "username",
];

impl Lines {
    /// The line of a field; none for one that is not given.
    pub fn of(&self, field: &str) -> Option<usize> {
        let (_, line) = self.0.iter().find(|(path, _)| *path == field)?;
        usize::try_from(*line).ok()
    }

    /// Notes the line of a field; of fields that no kubeconfig has none is kept.
    pub fn note(&mut self, section: Option<&str>, name: &str, line: usize) {
        let position = match section {
            // without a text of its own for each of thousands
            None => FIELDS.binary_search(&name),
            Some(section) => FIELDS.binary_search_by(|field| {
                let (outer, inner) = field.split_once('.').unwrap_or((field, ""));
                (outer, inner).cmp(&(section, name))
            }),
        };
        if let (Some(field), Ok(line)) = (position.ok().and_then(|position| FIELDS.get(position)), u32::try_from(line)) {
            self.0.push((field, line));
        }
    }
}

/// Where a cluster is and whom to trust there.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The name of the entry; empty for one that no file has (in-cluster).
    pub name: String,
    /// Where it stands.
    pub source: Option<Source>,
    /// Where its fields stand, in the same file.
    pub lines: Lines,
    /// Where others of its name stand, which do not count.
    pub shadowed: Vec<Source>,
    /// The URL.
    pub server: String,
    /// The name that the server's certificate must have, when not the URL's host.
    pub tls_server_name: Option<String>,
    /// Whether any certificate is taken.
    pub insecure_skip_tls_verify: bool,
    /// The authorities to trust; none means those of the system.
    pub certificate_authority: Option<Data>,
    /// Fields that are given inline and as a file too, which client-go refuses; the inline one is kept.
    pub given_twice: Vec<&'static str>,
    /// An HTTP, HTTPS or SOCKS5 proxy.
    pub proxy_url: Option<String>,
    /// Whether answers may not be compressed.
    pub disable_compression: bool,
    /// The extension `client.authentication.k8s.io/exec`, which plugins with `provideClusterInfo` are given.
    pub exec_config: Option<serde_json::Value>,
    /// The `provider` of an extension: who wrote the entry, as minikube signs it.
    pub made_by: Option<String>,
}

/// Bytes (PEM), in the file itself or in another one.
#[derive(Clone)]
pub enum Data {
    /// Inline, decoded from base64.
    Inline(Vec<u8>),
    /// A file, by its absolute path.
    File(String),
}

/// A key is data too: the bytes are not shown.
impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inline(bytes) => write!(f, "Inline({} bytes)", bytes.len()),
            Self::File(path) => write!(f, "File({path})"),
        }
    }
}

/// What is presented to a cluster.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// The name of the entry; empty for one that no file has.
    pub name: String,
    /// Where it stands.
    pub source: Option<Source>,
    /// Where its fields stand, in the same file.
    pub lines: Lines,
    /// Where others of its name stand, which do not count.
    pub shadowed: Vec<Source>,
    /// A client certificate.
    pub client_certificate: Option<Data>,
    /// Its key.
    pub client_key: Option<Data>,
    /// When the certificate ends, where it stands in a file that somebody has read.
    pub certificate_ends: Option<Timestamp>,
    /// Fields that are given inline and as a file too, which client-go refuses; the inline one is kept.
    pub given_twice: Vec<&'static str>,
    /// A bearer token.
    pub token: Option<SecretString>,
    /// A file with a bearer token, which wins over `token` when it can be read.
    pub token_file: Option<String>,
    /// Basic authentication, which no current server takes.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// A plugin that gives a credential.
    pub exec: Option<Exec>,
    /// The name of an auth provider, a mechanism of old.
    pub auth_provider: Option<String>,
    /// What the provider is told, its tokens among it.
    pub auth_config: BTreeMap<String, SecretString>,
    /// Who to be instead, in the cluster.
    pub impersonation: Impersonation,
}

/// A pair of cluster and user, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its name; empty for an entry without one.
    pub name: String,
    /// The name of its cluster, which may be missing.
    pub cluster: String,
    /// The name of its user, which may be missing.
    pub user: String,
    /// The namespace for requests that give none; as it stands, fit or not.
    pub namespace: Option<String>,
    /// Where it stands.
    pub source: Source,
    /// Where its fields stand, in the same file.
    pub lines: Lines,
    /// Where others of its name stand, which do not count.
    pub shadowed: Vec<Source>,
}

/// A credential plugin.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Exec {
    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    pub api_version: String,
    /// The program: a name for PATH, or an absolute path.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to the environment, in the order given.
    pub env: Vec<(String, String)>,
    /// What to say when the program is not there.
    pub install_hint: Option<String>,
    /// Whether it is told of the cluster.
    pub provide_cluster_info: bool,
    /// `Never`, `IfAvailable` or `Always`; empty when not given.
    pub interactive_mode: String,
}

/// Arguments and variables may be passwords: how many there are is shown, and what the variables are called.
impl std::fmt::Debug for Exec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exec")
            .field("api_version", &self.api_version)
            .field("command", &self.command)
            .field("args", &format_args!("{} arguments", self.args.len()))
            .field("env", &self.env.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("install_hint", &self.install_hint)
            .field("provide_cluster_info", &self.provide_cluster_info)
            .field("interactive_mode", &self.interactive_mode)
            .finish()
    }
}

impl Exec {
    /// The name of the program, without its folder and `.exe`.
    pub fn program(&self) -> &str {
        let name = self.command.rsplit(['/', '\\']).next().unwrap_or_default();
        name.strip_suffix(".exe").unwrap_or(name)
    }

    /// The value of a flag, `--flag VALUE` or `--flag=VALUE`, by any of its names; the last counts, as programs take it.
    pub fn flag(&self, names: &[&str]) -> Option<&str> {
        let mut found = None;
        let mut args = self.args.iter();
        while let Some(argument) = args.next() {
            if names.contains(&argument.as_str()) {
                found = args.next().map(String::as_str).or(found);
            } else if let Some((name, value)) = argument.split_once('=')
                && names.contains(&name)
            {
                found = Some(value);
            }
        }
        found.filter(|value| !value.is_empty())
    }

    /// A variable that is added to the environment; the last of a name counts.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let value = self.env.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// The profile of AWS that is used: the flag wins over the variable. `aws-vault` takes it as a word.
    pub fn aws_profile(&self) -> Option<&str> {
        let word = || match self.args.as_slice() {
            [exec, profile, ..] if self.program() == "aws-vault" && exec == "exec" && !profile.starts_with('-') => Some(profile.as_str()),
            _ => None,
        };
        self.flag(&["--profile"]).or_else(word).or_else(|| self.variable("AWS_PROFILE"))
    }

    /// The ARN of the role of AWS that is assumed. `aws eks update-kubeconfig` writes `--role`, short for `--role-arn`.
    pub fn aws_role(&self) -> Option<&str> {
        self.flag(&["--role-arn", "--role", "-r"])
    }
}

/// `as`, `as-uid`, `as-groups` and `as-user-extra` of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// The user; without one the others are refused.
    pub user: Option<String>,
    /// The uid.
    pub uid: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl Target {
    /// Whether it is the same cluster, entered by the same entry of a user.
    pub fn leads_to_the_same(&self, other: &Self) -> bool {
        let way = |target: &Self| (target.cluster.server.clone(), target.user.name.clone(), target.user.impersonation.clone());
        way(self) == way(other)
    }
}

/// All that leads to one cluster as one user: what a context comes to.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The context's name; none in a cluster (a pod's service account) and where there is no context.
    pub context: Option<String>,
    /// Where the context stands.
    pub source: Option<Source>,
    /// Its namespace, when it has one.
    pub namespace: Option<String>,
    /// The cluster.
    pub cluster: Cluster,
    /// The user; the default one presents nothing.
    pub user: User,
    /// Warnings about how these came together: shadowed, from another file.
    pub findings: Vec<crate::base::Finding>,
}
