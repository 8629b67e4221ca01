use std::fs;

use super::*;

/// What stands in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_is_private_and_goes() {
    let above = tempfile::tempdir().unwrap();
    let folder = Folder::below(above.path(), "secret").unwrap();
    assert_eq!(fs::read_to_string(folder.kubeconfig()).unwrap(), "secret");
    #[cfg(unix)]
    for (path, mode) in [(folder.path().to_owned(), 0o700), (folder.kubeconfig(), 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
    }
    drop(folder);
    assert_eq!(names(above.path()), Vec::<String>::new());
}

#[test]
fn what_killed_processes_left_is_swept() {
    let above = tempfile::tempdir().unwrap();
    let living = Folder::below(above.path(), "").unwrap();
    for name in ["whycan-shell-1-dead", "whycan-shell-1-unlocked", "other-dead"] {
        fs::create_dir(above.path().join(name)).unwrap();
    }
    for name in ["whycan-shell-1-dead/lock", "whycan-shell-1-dead/kubeconfig", "other-dead/lock"] {
        fs::write(above.path().join(name), "").unwrap();
    }
    let new = Folder::below(above.path(), "").unwrap();
    let own = |folder: &Folder| folder.path().file_name().unwrap().to_str().unwrap().to_owned();
    let mut expected = vec![own(&living), own(&new), "other-dead".to_owned(), "whycan-shell-1-unlocked".to_owned()];
    expected.sort();
    assert_eq!(names(above.path()), expected);
}

#[test]
fn each_shell_has_its_way_to_a_prompt() {
    let above = tempfile::tempdir().unwrap();
    for (program, files, arguments) in
        [("/bin/bash", &["bashrc"][..], 3), ("/usr/bin/zsh", &[".zshenv", ".zshrc"], 1), ("/usr/bin/fish", &[], 3), ("/bin/dash", &[], 0)]
    {
        let folder = Folder::below(above.path(), "").unwrap();
        let command = prompt::shell(OsStr::new(program), &folder).unwrap();
        let mut written = names(folder.path());
        written.retain(|name| !["kubeconfig", "lock"].contains(&name.as_str()));
        assert_eq!((written, command.as_std().get_args().len()), (files.iter().map(|name| (*name).to_owned()).collect(), arguments));
        let sees = |text: &str| {
            let said = files.iter().map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
            let words = command.as_std().get_args().map(|word| word.to_string_lossy().into_owned());
            let prompts = command.as_std().get_envs().filter_map(|(_, value)| Some(value?.to_string_lossy().into_owned()));
            said.chain(words).chain(prompts).any(|said| said.contains(text))
        };
        assert!(sees("WHYCAN_SHELL"), "{program}");
    }
}

#[test]
fn the_shell_outside() {
    let variables = |name: &str| match name {
        CONTEXT => Some("dev".into()),
        DEPTH => Some("2".into()),
        OUTER => Some("/a:/b".into()),
        _ => None,
    };
    let outer = Outer { context: "dev".to_owned(), depth: 2, kubeconfig: "/a:/b".into() };
    assert_eq!(outer_with(variables), Some(outer));
    assert_eq!(outer_with(|_| None), None);
}

#[test]
#[cfg(unix)]
fn the_end_of_a_command_is_ours() {
    use std::os::unix::process::ExitStatusExt as _;
    for (raw, status) in [(0, 0), (3 << 8, 3), (15, 143), (255 << 8, 255)] {
        assert_eq!(exit_status(ExitStatus::from_raw(raw)), status);
    }
}
