//! create, delete, apply, patch, scale, rollout restart: commands that change.

use super::Builder;
use crate::authz::ask::Need;
use crate::authz::ask::kubectl::target::Target;
use crate::base::Failure;

/// The generators of `kubectl create`, and what they create.
const GENERATORS: [(&str, &str); 22] = [
    ("namespace", "namespaces"),
    ("ns", "namespaces"),
    ("deployment", "deployments"),
    ("deploy", "deployments"),
    ("configmap", "configmaps"),
    ("cm", "configmaps"),
    ("secret", "secrets"),
    ("serviceaccount", "serviceaccounts"),
    ("sa", "serviceaccounts"),
    ("role", "roles"),
    ("rolebinding", "rolebindings"),
    ("clusterrole", "clusterroles"),
    ("clusterrolebinding", "clusterrolebindings"),
    ("job", "jobs"),
    ("cronjob", "cronjobs"),
    ("ingress", "ingresses"),
    ("ing", "ingresses"),
    ("quota", "resourcequotas"),
    ("poddisruptionbudget", "poddisruptionbudgets"),
    ("pdb", "poddisruptionbudgets"),
    ("priorityclass", "priorityclasses"),
    ("service", "services"),
];

impl Builder<'_> {
    pub(super) fn create(&mut self) -> Result<(), Failure> {
        if self.line.value("filename").is_some() {
            for target in self.targets(None)? {
                self.ask_named("create", &target, "", "", Need::All, "");
            }
            return Ok(());
        }
        let (word, name) = match self.line.arguments.as_slice() {
            [] => return Ok(()),
            [word, rest @ ..] => (word.clone(), rest.last().cloned()),
        };
        if word == "token" {
            let account = self.own("serviceaccounts", name.as_deref());
            self.ask_sub("create", &account, "token", Need::All, "");
            return Ok(());
        }
        let Some((_, plural)) = GENERATORS.iter().find(|(known, _)| *known == word || format!("{known}s") == word) else {
            return Err(Failure::usage(format!("`kubectl create {word}` is not known here"))
                .hint(format!("Ask for the request itself: whycan why create {word}")));
        };
        if let Some(cronjob) = self.line.value("from").and_then(|from| from.split_once('/')).map(|(_, name)| name.to_owned()) {
            let cronjob = self.own("cronjobs", Some(&cronjob));
            self.ask("get", &cronjob, Need::All, "to copy its template");
        }
        let target = self.own(plural, None);
        self.ask("create", &target, Need::All, "");
        Ok(())
    }

    pub(super) fn delete(&mut self) -> Result<(), Failure> {
        let waits = self.line.value("wait") != Some("false") && !self.line.has("now");
        for target in self.targets(None)? {
            if target.name.is_none() {
                if !self.line.has("all") && self.line.value("selector").is_none() && self.line.value("field-selector").is_none() {
                    return Err(Failure::usage(format!(
                        "`kubectl delete {}` names no object; kubectl wants a name, -l or --all",
                        target.resource.plural
                    )));
                }
                self.ask_named("list", &target, "", "", Need::All, "to find them");
            }
            self.ask("delete", &target, Need::All, if target.name.is_none() { "to delete them one by one" } else { "" });
            if waits {
                self.ask("get", &target, Need::Optional, "to wait until it is gone");
                self.ask("watch", &target, Need::Optional, "to wait until it is gone");
            }
        }
        Ok(())
    }

    pub(super) fn apply(&mut self) -> Result<(), Failure> {
        if self.line.value("filename").is_none() && self.line.arguments.is_empty() {
            return Ok(());
        }
        let server_side = self.line.has("server-side");
        for target in self.targets(None)? {
            if server_side {
                self.ask("patch", &target, Need::All, "");
                self.ask("create", &target, Need::Optional, "when it does not exist yet");
                continue;
            }
            self.ask("get", &target, Need::All, "to compare with what is there");
            let one = self.any();
            self.ask("patch", &target, one, "when it exists");
            self.ask_named("create", &target, "", "", one, "when it does not exist yet");
        }
        if self.line.has("prune") {
            self.notes.push("--prune lists and deletes in every namespace of the manifest too; that is not asked here".to_owned());
        }
        Ok(())
    }

    pub(super) fn patch(&mut self) -> Result<(), Failure> {
        let subresource = self.line.value("subresource").unwrap_or_default().to_owned();
        for target in self.targets(None)? {
            self.ask_sub("get", &target, &subresource, Need::All, "to read it first");
            self.ask_sub("patch", &target, &subresource, Need::All, "");
        }
        Ok(())
    }

    pub(super) fn scale(&mut self) -> Result<(), Failure> {
        let compares = self.line.value("current-replicas").is_some() || self.line.value("resource-version").is_some();
        for target in self.all_or_named()? {
            self.ask("get", &target, Need::All, "to find it");
            if compares {
                self.ask_sub("get", &target, "scale", Need::All, "to compare the replicas");
                self.ask_sub("update", &target, "scale", Need::All, "");
            } else {
                self.ask_sub("patch", &target, "scale", Need::All, "");
            }
        }
        Ok(())
    }

    pub(super) fn restart(&mut self) -> Result<(), Failure> {
        for target in self.all_or_named()? {
            self.ask("get", &target, Need::All, "to find it");
            self.ask("patch", &target, Need::All, "");
        }
        Ok(())
    }

    /// The targets; those without a name are listed first.
    fn all_or_named(&mut self) -> Result<Vec<Target>, Failure> {
        let targets = self.targets(None)?;
        for target in targets.iter().filter(|target| target.name.is_none()) {
            self.ask_named("list", target, "", "", Need::All, "to find them");
        }
        Ok(targets)
    }
}
