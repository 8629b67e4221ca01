//! What relates an object to a node, each way once, in words.

use std::fmt::Write as _;

use crate::authz::{Door, Index, Request, explain};
use crate::base::Name;
use crate::facts::{Facts, parse};
use crate::identity::Identity;

const CLUSTER: &str = "
apiVersion: v1
kind: Pod
metadata: {namespace: dev, name: web-0}
spec:
  nodeName: n1
  serviceAccountName: web
  imagePullSecrets: [{name: registry}]
  initContainers: [{envFrom: [{secretRef: {name: init}}]}]
  containers:
  - env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: k}}}, {name: B, valueFrom: {configMapKeyRef: {name: settings, key: k}}}]
  ephemeralContainers: [{envFrom: [{configMapRef: {name: debug}}]}]
  volumes:
  - {name: tls, secret: {secretName: tls}}
  - {name: all, projected: {sources: [{secret: {name: projected}}, {configMap: {name: kube-root-ca.crt}}, {serviceAccountToken: {path: t}}]}}
  - {name: driver, csi: {driver: d, nodePublishSecretRef: {name: publish}}}
  - {name: data, persistentVolumeClaim: {claimName: data}}
  - {name: scratch, ephemeral: {volumeClaimTemplate: {}}}
  resourceClaims: [{name: gpu, resourceClaimTemplateName: t}, {name: nic, resourceClaimName: nic}, {name: none, resourceClaimTemplateName: t}]
status:
  resourceClaimStatuses: [{name: gpu, resourceClaimName: web-0-gpu-x}, {name: none}]
  extendedResourceClaimStatus: {resourceClaimName: extended}
---
apiVersion: v1
kind: Pod
metadata: {namespace: dev, name: web-1}
spec: {nodeName: n2, serviceAccountName: web, volumes: [{name: tls, secret: {secretName: other}}, {name: d, persistentVolumeClaim: {claimName: far}}]}
---
apiVersion: v1
kind: Pod
metadata: {namespace: dev, name: waiting}
spec: {volumes: [{name: tls, secret: {secretName: other}}]}
---
apiVersion: v1
kind: Pod
metadata: {namespace: dev, name: static-n1, annotations: {kubernetes.io/config.mirror: x}}
spec: {nodeName: n1, serviceAccountName: static, volumes: [{name: c, configMap: {name: static}}]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-data}
spec: {claimRef: {namespace: dev, name: data}, csi: {driver: d, nodeStageSecretRef: {namespace: storage, name: stage}, controllerPublishSecretRef: {namespace: storage, name: control}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-far}
spec: {claimRef: {namespace: dev, name: far}, cephfs: {secretRef: {name: ceph}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-idle}
spec: {claimRef: {namespace: dev, name: idle}, cephfs: {secretRef: {name: idle}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-free}
spec: {cephfs: {secretRef: {namespace: storage, name: free}}}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: va-1}
spec: {attacher: d, nodeName: n1, source: {persistentVolumeName: pv-data}}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: va-2}
spec: {attacher: d, nodeName: n2, source: {}}
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: slice-1}
spec: {driver: d, nodeName: n1}
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: slice-all}
spec: {driver: d, allNodes: true}
";

/// What node n1 is told: for each request the verdict, the paths or what comes nearest, and the API server's reason.
fn told(requests: &[&str]) -> String {
    let facts = Facts::collect(parse::document("cluster", CLUSTER.as_bytes()));
    assert_eq!(facts.gaps(), []);
    let index = Index::new(&facts);
    let node = Identity::literal("system:node:n1", [Name::new("system:nodes")]);
    let mut out = String::new();
    for words in requests {
        let words: Vec<&str> = words.split(' ').collect();
        let [verb, resource, object] = words.as_slice() else { panic!("{words:?}") };
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let (resource, api_group) = resource.split_once('.').unwrap_or((resource, ""));
        let (namespace, name) = object.split_once('/').unwrap_or(("", object));
        let Request::Resource(mut request) = Request::resource(verb, api_group, resource, namespace) else { panic!("{words:?}") };
        request.subresource = subresource.into();
        request.name = name.into();
        let decision = explain(&index, &node, &Request::Resource(request), Door::Literal);
        let relation = decision.relation.expect("a question for the graph");
        let _ = writeln!(out, "{} {}", decision.verdict.as_str(), decision.request);
        for path in &relation.paths {
            let _ = writeln!(out, "  {path}");
        }
        if relation.paths.is_empty() {
            let _ = writeln!(out, "  {}", relation.nothing());
        }
        for near in &relation.near {
            let _ = writeln!(out, "  {}: {near}", near.obstacle.as_str());
        }
        assert_eq!(decision.reason.is_empty(), !relation.paths.is_empty(), "{}", decision.reason);
    }
    out
}

#[test]
fn what_pods_use_is_related_to_their_node() {
    insta::assert_snapshot!(told(&[
        "get secrets dev/registry",
        "get secrets dev/init",
        "list secrets dev/db",
        "watch secrets dev/tls",
        "get secrets dev/projected",
        "get secrets dev/publish",
        "get configmaps dev/settings",
        "get configmaps dev/debug",
        "get configmaps dev/kube-root-ca.crt",
        "get persistentvolumeclaims dev/data",
        "patch persistentvolumeclaims/status dev/web-0-scratch",
        "get persistentvolumes pv-data",
        "get secrets storage/stage",
        "create serviceaccounts/token dev/web",
        "get serviceaccounts dev/web",
        "get resourceclaims.resource.k8s.io dev/web-0-gpu-x",
        "get resourceclaims.resource.k8s.io dev/nic",
        "get resourceclaims.resource.k8s.io dev/extended",
        "get pods dev/web-0",
        "get pods dev/static-n1",
        "get volumeattachments.storage.k8s.io va-1",
        "delete resourceslices.resource.k8s.io slice-1",
    ]));
}

#[test]
fn what_comes_nearest_is_told() {
    insta::assert_snapshot!(told(&[
        "get secrets dev/other",
        "get secrets dev/nowhere",
        "get secrets prod/db",
        "get configmaps dev/db",
        "get configmaps dev/static",
        "create serviceaccounts/token dev/static",
        "get secrets storage/control",
        "get secrets dev/ceph",
        "get persistentvolumes pv-far",
        "get persistentvolumes pv-idle",
        "get secrets dev/idle",
        "get persistentvolumes pv-free",
        "get secrets storage/free",
        "get persistentvolumes pv-none",
        "get persistentvolumes dev/pv-data",
        "get pods dev/web-1",
        "get pods dev/waiting",
        "get pods dev/none",
        "get volumeattachments.storage.k8s.io va-2",
        "update resourceslices.resource.k8s.io slice-all",
    ]));
}
