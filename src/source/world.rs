//! A world: facts recorded in a folder, of one cluster or several.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::files::{self, File};
use crate::base::{Failure, Gap, Loss, Name};
use crate::facts::{Change, Facts, parse};
use crate::kubeconfig::{self, Kubeconfig};

/// One cluster or several, with the contexts that lead to them.
#[derive(Clone, Debug)]
pub struct World {
    /// What it calls itself: its name, or the path it came from.
    pub name: String,
    /// When it was recorded, RFC 3339.
    pub recorded_at: Option<String>,
    /// The context to start with.
    pub current_context: Option<String>,
    /// What whoever recorded it had to say.
    pub notes: Vec<String>,
    /// The clusters, in the order of their contexts' names; never empty.
    pub clusters: Vec<Cluster>,
    /// The kubeconfig recorded with them, when there is one.
    pub kubeconfig: Kubeconfig,
}

/// One cluster of a world.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The context that leads to it, when there are contexts.
    pub context: Option<String>,
    /// The context's namespace, when it has one.
    pub namespace: Option<String>,
    /// What is known of it.
    pub facts: Facts,
}

impl World {
    /// A world of one cluster without contexts.
    pub fn of_facts(name: String, facts: Facts) -> Self {
        let clusters = vec![Cluster { facts, ..Cluster::default() }];
        Self { name, recorded_at: None, current_context: None, notes: Vec::new(), clusters, kubeconfig: Kubeconfig::default() }
    }

    /// The cluster of a context, or of the current one.
    ///
    /// # Errors
    /// When there is no context of that name, or several and none is current.
    pub fn cluster(&self, context: Option<&str>) -> Result<&Cluster, Failure> {
        let names: Vec<&str> = self.clusters.iter().filter_map(|cluster| cluster.context.as_deref()).collect();
        let there_are = || format!("There are: {}.", names.join(", "));
        let of = |name: &str| self.clusters.iter().find(|cluster| cluster.context.as_deref() == Some(name));
        match (context.or(self.current_context.as_deref()), self.clusters.as_slice()) {
            (Some(_), [only]) if only.context.is_none() && context.is_none() => Ok(only),
            (Some(name), _) if names.is_empty() => {
                Err(Failure::usage(format!("there is no context `{name}`: `{}` holds one cluster without contexts", self.name)))
            }
            (Some(name), _) => {
                of(name).ok_or_else(|| Failure::usage(format!("there is no context `{name}` in `{}`", self.name)).hint(there_are()))
            }
            (None, [only]) => Ok(only),
            (None, []) => Err(Failure::failed(format!("`{}` holds no cluster", self.name))),
            (None, _) => Err(Failure::usage(format!("`{}` holds several clusters and none is current", self.name))
                .hint("Name one with --context.")
                .hint(there_are())),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Description {
    name: Option<String>,
    recorded_at: Option<String>,
    current_context: Option<String>,
    contexts: BTreeMap<String, String>,
    notes: Notes,
}

/// One note or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Notes {
    One(String),
    Several(Vec<String>),
}

impl Default for Notes {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedGap {
    what: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    kinds: Vec<Name>,
    #[serde(default)]
    namespaces: Vec<Name>,
    #[serde(default)]
    except: Vec<Name>,
    #[serde(default)]
    settled_by: Option<String>,
}

/// Reads a folder.
pub fn of_folder(folder: &Path) -> Result<World, Failure> {
    let name = folder.display().to_string();
    let world = assemble(&name, files::below(folder))?;
    Ok(world)
}

/// Makes a world of files: by `world.yaml`; else one cluster for each folder of `clusters`; else one cluster of all.
pub fn assemble(name: &str, files: impl IntoIterator<Item = File>) -> Result<World, Failure> {
    let mut description = None;
    let mut kubeconfig = Kubeconfig::default();
    let mut folders: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for file in files {
        match (file.path.as_str(), file.content) {
            ("world.yaml", Ok(bytes)) => description = Some(describe(name, &bytes)?),
            ("kubeconfig.yaml", Ok(bytes)) => {
                kubeconfig = kubeconfig::merge(vec![kubeconfig::read(&format!("{name}/kubeconfig.yaml"), &bytes)?]);
            }
            (path, content) => folders.entry(folder_of(path)).or_default().extend(changes(path, content)),
        }
    }
    let description = match description {
        Some(description) => description,
        None => undescribed(folders.keys()),
    };
    let mut world = World {
        name: description.name.unwrap_or_else(|| name.to_owned()),
        recorded_at: description.recorded_at,
        current_context: description.current_context,
        notes: match description.notes {
            Notes::One(note) => vec![note],
            Notes::Several(notes) => notes,
        },
        clusters: Vec::new(),
        kubeconfig,
    };
    if description.contexts.is_empty() {
        let facts = Facts::collect(folders.into_values().flatten());
        check_not_empty(&facts, name)?;
        world.clusters.push(Cluster { facts, ..Cluster::default() });
        return Ok(world);
    }
    for (context, folder) in description.contexts {
        let folder = folder.trim_matches('/');
        let Some(changes) = folders.get(folder) else {
            return Err(Failure::failed(format!("context `{context}` of `{name}` is in folder `{folder}`, which holds no files")));
        };
        let facts = Facts::collect(changes.iter().cloned());
        check_not_empty(&facts, &format!("{name}/{folder}"))?;
        let namespace = world.kubeconfig.context(&context).and_then(|context| context.namespace.clone());
        world.clusters.push(Cluster { namespace, context: Some(context), facts });
    }
    Ok(world)
}

/// Facts of nothing would deny everything: more likely the wrong folder.
pub fn check_not_empty(facts: &Facts, name: &str) -> Result<(), Failure> {
    let is_empty = facts.aws().is_empty()
        && facts.authentication().is_empty()
        && crate::facts::Kind::ALL.into_iter().all(|kind| facts.count(kind) == 0);
    if !is_empty {
        return Ok(());
    }
    // a gap says why better than emptiness does
    if let Some(gap) = facts.gaps().iter().find(|gap| gap.loss == Loss::Unreadable) {
        return Err(Failure::failed(format!("cannot read {}", gap.why)));
    }
    if !facts.gaps().is_empty() {
        return Ok(());
    }
    let skipped: Vec<String> = facts.skipped().iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let held = if skipped.is_empty() { "no objects".to_owned() } else { format!("only {}", skipped.join(", ")) };
    Err(Failure::failed(format!("`{name}` holds {held}, and no roles or bindings"))
        .hint("Record them: kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json"))
}

/// `clusters/NAME`, or the folder itself.
fn folder_of(path: &str) -> String {
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("clusters"), Some(name), Some(_)) => format!("clusters/{name}"),
        _ => String::new(),
    }
}

/// Without a description, each folder of `clusters` is a cluster, and its name the context.
fn undescribed<'a>(folders: impl Iterator<Item = &'a String>) -> Description {
    let contexts = folders.filter_map(|folder| Some((folder.strip_prefix("clusters/")?.to_owned(), folder.clone())));
    Description { contexts: contexts.collect(), ..Description::default() }
}

fn describe(name: &str, bytes: &[u8]) -> Result<Description, Failure> {
    serde_yaml::from_slice(bytes).map_err(|error| Failure::failed(format!("cannot read {name}/world.yaml: {error}")))
}

fn changes(path: &str, content: Result<Vec<u8>, String>) -> Vec<Change> {
    let gap = |why: String| {
        let what = format!("file {path}");
        vec![Change::Gap(Gap { what, why, kinds: Vec::new(), namespaces: Vec::new(), loss: Loss::Unreadable, ..Gap::default() })]
    };
    match content {
        Err(why) => gap(format!("{path}: {why}")),
        Ok(bytes) if path.ends_with("gaps.yaml") => match serde_yaml::from_slice::<Vec<RecordedGap>>(&bytes) {
            Ok(recorded) => recorded.into_iter().map(|gap| Change::Gap(gap.into())).collect(),
            Err(error) => gap(format!("{path}: {error}")),
        },
        Ok(bytes) => parse::document(path, &bytes),
    }
}

impl From<RecordedGap> for Gap {
    fn from(recorded: RecordedGap) -> Self {
        let RecordedGap { what, why, kinds, namespaces, except, settled_by } = recorded;
        Self { what, why, kinds, namespaces, except, loss: Loss::Recorded, settled_by }
    }
}
