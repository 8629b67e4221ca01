use crate::kubeconfig::{Kubeconfig, merge, read};

use super::*;

/// A file with one context of these names: its own, that of its cluster and that of its user.
fn with_names(path: &str, [context, cluster, user]: [&str; 3], of_cluster: &str, of_user: &str) -> Kubeconfig {
    let text = format!(
        "contexts: [{{name: '{context}', context: {{cluster: '{cluster}', user: '{user}'}}}}]\n\
         clusters: [{{name: '{cluster}', cluster: {of_cluster}}}]\nusers: [{{name: '{user}', user: {of_user}}}]"
    );
    merge(vec![read(path, text.as_bytes()).unwrap()])
}

fn recognised(path: &str, names: [&str; 3], of_cluster: &str, of_user: &str) -> Recognition {
    let kubeconfig = with_names(path, names, of_cluster, of_user);
    let context = &kubeconfig.contexts()[0];
    Recognition::of(context, kubeconfig.cluster_of(context), kubeconfig.user_of(context))
}

const NEAR: &str = "{server: 'https://127.0.0.1:6443'}";
const FAR: &str = "{server: 'https://k8s.example.com:6443'}";
const ARN: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod";

#[test]
fn providers_are_told_by_host_plugin_or_name() {
    let by = |context: &str, server: &str, user: &str| {
        recognised("/f", [context, "c", "u"], &format!("{{server: '{server}'}}"), user).provider.as_str()
    };
    for (context, server, user, provider) in [
        ("x", "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com", "{}", "eks"),
        ("x", "https://0123.yl4.cn-north-1.eks.amazonaws.com.cn", "{}", "eks"),
        ("x", "https://0123.gr7.eks-cluster.eu-west-1.api.aws", "{}", "eks"),
        ("x", "https://eks.amazonaws.com.evil.example", "{}", "generic"),
        ("x", "https://proxy.example", "{exec: {command: /usr/local/bin/aws, args: [eks, get-token]}}", "eks"),
        ("x", "https://proxy.example", "{exec: {command: aws, args: [sts]}}", "generic"),
        ("x", "https://proxy.example", "{exec: {command: aws-iam-authenticator.exe}}", "eks"),
        ("x", "https://proxy.example", "{exec: {command: whycan, args: [token, mint, --cluster-name, a]}}", "eks"),
        ("gke_p_z_c", "https://10.1.2.3", "{exec: {command: gke-gcloud-auth-plugin}}", "gke"),
        ("x", "https://gke-1.europe-west1.gke.goog", "{}", "gke"),
        ("x", "https://10.1.2.3", "{auth-provider: {name: gcp}}", "gke"),
        ("x", "https://c-1.hcp.westeurope.azmk8s.io:443", "{}", "aks"),
        (
            "x",
            "https://proxy.example",
            "{exec: {command: kubelogin, args: [get-token, --server-id, 6dae42f8-4368-4678-94ff-3960e28e3630]}}",
            "aks",
        ),
        ("x", "https://proxy.example", "{exec: {command: kubelogin}}", "generic"),
        ("kind-dev", "https://127.0.0.1:36443", "{}", "kind"),
        ("kind-dev", "https://kind.example.com", "{}", "generic"),
        ("k3d-dev", "https://0.0.0.0:6550", "{}", "k3d"),
        ("minikube", "https://192.168.49.2:8443", "{}", "minikube"),
        ("colima-work", "https://127.0.0.1:6443", "{}", "colima"),
        ("docker-desktop", "https://kubernetes.docker.internal:6443", "{}", "docker-desktop"),
        ("rancher-desktop", "https://127.0.0.1:6443", "{}", "rancher-desktop"),
        ("orbstack", "https://127.0.0.1:26443", "{}", "orbstack"),
        ("x", "https://0123.gr7.eks-cluster.cn-north-1.api.amazonwebservices.com.cn", "{}", "eks"),
        ("x", "https://0123.gr7.eu-central-1.eks.amazonaws.com.evil.example", "{}", "generic"),
        ("x", "https://EKS.EU-CENTRAL-1.AMAZONAWS.COM", "{}", "generic"),
        ("x", "https://proxy.example", "{exec: {command: aws-vault, args: [exec, prod, --, aws, eks, get-token]}}", "eks"),
        ("x", "https://proxy.example", "{exec: {command: aws-vault, args: [exec, prod, --, gcloud, eks]}}", "generic"),
        ("x", "https://c-1.hcp.chinaeast2.cx.prod.service.azk8s.cn", "{}", "aks"),
        ("x", "https://api.acme.1a2b.p1.openshiftapps.com:6443", "{}", "openshift"),
        ("x", "https://api.acme.westeurope.aroapp.io:6443", "{}", "openshift"),
        ("x", "https://api.crc.testing:6443", "{}", "openshift"),
        ("microk8s", "https://192.168.1.7:16443", "{}", "microk8s"),
        ("microk8s", "https://microk8s.example.com", "{}", "generic"),
        ("kubernetes-admin@kubernetes", "https://10.0.0.1:6443", "{}", "kubeadm"),
        ("default", "https://127.0.0.1:6443", "{}", "generic"),
    ] {
        assert_eq!(by(context, server, user), provider, "{context} {server} {user}");
    }
}

#[test]
fn providers_are_told_by_what_installers_leave() {
    let signed = "{server: 'https://203.0.113.7:8443', extensions: [{name: cluster_info, extension: {provider: minikube.sigs.k8s.io, version: v1}}]}";
    let of_file = "{server: 'https://10.0.0.2:8443', certificate-authority: /home/a/.minikube/ca.crt}";
    let oc = "api-acme-example:6443";
    for (path, names, cluster, provider) in [
        ("/etc/rancher/k3s/k3s.yaml", ["x", "x", "x"], FAR, "k3s"),
        ("/f", ["default", "default", "default"], NEAR, "k3s"),
        ("/f", ["default", "default", "me"], NEAR, "generic"),
        ("/f", ["default", "default", "default"], FAR, "generic"),
        ("/f", ["p", "p", "p"], of_file, "minikube"),
        ("/f", ["p", "p", "p"], signed, "minikube"),
        ("/f", ["p", "p", "p"], "{server: 'https://s', extensions: [{name: x, extension: {provider: acme}}]}", "generic"),
        (
            "/f",
            ["web/api-acme-example:6443/alice", oc, "alice/api-acme-example:6443"],
            "{server: 'https://api.acme.example:6443'}",
            "openshift",
        ),
        ("/f", ["web/api-acme-example:6443/alice", oc, "alice/api-acme-example:6443"], FAR, "generic"),
        ("/f", ["microk8s", "microk8s-cluster", "admin"], NEAR, "microk8s"),
        ("/f", ["kubernetes-super-admin@kubernetes", "kubernetes", "kubernetes-super-admin"], FAR, "kubeadm"),
        ("/f", ["kubernetes-admin@lab", "lab", "kubernetes-admin"], FAR, "kubeadm"),
        ("/f", ["kubernetes-admin@lab", "lab", "me"], FAR, "generic"),
        // through a tunnel, the name is all that tells
        ("/f", ["prod", ARN, "me"], NEAR, "eks"),
        ("/f", ["me@acme.eu-west-1.eksctl.io", "acme.eu-west-1.eksctl.io", "me"], NEAR, "eks"),
        ("/f", ["x", "gke_acme-1_europe-west1-b_main", "me"], "{server: 'https://203.0.113.7'}", "gke"),
        ("/f", ["x", "gke_acme", "me"], FAR, "generic"),
        ("/f", ["main", "main", "clusterUser_rg-1_main"], "{server: 'https://main.privatelink.example'}", "aks"),
        ("/f", ["main", "other", "clusterUser_rg-1_main"], FAR, "generic"),
    ] {
        assert_eq!(recognised(path, names, cluster, "{}").provider.as_str(), provider, "{names:?} {cluster}");
    }
    let through_a_tunnel = "{server: 'https://127.0.0.1:8443', tls-server-name: 0123.gr7.us-east-1.eks.amazonaws.com}";
    let found = recognised("/f", ["x", "c", "u"], through_a_tunnel, "{}");
    assert_eq!(found.place.to_string(), "EKS us-east-1");
}

/// An EKS cluster in one line: partition, account, region, name, profile, role and producer.
fn in_line(found: &Recognition) -> String {
    let Some(eks) = &found.eks else { return format!("{}: no EKS", found.provider.as_str()) };
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let parts = [or(&eks.account), or(&eks.region), or(&eks.cluster), or(&eks.profile), or(&eks.role)];
    format!("{} {}; {}", eks.partition, parts.join(" "), eks.producer.as_str())
}

#[test]
fn what_follows_for_eks() {
    let host = |region: &str| format!("{{server: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.{region}.eks.amazonaws.com'}}");
    let exec = |command: &str, args: &str, env: &str| format!("{{exec: {{command: {command}, args: [{args}], env: [{env}]}}}}");
    let by_aws = "--region, eu-central-1, eks, get-token, --cluster-name, acme-prod, --output, json";
    let role = "arn:aws:iam::111122223333:role/Admin";
    for (names, cluster, user, told) in [
        (
            ["acme-prod", ARN, ARN],
            host("eu-central-1"),
            exec("aws", by_aws, "{name: AWS_PROFILE, value: prod}"),
            "aws 111122223333 eu-central-1 acme-prod prod -; as aws eks update-kubeconfig writes it",
        ),
        (
            [ARN, ARN, ARN],
            host("eu-central-1"),
            exec("aws", &format!("{by_aws}, --role, '{role}'"), ""),
            "aws 111122223333 eu-central-1 acme-prod - arn:aws:iam::111122223333:role/Admin; as aws eks update-kubeconfig writes it",
        ),
        (
            ["me@acme.eu-west-1.eksctl.io", "acme.eu-west-1.eksctl.io", "me@acme.eu-west-1.eksctl.io"],
            host("eu-west-1"),
            exec("aws-iam-authenticator", &format!("token, -i, acme, -r, '{role}'"), "{name: AWS_DEFAULT_REGION, value: eu-west-1}"),
            "aws - eu-west-1 acme - arn:aws:iam::111122223333:role/Admin; as eksctl writes it",
        ),
        (
            ["x", "c", "u"],
            "{server: 'https://eks.acme.example'}".to_owned(),
            exec("aws-iam-authenticator", "token, -i, acme", "{name: AWS_DEFAULT_REGION, value: us-gov-west-1}"),
            "aws-us-gov - us-gov-west-1 acme - -; with the plugin aws-iam-authenticator",
        ),
        (
            ["eks_acme", "eks_acme", "eks_acme"],
            host("us-east-2"),
            exec("aws-iam-authenticator", "token, -i, acme", ""),
            "aws - us-east-2 acme - -; as the Terraform module terraform-aws-modules/eks writes it",
        ),
        (
            ["x", "c", "u"],
            host("us-east-1"),
            exec("aws", "eks, get-token, --region=eu-west-3, --cluster-name=acme, --profile=dev", "{name: AWS_PROFILE, value: prod}"),
            "aws - us-east-1 acme dev -; written by hand",
        ),
        (
            ["x", "arn:aws-cn:eks:cn-north-1:444455556666:cluster/main", "u"],
            "{server: 'https://0123.sk1.cn-north-1.eks.amazonaws.com.cn'}".to_owned(),
            "{}".to_owned(),
            "aws-cn 444455556666 cn-north-1 main - -; written by hand",
        ),
        (
            ["x", "c", "u"],
            host("us-east-1"),
            exec("aws-vault", "exec, prod, --, aws, eks, get-token, --cluster-name, acme", ""),
            "aws - us-east-1 acme prod -; written by hand",
        ),
        // a name that only looks like an ARN of a cluster tells nothing
        (
            ["x", "arn:aws:eks:eu-central-1:1111:cluster/acme", "u"],
            host("us-east-1"),
            "{}".to_owned(),
            "aws - us-east-1 - - -; written by hand",
        ),
        (["x", "arn:aws:iam::111122223333:role/x", "u"], FAR.to_owned(), "{}".to_owned(), "generic: no EKS"),
    ] {
        assert_eq!(in_line(&recognised("/f", names, &cluster, &user)), told, "{names:?}");
    }
}

#[test]
fn places_group_a_list() {
    let server = |host: &str| format!("{{server: 'https://{host}'}}");
    for (names, cluster, told) in [
        (["p", ARN, "u"], FAR.to_owned(), "EKS 111122223333 eu-central-1"),
        (["x", "c", "u"], server("0123.gr7.eu-west-1.eks.amazonaws.com"), "EKS eu-west-1"),
        (["x", "gke_acme-1_europe-west1-b_main", "u"], server("203.0.113.7"), "GKE acme-1 europe-west1-b"),
        (["x", "connectgateway_acme-1_global_main", "u"], server("connectgateway.googleapis.com"), "GKE acme-1 global"),
        (["main", "main", "clusterUser_rg-1_main"], server("main-1.hcp.westeurope.azmk8s.io:443"), "AKS rg-1 westeurope"),
        (["x", "c", "u"], server("c-1.hcp.chinaeast2.cx.prod.service.azk8s.cn"), "AKS chinaeast2"),
        (["x", "c", "u"], server("api.acme.westeurope.aroapp.io:6443"), "OpenShift westeurope"),
        (["x", "c", "u"], server("api.acme.1a2b.p1.openshiftapps.com:6443"), "OpenShift"),
        (["x", "c", "u"], server("api.crc.testing:6443"), "local"),
        (["kind-a", "c", "u"], NEAR.to_owned(), "local"),
        (["colima", "c", "u"], NEAR.to_owned(), "local"),
        (["kubernetes-admin@kubernetes", "c", "u"], NEAR.to_owned(), "local"),
        (["kubernetes-admin@kubernetes", "c", "u"], FAR.to_owned(), "kubeadm"),
        // a tunnel may lead anywhere
        (["x", "c", "u"], NEAR.to_owned(), "other"),
        (["x", "c", "u"], FAR.to_owned(), "other"),
    ] {
        assert_eq!(recognised("/f", names, &cluster, "{}").place.to_string(), told, "{names:?} {cluster}");
    }
    let of = |realm: Realm| Place { realm, account: None, region: None };
    let eks = |account: Option<&str>, region: Option<&str>| Place {
        account: account.map(str::to_owned),
        region: region.map(str::to_owned),
        ..of(Realm::Of(Provider::Eks))
    };
    let sorted = [
        eks(Some("1"), Some("a")),
        eks(Some("1"), Some("b")),
        eks(Some("1"), None),
        eks(Some("2"), None),
        eks(None, Some("a")),
        eks(None, None),
    ];
    assert!(sorted.is_sorted(), "{sorted:?}");
    assert!(of(Realm::Of(Provider::Eks)) < of(Realm::Of(Provider::Kubeadm)) && of(Realm::Of(Provider::Kubeadm)) < of(Realm::Local));
    assert!(of(Realm::Local) < of(Realm::Other));
}
