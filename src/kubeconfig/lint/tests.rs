mod table;

use std::collections::BTreeSet;

use super::*;
use crate::base::Severity::{self, Warning};
use table::{ARN, EXEC, GOOD, HOST, alone, eks, exec, file, merged, one, surrounded};

fn found(kubeconfig: &Kubeconfig) -> Vec<(&'static str, Severity)> {
    lint(kubeconfig, &Surroundings::default()).iter().map(|finding| (finding.code, finding.severity)).collect()
}

#[test]
fn each_code_is_told_where_it_is_so_and_nowhere_else() {
    for (code, severity, has, has_not) in alone() {
        assert!(found(&has).contains(&(code, severity)), "{code}: {:?}", found(&has));
        assert!(found(&has_not).iter().all(|(other, _)| *other != code), "{code}: {:?}", found(&has_not));
    }
    for (code, severity, kubeconfig, with, without) in surrounded() {
        let told = |surroundings: &Surroundings| {
            lint(&kubeconfig, surroundings)
                .into_iter()
                .filter(|finding| finding.code == code)
                .map(|finding| finding.severity)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&with), [severity], "{code}");
        assert_eq!(told(&without), [], "{code}");
        assert_eq!(told(&Surroundings::default()), [], "{code}: what is not known is no defect");
    }
}

#[test]
fn all_codes_are_listed_once_and_tried() {
    let listed: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert!(listed.is_sorted_by(|a, b| a < b), "{listed:?}");
    let tried: BTreeSet<&str> = alone().into_iter().map(|(code, ..)| code).chain(surrounded().into_iter().map(|(code, ..)| code)).collect();
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), listed);
    let mut told = BTreeSet::new();
    for (_, _, has, has_not) in alone() {
        told.extend(found(&has).into_iter().chain(found(&has_not)).map(|(code, _)| code));
    }
    assert!(told.iter().all(|code| listed.contains(code)), "{told:?}");
}

#[test]
fn every_finding_is_a_sentence_with_a_fix_and_a_place() {
    let all = alone().into_iter().map(|(_, _, has, _)| lint(&has, &Surroundings::default()));
    let surrounded = surrounded().into_iter().map(|(_, _, has, with, _)| lint(&has, &with));
    for finding in all.chain(surrounded).flatten() {
        assert!(finding.fix.as_deref().is_some_and(|fix| !fix.is_empty()), "{finding:?}");
        assert!(finding.source.is_some(), "{finding:?}");
        assert!(finding.message.starts_with(|c: char| c.is_lowercase()) && !finding.message.ends_with('.'), "{finding:?}");
        assert!(finding.message.contains(finding.subject.split_once(' ').map_or("", |(_, name)| name)), "{finding:?}");
    }
}

fn messages(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Vec<String> {
    let place =
        |finding: &Finding| finding.source.as_ref().and_then(|source| source.line).map_or_else(String::new, |line| line.to_string());
    lint(kubeconfig, surroundings).iter().map(|finding| format!("{} {}", place(finding), finding.message)).collect()
}

#[test]
fn a_finding_names_the_line_of_its_field() {
    let text = "\
contexts:
- name: a
  context:
    cluster: c
    user: u
    namespace: Web
clusters:
- name: c
  cluster:
    insecure-skip-tls-verify: true
    server: https://s
users:
- name: u
  user:
    exec:
      command: x
      apiVersion: client.authentication.k8s.io/v1alpha1
";
    assert_eq!(
        messages(&merged(&[text]), &Surroundings::default()),
        [
            "17 user u has a plugin of apiVersion v1alpha1, which clients gave up with Kubernetes 1.24",
            "6 context a has the namespace `Web`, which no namespace can be called",
            "10 cluster c takes any server for the cluster: whoever stands in between gets the credential",
        ]
    );
}

#[test]
fn eks_says_who_says_what() {
    let other = "arn:aws:eks:us-east-1:999988887777:cluster/dev";
    for (kubeconfig, told) in [
        (
            eks(HOST, ARN, other, "--region, us-west-2, --cluster-name, test"),
            vec![
                "2 context a names two accounts: 111122223333 (the name of the cluster) and 999988887777 (the name of the user)",
                "2 context a names three clusters: prod (the name of the cluster), dev (the name of the user) and test (the plugin)",
                "2 context a names three regions: eu-west-1 (the server and the name of the cluster), us-east-1 (the name of the user) and us-west-2 (the plugin)",
            ],
        ),
        // what the cluster says against itself is told once, of the cluster
        (
            eks(HOST, other, "u", "--cluster-name, dev"),
            vec![
                "3 cluster arn:aws:eks:us-east-1:999988887777:cluster/dev names two regions: eu-west-1 (the server) and us-east-1 (the name of the cluster)",
            ],
        ),
        (eks(HOST, "prod.eu-west-1.eksctl.io", "me@prod.eu-west-1.eksctl.io", "--cluster-name, prod"), vec![]),
        (
            eks(HOST, "my.prod.eu-west-1.eksctl.io", "me@x.y@prod.eu-west-1.eksctl.io", ""),
            vec!["2 context a names two clusters: my.prod (the name of the cluster) and prod (the name of the user)"],
        ),
        (eks("{server: 'https://0123.gr7.eks-cluster.eu-west-1.api.aws'}", ARN, "u", "--region, eu-west-1"), vec![]),
        (eks("{server: 'https://0123.gr7.cn-north-1.eks.amazonaws.com.cn'}", "c", "u", "--region, cn-north-1"), vec![]),
        // a proxy tells nothing, nor does a name of one's own
        (eks(GOOD, "prod", "u", "--region, eu-west-1, --cluster-name, dev"), vec![]),
        (eks("{server: 'https://eks.amazonaws.com'}", "arn:aws:s3:::prod", "arn:aws:eks:::cluster/", "--region, x"), vec![]),
    ] {
        assert_eq!(messages(&kubeconfig, &Surroundings::default()), told);
    }
    let ignored = "{token: t, exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: aws-iam-authenticator, args: [token, -i, dev]}}";
    let codes: Vec<_> = found(&merged(&[&file("a", ARN, HOST, "u", ignored)]));
    assert_eq!(codes, [("exec-ignored", Warning)], "a plugin that is never run asks for no cluster");
    let run = ignored.replace("token: t, ", "");
    assert_eq!(found(&merged(&[&file("a", ARN, HOST, "u", &run)])), [("eks-cluster", Warning)]);
}

#[test]
fn a_program_that_is_not_there_is_installed_as_its_hint_says() {
    let missing = |fields: &str| {
        let surroundings = Surroundings { programs: [("plugin".to_owned(), Program::NotFound)].into(), ..Surroundings::default() };
        lint(&exec(&format!("{EXEC}{fields}")), &surroundings).remove(0).fix.unwrap()
    };
    assert_eq!(missing(""), "Install it, or put its folder into PATH.");
    assert_eq!(missing(", installHint: \"brew install plugin\\n\""), "brew install plugin");
    let ignored = one(GOOD, &format!("{{token: t, exec: {{{EXEC}}}}}"));
    let surroundings = Surroundings { programs: [("plugin".to_owned(), Program::NotFound)].into(), ..Surroundings::default() };
    assert!(lint(&ignored, &surroundings).iter().all(|finding| finding.code != "command-not-found"), "it is never run");
}

#[test]
fn modes_say_who_may_do_what() {
    let told = |mode: u32, is_own: bool| {
        let seen = Seen { is_link: false, access: Some(Access { mode, is_own }), content: Content::NotRead };
        let surroundings = Surroundings { files: [("/1".to_owned(), seen)].into(), ..Surroundings::default() };
        let found = lint(&one(GOOD, "{token: t}"), &surroundings);
        found.into_iter().map(|finding| format!("{}: {}", finding.message, finding.fix.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(told(0o100_644, true), ["file /1, a kubeconfig, may be read by everyone on this machine (mode 644): chmod 600 /1"]);
    assert_eq!(
        told(0o660, false),
        [
            "file /1, a kubeconfig, may be read by its group (mode 660): sudo chmod 600 /1",
            "file /1, a kubeconfig, may be written by its group (mode 660): sudo chmod 600 /1"
        ]
    );
    assert_eq!(told(0o100_700, true), Vec::<String>::new());
}

#[test]
fn a_link_to_nothing_is_told_from_a_file_that_is_gone() {
    let seen = Seen { is_link: true, access: None, content: Content::Missing };
    let surroundings = Surroundings { files: [("/t".to_owned(), seen)].into(), ..Surroundings::default() };
    assert_eq!(messages(&one(GOOD, "{tokenFile: /t}"), &surroundings), ["4 user u has its token in /t, which is a link to nothing"]);
}

#[test]
fn a_profile_of_other_files_is_not_looked_for() {
    let surroundings = Surroundings { profiles: Some(BTreeSet::new()), ..Surroundings::default() };
    let of = |fields: &str| {
        let kubeconfig = exec(&format!("apiVersion: client.authentication.k8s.io/v1beta1, {fields}"));
        lint(&kubeconfig, &surroundings).into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let variable = |name: &str| format!("command: /opt/aws, env: [{{name: AWS_PROFILE, value: work}}, {{name: {name}, value: /x}}]");
    assert_eq!(of(&variable("AWS_REGION")), ["user u runs `aws` with profile work, which the AWS configuration has not"]);
    assert_eq!(of(&variable("AWS_CONFIG_FILE")), Vec::<String>::new());
    assert_eq!(of("command: plugin, args: [--profile, work]"), Vec::<String>::new());
    assert_eq!(of("command: aws, args: [--profile]"), Vec::<String>::new());
}

#[test]
fn a_hostile_kubeconfig_is_told_safely() {
    let kubeconfig = merged(&[
        "contexts: [{name: \"a\\e[2J\", context: {cluster: \"c\\n\", user: \"\\u202eu\", namespace: \"\\e\"}}]\nusers: [{name: \"\\u202eu\", user: {auth-provider: {name: \"\\e\"}, exec: {apiVersion: \"\\e\", command: \"\\e\", interactiveMode: \"\\e\"}}}]",
    ]);
    let surroundings = Surroundings { programs: [("\u{1b}".to_owned(), Program::NotFound)].into(), ..Surroundings::default() };
    let findings = lint(&kubeconfig, &surroundings);
    assert!(findings.len() > 5);
    for finding in findings {
        let said = format!("{}{}{}", finding.subject, finding.message, finding.fix.unwrap());
        assert!(said.chars().all(crate::base::text::is_harmless), "{said:?}");
    }
}
