use super::*;
use crate::authz::ask::Need;
use crate::facts::ApiResources;

fn told(line: &str) -> String {
    let resources = ApiResources::default();
    let files = |name: &str| {
        match name {
        "web.yaml" => Ok(b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n".to_vec()),
        _ => Err("no such file".to_owned()),
    }
    };
    let surroundings =
        Surroundings { namespace: Some("dev"), all_namespaces: false, default_namespace: None, resources: &resources, files: Some(&files) };
    let words = shell_words(line).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(rest) = without_prompt(&words) else { return "no kubectl line".to_owned() };
    match read(rest, &surroundings) {
        Err(failure) => format!("{}: {failure}", failure.exit_status()),
        Ok(asked) => {
            let parts = asked.parts.iter().map(|part| match part.need {
                Need::All => part.request.to_string(),
                Need::Any(group) => format!("{}|{group}", part.request),
                Need::Optional => format!("({})", part.request),
            });
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn lines_make_the_requests_that_kubectl_makes() {
    for (line, requests) in [
        ("kubectl get pods", "list pods in dev"),
        ("kubectl get po -n web", "list pods in web"),
        ("kubectl get pods -A", "list pods"),
        ("kubectl -n web get pod p q", "get pods p in web, get pods q in web"),
        ("kubectl get deploy/web svc/web", "get deployments.apps web in dev, get services web in dev"),
        ("kubectl get pods,nodes", "list pods in dev, list nodes"),
        ("kubectl get pods -w", "list pods in dev, watch pods in dev"),
        ("kubectl get pods --field-selector metadata.name=p", "list pods p in dev"),
        ("kubectl get d web --subresource scale", "get d/scale web in dev"),
        ("kubectl get --raw /metrics", "get /metrics"),
        ("kubectl get ns dev", "get namespaces dev in dev"),
        ("kubectl describe pod p", "get pods p in dev, (list events in dev)"),
        ("kubectl describe deploy web", "get deployments.apps web in dev, (list replicasets.apps in dev), (list events in dev)"),
        ("kubectl describe ns web", "get namespaces web in web, list resourcequotas in web, list limitranges in web"),
        ("kubectl describe node n", "get nodes n, (list pods), (get leases.coordination.k8s.io n in kube-node-lease), (list events)"),
        ("kubectl logs -f p -c app", "get pods p in dev, get pods/log p in dev"),
        ("kubectl logs -l app=web", "list pods in dev, get pods/log in dev"),
        ("kubectl logs deploy/web", "get deployments.apps web in dev, list pods in dev, get pods/log in dev"),
        ("kubectl exec -it p -- sh -c ls", "get pods p in dev, (get pods/exec p in dev), create pods/exec p in dev"),
        (
            "kubectl exec deploy/web -- ls",
            "get deployments.apps web in dev, list pods in dev, (get pods/exec in dev), create pods/exec in dev",
        ),
        ("kubectl create ns x", "create namespaces"),
        ("kubectl create secret generic s --from-literal=a=b", "create secrets in dev"),
        ("kubectl create job j --from=cronjob/c", "get cronjobs.batch c in dev, create jobs.batch in dev"),
        ("kubectl create token ci", "create serviceaccounts/token ci in dev"),
        ("kubectl create -f web.yaml", "create deployments.apps in shop, create services in dev"),
        ("kubectl delete pod p", "delete pods p in dev, (get pods p in dev), (watch pods p in dev)"),
        ("kubectl delete pod p --wait=false", "delete pods p in dev"),
        ("kubectl delete pods --all --wait=false", "list pods in dev, delete pods in dev"),
        ("kubectl delete ns web --wait=false", "delete namespaces web in web"),
        (
            "kubectl apply -f web.yaml",
            "get deployments.apps web in shop, patch deployments.apps web in shop|1, create deployments.apps in shop|1, get services web in dev, patch services web in dev|2, create services in dev|2",
        ),
        (
            "kubectl apply --server-side -f web.yaml",
            "patch deployments.apps web in shop, (create deployments.apps web in shop), patch services web in dev, (create services web in dev)",
        ),
        ("kubectl patch deploy web -p '{\"a\": 1}'", "get deployments.apps web in dev, patch deployments.apps web in dev"),
        ("kubectl patch node n --subresource=status -p x", "get nodes/status n, patch nodes/status n"),
        ("kubectl scale deploy web --replicas=3", "get deployments.apps web in dev, patch deployments.apps/scale web in dev"),
        (
            "kubectl scale --current-replicas=1 --replicas=2 sts/db",
            "get statefulsets.apps db in dev, get statefulsets.apps/scale db in dev, update statefulsets.apps/scale db in dev",
        ),
        ("kubectl rollout restart deploy/web", "get deployments.apps web in dev, patch deployments.apps web in dev"),
        ("$ sudo KUBECONFIG=x /usr/bin/kubectl get pods", "list pods in dev"),
        ("k get pods", "list pods in dev"),
        ("get pods", "no kubectl line"),
        (
            "kubectl port-forward p 80",
            "2: `kubectl port-forward` is not followed yet; get, describe, logs, exec, create, delete, apply, patch, scale and rollout restart are",
        ),
        (
            "kubectl rollout undo deploy/web",
            "2: `kubectl rollout undo` is not followed yet; get, describe, logs, exec, create, delete, apply, patch, scale and rollout restart are",
        ),
        ("kubectl", "2: `kubectl` alone asks for nothing"),
        ("kubectl get", "2: `kubectl get` names nothing to act on"),
        ("kubectl get pods --frobnicate", "2: flag `--frobnicate` of the kubectl line is not known here"),
        ("kubectl get pods -n", "2: flag `-n` of the kubectl line has no value"),
        ("kubectl apply -f gone.yaml", "4: cannot read `gone.yaml` of the kubectl line: no such file"),
        ("kubectl delete pods", "2: `kubectl delete pods` names no object; kubectl wants a name, -l or --all"),
    ] {
        assert_eq!(told(line), requests, "{line}");
    }
}

#[test]
fn get_all_is_the_category() {
    let all = told("kubectl get all");
    assert_eq!(all.split(", ").count(), 10, "{all}");
    assert!(all.contains("list horizontalpodautoscalers.autoscaling in dev") && !all.contains("configmaps"));
}

#[test]
fn the_lines_own_flags_are_kept() {
    let resources = ApiResources::default();
    let surroundings = Surroundings { namespace: None, all_namespaces: false, default_namespace: None, resources: &resources, files: None };
    let asked = read(&["get", "pods", "--as", "bob", "--as-group=dev", "--context", "prod"], &surroundings).unwrap();
    assert_eq!(asked.username.map(Name::as_str), Some("bob"));
    assert_eq!(asked.groups, [Name::new("dev")]);
    assert_eq!(asked.context.map(Name::as_str), Some("prod"));
    assert_eq!(asked.notes, ["namespace default, as none was given"]);
}

#[test]
fn shells_words() {
    assert_eq!(shell_words(r#"a "b c" 'd "e"' f\ g "h\"i""#).unwrap(), ["a", "b c", "d \"e\"", "f g", "h\"i"]);
    assert_eq!(shell_words("a \\\n b ''").unwrap(), ["a", "b", ""]);
    assert!(shell_words("a 'b").is_err());
}
