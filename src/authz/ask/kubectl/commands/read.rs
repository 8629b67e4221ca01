//! get, describe, logs, exec: commands that look.

use super::Builder;
use crate::authz::Request;
use crate::authz::ask::kubectl::target::Target;
use crate::authz::ask::{Need, url};
use crate::base::Failure;

/// RBAC's own kinds have no events in `kubectl describe`.
const WITHOUT_EVENTS: [&str; 4] = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];

impl Builder<'_> {
    pub(super) fn get(&mut self) -> Result<(), Failure> {
        if let Some(path) = self.line.value("raw") {
            let attributes = url::attributes("GET", path).map_err(|error| Failure::usage(error.to_string()))?;
            self.push(attributes.request(), Need::All, "");
            return Ok(());
        }
        let subresource = self.line.value("subresource").unwrap_or_default().to_owned();
        let (watch, watch_only) = (self.line.has("watch"), self.line.has("watch-only"));
        // a selector of one name is the one way for a list to carry a name
        let selected =
            self.line.value("field-selector").and_then(|selector| url::exact_field(selector, "metadata.name")).unwrap_or_default();
        for target in self.targets(None)? {
            if target.name.is_some() {
                self.ask_sub("get", &target, &subresource, Need::All, "");
                if watch || watch_only {
                    self.ask("watch", &target, Need::All, "to go on watching it");
                }
                continue;
            }
            if !watch_only {
                self.ask_named("list", &target, "", &selected, Need::All, "");
            }
            if watch || watch_only {
                self.ask_named("watch", &target, "", &selected, Need::All, "to go on watching");
            }
        }
        Ok(())
    }

    pub(super) fn describe(&mut self) -> Result<(), Failure> {
        for target in self.targets(None)? {
            if target.name.is_none() {
                self.ask_named("list", &target, "", "", Need::All, "to find them");
            }
            self.ask("get", &target, Need::All, "to read it");
            self.related(&target);
        }
        Ok(())
    }

    /// What else `kubectl describe` reads for a kind.
    fn related(&mut self, target: &Target) {
        let plural = target.resource.plural.as_str();
        let name = target.name.clone();
        let list = |builder: &mut Self, word: &str, need: Need, purpose: &str| {
            let other = Target { namespace: target.namespace.clone().or_else(|| own_namespace(target)), ..builder.own(word, None) };
            builder.ask_named("list", &other, "", "", need, purpose);
        };
        match plural {
            "deployments" => list(self, "replicasets.apps", Need::Optional, "for its replica sets"),
            "daemonsets" => list(self, "pods", Need::All, "for the state of its pods"),
            "services" => list(self, "endpointslices", Need::Optional, "for its endpoints"),
            "namespaces" => {
                list(self, "resourcequotas", Need::All, "for its quotas");
                list(self, "limitranges", Need::All, "for its limits");
            }
            "nodes" => {
                let pods = self.own("pods", None);
                self.everywhere("list", &pods, Need::Optional, "for the pods on it");
                let lease = Target { namespace: Some("kube-node-lease".to_owned()), ..self.own("leases", name.as_deref()) };
                self.ask("get", &lease, Need::Optional, "for its lease");
            }
            _ => {}
        }
        if plural == "nodes" {
            let events = self.own("events", None);
            self.everywhere("list", &events, Need::Optional, "for its events");
        } else if plural != "namespaces" && !WITHOUT_EVENTS.contains(&plural) {
            list(self, "events", Need::Optional, "for its events");
        }
    }

    /// A request in all namespaces, whatever the line says.
    fn everywhere(&mut self, verb: &str, target: &Target, need: Need, purpose: &str) {
        self.push(Request::resource(verb, target.resource.group.as_str(), target.resource.plural.as_str(), ""), need, purpose);
    }

    pub(super) fn logs(&mut self) -> Result<(), Failure> {
        let pods = self.own("pods", None);
        if self.line.value("selector").is_some() {
            self.ask_named("list", &pods, "", "", Need::All, "to find the pods");
            self.ask_sub("get", &pods, "log", Need::All, "to read the log");
            return Ok(());
        }
        for target in self.targets(Some("pods"))? {
            let pod = self.pod_of(&target);
            self.ask_sub("get", &pod, "log", Need::All, "to read the log");
        }
        Ok(())
    }

    pub(super) fn exec(&mut self) -> Result<(), Failure> {
        // what follows the pod without `--` is a command for the container, as kubectl (deprecated) reads it
        let targets = self.targets(Some("pods"))?;
        for target in targets.into_iter().take(1) {
            let pod = self.pod_of(&target);
            self.ask_sub("get", &pod, "exec", Need::Optional, "to open the stream over a WebSocket; kubectl falls back to create");
            self.ask_sub("create", &pod, "exec", Need::All, "to open the stream");
        }
        Ok(())
    }

    /// The pod that a target is, or the one that kubectl looks for behind a workload.
    fn pod_of(&mut self, target: &Target) -> Target {
        if target.resource.plural == "pods" && target.resource.group.is_empty() {
            self.ask("get", target, Need::All, "to find the pod");
            return target.clone();
        }
        self.ask("get", target, Need::All, "to find the pods behind it");
        let pods = self.own("pods", None);
        self.ask_named("list", &pods, "", "", Need::All, "to choose a pod");
        pods
    }
}

/// What `kubectl describe namespace x` reads beside it is inside it.
fn own_namespace(target: &Target) -> Option<String> {
    target.name.clone().filter(|_| target.resource.plural == "namespaces")
}
