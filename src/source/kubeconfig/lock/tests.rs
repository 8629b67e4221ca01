use super::*;

/// A folder with a file to lock, and the name of its lock.
fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    fs::write(&file, "").unwrap();
    let lock = folder.path().join("config.lock");
    (folder, file, lock)
}

fn take(files: &[PathBuf]) -> Result<Locks, String> {
    let shown = |failure: Failure| format!("{} | {}", failure.message, failure.hints.join(" | "));
    Locks::take(files, Duration::ZERO).map_err(shown)
}

/// A lock as kubectl makes it, of this age.
fn of_kubectl(lock: &Path, age: Duration) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0);
    options.open(lock).unwrap().set_modified(std::time::SystemTime::now() - age).unwrap();
}

#[test]
fn a_lock_is_a_file_that_goes_with_its_holder() {
    let (_folder, file, lock) = folder();
    let locks = take(std::slice::from_ref(&file)).unwrap();
    assert_eq!(fs::read_to_string(&lock).unwrap(), format!("whycan {}\n", std::process::id()));
    // as kubectl takes it
    assert_eq!(create(&lock).unwrap_err().kind(), ErrorKind::AlreadyExists);
    locks.check(&file).unwrap();
    drop(locks);
    assert!(!lock.exists());
}

#[test]
fn another_whycan_is_named() {
    let (_folder, file, lock) = folder();
    let _locks = take(std::slice::from_ref(&file)).unwrap();
    let refusal = take(std::slice::from_ref(&file)).unwrap_err();
    let (file, process) = (file.display(), std::process::id());
    assert_eq!(
        refusal,
        format!("cannot lock kubeconfig `{file}`: another whycan is writing it (process {process}) | Try again in a moment.")
    );
    assert!(lock.exists());
}

#[test]
fn kubectls_lock_is_respected_whatever_its_age() {
    let remove = "If no kubectl is running, remove it: rm LOCK";
    for (age, says) in [
        (0, format!("`LOCK` is there, so another program is writing it | Try again in a moment. | {remove}")),
        (90, format!("`LOCK` is 90 seconds old, and kubectl holds one for a moment only: it was left behind | {remove}")),
        (3 * 86_400 + 60, format!("`LOCK` is 3 days old, and kubectl holds one for a moment only: it was left behind | {remove}")),
    ] {
        let (_folder, file, lock) = folder();
        of_kubectl(&lock, Duration::from_secs(age));
        let refusal = take(std::slice::from_ref(&file)).unwrap_err().replace(lock.to_str().unwrap(), "LOCK");
        assert_eq!(refusal.replace(file.to_str().unwrap(), "FILE"), format!("cannot lock kubeconfig `FILE`: {says}"));
        assert!(lock.exists());
    }
}

#[test]
fn what_looks_like_ours_and_is_not_is_respected() {
    for text in ["", "whycannot 1\n", "1\n"] {
        let (_folder, file, lock) = folder();
        fs::write(&lock, text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&lock, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(take(std::slice::from_ref(&file)).is_err(), "{text:?}");
    }
    let (_folder, file, lock) = folder();
    fs::create_dir(&lock).unwrap();
    assert!(take(std::slice::from_ref(&file)).is_err());
}

#[test]
#[cfg(unix)]
fn a_lock_of_a_dead_process_of_ours_is_taken_over() {
    for text in ["whycan 4194304\n", ""] {
        let (_folder, file, lock) = folder();
        fs::write(&lock, text).unwrap();
        fs::set_permissions(&lock, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let locks = take(std::slice::from_ref(&file)).unwrap();
        assert_eq!(fs::read_to_string(&lock).unwrap(), format!("whycan {}\n", std::process::id()));
        assert!(take(std::slice::from_ref(&file)).is_err(), "two took it over");
        drop(locks);
        assert!(!lock.exists());
    }
}

#[test]
fn all_or_none() {
    let (folder, file, lock) = folder();
    let other = folder.path().join("other");
    of_kubectl(&folder.path().join("other.lock"), Duration::ZERO);
    assert!(take(&[file.clone(), other]).is_err());
    assert!(!lock.exists());
    // one file by two names has one lock
    let again = folder.path().join(".").join("config");
    assert_eq!(take(&[file, again]).unwrap().held.len(), 1);
}

#[test]
fn a_folder_that_is_not_there_takes_no_lock() {
    let (folder, file, _) = folder();
    let far = folder.path().join("nowhere/config");
    let mut locks = take(&[file.clone(), far.clone()]).unwrap();
    locks.check(&file).unwrap();
    assert_eq!(locks.check(&far).unwrap_err().kind(), ErrorKind::NotFound);
    fs::create_dir(far.parent().unwrap()).unwrap();
    locks.add(std::slice::from_ref(&far), Duration::ZERO).unwrap();
    locks.check(&far).unwrap();
    assert!(folder.path().join("nowhere/config.lock").exists());
}

#[test]
fn one_removed_by_hand_is_not_removed_twice() {
    let (_folder, file, lock) = folder();
    let locks = take(std::slice::from_ref(&file)).unwrap();
    fs::remove_file(&lock).unwrap();
    of_kubectl(&lock, Duration::ZERO);
    drop(locks);
    #[cfg(unix)]
    assert!(lock.exists());
}
