//! The kubeconfig files of this machine: which ones count, what is taken where none leads anywhere, and how they are changed.
//!
//! Nothing is written but by [`commit`]. kubectl copies an old `~/.kube/.kubeconfig` to `~/.kube/config`, even to list
//! contexts; this does not.

mod browse;
mod chosen;
mod commit;
mod further;
mod handed;
mod lock;
mod replace;
mod watch;

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files;
use super::side_by_side::{SideBySide, side_by_side};
use crate::base::text::{enumerate, sanitise};
use crate::base::{Failure, Finding, Severity};
use crate::kubeconfig::{self, Cluster, Data, Kubeconfig, Target, User};

pub use browse::{Broken, Browsed, browse};
pub(super) use chosen::home;
use chosen::{Chosen, paths};
pub(super) use commit::List;
pub use commit::{Written, commit, files, unchanged};
pub use further::{Found, Further, further};
pub use handed::Handed;
pub(super) use lock::PATIENCE;
pub(super) use replace::Replacement;
pub use watch::{Watch, watch};

/// Where a pod finds its service account.
const SERVICE_ACCOUNT: &str = "var/run/secrets/kubernetes.io/serviceaccount";

/// Reads `--kubeconfig` alone, else the files of `KUBECONFIG`, else `~/.kube/config`.
///
/// What is not there is passed over, but for a file that was named by the flag.
///
/// # Errors
/// When a file is a folder, cannot be read, or is no kubeconfig: kubectl does nothing then either.
pub fn load(explicit: Option<&Path>) -> Result<Kubeconfig, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    load_with(explicit, |name| std::env::var_os(name), &here)
}

/// The same as if `KUBECONFIG` were this list; where it is empty, `~/.kube/config`.
///
/// # Errors
/// As [`load`].
pub fn load_listed(list: &std::ffi::OsStr) -> Result<Kubeconfig, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    load_with(None, |name| if name == "KUBECONFIG" { Some(list.to_owned()) } else { std::env::var_os(name) }, &here)
}

/// What a context, or the current one, leads to; where none leads to a server, the cluster that this runs in, if it does.
///
/// # Errors
/// When there is no kubeconfig, no such context, or client-go would refuse it.
pub fn target(kubeconfig: &Kubeconfig, context: Option<&str>) -> Result<Target, Failure> {
    target_with(kubeconfig, context, |name| std::env::var_os(name), Path::new("/"))
}

/// Whether some kubeconfig of the environment is there, or a cluster that this runs in.
pub fn is_there() -> bool {
    let variable = |name: &str| std::env::var_os(name);
    paths(variable).iter().any(|path| path.exists()) || variable("KUBERNETES_SERVICE_HOST").is_some_and(|host| !host.is_empty())
}

/// The files that kubectl looks at, there or not: that of `--kubeconfig`, else those of the environment.
pub fn in_view(explicit: Option<&Path>) -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    listed(explicit, |name| std::env::var_os(name)).into_iter().map(|path| here.join(path)).collect()
}

/// The same with the environment and the working folder given.
fn load_with(explicit: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>, here: &Path) -> Result<Kubeconfig, Failure> {
    let chosen = Chosen::of(explicit, variable);
    let hint = chosen.hint();
    let mut files = Vec::new();
    let mut missing = Vec::new();
    for (path, read) in chosen.paths.iter().zip(side_by_side(&chosen.paths, |path| read(path, here, hint))) {
        match read? {
            Some(file) => files.push(file),
            None if chosen.is_explicit => {
                let shown = path.to_string_lossy();
                return Err(Failure::failed(format!("cannot read kubeconfig `{}`: there is no such file", sanitise(&shown))).hint(hint));
            }
            None => missing.push(here.join(path).to_string_lossy().into_owned()),
        }
    }
    Ok(kubeconfig::merge(files).with_missing(missing))
}

/// The files that count: the one that is named by the flag, or those of the environment.
fn listed(explicit: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    match explicit.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => vec![path.to_owned()],
        None => paths(variable),
    }
}

/// Reads a file; none where there is none.
fn read(path: &Path, here: &Path, hint: &str) -> Result<Option<kubeconfig::File>, Failure> {
    let path = here.join(path);
    if fs::metadata(&path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(None);
    }
    let shown = path.to_string_lossy();
    let bytes =
        files::read(&path).map_err(|why| Failure::failed(format!("cannot read kubeconfig `{}`: {why}", sanitise(&shown))).hint(hint))?;
    kubeconfig::parse_spread(&shown, &bytes, &SideBySide).map(Some).map_err(|mistake| mistake.failure(&shown))
}

/// The same with the environment and the root of the file system given.
fn target_with(
    kubeconfig: &Kubeconfig,
    context: Option<&str>,
    variable: impl Fn(&str) -> Option<OsString>,
    root: &Path,
) -> Result<Target, Failure> {
    if kubeconfig.gives_server(context) {
        return kubeconfig.target(context);
    }
    if let Some(mut target) = in_cluster(variable, root) {
        if let Some(name) = context.or_else(|| kubeconfig.current_context()) {
            target.findings.push(Finding {
                code: "service-account-instead",
                severity: Severity::Warning,
                subject: format!("context {}", sanitise(name)),
                message: format!("context {} leads to no server: the pod's own service account is taken, as kubectl does", sanitise(name)),
                fix: Some("Give the context a cluster with a server.".to_owned()),
                source: kubeconfig.context(name).map(|context| context.source.clone()),
            });
        }
        return Ok(target);
    }
    if kubeconfig.files().is_empty() {
        return Err(none(kubeconfig));
    }
    kubeconfig.target(context)
}

/// There is no kubeconfig: where it was looked for, and what to do.
pub fn none(kubeconfig: &Kubeconfig) -> Failure {
    let looked: Vec<_> = kubeconfig.missing().iter().map(|path| sanitise(path)).collect();
    let looked = if looked.is_empty() {
        "neither KUBECONFIG nor HOME names a file".to_owned()
    } else {
        format!("looked for {}", enumerate(&looked, "and"))
    };
    Failure::failed(format!("there is no kubeconfig: {looked}"))
        .hint("For an EKS cluster: aws eks update-kubeconfig --name CLUSTER")
        .hint("For one elsewhere: --kubeconfig PATH, or KUBECONFIG=PATH")
        .hint("From recorded facts: --from PATH; to try whycan: --demo")
}

/// A pod's own cluster and service account; none where this is no pod (`inClusterClientConfig.Possible` of client-go).
fn in_cluster(variable: impl Fn(&str) -> Option<OsString>, root: &Path) -> Option<Target> {
    let set = |name: &str| variable(name)?.into_string().ok().filter(|value| !value.is_empty());
    let (host, port) = (set("KUBERNETES_SERVICE_HOST")?, set("KUBERNETES_SERVICE_PORT")?);
    let folder = root.join(SERVICE_ACCOUNT);
    let token = folder.join("token");
    if !fs::metadata(&token).is_ok_and(|metadata| !metadata.is_dir()) {
        return None;
    }
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let authority = folder.join("ca.crt");
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let in_file = || {
        let text = String::from_utf8(files::read(&folder.join("namespace")).ok()?).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    Some(Target {
        namespace: set("POD_NAMESPACE").or_else(in_file),
        cluster: Cluster {
            server: format!("https://{host}:{port}"),
            certificate_authority: authority.is_file().then(|| Data::File(text(authority))),
            ..Cluster::default()
        },
        // the token is renewed in place: it is read again as it ages
        user: User { token_file: Some(text(token)), ..User::default() },
        ..Target::default()
    })
}

#[cfg(test)]
mod tests;
