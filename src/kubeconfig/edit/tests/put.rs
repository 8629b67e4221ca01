//! What is put into a file, and what that takes away.

use super::*;

pub fn put(path: &str, is_current: bool) -> Put {
    let args = ["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "acme", "--output", "json"];
    let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/acme";
    Put {
        path: path.to_owned(),
        cluster: arn.to_owned(),
        server: "https://s".to_owned(),
        certificate_authority_data: "LS0t".to_owned(),
        proxy_url: None,
        user: arn.to_owned(),
        exec: Exec {
            api_version: "client.authentication.k8s.io/v1beta1".to_owned(),
            command: "aws".to_owned(),
            args: args.map(str::to_owned).to_vec(),
            env: vec![("AWS_PROFILE".to_owned(), "prod".to_owned())],
            ..Exec::default()
        },
        context: "acme".to_owned(),
        makes_current: is_current,
    }
}

/// As the AWS CLI writes it (2.x, `update-kubeconfig --alias acme`).
pub const WHOLE: &str = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0t
    server: https://s
  name: arn:aws:eks:eu-west-1:123456789012:cluster/acme
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:123456789012:cluster/acme
    user: arn:aws:eks:eu-west-1:123456789012:cluster/acme
  name: acme
current-context: acme
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-west-1:123456789012:cluster/acme
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - eks
      - get-token
      - --cluster-name
      - acme
      - --output
      - json
      command: aws
      env:
      - name: AWS_PROFILE
        value: prod
";

#[test]
fn a_cluster_is_put_into_a_new_file_as_aws_writes_it() {
    for text in ["-", "", "---\n"] {
        let plan = change(&[text], &Change::Put(Box::new(put("/1", true))));
        let written = String::from_utf8(plan.edits[0].after.clone()).unwrap();
        let head = if text == "-" { "" } else { text };
        assert_eq!(written, format!("{head}{WHOLE}"), "{text:?}");
        assert_eq!(plan.summary, "context acme is added, and becomes the current one");
        assert_eq!(plan.edits[0].before.is_none(), text == "-");
    }
    let plan = change(&[], &Change::Put(Box::new(put("/1", false))));
    assert!(String::from_utf8(plan.edits[0].after.clone()).unwrap().contains("\ncurrent-context: ''\n"));
    let again = change(&[WHOLE], &Change::Put(Box::new(put("/1", true))));
    assert_eq!((again.edits.len(), again.summary.as_str()), (0, "context acme is in /1 already, as it would be written"));
}

#[test]
fn a_cluster_is_put_beside_what_there_is() {
    let plan = change(&[ONE], &Change::Put(Box::new(put("/1", false))));
    let lines = lines(&plan.edits[0]);
    assert!(lines.iter().all(|line| line.starts_with('+')), "{lines:?}");
    let plan = change(&["clusters:\n  - {name: c}\nusers: ~ # none\n"], &Change::Put(Box::new(put("/1", true))));
    let written = String::from_utf8(plan.edits[0].after.clone()).unwrap();
    assert!(written.starts_with("clusters:\n  - {name: c}\n  - cluster:\n      certificate-authority-data: LS0t\n"), "{written}");
    assert!(written.contains("\nusers: # none\n  - name: arn:aws:eks"), "{written}");
    // flow style and JSON
    let json = "{\"clusters\": [], \"users\": null}";
    let plan = change(&[json], &Change::Put(Box::new(put("/1", true))));
    let written: serde_json::Value = serde_json::from_slice(&plan.edits[0].after).unwrap();
    assert_eq!(
        (&written["contexts"][0]["context"]["user"], &written["current-context"]),
        (&written["users"][0]["name"], &serde_json::json!("acme"))
    );
}

#[test]
fn what_a_put_takes_away_is_told() {
    let old = WHOLE
        .replace("      - json\n", "      - json\n      # for ops\n      - --role\n      - arn:aws:iam::1:role/ops\n")
        .replace("value: prod", "value: dev")
        .replace("    server: https://s\n", "    proxy-url: http://p\n    server: https://old # here\n")
        .replace("    user: arn", "    namespace: web\n    user: arn");
    let plan = change(&[&old], &Change::Put(Box::new(put("/1", true))));
    assert_eq!(
        lines(&plan.edits[0]),
        [
            "-    proxy-url: http://p\n",
            "-    server: https://old # here\n",
            "+    server: https://s # here\n",
            "-    namespace: web\n",
            "-      # for ops\n",
            "-      - --role\n",
            "-      - arn:aws:iam::1:role/ops\n",
            "-        value: dev\n",
            "+        value: prod\n",
        ]
    );
    assert_eq!(plan.summary, "context acme is updated, and becomes the current one");
    let user = "arn:aws:eks:eu-west-1:123456789012:cluster/acme";
    assert_eq!(plan.notes, [format!("user {user} loses its role arn:aws:iam::1:role/ops and its AWS_PROFILE dev (it gets prod)")]);
    // a file before this one
    let files = files(&["current-context: x\ncontexts: [{name: acme}]\n", WHOLE, "broken"]);
    let mut wanted = put("/2", true);
    wanted.server = "https://new".to_owned();
    assert_eq!(
        plan_of(&files, wanted).notes,
        ["the context acme of /1:2 counts instead: that file comes first", "the current context stays x, of /1:1: that file comes first"]
    );
}

fn plan_of(files: &Files, put: Put) -> Plan {
    plan(files, &Change::Put(Box::new(put))).unwrap()
}
