//! Places and their contexts.

use super::*;
use crate::kubeconfig::{merge, read};
use crate::source::aws;

const ARN: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/blue";

fn outcome(state: State, names: &[&str]) -> Outcome {
    let cluster = |name: &&str| Cluster { name: (*name).to_owned(), ..Cluster::default() };
    Outcome {
        place: aws::Place { profile: Some("prod".to_owned()), region: Some("eu-central-1".to_owned()) },
        account: None,
        state,
        failure: None,
        clusters: names.iter().map(cluster).collect(),
    }
}

fn place(state: State, names: &[&str]) -> Place {
    Place::new(outcome(state, names), &Kubeconfig::default())
}

#[test]
fn the_context_that_leads_to_a_cluster() {
    let text = "
current-context: second
clusters:
- {name: one, cluster: {server: 'https://ABC.gr7.eu-central-1.eks.amazonaws.com'}}
- {name: two, cluster: {server: 'https://abc.gr7.eu-central-1.eks.amazonaws.com:443/'}}
- {name: 'arn:aws:eks:eu-central-1:111122223333:cluster/blue', cluster: {server: 'https://127.0.0.1:6443'}}
users:
- {name: of-dev, user: {exec: {command: aws, env: [{name: AWS_PROFILE, value: dev}]}}}
contexts:
- {name: first, context: {cluster: one, user: nobody}}
- {name: second, context: {cluster: two, user: nobody}}
- {name: of-dev, context: {cluster: one, user: of-dev}}
- {name: tunnel, context: {cluster: 'arn:aws:eks:eu-central-1:111122223333:cluster/blue', user: nobody}}
- {name: dangling, context: {cluster: nothing, user: nobody}}
";
    let kubeconfig = merge(vec![read("/config", text.as_bytes()).unwrap()]);
    let endpoint = Some("https://abc.GR7.eu-central-1.eks.amazonaws.com");
    for (endpoint, arn, profile, expected) in [
        (endpoint, Some(ARN), Some("prod"), Some("second")),
        (endpoint, Some(ARN), Some("dev"), Some("of-dev")),
        (Some("https://other.eks.amazonaws.com"), Some(ARN), None, Some("tunnel")),
        (None, Some(ARN), None, Some("tunnel")),
        (None, Some("arn:aws:eks:eu-central-1:111122223333:cluster/green"), None, None),
        (Some(""), None, None, None),
        (Some("http://abc.gr7.eu-central-1.eks.amazonaws.com"), None, None, None),
    ] {
        let cluster = Cluster { endpoint: endpoint.map(str::to_owned), arn: arn.map(str::to_owned), ..Cluster::default() };
        assert_eq!(context(&cluster, profile, &kubeconfig).as_deref(), expected, "{endpoint:?} {arn:?} {profile:?}");
    }
}

#[test]
fn what_was_found_in_all() {
    use State::{Denied, Empty, Failed, Listed};
    for (places, sentence) in [
        (vec![place(Listed, &["a", "b"])], "2 clusters for profile prod in eu-central-1"),
        (vec![place(Empty, &[])], "no clusters for profile prod in eu-central-1"),
        (vec![place(Denied, &[])], "nothing could be read for profile prod in eu-central-1"),
        (vec![place(Failed, &["a"])], "1 cluster for profile prod in eu-central-1; failed"),
        (
            vec![place(Listed, &["a"]), place(Empty, &[]), place(Denied, &[]), place(Failed, &[])],
            "1 cluster in 1 of 4 places; 1 denied and 1 failed",
        ),
        (vec![place(Empty, &[]), place(Empty, &[])], "no clusters for 2 places"),
        (vec![place(Failed, &[]), place(Denied, &[])], "nothing could be read for 2 places; 1 denied and 1 failed"),
    ] {
        assert_eq!(summary(&places), sentence);
    }
}

#[test]
fn a_cluster_without_context_has_the_command_that_adds_it() {
    let place = Place { profile: Some("my team".to_owned()), ..place(State::Listed, &["blue"]) };
    let command = |row: Row| row.command(&place);
    let row = place.rows[0].clone();
    assert_eq!(command(row.clone()).as_deref(), Some("whycan eks add blue --profile 'my team' --region eu-central-1"));
    assert_eq!(command(Row { status: Some("CREATING".to_owned()), ..row.clone() }), None);
    assert_eq!(command(Row { context: Some("blue".to_owned()), ..row }), None);
}
