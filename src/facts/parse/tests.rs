use super::*;
use crate::facts::{Facts, Kind, Object, ObjectRef};

fn objects(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Upsert(object) => object.reference().map(|reference| reference.to_string()),
            _ => None,
        })
        .collect()
}

fn gaps(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Gap(gap) => Some(format!("{} | {} | {:?} {:?}", gap.what, gap.why, gap.kinds, gap.namespaces)),
            _ => None,
        })
        .collect()
}

const ROLE: &str = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r","namespace":"dev"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}"#;

#[test]
fn every_form_is_read() {
    let untyped = ROLE.replace(r#""apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","#, "");
    for (form, text) in [
        ("an object", ROLE.to_owned()),
        ("a List", format!(r#"{{"apiVersion":"v1","items":[{ROLE}],"kind":"List"}}"#)),
        ("a typed list", format!(r#"{{"apiVersion":"rbac.authorization.k8s.io/v1","items":[{untyped}],"kind":"RoleList","metadata":{{}}}}"#)),
        ("a list in a list", format!(r#"{{"kind":"List","items":[{{"kind":"RoleList","items":[{untyped}]}}]}}"#)),
        ("an array", format!("[{ROLE}]")),
        ("JSON lines", format!("{ROLE}\n{ROLE}\n")),
        ("a byte order mark", format!("\u{feff}{ROLE}")),
        ("YAML", "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: dev}\nrules:\n- {apiGroups: [''], resources: [pods], verbs: [get]}\n".to_owned()),
        ("YAML that opens with a brace", format!("{{kind: ConfigMap, metadata: {{name: other}}}}\n---\n{ROLE}\n")),
        ("YAML documents", format!("---\n# nothing\n---\n{ROLE}\n---\n")),
        ("YAML with an alias", "kind: Role\nmetadata: {name: r, namespace: dev}\nrules:\n- &a {apiGroups: [''], resources: [pods], verbs: [get]}\n- *a\n".to_owned()),
    ] {
        let read = read("x", text.as_bytes());
        assert_eq!(read.broken, None, "{form}");
        assert_eq!(gaps(&read.changes), [""; 0], "{form}");
        assert!(objects(&read.changes).iter().all(|object| object == "Role dev/r") && !objects(&read.changes).is_empty(), "{form}");
        let facts = Facts::collect(read.changes);
        let role = facts.role(&ObjectRef::new(Kind::Role, "dev", "r")).unwrap();
        assert_eq!(role.rules[0].verbs[0], "get", "{form}");
        assert_eq!(role.rules[0].api_groups[0], "", "{form}");
    }
}

#[test]
fn other_kinds_are_counted() {
    let text = r#"{"kind":"Deployment","apiVersion":"apps/v1","spec":7}{"kind":"Role","apiVersion":"iam.example.com/v1"}{"a":1}
        {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","namespace":"kube-system"}}"#;
    let facts = Facts::collect(document("x", text.as_bytes()));
    let skipped: Vec<String> = facts.skipped().iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    assert_eq!(skipped, ["ConfigMap 1", "Deployment.apps 1", "Role.iam.example.com 1", "object without kind 1"]);
    assert!(facts.gaps().is_empty());
}

#[test]
fn null_is_empty() {
    let text = r#"{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"admin","labels":null},"rules":null,
        "aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"},"matchExpressions":null}]}}
        {"kind":"ClusterRoleBinding","metadata":{"name":"b"},"subjects":null,"roleRef":{"kind":"ClusterRole","name":"admin"}}"#;
    let facts = Facts::collect(document("x", text.as_bytes()));
    assert_eq!(facts.gaps(), []);
    let role = facts.role(&ObjectRef::new(Kind::ClusterRole, "", "admin")).unwrap();
    assert!(role.is_unfilled());
    assert_eq!(role.aggregation.as_ref().unwrap().selectors.len(), 1);
}

#[test]
fn a_mistake_says_where_it_stands() {
    let wrong = ROLE.replace(r#"["get"]"#, "5");
    let list = format!(r#"{{"kind":"List","items":[{ROLE},{wrong}]}}"#);
    for (text, gap, read) in [
        (list.as_str(), "Role dev/r | x, items[1].rules[0].verbs: unexpected integer `5`, expected a sequence | [\"Role\"] [\"dev\"]", 1),
        (r#"{"kind":"Role","metadata":{"namespace":"dev"}}"#, "a Role of x | x: metadata.name is missing | [\"Role\"] [\"dev\"]", 0),
        (
            r#"{"kind":"RoleBinding","metadata":{"name":"b"}}"#,
            "RoleBinding b | x: `b` has no namespace: it is a manifest, and kubectl would put it into the namespace of the moment | [\"RoleBinding\"] []",
            0,
        ),
        (r#"{"kind":7}"#, "an object of x | x, kind: unexpected integer `7`, expected a string | [] []", 0),
        (
            "kind: Role\nmetadata: {name: r, namespace: dev}\nrules: [{verbs: [1]}]\n",
            "Role dev/r | x, rules[0].verbs[0]: unexpected integer `1`, expected a string | [\"Role\"] [\"dev\"]",
            0,
        ),
        (
            r#"{"kind":"RoleList","items":[],"metadata":{"continue":"abc"}}"#,
            "further Roles | x holds one page of a longer list (metadata.continue is set) | [\"Role\"] []",
            0,
        ),
        (
            r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"rolebindings.rbac.authorization.k8s.io is forbidden: User \"a\" cannot list resource \"rolebindings\" in API group \"rbac.authorization.k8s.io\" in the namespace \"dev\"","details":{"kind":"rolebindings"}}"#,
            "rolebindings in namespace dev | rolebindings.rbac.authorization.k8s.io is forbidden: User \"a\" cannot list resource \"rolebindings\" in API group \"rbac.authorization.k8s.io\" in the namespace \"dev\" | [\"RoleBinding\"] [\"dev\"]",
            0,
        ),
    ] {
        let changes = document("x", text.as_bytes());
        assert_eq!(gaps(&changes), [gap], "{text}");
        assert_eq!(objects(&changes).len(), read, "{text}");
    }
}

#[test]
fn a_text_that_breaks_off_keeps_what_came_before() {
    for (text, problem, kept) in [
        (format!("{ROLE}\n{{\"kind\": \"Ro"), "x:2:12: EOF while parsing a string", 1),
        (format!("{ROLE} ]"), &*format!("x:1:{}: expected value", ROLE.len() + 2), 1),
        (format!("---\n{ROLE}\n---\nkind: [Role\n"), "x:5: did not find expected ',' or ']'", 1),
        ("{".repeat(100_000), "x:1:2: key must be a string", 0),
        ("[".repeat(100_000), "x:1:100000: EOF while parsing a list", 0),
        (format!("a: {}", "[".repeat(10_000)), "x:1: recursion limit exceeded", 0),
        ("\u{0}\u{1}binary".to_owned(), "x: it is binary, not text", 0),
    ] {
        let read = read("x", text.as_bytes());
        assert_eq!(read.broken.map(|problem| problem.to_string()).as_deref(), Some(problem));
        assert_eq!(objects(&read.changes).len(), kept, "{problem}");
        assert_eq!(gaps(&read.changes).len(), 1);
    }
    for (bytes, problem) in [(&[0xff, 0xfe, 0x20][..], "x: it is UTF-16; save it as UTF-8"), (&[0xc3, 0x28][..], "x: it is not UTF-8 text")]
    {
        assert_eq!(read("x", bytes).broken.unwrap().to_string(), problem);
    }
}

#[test]
fn lists_in_lists_end() {
    for (open, close) in [("[", "]"), ("{\"items\":[", "]}")] {
        let text = format!("{}{}", open.repeat(50_000), close.repeat(50_000));
        let changes = document("x", text.as_bytes());
        let [gap] = gaps(&changes).try_into().unwrap();
        assert!(gap.ends_with("lists are nested too deeply | [] []"), "{}", &gap[gap.len() - 60..]);
    }
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='i').zip('a'..) {
        let aliases = vec![format!("*{before}"); 10].join(", ");
        text = format!("{text}{name}: &{name} [{aliases}]\n");
    }
    let broken = read("x", text.as_bytes()).broken.unwrap();
    assert_eq!(broken.to_string(), "x: repetition limit exceeded");
}

#[test]
fn discovery_and_custom_resources_tell_of_resources() {
    let text = r#"{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"deploy.acme.io/v1","resources":[
          {"name":"releases","singularName":"release","namespaced":true,"kind":"Release","verbs":["get"],"shortNames":["rel"]},
          {"name":"releases/status","singularName":"","namespaced":true,"kind":"Release","verbs":["get"]}]}
        {"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","metadata":{"name":"x"},"spec":{"group":"acme.io","scope":"Cluster",
          "names":{"plural":"zones","kind":"Zone"},"versions":[{"name":"v1","subresources":{"status":{},"scale":null}}]}}
        {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[{"kind":"APIGroupDiscovery","metadata":{"name":"apps"},"versions":[
          {"version":"v1","resources":[{"resource":"widgets","responseKind":{"kind":"Widget"},"scope":"Namespaced","singularResource":"widget","verbs":["get"],"subresources":[{"subresource":"spin"}]}]}]}]}"#;
    let facts = Facts::collect(document("x", text.as_bytes()));
    assert_eq!(facts.gaps(), []);
    let told = |group: &str, plural: &str| {
        let resource = facts.resources().get(group.into(), plural.into()).unwrap();
        format!("{} {} {:?} {:?} {:?}", resource.kind, resource.singular, resource.scoping, resource.short_names, resource.subresources)
    };
    assert_eq!(told("deploy.acme.io", "releases"), r#"Release release Namespaced ["rel"] ["status"]"#);
    assert_eq!(told("acme.io", "zones"), r#"Zone zone Cluster [] ["status"]"#);
    assert_eq!(told("apps", "widgets"), r#"Widget widget Namespaced [] ["spin"]"#);
    assert!(matches!(document("x", text.as_bytes()).first(), Some(Change::Upsert(Object::ApiResource(_)))));
}

#[test]
fn of_annotations_those_about_roles_are_kept() {
    let text = r#"{"kind":"List","items":[
        {"kind":"ServiceAccount","metadata":{"name":"a","namespace":"dev","annotations":{"kubectl.kubernetes.io/last":"{}",
            "eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/a","eks.amazon.com/role_arn":"x","iam-role":"y"}},
            "automountServiceAccountToken":false},
        {"kind":"Namespace","metadata":{"name":"dev","annotations":{"iam.amazonaws.com/permitted":".*","note":"z"}}},
        {"kind":"ServiceAccount","metadata":{"name":"b","namespace":"dev","annotations":null}},
        {"kind":"Pod","metadata":{"name":"p","namespace":"dev","annotations":{"iam.amazonaws.com/role":"r","vpc.amazonaws.com/pod-ips":"1"}},
            "spec":{"containers":[{"name":"c"},{"name":"d","env":[{"name":"AWS_ROLE_ARN","value":"arn"},{"name":"AWS_ACCESS_KEY_ID",
            "valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}}]}"#;
    let facts = Facts::collect(document("f", text.as_bytes()));
    assert_eq!(facts.gaps(), []);
    let mut accounts: Vec<_> = facts.service_accounts().collect();
    accounts.sort_by_key(|account| account.meta.name);
    let kept: Vec<String> = accounts[0].meta.annotations.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(kept, ["eks.amazon.com/role_arn=x", "eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/a", "iam-role=y"]);
    assert_eq!((accounts[0].automount, accounts[1].automount, accounts[1].meta.annotations.len()), (Some(false), None, 0));
    let namespace = facts.namespaces().next().unwrap();
    assert_eq!(namespace.meta.annotation("iam.amazonaws.com/permitted").unwrap(), ".*");
    let pod = facts.pods().next().unwrap();
    assert_eq!(
        (pod.meta.annotations.len(), pod.injected.role_arn.as_str(), pod.injected.pod_identity, pod.injected.keys),
        (1, "arn", false, true)
    );
}
