//! One kubeconfig file, read as kubectl reads it.

mod field;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::entry::{Cluster, Context, Data, Exec, Impersonation, User};
use super::mistake::Mistake;
use super::spread::{OneByOne, Spread};
use super::text;
use super::yaml::{self, Node, Value};
use crate::base::text::quote;
use crate::base::{Failure, Source};
use field::{Fields, Named};

/// What one file says. Entries have distinct names within their list: two of a name break a file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The file's path.
    pub path: String,
    /// The context that it calls the current one; it need not be in this file, or anywhere.
    pub current_context: Option<Current>,
    /// The contexts, in the order of the file.
    pub contexts: Vec<Context>,
    /// The clusters, in the order of the file.
    pub clusters: Vec<Cluster>,
    /// The users, in the order of the file.
    pub users: Vec<User>,
}

/// A `current-context`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub source: Source,
}

/// The extension of a cluster that plugins are given.
pub const EXEC_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// Reads one file; `path` is its absolute path, and what is relative in it is relative to its folder.
///
/// # Errors
/// When kubectl would not read it. The failure names file, line, column and field, and no value.
pub fn read(path: &str, bytes: &[u8]) -> Result<File, Failure> {
    parse(path, bytes).map_err(|mistake| mistake.failure(path))
}

/// The same, with the place of what breaks it.
///
/// # Errors
/// When kubectl would not read it.
pub fn parse(path: &str, bytes: &[u8]) -> Result<File, Mistake> {
    parse_by(path, bytes, &OneByOne)
}

/// How many bytes are worth more than one thread.
const LARGE: usize = 1 << 20;

/// The same with the work on a large file spread.
///
/// # Errors
/// When kubectl would not read it.
pub fn parse_spread(path: &str, bytes: &[u8], spread: &impl Spread) -> Result<File, Mistake> {
    if bytes.len() < LARGE { parse_by(path, bytes, &OneByOne) } else { parse_by(path, bytes, spread) }
}

fn parse_by(path: &str, bytes: &[u8], spread: &impl Spread) -> Result<File, Mistake> {
    let place = FilePath { path, folder: Path::new(path).parent().unwrap_or_else(|| Path::new("")) };
    let whole = |text: &str| yaml::parse(text, spread)?.map_or_else(|| Ok(File::default()), |root| place.file(&root, spread));
    text::decode(bytes).and_then(|text| whole(&text)).map(|file| File { path: path.to_owned(), ..file })
}

/// A list of a file.
enum Section {
    Clusters(Vec<Cluster>),
    Users(Vec<User>),
    Contexts(Vec<Context>),
}

/// The file that is being read.
#[derive(Clone, Copy)]
struct FilePath<'a> {
    path: &'a str,
    folder: &'a Path,
}

impl FilePath<'_> {
    fn source(self, node: &Node<'_>) -> Source {
        Source { file: self.path.to_owned(), line: Some(node.place.line) }
    }

    fn file(self, root: &Node<'_>, spread: &impl Spread) -> Result<File, Mistake> {
        let fields = Fields::of(root)?;
        check_kind(&fields)?;
        fields.section("preferences", |fields| fields.flag("colors").and_then(|_| fields.extensions()).map(drop))?;
        fields.extensions()?;
        let current = fields.get("current-context").map(|node| self.source(node));
        let current_context = fields.text("current-context")?.zip(current).map(|(name, source)| Current { name, source });
        let mut file = File { current_context, ..File::default() };
        // a file with mistakes in several lists is refused for the first of them
        let sections = spread.each(vec!["clusters", "users", "contexts"], |list| match list {
            "clusters" => fields.named(list, |entry| self.cluster(entry)).map(Section::Clusters),
            "users" => fields.named(list, |entry| self.user(entry)).map(Section::Users),
            _ => fields.named(list, |entry| self.context(entry)).map(Section::Contexts),
        });
        for section in sections {
            match section? {
                Section::Clusters(clusters) => file.clusters = clusters,
                Section::Users(users) => file.users = users,
                Section::Contexts(contexts) => file.contexts = contexts,
            }
        }
        Ok(file)
    }

    fn context(self, entry: &Named<'_>) -> Result<Context, Mistake> {
        entry.inner("context", |fields| {
            fields.extensions()?;
            Ok(Context {
                name: entry.name.clone(),
                cluster: fields.text("cluster")?.unwrap_or_default(),
                user: fields.text("user")?.unwrap_or_default(),
                namespace: fields.text("namespace")?,
                source: self.source(entry.node),
                lines: fields.lines(),
                shadowed: Vec::new(),
            })
        })
    }

    fn cluster(self, entry: &Named<'_>) -> Result<Cluster, Mistake> {
        entry.inner("cluster", |fields| {
            let extensions = fields.extensions()?;
            let mut given_twice = Vec::new();
            let made_by = extensions.iter().find_map(|(_, node)| signature(node));
            Ok(Cluster {
                name: entry.name.clone(),
                source: Some(self.source(entry.node)),
                lines: fields.lines(),
                shadowed: Vec::new(),
                server: fields.text("server")?.unwrap_or_default(),
                tls_server_name: fields.text("tls-server-name")?,
                insecure_skip_tls_verify: fields.flag("insecure-skip-tls-verify")?,
                certificate_authority: self.data(fields, "certificate-authority", "certificate-authority-data", &mut given_twice)?,
                given_twice,
                proxy_url: fields.text("proxy-url")?,
                disable_compression: fields.flag("disable-compression")?,
                exec_config: extensions.into_iter().find(|(name, _)| name == EXEC_EXTENSION).map(|(_, node)| node.to_json()),
                made_by,
            })
        })
    }

    fn user(self, entry: &Named<'_>) -> Result<User, Mistake> {
        entry.inner("user", |fields| {
            fields.extensions()?;
            let mut given_twice = Vec::new();
            let provider = fields.section("auth-provider", |fields| {
                let config = fields.map("config", Fields::text)?;
                Ok((fields.text("name")?.unwrap_or_default(), config))
            })?;
            let (auth_provider, config) = provider.unzip();
            Ok(User {
                name: entry.name.clone(),
                source: Some(self.source(entry.node)),
                lines: fields.lines(),
                shadowed: Vec::new(),
                client_certificate: self.data(fields, "client-certificate", "client-certificate-data", &mut given_twice)?,
                client_key: self.data(fields, "client-key", "client-key-data", &mut given_twice)?,
                certificate_ends: None,
                given_twice,
                token: fields.text("token")?.map(Into::into),
                token_file: fields.text("tokenFile")?.map(|path| self.join(&path)),
                username: fields.text("username")?,
                password: fields.text("password")?.map(Into::into),
                exec: fields.section("exec", |fields| self.exec(fields))?,
                auth_provider,
                auth_config: config.into_iter().flatten().filter_map(|(key, value)| Some((key, value?.into()))).collect(),
                impersonation: impersonation(fields)?,
            })
        })
    }

    fn exec(self, fields: &Fields<'_>) -> Result<Exec, Mistake> {
        let command = fields.text("command")?.unwrap_or_default();
        Ok(Exec {
            api_version: fields.text("apiVersion")?.unwrap_or_default(),
            // a bare name is looked for on PATH
            command: if command.contains(std::path::MAIN_SEPARATOR) { self.join(&command) } else { command },
            args: fields.texts("args")?,
            env: fields.list("env", |variable| {
                let fields = Fields::of(variable)?;
                Ok((fields.text("name")?.unwrap_or_default(), fields.text("value")?.unwrap_or_default()))
            })?,
            install_hint: fields.text("installHint")?,
            provide_cluster_info: fields.flag("provideClusterInfo")?,
            interactive_mode: fields.text("interactiveMode")?.unwrap_or_default(),
        })
    }

    /// Bytes that are given inline or as a file.
    fn data(
        self,
        fields: &Fields<'_>,
        file: &'static str,
        inline: &'static str,
        given_twice: &mut Vec<&'static str>,
    ) -> Result<Option<Data>, Mistake> {
        let path = fields.text(file)?;
        Ok(match (fields.bytes(inline)?, path) {
            (Some(bytes), path) => {
                given_twice.extend(path.map(|_| file));
                Some(Data::Inline(bytes))
            }
            (None, Some(path)) => Some(Data::File(self.join(&path))),
            (None, None) => None,
        })
    }

    /// A path as client-go makes it absolute: joined and cleaned; one that is absolute stays as it is.
    fn join(self, path: &str) -> String {
        if Path::new(path).is_absolute() {
            return path.to_owned();
        }
        let mut joined = PathBuf::new();
        for part in self.folder.join(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    // above the root is the root
                    joined.pop();
                }
                part => joined.push(part),
            }
        }
        joined.to_string_lossy().into_owned()
    }
}

/// Who signed an extension.
fn signature(extension: &Node<'_>) -> Option<String> {
    let Value::Map(entries) = &extension.value else { return None };
    entries.iter().find_map(|(key, node)| match &node.value {
        Value::Text(text) if key == "provider" => Some(text.clone().into_owned()),
        _ => None,
    })
}

/// Another object than a kubeconfig, given by mistake, is told from one.
fn check_kind(fields: &Fields<'_>) -> Result<(), Mistake> {
    let kind = fields.text("kind")?;
    let version = fields.text("apiVersion")?;
    let wrong = |key: &str, is: &str, wanted: &str| {
        let node = fields.get(key);
        let problem = format!("{key} is {}, and a kubeconfig has {wanted}", quote(is));
        node.map_or_else(|| Mistake::nowhere(problem.clone()), |node| Mistake::new(node.place, problem.clone()))
            .hint("Check that this is the file that was meant.")
    };
    match (kind, version) {
        (Some(kind), _) if kind != "Config" => Err(wrong("kind", &kind, "Config")),
        (_, Some(version)) if version != "v1" => Err(wrong("apiVersion", &version, "v1")),
        _ => Ok(()),
    }
}

fn impersonation(fields: &Fields<'_>) -> Result<Impersonation, Mistake> {
    let extra: BTreeMap<String, Vec<String>> = fields.map("as-user-extra", Fields::texts)?;
    Ok(Impersonation { user: fields.text("as")?, uid: fields.text("as-uid")?, groups: fields.texts("as-groups")?, extra })
}

#[cfg(test)]
mod tests;
