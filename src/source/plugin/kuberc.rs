//! kubectl's policy on credential plugins, which stands in its kuberc and is kept here too (`k8s.io/kubectl/pkg/kuberc`).
//!
//! Where kubectl only warns of a document that it cannot read, and runs every plugin, one that speaks of the policy and is
//! not understood here forbids them: what somebody has locked is not opened by a slip.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::program::{self, Missing};
use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::source::regular::{Refusal, content};

/// Which kuberc counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kuberc {
    /// None.
    #[default]
    Off,
    /// The one that `KUBERC` names, which must be there then.
    Named(PathBuf),
    /// The usual one, which need not be there.
    Usual(PathBuf),
}

/// What a kuberc says of plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Policy {
    AllowAll,
    DenyAll,
    /// Only these commands.
    Allowlist(Vec<String>),
    /// Nothing that could be kept, for this reason.
    Broken(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Preference {
    #[serde(default)]
    api_version: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    credential_plugin_policy: Option<String>,
    #[serde(default)]
    credential_plugin_allowlist: Option<Vec<Option<Entry>>>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    command: Option<String>,
}

impl Kuberc {
    /// The one of the environment.
    pub fn here() -> Self {
        Self::of(|name| std::env::var_os(name))
    }

    /// The same with the environment given.
    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if set("KUBECTL_KUBERC").is_some_and(|value| value.eq_ignore_ascii_case("false")) {
            return Self::Off;
        }
        match set("KUBERC") {
            Some(value) if value == "off" => Self::Off,
            Some(path) => Self::Named(PathBuf::from(path)),
            None => crate::source::kubeconfig::home(variable).map_or(Self::Off, |home| Self::Usual(home.join(".kube").join("kuberc"))),
        }
    }

    /// Whether a plugin may be run: `command` as the kubeconfig has it, cleaned, and the program that it was `found` to be.
    ///
    /// # Errors
    /// When the policy forbids it, or cannot be kept.
    pub fn check(&self, command: &str, found: &Result<PathBuf, Missing>, path: Option<&OsStr>) -> Result<(), Failure> {
        let (file, policy) = match self {
            Self::Off => return Ok(()),
            Self::Named(file) | Self::Usual(file) => (file, self.policy(file)?),
        };
        let shown = sanitise(&file.to_string_lossy()).into_owned();
        let name = sanitise(command);
        match policy {
            Policy::AllowAll => Ok(()),
            Policy::DenyAll => Err(Failure::failed(format!(
                "the credential plugin `{name}` is not run: credentialPluginPolicy of kuberc `{shown}` is DenyAll"
            ))
            .hint(format!("kubectl does not run it either. To allow it, set Allowlist there, with - command: {}", shell_word(&name)))),
            Policy::Allowlist(commands) => {
                let why = match found {
                    _ if commands.iter().any(|known| known == command || matches!(found, Ok(found) if Path::new(known) == found)) => {
                        return Ok(());
                    }
                    Ok(found) if commands.iter().any(|known| leads_to(known, found, path)) => return Ok(()),
                    Ok(_) => format!("is not on the credentialPluginAllowlist of kuberc `{shown}`"),
                    Err(_) => format!("cannot be found, and by its name is not on the credentialPluginAllowlist of kuberc `{shown}`"),
                };
                Err(Failure::failed(format!("the credential plugin `{name}` {why}"))
                    .hint(format!("kubectl does not run it either. To allow it, add - command: {} to that list.", shell_word(&name))))
            }
            Policy::Broken(why) => Err(Failure::failed(format!(
                "the credential plugin `{name}` is not run: the policy of kuberc `{shown}` cannot be kept, {why}"
            ))
            .hint("Set credentialPluginPolicy there to AllowAll, DenyAll, or Allowlist with a credentialPluginAllowlist.")),
        }
    }

    /// What the file says; all is allowed where nothing does.
    fn policy(&self, file: &Path) -> Result<Policy, Failure> {
        let refused = |why: &str| {
            let file = sanitise(&file.to_string_lossy()).into_owned();
            Failure::failed(format!("cannot read kuberc `{file}`, which KUBERC names: {why}"))
                .hint("Mend it, or take it off KUBERC: kubectl refuses to work with it too.")
        };
        let why = match content(file) {
            Ok(Some(bytes)) => match read(&String::from_utf8_lossy(&bytes)) {
                Ok(policy) => return Ok(policy),
                Err(()) => "it holds no Preference of kubectl.config.k8s.io".to_owned(),
            },
            Ok(None) => "there is no such file".to_owned(),
            Err(Refusal::Pipe) => "it is a pipe or a device, and is not opened here".to_owned(),
            Err(Refusal::Large) => "it is too large".to_owned(),
            Err(Refusal::Other(why)) => why,
        };
        match self {
            Self::Named(_) => Err(refused(&why)),
            // kubectl warns, and goes on without
            _ => Ok(Policy::AllowAll),
        }
    }
}

/// Whether an entry of the list is found to be this program; kubectl looks only up those of its name.
fn leads_to(entry: &str, found: &Path, path: Option<&OsStr>) -> bool {
    Path::new(entry).file_name() == found.file_name() && program::find(entry, path).is_ok_and(|program| program == found)
}

/// What a text says: the first of its documents that is a Preference counts.
fn read(text: &str) -> Result<Policy, ()> {
    let mut has_any = false;
    for document in documents(text).into_iter().filter(|document| !document.trim().is_empty()) {
        has_any = true;
        match serde_yaml::from_str::<Preference>(&document) {
            Ok(preference) => {
                if let Some(policy) = of_preference(preference) {
                    return Ok(policy);
                }
            }
            Err(_) if document.contains("credentialPlugin") => return Ok(Policy::Broken("it cannot be read".to_owned())),
            Err(_) => {}
        }
    }
    if has_any { Err(()) } else { Ok(Policy::AllowAll) }
}

/// The documents of a YAML text.
fn documents(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.lines() {
        match documents.last_mut() {
            Some(document) if line.trim_end() != "---" => {
                document.push_str(line);
                document.push('\n');
            }
            _ => documents.push(String::new()),
        }
    }
    documents
}

/// The policy of a document; none where it is something else.
fn of_preference(preference: Preference) -> Option<Policy> {
    if preference.kind.as_deref() != Some("Preference") {
        return None;
    }
    match preference.api_version.as_deref()? {
        "kubectl.config.k8s.io/v1beta1" => {}
        // it has no such fields
        "kubectl.config.k8s.io/v1alpha1" => return Some(Policy::AllowAll),
        _ => return None,
    }
    let list = preference.credential_plugin_allowlist;
    Some(match (preference.credential_plugin_policy.as_deref().unwrap_or_default(), list) {
        ("" | "AllowAll", None) => Policy::AllowAll,
        ("DenyAll", None) => Policy::DenyAll,
        ("Allowlist", Some(list)) => of_list(list),
        ("Allowlist", None) => Policy::Broken("it is Allowlist without a credentialPluginAllowlist".to_owned()),
        (policy @ ("" | "AllowAll" | "DenyAll"), Some(_)) => {
            let policy = if policy.is_empty() { "AllowAll" } else { policy };
            Policy::Broken(format!("it has a credentialPluginAllowlist beside {policy}"))
        }
        (other, _) => Policy::Broken(format!("it is `{}`, which is none", sanitise(other))),
    })
}

fn of_list(list: Vec<Option<Entry>>) -> Policy {
    if list.is_empty() {
        return Policy::Broken("its credentialPluginAllowlist is empty".to_owned());
    }
    let mut commands = Vec::new();
    for entry in list {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (name, command) = entry.map_or((None, None), |entry| (filled(entry.name), filled(entry.command)));
        let command = match (name, command) {
            (Some(name), Some(command)) if name != command => {
                return Policy::Broken("an entry of its credentialPluginAllowlist has a name and another command".to_owned());
            }
            (name, command) => command.or(name),
        };
        match command {
            None => return Policy::Broken("an entry of its credentialPluginAllowlist has no command".to_owned()),
            Some(command) if program::clean(&command) != command => {
                return Policy::Broken(format!("`{}` in its credentialPluginAllowlist is no clean path", sanitise(&command)));
            }
            Some(command) => commands.push(command),
        }
    }
    Policy::Allowlist(commands)
}

#[cfg(test)]
mod tests;
