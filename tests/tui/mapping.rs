//! The screen of mappings, and the walk where nobody is mapped.

use whycan::base::{Gap, Loss, Name};
use whycan::facts::{Change, Facts, parse};

use crate::support::{ASCII, Ui, snapshot};

const EKS: [&str; 6] = [
    include_str!("../cli/facts/eks/aws/cluster.json"),
    include_str!("../cli/facts/eks/aws/entries.json"),
    include_str!("../cli/facts/eks/aws-auth.yaml"),
    r#"{"identityProviderConfig": {"oidc": {"identityProviderConfigName": "corp", "clusterName": "prod", "issuerUrl": "https://login.corp.example",
        "clientId": "kubernetes", "usernameClaim": "email", "groupsClaim": "groups", "groupsPrefix": "corp:", "status": "ACTIVE"}}}"#,
    r#"{"association": {"clusterName": "prod", "namespace": "payments", "serviceAccount": "api", "associationId": "a-1",
        "roleArn": "arn:aws:iam::111122223333:role/payments-api"}}"#,
    r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"namespace": "dev", "name": "leads"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"kind": "Group", "name": "leads", "apiGroup": "rbac.authorization.k8s.io"}]}"#,
];

fn facts() -> Facts {
    Facts::collect(EKS.iter().flat_map(|text| parse::document("eks.json", text.as_bytes())))
}

#[test]
fn whom_eks_lets_in() {
    let mut ui = Ui::of(facts(), "get pods -n dev", "alice");
    snapshot("mapping", ui.press("0"));
    snapshot("mapping-unfolded", ui.press("down right"));
    snapshot("mapping-details", ui.press("tab"));
    snapshot("mapping-filtered", ui.press("esc / o p s"));
    let mut ui = Ui::of(facts(), "get pods -n dev", "alice");
    ui.state.theme = ASCII;
    snapshot("mapping-ascii", ui.command("map"));
}

#[test]
fn enter_shows_what_whoever_is_mapped_may() {
    let mut ui = Ui::of(facts(), "get pods -n dev", "alice");
    ui.press("0 enter");
    let shown = ui.text(120, 40);
    assert!(shown.contains("what arn:aws:iam::111122223333:role/lead may do in default"), "{shown}");
    // an account names nobody
    let mut ui = Ui::of(facts(), "get pods -n dev", "alice");
    ui.press("0 / 4 4 4 4 enter enter");
    assert!(ui.text(120, 40).contains("this names nobody by an ARN"), "{}", ui.text(120, 40));
}

#[test]
fn what_aws_did_not_tell_is_said() {
    let mut facts = facts();
    let denied = |what: &str, kinds: &[&str], action: &str| {
        Change::Gap(Gap {
            what: what.to_owned(),
            why: format!("arn:aws:sts::111122223333:assumed-role/dev/me may not {action}: no identity-based policy allows it"),
            kinds: kinds.iter().map(|kind| Name::new(kind)).collect(),
            loss: Loss::Refused,
            settled_by: Some(format!("Ask for {action} on the cluster")),
            ..Gap::default()
        })
    };
    facts.apply(denied("EKS access policies", &["AccessPolicy"], "eks:ListAssociatedAccessPolicies"));
    let mut ui = Ui::of(facts, "get pods -n dev", "alice");
    snapshot("mapping-gap", ui.press("0"));

    let mut nothing = Facts::default();
    for (what, kinds, action) in [
        ("the description of the EKS cluster", &["EKSCluster"][..], "eks:DescribeCluster"),
        ("EKS access entries", &["AccessEntry", "AccessPolicy"], "eks:ListAccessEntries"),
        ("EKS identity providers", &["IdentityProvider"], "eks:ListIdentityProviderConfigs"),
        ("EKS pod identity associations", &["PodIdentityAssociation"], "eks:ListPodIdentityAssociations"),
    ] {
        nothing.apply(denied(what, kinds, action));
    }
    let mut ui = Ui::of(nothing, "get pods -n dev", "alice");
    snapshot("mapping-denied", ui.press("0"));
}

#[test]
fn a_cluster_that_is_none_of_eks() {
    snapshot("mapping-empty", Ui::of(Facts::default(), "get pods -n dev", "alice").press("0"));
}

#[test]
fn the_demo_is_of_a_cluster_that_still_has_aws_auth() {
    snapshot("mapping-demo", Ui::demo("get pods -n dev", "alice").press("0"));
}
