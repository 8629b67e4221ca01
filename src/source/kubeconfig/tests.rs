use std::collections::BTreeMap;

use super::*;
use crate::base::Settings;

/// An environment of these variables.
fn with(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> + use<> {
    let variables: BTreeMap<String, OsString> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    move |name| variables.get(name).cloned()
}

/// A folder with kubeconfigs `a` (a context a, current) and `b` (contexts a and b), a folder `folder` and a broken file.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(
        "a",
        "current-context: a\ncontexts: [{name: a, context: {cluster: here}}]\nclusters: [{name: here, cluster: {server: 'https://a'}}]\n",
    );
    put("b", "contexts: [{name: a}, {name: b}]\n");
    put("home/.kube/config", "contexts: [{name: home}]\n");
    put("home/.kube/.kubeconfig", "contexts: [{name: of-old}]\n");
    put("old/.kube/.kubeconfig", "contexts: [{name: of-old}]\n");
    put("broken", "contexts: [\n");
    fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

#[test]
fn which_files_count() {
    let folder = folder();
    let home = folder.path().join("home").display().to_string();
    for (explicit, kubeconfig, contexts, missing) in [
        (None, "", &["home"][..], 0),
        (None, "a", &["a"], 0),
        (None, "a:b", &["a", "b"], 0),
        (None, "b:a", &["a", "b"], 0),
        (None, ":a::a:", &["a"], 0),
        (None, "a:./a", &["a"], 0),
        (None, "nowhere:a", &["a"], 1),
        (None, "nowhere", &[], 1),
        (None, "~/.kube/config", &[], 1),
        // an empty list is not no list
        (None, ":", &[], 0),
        (Some("b"), "a", &["a", "b"], 0),
        (Some(""), "a", &["a"], 0),
    ] {
        let environment = with(&[("HOME", &home), ("KUBECONFIG", kubeconfig)]);
        let loaded = load_with(explicit.map(Path::new), environment, folder.path()).unwrap();
        let names: Vec<&str> = loaded.contexts().iter().map(|context| context.name.as_str()).collect();
        assert_eq!((names.as_slice(), loaded.missing().len()), (contexts, missing), "KUBECONFIG={kubeconfig}, {explicit:?}");
    }
    let spelled_twice = load_with(None, with(&[("KUBECONFIG", "a:./a")]), folder.path()).unwrap();
    assert_eq!((spelled_twice.files().len(), spelled_twice.shadowed_contexts().len()), (2, 1));
    let nowhere = load_with(None, with(&[]), folder.path()).unwrap();
    assert_eq!((nowhere.files().len(), nowhere.missing().len()), (0, 0));
}

#[test]
fn one_file_that_cannot_be_read_ends_it() {
    let folder = folder();
    for (explicit, kubeconfig, message) in [
        (Some("nowhere"), "a", "cannot read kubeconfig `nowhere`: there is no such file"),
        (Some("folder"), "", "cannot read kubeconfig `/folder`: it is a folder"),
        (None, "a:folder", "cannot read kubeconfig `/folder`: it is a folder"),
        (None, "a/b", "cannot read kubeconfig `/a/b`: not a directory"),
        (None, "a:broken", "cannot read kubeconfig /broken:1:11: a bracket is not closed"),
    ] {
        let failure = load_with(explicit.map(Path::new), with(&[("KUBECONFIG", kubeconfig)]), folder.path()).unwrap_err();
        assert_eq!(failure.message.replace(folder.path().to_str().unwrap(), ""), message);
        assert_eq!((failure.exit_status(), failure.hints.len()), (4, 1));
    }
}

#[test]
fn an_old_file_is_not_copied() {
    let folder = folder();
    let home = folder.path().join("old");
    let loaded = load_with(None, with(&[("HOME", home.to_str().unwrap())]), folder.path()).unwrap();
    assert_eq!(loaded.contexts(), []);
    assert!(!home.join(".kube/config").exists());
}

/// A root with a service account in it.
fn pod() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(SERVICE_ACCOUNT);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in [("token", "t"), ("ca.crt", "pem"), ("namespace", " web\n")] {
        fs::write(folder.join(name), text).unwrap();
    }
    root
}

const SERVICE: [(&str, &str); 2] = [("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("KUBERNETES_SERVICE_PORT", "443")];

#[test]
fn a_pod_takes_its_service_account() {
    let pod = pod();
    let target = target_with(&Kubeconfig::default(), None, with(&SERVICE), pod.path()).unwrap();
    let folder = pod.path().join(SERVICE_ACCOUNT).display().to_string();
    assert_eq!((target.context, target.cluster.server.as_str()), (None, "https://10.0.0.1:443"));
    assert_eq!(target.namespace.as_deref(), Some("web"));
    assert_eq!(target.user.token_file, Some(format!("{folder}/token")));
    assert!(matches!(&target.cluster.certificate_authority, Some(Data::File(path)) if *path == format!("{folder}/ca.crt")));

    let named = [SERVICE.as_slice(), &[("POD_NAMESPACE", "other")]].concat();
    assert_eq!(in_cluster(with(&named), pod.path()).unwrap().namespace.as_deref(), Some("other"));
    let six = [("KUBERNETES_SERVICE_HOST", "fd00::1"), SERVICE[1]];
    assert_eq!(in_cluster(with(&six), pod.path()).unwrap().cluster.server, "https://[fd00::1]:443");

    fs::remove_file(pod.path().join(SERVICE_ACCOUNT).join("ca.crt")).unwrap();
    fs::remove_file(pod.path().join(SERVICE_ACCOUNT).join("namespace")).unwrap();
    let bare = in_cluster(with(&SERVICE), pod.path()).unwrap();
    assert!(bare.cluster.certificate_authority.is_none() && bare.namespace.is_none());
    fs::remove_file(pod.path().join(SERVICE_ACCOUNT).join("token")).unwrap();
    assert!(in_cluster(with(&SERVICE), pod.path()).is_none());
}

#[test]
fn a_kubeconfig_with_a_server_wins_over_the_pod() {
    let pod = pod();
    let folder = folder();
    let of = |list: &str| load_with(None, with(&[("KUBECONFIG", list)]), folder.path()).unwrap();
    let target = |kubeconfig: &Kubeconfig, context: Option<&str>| target_with(kubeconfig, context, with(&SERVICE), pod.path());
    assert_eq!(target(&of("a"), None).unwrap().cluster.server, "https://a");
    // without a current context, and with one that leads nowhere
    assert_eq!(target(&of("b"), None).unwrap().context, None);
    let instead = target(&of("b"), Some("b")).unwrap();
    assert_eq!((instead.context, instead.findings[0].code), (None, "service-account-instead"));
    // one that is not there is a mistake even in a pod
    assert_eq!(target(&of("a"), Some("c")).unwrap_err().exit_status(), 2);
}

#[test]
fn without_a_kubeconfig_it_is_said_where_it_was_looked_for() {
    let folder = folder();
    let failure = |variables: &[(&str, &str)]| {
        let loaded = load_with(None, with(variables), folder.path()).unwrap();
        target_with(&loaded, None, with(&[]), folder.path()).unwrap_err().message
    };
    assert_eq!(failure(&[("HOME", "/nowhere")]), "there is no kubeconfig: looked for /nowhere/.kube/config");
    assert_eq!(failure(&[("KUBECONFIG", "/x:/y")]), "there is no kubeconfig: looked for /x and /y");
    assert_eq!(failure(&[("KUBECONFIG", ":")]), "there is no kubeconfig: neither KUBECONFIG nor HOME names a file");
    assert!(failure(&[("KUBECONFIG", "b")]).starts_with("no context is current in /"));
}

/// What is browsed of `KUBECONFIG` or of one file named by the flag.
fn browsed(folder: &Path, explicit: Option<&str>, list: &str) -> Browsed {
    browse::browse_with(&Chosen::of(explicit.map(Path::new), with(&[("HOME", "/nowhere"), ("KUBECONFIG", list)])), folder)
}

#[test]
fn what_breaks_is_told_and_the_rest_is_browsed() {
    let folder = folder();
    let own = folder.path().to_str().unwrap();
    let on_list = "kubectl does nothing while this file is on KUBECONFIG";
    let large = fs::File::create(folder.path().join("large")).unwrap();
    large.set_len(100 << 20).unwrap();
    fs::write(folder.path().join("binary"), b"\x7fELF\0\x01").unwrap();
    fs::write(folder.path().join("pod"), "kind: Pod\n").unwrap();
    fs::write(folder.path().join("bomb"), bomb()).unwrap();
    for (name, message, line, verdict) in [
        ("folder", "cannot read kubeconfig `/folder`: it is a folder", None, on_list),
        ("broken", "cannot read kubeconfig /broken:1:11: a bracket is not closed", Some(1), on_list),
        ("pod", "cannot read kubeconfig /pod:1:7: kind is \"Pod\", and a kubeconfig has Config", Some(1), on_list),
        ("binary", "cannot read kubeconfig /binary:1:1: there is a control character, and YAML takes none", Some(1), on_list),
        ("large", "cannot read kubeconfig `/large`: it is larger than 32 MiB, and is not read here", None, "kubectl reads it whole"),
        ("a/b", "cannot read kubeconfig `/a/b`: not a directory", None, on_list),
    ] {
        let found = browsed(folder.path(), None, &format!("b:{name}:a"));
        let names: Vec<&str> = found.kubeconfig.contexts().iter().map(|context| context.name.as_str()).collect();
        assert_eq!((names.as_slice(), found.kubeconfig.current_context()), (&["a", "b"][..], Some("a")), "{name}");
        let [broken] = found.broken.as_slice() else { panic!("{name}: {:?}", found.broken) };
        assert_eq!((broken.message.replace(own, "").as_str(), broken.source.line, broken.verdict), (message, line, verdict));
        assert_eq!(broken.source.file, folder.path().join(name).to_str().unwrap());
        assert!(broken.fix.is_some(), "{name}");
    }
    let bomb = browsed(folder.path(), None, "bomb:a");
    assert!(bomb.broken[0].message.contains("alias"), "{:?}", bomb.broken);
    let finding = browsed(folder.path(), None, "folder").broken[0].finding();
    assert_eq!((finding.code, finding.severity), ("broken-file", Severity::Error));
    assert_eq!(
        finding.message.replace(own, ""),
        "cannot read kubeconfig `/folder`: it is a folder; kubectl does nothing while this file is on KUBECONFIG"
    );
    // missing is no mistake, but for what the flag names
    assert_eq!(browsed(folder.path(), None, "nowhere").broken, []);
    let named = browsed(folder.path(), Some("nowhere"), "a");
    assert_eq!((named.broken.len(), named.broken[0].verdict), (1, "kubectl does nothing with this file either"));
}

/// Ten lines that stand for a thousand million.
fn bomb() -> String {
    let lines = (1..10).map(|level| format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 10].join(", ")));
    std::iter::once("l0: &l0 [x, x]\n".to_owned()).chain(lines).collect()
}

#[cfg(unix)]
#[test]
fn nothing_is_waited_for() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    symlink(at("loop"), at("loop")).unwrap();
    symlink(at("nowhere"), at("dangling")).unwrap();
    symlink(at("a"), at("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    fs::set_permissions(at("b"), fs::Permissions::from_mode(0o0)).unwrap();
    let found = browsed(folder.path(), None, "pipe:loop:dangling:link:/dev/zero:b");
    let told: Vec<(&str, &str)> = found.broken.iter().map(|broken| (broken.message.rsplit(": ").next().unwrap(), broken.verdict)).collect();
    let waits = ("it is a pipe or a device, and is not opened here", "kubectl opens it, and waits for what comes out of it");
    let nothing = "kubectl does nothing while this file is on KUBECONFIG";
    let mut expected = vec![waits, ("too many levels of symbolic links", nothing), waits];
    // whoever may do everything may read it
    if fs::read(at("b")).is_err() {
        expected.push(("permission denied", nothing));
    }
    assert_eq!(told, expected);
    assert_eq!((found.kubeconfig.files().len(), found.kubeconfig.missing().len()), (5 - expected.len(), 1));
    assert_eq!(found.kubeconfig.current_context(), Some("a"));
}

#[test]
fn many_files_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..100).map(|number| format!("c{number:03}")).collect();
    for (number, name) in names.iter().enumerate() {
        let text = if number % 30 == 7 { "contexts: [".to_owned() } else { format!("contexts: [{{name: {name}}}, {{name: all}}]") };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let found = browsed(folder.path(), None, &names.join(":"));
    let expected: Vec<&str> = names.iter().enumerate().filter(|(number, _)| number % 30 != 7).map(|(_, name)| name.as_str()).collect();
    let all = |list: &[String]| list.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(all(found.kubeconfig.files()), expected);
    let broken: Vec<String> = found.broken.iter().map(|broken| broken.source.file.clone()).collect();
    assert_eq!(all(&broken), ["c007", "c037", "c067", "c097"]);
    assert_eq!(found.kubeconfig.context("all").unwrap().source.file, folder.path().join("c000").to_str().unwrap());
}

#[test]
fn further_kubeconfigs_are_found_and_not_merged() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let put = |path: &str, text: &str| {
        let path = home.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let of = |name: &str| format!("contexts: [{{name: {name}}}]\n");
    put(".kube/config", &of("config"));
    for (path, name) in [
        (".kube/config-b", "b"),
        (".kube/config.lock", "lock"),
        (".kube/work.yaml", "work"),
        (".kube/lab.conf", "lab"),
        (".kube/notes.txt", "notes"),
        (".kube/.hidden.yaml", "hidden"),
        (".kube/cache/http/x.yaml", "cache"),
        (".kube/configs/it's here", "here"),
        (".kube/config.d/d.yml", "d"),
        ("clusters/one/kubeconfig.yaml", "one"),
        ("clusters/two/kubeconfig.yaml", "two"),
        ("clusters/two/other.yaml", "other"),
    ] {
        put(path, &of(name));
    }
    put(".kube/pod.yaml", "kind: Pod\n");
    put(".kube/map.yaml", "kind: ConfigMap\ncontexts: [\n");
    put(".kube/text.yaml", "[ no yaml\n");
    put(".kube/empty.yaml", "");
    put(".kube/unused.yaml", "users: []\n");
    put(".kube/broken.yaml", "kind: Config\ncontexts: [\n");
    put(".kube/also.yaml", "contexts:\n- {}\n- {}\nclusters: []\nusers: []\n");
    fs::create_dir(home.join(".kube/configs.yaml")).unwrap();
    let settings =
        Settings { kubeconfigs: vec!["~/clusters/*/kube*.yaml".to_owned(), ".kube/work.yaml".to_owned()], ..Settings::default() };
    let found = |list: &str| {
        let environment = with(&[("HOME", home.to_str().unwrap()), ("KUBECONFIG", list)]);
        let browsed = browse::browse_with(&Chosen::of(None, &environment), home);
        further::further_with(&browsed, &settings, &environment, home)
    };
    let told = |found: &Found| -> Vec<String> {
        let own = home.to_str().unwrap();
        found.files.iter().map(|file| format!("{} {}", file.path.replace(own, "~"), file.kubeconfig.contexts()[0].name)).collect()
    };
    let all = found("");
    assert_eq!(
        told(&all),
        [
            "~/.kube/config-b b",
            "~/.kube/config.d/d.yml d",
            "~/.kube/configs/it's here here",
            "~/.kube/lab.conf lab",
            "~/.kube/work.yaml work",
            "~/clusters/one/kubeconfig.yaml one",
            "~/clusters/two/kubeconfig.yaml two",
        ]
    );
    let broken: Vec<&str> = all.broken.iter().map(|broken| broken.source.file.rsplit('/').next().unwrap()).collect();
    assert_eq!((broken, all.broken[0].verdict), (vec!["also.yaml", "broken.yaml"], "kubectl does not look at this file"));
    let own = home.to_str().unwrap();
    assert_eq!(all.files[0].export, Some(format!("export KUBECONFIG={own}/.kube/config:{own}/.kube/config-b")));
    assert_eq!(all.files[2].export, Some(format!("export KUBECONFIG='{own}/.kube/config:{own}/.kube/configs/it'\\''s here'")));
    // what is on KUBECONFIG is in view, and what is not there stays on it
    let listed = found(".kube/work.yaml:nowhere");
    assert_eq!(told(&listed)[0], "~/.kube/config config");
    assert!(!told(&listed).iter().any(|line| line.contains("work.yaml")));
    assert_eq!(listed.files[0].export, Some(format!("export KUBECONFIG={own}/.kube/work.yaml:{own}/nowhere:{own}/.kube/config")));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_among_further_kubeconfigs() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let kube = folder.path().join(".kube");
    fs::create_dir(&kube).unwrap();
    fs::write(kube.join("config"), "contexts: [{name: a}]").unwrap();
    fs::write(kube.join("b.yaml"), "contexts: [{name: b}]").unwrap();
    fs::write(kube.join("c:d.yaml"), "contexts: [{name: c}]").unwrap();
    symlink(kube.join("config"), kube.join("same.yaml")).unwrap();
    symlink(kube.join("b.yaml"), kube.join("config-b")).unwrap();
    symlink(kube.join("loop.yaml"), kube.join("loop.yaml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(kube.join("pipe.yaml")).status().unwrap().success());
    let environment = with(&[("HOME", folder.path().to_str().unwrap())]);
    let browsed = browse::browse_with(&Chosen::of(None, &environment), folder.path());
    let found = further::further_with(&browsed, &Settings::default(), &environment, folder.path());
    let told: Vec<(&str, bool)> = found.files.iter().map(|file| (file.path.rsplit('/').next().unwrap(), file.export.is_some())).collect();
    assert_eq!(told, [("b.yaml", true), ("c:d.yaml", false)]);
    assert_eq!(found.broken, []);
}
