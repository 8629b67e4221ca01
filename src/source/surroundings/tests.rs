#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::*;
use crate::kubeconfig::{merge, read as read_kubeconfig};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn folder(files: &[(&str, &str, u32)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, mode) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
    }
    folder
}

/// What is known of a kubeconfig in a folder, with this environment.
fn around(folder: &TempDir, text: &str, environment: &[(&str, &str)]) -> Surroundings {
    let path = folder.path().join("config");
    fs::write(&path, text).unwrap();
    let kubeconfig = merge(vec![read_kubeconfig(path.to_str().unwrap(), text.as_bytes()).unwrap()]);
    let variable = |name: &str| {
        let value = environment.iter().find(|(known, _)| *known == name)?.1;
        Some(OsString::from(value.replace("FOLDER", folder.path().to_str().unwrap())))
    };
    surroundings_with(&kubeconfig, variable, NOW)
}

#[test]
fn files_are_looked_at() {
    let folder = folder(&[("ca", "CA", 0o644), ("key", "KEY", 0o640)]);
    symlink("nowhere", folder.path().join("token")).unwrap();
    symlink("ca", folder.path().join("certificate")).unwrap();
    fs::write(folder.path().join("large"), vec![b'x'; (1 << 20) + 1]).unwrap();
    let text = "\
clusters: [{name: a, cluster: {certificate-authority: ca}}, {name: b, cluster: {certificate-authority: large}}, {name: c, cluster: {certificate-authority: .}}]
users: [{name: a, user: {client-certificate: certificate, client-key: key, tokenFile: token}}, {name: b, user: {tokenFile: gone}}]
";
    let around = around(&folder, text, &[]);
    let of = |name: &str| {
        let seen = &around.files[folder.path().join(name).to_str().unwrap()];
        (seen.is_link, seen.access.map(|access| (access.mode, access.is_own)), seen.content.clone())
    };
    let bytes = |text: &str| Content::Bytes(text.as_bytes().to_vec());
    assert_eq!(of("ca"), (false, Some((0o644, true)), bytes("CA")));
    assert_eq!(of("certificate"), (true, Some((0o644, true)), bytes("CA")));
    assert_eq!(of("key"), (false, Some((0o640, true)), bytes("KEY")));
    assert_eq!(of("token"), (true, None, Content::Missing));
    assert_eq!(of("gone"), (false, None, Content::Missing));
    assert_eq!(of("large").2, Content::Unreadable("it is larger than 1 MiB".to_owned()));
    assert_eq!(of("config").2, Content::NotRead);
    let own = around.files.iter().find(|(path, _)| Path::new(path) == folder.path()).unwrap();
    assert_eq!((own.1.access, &own.1.content), (None, &Content::Unreadable("it is a folder".to_owned())));
    assert_eq!(around.now, Some(NOW));
    assert!(!format!("{around:?}").contains("KEY"), "a key is shown");
}

#[test]
fn a_pipe_is_not_waited_for() {
    let folder = folder(&[]);
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let around = around(&folder, "users: [{name: a, user: {tokenFile: pipe}}]", &[]);
    let seen = &around.files[pipe.to_str().unwrap()];
    assert_eq!((seen.access, &seen.content), (None, &Content::NotRead));
}

#[test]
fn programs_are_looked_for_as_go_does() {
    let folder = folder(&[
        ("bin/there", "", 0o755),
        ("bin/dead", "", 0o644),
        ("other/dead", "", 0o755),
        ("bin/text", "", 0o600),
        ("here", "", 0o755),
    ]);
    let user = |(index, command): (usize, &&str)| format!("{{name: u{index}, user: {{exec: {{command: '{command}'}}}}}}");
    let commands = ["there", "dead", "text", "gone", "./here", "./gone", "./bin/text", "./bin", "./here/below", ""];
    let users: Vec<String> = commands.iter().enumerate().map(user).collect();
    let text = format!("users: [{}]", users.join(", "));
    let of = |around: &Surroundings| {
        let prefix = format!("{}/", folder.path().display());
        around.programs.iter().map(|(name, program)| format!("{} {program:?}", name.replace(&prefix, "./"))).collect::<BTreeSet<_>>()
    };
    let found = of(&around(&folder, &text, &[("PATH", "FOLDER/bin:.:FOLDER/nowhere:FOLDER/other")]));
    let wanted = [
        "./bin NotExecutable",
        "./bin/text NotExecutable",
        "./gone NotFound",
        "./here Found",
        "./here/below NotFound",
        "dead Found",
        "gone NotFound",
        "text NotExecutable",
        "there Found",
    ];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    assert_eq!(of(&around(&folder, &text, &[])).len(), 5, "without PATH nothing is known of bare names");
}

#[test]
fn profiles_of_the_files_there_are() {
    let folder =
        folder(&[(".aws/config", "[profile work]", 0o600), (".aws/credentials", "[robot]", 0o600), ("other", "[profile other]", 0o600)]);
    let of = |environment: &[(&str, &str)]| around(&folder, "", environment).profiles.map(|names| Vec::from_iter(names).join(" "));
    assert_eq!(of(&[("HOME", "FOLDER")]).as_deref(), Some("robot work"));
    assert_eq!(of(&[("HOME", "FOLDER"), ("AWS_CONFIG_FILE", "~/other")]).as_deref(), Some("other robot"));
    assert_eq!(of(&[("HOME", "FOLDER"), ("AWS_SHARED_CREDENTIALS_FILE", "FOLDER/gone"), ("AWS_CONFIG_FILE", "")]).as_deref(), Some("work"));
    assert_eq!(of(&[("HOME", "FOLDER/gone")]), None);
    assert_eq!(of(&[("HOME", "FOLDER"), ("AWS_CONFIG_FILE", "FOLDER")]), None, "a folder tells nothing");
    assert_eq!(of(&[]), None);
}
