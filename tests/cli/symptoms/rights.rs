//! Who is let in and may not: `why` and `can`, by one small world of an EKS cluster.

use super::flat;
use crate::support::{Run, Whycan};

const ME: &str = "arn:aws:sts::111122223333:assumed-role/dev/me";

/// A role with an access entry, a policy for one namespace and a group that nothing binds; bindings that nearly name it.
const FACTS: &str = r#"{"cluster": {"name": "prod", "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}}
---
{"accessEntries": ["arn:aws:iam::111122223333:role/dev"]}
---
{"accessEntry": {"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/dev", "kubernetesGroups": ["devs"], "username": "", "type": "STANDARD", "createdAt": "2024-05-01T10:00:00Z"}}
---
{"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/dev", "associatedAccessPolicies": [{"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", "accessScope": {"type": "namespace", "namespaces": ["dev"]}}]}
---
{"Role": {"Arn": "arn:aws:iam::111122223333:role/dev", "RoleId": "AROAEXAMPLE", "CreateDate": "2023-02-01T00:00:00Z"}}
---
{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "cleaner", "namespace": "dev"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}]}
---
{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "cleaners", "namespace": "dev"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "cleaner"}, "subjects": [{"kind": "Group", "name": "dev", "apiGroup": "rbac.authorization.k8s.io"}]}
---
{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleList", "items": []}
---
{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBindingList", "items": []}
"#;

/// A question, what is answered first, and a line further down: the fix, or what leads to it.
pub struct World {
    pub row: u8,
    words: &'static [&'static str],
    says: &'static str,
    fix: &'static str,
}

pub const WORLDS: [World; 11] = [
    World {
        row: 17,
        words: &[
            "why",
            r#"pods is forbidden: User "https://login.example#alice" cannot list resource "pods" in API group "" in the namespace "dev""#,
        ],
        says: "✗ denied   https://login.example#alice may not list pods in dev: no binding reaches https://login.example#alice in dev",
        fix: "the user name has the issuer before it, as OIDC gives it without a prefix of its own: bind exactly this name, or set the prefix of the user name to -",
    },
    World {
        row: 18,
        words: &["why", "delete", "pods", "-n", "dev", "--as", "alice", "--as-group", "oidc:dev"],
        says: "✗ denied   alice may not delete pods in dev: no binding reaches alice in dev",
        fix: "1  RoleBinding dev/cleaners grants this to Group dev, which is only part of group oidc:dev, which alice holds  subject-name",
    },
    World {
        row: 19,
        words: &[
            "why",
            r#"Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "dev""#,
        ],
        says: "✗ denied   alice may not list pods in dev: no binding reaches alice in dev",
        fix: "fix      let alice list pods in dev and nothing else, by a new Role and RoleBinding",
    },
    World {
        row: 20,
        words: &["why", "get", "pods", "-n", "prod", "--as", ME],
        says: "✗ denied   arn:aws:sts::111122223333:assumed-role/dev/me may not get pods in prod: access policy AmazonEKSViewPolicy would allow it, \
               and is associated for namespace dev, not for prod",
        fix: "fix      let access policy AmazonEKSViewPolicy of arn:aws:iam::111122223333:role/dev hold for namespaces dev and prod",
    },
    World {
        row: 20,
        words: &["why", "get", "nodes", "--as", ME],
        says: "✗ denied   arn:aws:sts::111122223333:assumed-role/dev/me may not get nodes: no ClusterRoleBinding reaches \
               arn:aws:sts::111122223333:assumed-role/dev/me, and its access policy does not allow it",
        fix: "└─ ✗ access policy AmazonEKSViewPolicy has no rule for it: it does not have nodes",
    },
    World {
        row: 21,
        words: &["why", "delete", "pods", "-n", "dev", "--as", ME],
        says: "✗ denied   arn:aws:sts::111122223333:assumed-role/dev/me may not delete pods in dev: no binding reaches \
               arn:aws:sts::111122223333:assumed-role/dev/me in dev, and its access policy does not allow it",
        fix: "1  RoleBinding dev/cleaners grants this to Group dev, which is only part of group devs, which \
              arn:aws:sts::111122223333:assumed-role/dev/me holds  subject-name",
    },
    // as the user of that name, and not as the principal
    World {
        row: 23,
        words: &[
            "why",
            r#"pods is forbidden: User "arn:aws:sts::111122223333:assumed-role/dev/me" cannot list resource "pods" in API group "" in the namespace "dev""#,
        ],
        says: "? unknown  whether arn:aws:sts::111122223333:assumed-role/dev/me may list pods in dev is unknown: nothing that was read grants it, \
               and whether arn:aws:sts::111122223333:assumed-role/dev/me is a principal of IAM could not be evaluated",
        fix: "whose access policies could allow this: they count for whoever logs in so, and not for whoever acts as a user of that name",
    },
    World {
        row: 23,
        words: &["why", "list", "pods", "-n", "dev", "--as", ME],
        says: "✓ allowed  arn:aws:sts::111122223333:assumed-role/dev/me may list pods in dev: access policy AmazonEKSViewPolicy, associated with \
               arn:aws:iam::111122223333:role/dev for namespace dev, allows it",
        fix: "└─ ✓ access policy AmazonEKSViewPolicy for namespace dev allows it",
    },
    // the server's own list has nothing of access policies
    World { row: 24, words: &["can", ME, "-n", "dev"], says: "", fix: "configmaps" },
    World {
        row: 25,
        words: &["why", r#"pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "dev""#],
        says: "✗ denied   system:anonymous may not list pods in dev: no binding reaches system:anonymous in dev",
        fix: "the context's user may be missing or empty, which `whycan lint kubeconfig` tells, or a proxy takes the credential away",
    },
    World {
        row: 74,
        words: &[
            "why",
            r#"userextras.authentication.k8s.io "AIDA" is forbidden: User "system:serviceaccount:ui:proxy" cannot impersonate resource "userextras/principalid" in API group "authentication.k8s.io" at the cluster scope"#,
        ],
        says: "✗ denied   service account ui/proxy may not impersonate userextras.authentication.k8s.io/principalid AIDA: \
               no ClusterRoleBinding reaches service account ui/proxy",
        fix: "fix      let service account ui/proxy impersonate userextras.authentication.k8s.io/principalid AIDA and nothing else, \
              by a new ClusterRole and ClusterRoleBinding",
    },
];

fn asked(words: &[&str]) -> Run {
    Whycan::new(&[words, &["--from", "-"]].concat()).env("COLUMNS", "400").stdin(FACTS).run()
}

#[test]
fn what_is_missing_comes_first() {
    for world in WORLDS {
        let run = asked(world.words);
        let told = flat(&run);
        let is = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.starts_with(&is(world.says)), "row {}\n{run}", world.row);
        assert!(told.contains(&is(world.fix)), "row {}\n{run}", world.row);
    }
}
