//! Small random clusters of pods, volumes and devices on a few nodes, and what kubelets ask of them.

use serde_json::{Value, json};
use whycan::authz::Request;
use whycan::authz::request::ResourceRequest;
use whycan::base::Name;
use whycan::identity::Identity;

use super::seed::Random;

pub const NAMESPACES: [&str; 2] = ["dev", "prod"];
const NODES: [&str; 4] = ["n1", "n2", "n3", "ip-10-0-0-1.internal"];
/// Few, so that a name is a Secret here and a ConfigMap there.
const NAMES: [&str; 5] = ["a", "b", "c", "p0-v0", ""];
const PODS: [&str; 4] = ["p0", "p1", "p2", "p3"];
const VOLUMES: [&str; 3] = ["pv0", "pv1", "pv2"];

fn name(random: &mut Random) -> &'static str {
    random.pick(&NAMES)
}

/// A reference; sometimes without its name, or nothing.
fn named(random: &mut Random) -> Value {
    match random.below(12) {
        0 => json!({}),
        1 => json!({ "name": null }),
        _ => json!({ "name": name(random) }),
    }
}

fn node(random: &mut Random) -> &'static str {
    let most = if random.percent(85) { 2 } else { NODES.len() };
    random.pick(&NODES[..most])
}

fn container(random: &mut Random, number: usize) -> Value {
    let mut container = json!({ "name": format!("c{number}"), "image": "x" });
    if random.percent(50) {
        container["env"] = (0..random.below(3))
            .map(|number| match random.below(4) {
                0 => json!({ "name": format!("e{number}"), "valueFrom": { "secretKeyRef": { "key": "k", "name": name(random) } } }),
                1 => json!({ "name": format!("e{number}"), "valueFrom": { "configMapKeyRef": { "key": "k", "name": name(random), "optional": true } } }),
                2 => json!({ "name": format!("e{number}"), "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }),
                _ => json!({ "name": format!("e{number}"), "value": "\"quoted\" \u{e9}" }),
            })
            .collect();
    }
    if random.percent(30) {
        container["envFrom"] = (0..=random.below(1))
            .map(|_| {
                if random.percent(50) {
                    json!({ "secretRef": named(random) })
                } else {
                    json!({ "prefix": "X", "configMapRef": named(random) })
                }
            })
            .collect();
    }
    container
}

fn containers(random: &mut Random, most: usize) -> Value {
    (0..random.below(most + 1)).map(|number| container(random, number)).collect()
}

const SOURCES: [&str; 17] = [
    "azureFile",
    "cephfs",
    "cinder",
    "flexVolume",
    "projected",
    "rbd",
    "secret",
    "scaleIO",
    "iscsi",
    "storageos",
    "csi",
    "configMap",
    "persistentVolumeClaim",
    "ephemeral",
    "emptyDir",
    "hostPath",
    "projected",
];

fn volume(random: &mut Random, number: usize) -> Value {
    let mut volume = json!({ "name": format!("v{number}") });
    // now and then one that no server would take, to see which source counts
    for _ in 0..=usize::from(random.percent(5)) {
        let source = random.pick(&SOURCES);
        volume[source] = match source {
            "azureFile" | "secret" => json!({ "shareName": "s", "secretName": name(random) }),
            "projected" => json!({ "sources": (0..random.below(4)).map(|_| projection(random)).collect::<Vec<_>>() }),
            "csi" => with(random, "nodePublishSecretRef", json!({ "driver": "d" })),
            "configMap" => named(random),
            "persistentVolumeClaim" => json!({ "claimName": name(random) }),
            "emptyDir" | "hostPath" => json!({}),
            "ephemeral" => {
                if random.percent(10) {
                    Value::Null
                } else {
                    json!({ "volumeClaimTemplate": { "spec": {} } })
                }
            }
            _ => with(random, "secretRef", json!({})),
        };
    }
    if let Some(source) = volume.get_mut("azureFile") {
        source.as_object_mut().unwrap().retain(|key, _| key != "key");
    }
    if let Some(source) = volume.get_mut("secret") {
        source.as_object_mut().unwrap().remove("shareName");
    }
    volume
}

fn with(random: &mut Random, key: &str, mut value: Value) -> Value {
    if random.percent(85) {
        value[key] = named(random);
    }
    value
}

fn projection(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({ "secret": named(random) }),
        1 => json!({ "configMap": named(random) }),
        2 => json!({ "serviceAccountToken": { "path": "token" } }),
        _ => json!({ "downwardAPI": {} }),
    }
}

/// A pod; `name` and `namespace` are its own.
pub fn pod(random: &mut Random, namespace: &str, name: &str) -> Value {
    let mut spec = json!({});
    if random.percent(90) {
        spec["nodeName"] = json!(node(random));
    }
    if random.percent(80) {
        spec["serviceAccountName"] = json!(random.pick(&NAMES));
        spec["serviceAccount"] = json!("other");
    }
    if random.percent(30) {
        spec["imagePullSecrets"] = json!([named(random)]);
    }
    for (key, percent) in [("initContainers", 20), ("containers", 80), ("ephemeralContainers", 15)] {
        if random.percent(percent) {
            spec[key] = containers(random, 2);
        }
    }
    if random.percent(75) {
        spec["volumes"] = (0..random.below(4)).map(|number| volume(random, number)).collect();
    }
    let mut status = json!({});
    if random.percent(25) {
        spec["resourceClaims"] = (0..=random.below(2))
            .map(|number| match random.below(4) {
                0 => json!({ "name": format!("r{number}") }),
                1 => json!({ "name": format!("r{number}"), "resourceClaimTemplateName": "t" }),
                2 => json!({ "name": format!("r{number}"), "resourceClaimTemplateName": "" }),
                _ => json!({ "name": format!("r{number}"), "resourceClaimName": name_of_claim(random) }),
            })
            .collect();
        status["resourceClaimStatuses"] = (0..random.below(3))
            .map(|number| {
                let name = format!("r{number}");
                if random.percent(75) {
                    json!({ "name": name, "resourceClaimName": name_of_claim(random) })
                } else {
                    json!({ "name": name })
                }
            })
            .collect();
    }
    if random.percent(8) {
        status["extendedResourceClaimStatus"] = json!({ "requestMappings": [], "resourceClaimName": name_of_claim(random) });
    }
    let mut metadata = json!({ "namespace": namespace, "name": name, "uid": "u" });
    if random.percent(12) {
        metadata["annotations"] = json!({ "other": "x", "kubernetes.io/config.mirror": random.pick(&["", "abc"]) });
    } else if random.percent(20) {
        metadata["annotations"] = json!({ "kubernetes.io/config.source": "api" });
    }
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status })
}

fn name_of_claim(random: &mut Random) -> &'static str {
    random.pick(&NAMES)
}

fn placed(random: &mut Random) -> Value {
    let mut reference = named(random);
    if random.percent(60) {
        reference["namespace"] = json!(random.pick(&["dev", "prod", ""]));
    }
    reference
}

/// A persistent volume.
pub fn persistent_volume(random: &mut Random, name: &str) -> Value {
    let mut spec = json!({ "capacity": { "storage": "1Gi" } });
    if random.percent(85) {
        let namespace = random.pick(&["dev", "dev", "dev", "prod", "prod", "prod", ""]);
        spec["claimRef"] = json!({ "kind": "PersistentVolumeClaim", "namespace": namespace, "name": self::name(random) });
    }
    let source =
        random.pick(&["azureFile", "cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos", "csi", "csi", "hostPath"]);
    spec[source] = match source {
        "azureFile" => {
            let mut azure = json!({ "shareName": "s", "secretName": self::name(random) });
            if random.percent(50) {
                azure["secretNamespace"] = random.pick(&[&json!("dev"), &json!("prod"), &json!(""), &Value::Null]).clone();
            }
            azure
        }
        "csi" => {
            let mut csi = json!({ "driver": "d", "volumeHandle": "h" });
            for key in [
                "controllerPublishSecretRef",
                "controllerExpandSecretRef",
                "nodePublishSecretRef",
                "nodeStageSecretRef",
                "nodeExpandSecretRef",
            ] {
                if random.percent(25) {
                    csi[key] = placed(random);
                }
            }
            csi
        }
        "hostPath" => json!({ "path": "/x" }),
        _ => {
            if random.percent(85) {
                json!({ "secretRef": placed(random) })
            } else {
                json!({})
            }
        }
    };
    json!({ "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": name }, "spec": spec })
}

fn attachment(random: &mut Random, name: &str) -> Value {
    let node = if random.percent(90) { self::node(random) } else { "" };
    json!({ "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": { "name": name },
        "spec": { "attacher": "d", "nodeName": node, "source": { "persistentVolumeName": "pv0" } } })
}

fn slice(random: &mut Random, name: &str) -> Value {
    let mut spec = json!({ "driver": "d", "pool": { "name": "p", "generation": 1, "resourceSliceCount": 1 } });
    if random.percent(75) {
        spec["nodeName"] = json!(self::node(random));
    } else {
        spec["allNodes"] = json!(true);
    }
    json!({ "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": { "name": name }, "spec": spec })
}

/// A cluster, as `kubectl get -o json` prints it.
pub fn cluster(random: &mut Random) -> Value {
    let mut items = Vec::new();
    for namespace in NAMESPACES {
        for name in random.some(&PODS, 2, 8) {
            items.push(pod(random, namespace, name));
        }
    }
    for name in random.some(&VOLUMES, 1, 6) {
        items.push(persistent_volume(random, name));
    }
    for name in random.some(&["a", "b"], 0, 2) {
        items.push(attachment(random, name));
    }
    for name in random.some(&["a", "b"], 0, 2) {
        items.push(slice(random, name));
    }
    json!({ "apiVersion": "v1", "kind": "List", "items": items })
}

/// Nearly always a kubelet.
pub fn identity(random: &mut Random) -> Identity {
    let user = match random.below(40) {
        0 => "system:node:".to_owned(),
        1 => "alice".to_owned(),
        2 => "system:node:unheard of".to_owned(),
        _ => format!("system:node:{}", node(random)),
    };
    let groups: &[&str] = match random.below(40) {
        0 => &["system:authenticated"],
        1 => &["system:nodes", "system:masters"],
        _ => &["system:nodes", "system:authenticated"],
    };
    Identity::literal(user.as_str(), groups.iter().map(|group| Name::new(group)))
}

/// API group, resource, subresource.
const RESOURCES: [(&str, &str, &str); 33] = [
    ("", "secrets", ""),
    ("", "secrets", ""),
    ("", "secrets", ""),
    ("", "secrets", ""),
    ("", "configmaps", ""),
    ("", "configmaps", ""),
    ("", "persistentvolumeclaims", ""),
    ("", "persistentvolumeclaims", "status"),
    ("", "persistentvolumes", ""),
    ("", "persistentvolumes", ""),
    ("", "serviceaccounts", ""),
    ("", "serviceaccounts", "token"),
    ("", "serviceaccounts", "token"),
    ("", "pods", ""),
    ("", "pods", ""),
    ("", "pods", "status"),
    ("", "pods", "eviction"),
    ("", "pods", "exec"),
    ("", "nodes", ""),
    ("", "nodes", "status"),
    ("", "nodes", "proxy"),
    ("", "services", ""),
    ("", "events", ""),
    ("apps", "secrets", ""),
    ("coordination.k8s.io", "leases", ""),
    ("resource.k8s.io", "resourceclaims", ""),
    ("resource.k8s.io", "resourceclaims", ""),
    ("resource.k8s.io", "resourceslices", ""),
    ("resource.k8s.io", "resourceslices", ""),
    ("storage.k8s.io", "volumeattachments", ""),
    ("storage.k8s.io", "csinodes", ""),
    ("storage.k8s.io", "csidrivers", ""),
    ("certificates.k8s.io", "podcertificaterequests", ""),
];

const VERBS: [&str; 9] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*"];

/// A question; two in three are about an object of the cluster or what it names, and most often asked by its node.
pub fn question(random: &mut Random, cluster: &Value) -> (Identity, Request) {
    let items = cluster["items"].as_array().unwrap();
    let (mut who, what) = (identity(random), request(random));
    if items.is_empty() || random.percent(33) {
        return (who, what);
    }
    let mut item = &items[random.below(items.len())];
    let volumes: Vec<&Value> = items.iter().filter(|item| item["kind"] == "PersistentVolume").collect();
    if !volumes.is_empty() && random.percent(30) {
        item = volumes[random.below(volumes.len())];
    }
    let mut named = Vec::new();
    names(&item["spec"], "", &mut named);
    names(&item["status"], "", &mut named);
    let own = item["metadata"]["name"].as_str().unwrap();
    let (mut sort, mut name) = if named.is_empty() { ("own", own) } else { named[random.below(named.len())] };
    if random.percent(20) {
        (sort, name) = ("own", own);
    }
    let namespace = item["metadata"]["namespace"].as_str().or_else(|| item["spec"]["claimRef"]["namespace"].as_str()).unwrap_or("dev");
    let (api_group, resource) = match (sort, item["kind"].as_str().unwrap()) {
        ("own", "Pod") => ("", "pods"),
        ("own", "PersistentVolume") => ("", "persistentvolumes"),
        ("own", "VolumeAttachment") => ("storage.k8s.io", "volumeattachments"),
        ("own", _) => ("resource.k8s.io", "resourceslices"),
        (key, _) if key.starts_with("resourceClaim") => ("resource.k8s.io", "resourceclaims"),
        ("serviceAccountName", _) => ("", "serviceaccounts"),
        (key, _) if key.starts_with("configMap") => ("", "configmaps"),
        (key, _) if key.starts_with("claim") || key == "ephemeral" => ("", "persistentvolumeclaims"),
        _ => ("", "secrets"),
    };
    let is_cluster_scoped = sort == "own" && item["kind"] != "Pod";
    // the node of the object, or of a pod of the claim's namespace
    let pods: Vec<&Value> = items.iter().filter(|pod| pod["metadata"]["namespace"] == *namespace).collect();
    let other = if pods.is_empty() { item } else { pods[random.below(pods.len())] };
    let node = item["spec"]["nodeName"].as_str().or_else(|| other["spec"]["nodeName"].as_str());
    if let Some(node) = node.filter(|node| !node.is_empty() && random.percent(80)) {
        who.username = Some(Name::new(&format!("system:node:{node}")));
    }
    let is_token = resource == "serviceaccounts" && random.percent(70);
    let what = ResourceRequest {
        verb: Name::new(if is_token { "create" } else { "get" }),
        api_group: Name::new(api_group),
        resource: Name::new(resource),
        subresource: Name::new(if is_token { "token" } else { "" }),
        name: Name::new(name),
        namespace: Name::new(if is_cluster_scoped { "" } else { namespace }),
        selected_node: Name::EMPTY,
    };
    (who, Request::Resource(what))
}

/// The names in an object, each with the last key on the way to it that says of what.
fn names<'a>(value: &'a Value, key: &'a str, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match (field.as_str(), value.as_str()) {
                    ("name", Some(name)) => found.push((key, name)),
                    ("secretName" | "claimName" | "resourceClaimName" | "serviceAccountName", Some(name)) => found.push((field, name)),
                    ("persistentVolumeName" | "nodeName", _) => {}
                    _ => names(value, field, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, key, found)),
        _ => {}
    }
    found.retain(|(key, _)| {
        !matches!(*key, "volumes" | "env" | "containers" | "initContainers" | "ephemeralContainers" | "resourceClaims" | "pool")
    });
}

/// What is asked of anything.
pub fn request(random: &mut Random) -> Request {
    if random.percent(2) {
        return Request::path("get", random.pick(&["/metrics", "/healthz"]));
    }
    let (api_group, resource, subresource) = random.pick(&RESOURCES);
    let subresource = if random.percent(4) { random.pick(&["", "status", "token", "log"]) } else { subresource };
    let usual = match (resource, subresource) {
        (_, "token" | "eviction") => "create",
        ("persistentvolumeclaims", "status") => "update",
        _ => "get",
    };
    let verb = if random.percent(65) { usual } else { random.pick(&VERBS) };
    let pool: &[&str] = match resource {
        "pods" => &PODS,
        "persistentvolumes" => &VOLUMES,
        "nodes" | "leases" | "csinodes" => &NODES,
        _ => &NAMES[..4],
    };
    let is_cluster_scoped =
        matches!(resource, "persistentvolumes" | "volumeattachments" | "resourceslices" | "nodes" | "csinodes" | "csidrivers");
    let namespace = match (is_cluster_scoped, resource) {
        (false, "leases") if random.percent(70) => "kube-node-lease",
        (is_cluster_scoped, _) if is_cluster_scoped != random.percent(4) => "",
        _ => random.pick(&NAMESPACES),
    };
    Request::Resource(ResourceRequest {
        verb: Name::new(verb),
        api_group: Name::new(api_group),
        resource: Name::new(resource),
        subresource: Name::new(subresource),
        name: Name::new(if random.percent(6) { "" } else { random.pick(pool) }),
        namespace: Name::new(namespace),
        selected_node: if random.percent(12) { Name::new(node(random)) } else { Name::EMPTY },
    })
}
