use super::*;

const BETA: &str = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";

#[test]
fn the_environment_says_which_file_counts() {
    for (variables, kuberc) in [
        (&[][..], Kuberc::Off),
        (&[("HOME", "/home/me")], Kuberc::Usual("/home/me/.kube/kuberc".into())),
        (&[("HOME", "/home/me"), ("KUBERC", "")], Kuberc::Usual("/home/me/.kube/kuberc".into())),
        (&[("HOME", "/home/me"), ("KUBERC", "off")], Kuberc::Off),
        (&[("HOME", "/home/me"), ("KUBERC", "Off")], Kuberc::Named("Off".into())),
        (&[("KUBERC", "/etc/kuberc")], Kuberc::Named("/etc/kuberc".into())),
        (&[("KUBERC", "/etc/kuberc"), ("KUBECTL_KUBERC", "False")], Kuberc::Off),
    ] {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
        assert_eq!(Kuberc::of(variable), kuberc, "{variables:?}");
    }
}

#[test]
fn policies_are_read_as_kubectl_reads_them() {
    let list = |commands: &[&str]| Ok(Policy::Allowlist(commands.iter().map(|&command| command.to_owned()).collect()));
    let broken = |why: &str| Ok(Policy::Broken(why.to_owned()));
    let beta = |rest: &str| format!("{BETA}{rest}");
    for (text, policy) in [
        (String::new(), Ok(Policy::AllowAll)),
        ("---\n\n---\n".to_owned(), Ok(Policy::AllowAll)),
        ("# nothing\n".to_owned(), Err(())),
        ("kind: Pod\napiVersion: v1\n".to_owned(), Err(())),
        (beta(""), Ok(Policy::AllowAll)),
        (beta("credentialPluginPolicy: ''\naliases: []\n"), Ok(Policy::AllowAll)),
        (beta("credentialPluginPolicy: DenyAll\n"), Ok(Policy::DenyAll)),
        (beta("credentialPluginPolicy: DenyAll\n").replace("v1beta1", "v1alpha1"), Ok(Policy::AllowAll)),
        (beta("credentialPluginPolicy: DenyAll\n").replace("v1beta1", "v1"), Err(())),
        (format!("kind: Pod\n---\n{}", beta("credentialPluginPolicy: DenyAll\n")), Ok(Policy::DenyAll)),
        (
            beta("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}, {name: /opt/b}]\n"),
            list(&["aws", "/opt/b"]),
        ),
        (beta("credentialPluginPolicy: Allowlist\n"), broken("it is Allowlist without a credentialPluginAllowlist")),
        (beta("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n"), broken("its credentialPluginAllowlist is empty")),
        (
            beta("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{cmd: aws}]\n"),
            broken("an entry of its credentialPluginAllowlist has no command"),
        ),
        (
            beta("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: ./aws}]\n"),
            broken("`./aws` in its credentialPluginAllowlist is no clean path"),
        ),
        (
            beta("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: a, name: b}]\n"),
            broken("an entry of its credentialPluginAllowlist has a name and another command"),
        ),
        (beta("credentialPluginAllowlist: [{command: aws}]\n"), broken("it has a credentialPluginAllowlist beside AllowAll")),
        (beta("credentialPluginPolicy: denyall\n"), broken("it is `denyall`, which is none")),
        (beta("credentialPluginPolicy: [DenyAll]\n"), broken("it cannot be read")),
    ] {
        assert_eq!(read(&text), policy, "{text}");
    }
}

#[test]
fn a_file_that_was_named_must_be_of_use() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kuberc");
    let found = Ok(PathBuf::from("/opt/plugin"));
    let told = |kuberc: &Kuberc| match kuberc.check("plugin", &found, None) {
        Ok(()) => "allowed".to_owned(),
        Err(failure) => format!("{failure} | {}", failure.hints.join(" | ")).replace(file.to_str().unwrap(), "FILE"),
    };
    let (named, usual) = (Kuberc::Named(file.clone()), Kuberc::Usual(file.clone()));
    let mend = "Mend it, or take it off KUBERC: kubectl refuses to work with it too.";
    assert_eq!(told(&named), format!("cannot read kuberc `FILE`, which KUBERC names: there is no such file | {mend}"));
    assert_eq!(told(&usual), "allowed");
    for (text, of_named, of_usual) in [
        ("x: [", format!("cannot read kuberc `FILE`, which KUBERC names: it holds no Preference of kubectl.config.k8s.io | {mend}"), "allowed"),
        (BETA, "allowed".to_owned(), "allowed"),
        (
            &format!("{BETA}credentialPluginPolicy: DenyAll"),
            "the credential plugin `plugin` is not run: credentialPluginPolicy of kuberc `FILE` is DenyAll | kubectl does not run it either. To allow it, set Allowlist there, with - command: plugin".to_owned(),
            "",
        ),
        (
            &format!("{BETA}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{{command: other}}]"),
            "the credential plugin `plugin` is not on the credentialPluginAllowlist of kuberc `FILE` | kubectl does not run it either. To allow it, add - command: plugin to that list.".to_owned(),
            "",
        ),
        (
            &format!("{BETA}credentialPluginPolicy: Deny"),
            "the credential plugin `plugin` is not run: the policy of kuberc `FILE` cannot be kept, it is `Deny`, which is none | Set credentialPluginPolicy there to AllowAll, DenyAll, or Allowlist with a credentialPluginAllowlist.".to_owned(),
            "",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(told(&named), of_named, "{text}");
        assert_eq!(told(&usual), if of_usual.is_empty() { &of_named } else { of_usual }, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn commands_are_matched_by_name_path_and_what_they_lead_to() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugin");
    std::fs::write(&plugin, "").unwrap();
    std::fs::set_permissions(&plugin, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (full, list) = (plugin.display().to_string(), folder.path().as_os_str().to_owned());
    let kuberc = folder.path().join("kuberc");
    let allows = |entry: &str, command: &str| {
        let text = format!("{BETA}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{{command: {entry}}}]");
        std::fs::write(&kuberc, text).unwrap();
        let found = program::find(command, Some(&list));
        Kuberc::Usual(kuberc.clone()).check(command, &found, Some(&list)).is_ok()
    };
    for (entry, command, is_allowed) in [
        ("plugin", "plugin", true),
        (&*full, "plugin", true),
        ("plugin", &*full, true),
        (&*full, &*full, true),
        ("other", "plugin", false),
        ("/elsewhere/plugin", "plugin", false),
        // by its name alone, though it is not there
        ("missing", "missing", true),
        ("plugin", "missing", false),
    ] {
        assert_eq!(allows(entry, command), is_allowed, "{entry} {command}");
    }
}
