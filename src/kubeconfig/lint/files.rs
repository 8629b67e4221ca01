//! What is wrong with files: those that entries name and are not there, and those that others may read or write.

use super::part::Part;
use super::surroundings::{Access, Content, Surroundings};
use crate::base::text::{sanitise, shell_word};
use crate::base::{Finding, Severity, Source};
use crate::kubeconfig::{Data, Kubeconfig, User};

/// A file that an entry names.
struct Named<'a> {
    part: Part<'a>,
    /// What it is to hold.
    what: &'static str,
    path: &'a str,
    /// Whether the entry works without it.
    is_dispensable: bool,
    /// Whether nobody else should see it.
    is_secret: bool,
}

/// Everything about files.
pub fn check(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Vec<Finding> {
    let named = named(kubeconfig);
    let mut findings: Vec<Finding> = named.iter().filter_map(|file| readable(file, surroundings)).collect();
    let kubeconfigs = kubeconfig.files().iter().map(|path| (path.as_str(), "kubeconfig", holds_secret(kubeconfig, path)));
    let secrets = named.iter().filter(|file| file.is_secret).map(|file| (file.path, file.what, true));
    for (path, what, is_secret) in kubeconfigs.chain(secrets) {
        if let Some(access) = surroundings.files.get(path).and_then(|file| file.access) {
            findings.extend(permissions(path, what, is_secret, access));
        }
    }
    findings
}

fn named(kubeconfig: &Kubeconfig) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for cluster in kubeconfig.clusters() {
        let part = Part::from(cluster).at("certificate-authority");
        named.extend(path(cluster.certificate_authority.as_ref()).map(|path| Named {
            part,
            what: "certificate authority",
            path,
            is_dispensable: false,
            is_secret: false,
        }));
    }
    for user in kubeconfig.users() {
        named.extend(of_user(user));
    }
    named
}

fn of_user(user: &User) -> impl Iterator<Item = Named<'_>> {
    let part = Part::from(user);
    // client-go looks at the key only beside a certificate
    let key = path(user.client_key.as_ref()).filter(|_| user.client_certificate.is_some());
    let files = [
        (path(user.client_certificate.as_ref()), "client-certificate", "client certificate", false, false),
        (key, "client-key", "client key", false, true),
        (user.token_file.as_deref(), "tokenFile", "token", user.token.is_some(), true),
    ];
    let one = move |(path, field, what, is_dispensable, is_secret)| {
        let path: Option<&str> = path;
        Some(Named { part: part.at(field), what, path: path?, is_dispensable, is_secret })
    };
    files.into_iter().filter_map(one)
}

fn path(data: Option<&Data>) -> Option<&str> {
    match data? {
        Data::File(path) => Some(path),
        Data::Inline(_) => None,
    }
}

/// A file that is not there or cannot be read.
fn readable(file: &Named<'_>, surroundings: &Surroundings) -> Option<Finding> {
    let seen = surroundings.files.get(file.path)?;
    let path = sanitise(file.path);
    let (code, why, fix) = match &seen.content {
        Content::Bytes(_) | Content::NotRead => return None,
        Content::Missing if seen.is_link => ("file-not-found", "a link to nothing".to_owned(), "Mend the link, or change the path."),
        Content::Missing => ("file-not-found", "not there".to_owned(), "Change the path, or get the file again."),
        Content::Unreadable(why) => {
            ("file-unreadable", format!("not readable: {}", sanitise(why)), "Make it readable, or change the path.")
        }
    };
    let instead = if file.is_dispensable { "; the token beside it is taken" } else { "" };
    let severity = if file.is_dispensable { Severity::Warning } else { Severity::Error };
    Some(file.part.finding(code, severity, &format!("has its {} in {path}, which is {why}{instead}", file.what), fix))
}

/// Whether a kubeconfig holds what lets others in.
fn holds_secret(kubeconfig: &Kubeconfig, path: &str) -> bool {
    let holds = |user: &User| {
        user.token.is_some() || user.password.is_some() || user.auth_provider.is_some() || matches!(user.client_key, Some(Data::Inline(_)))
    };
    kubeconfig.users().iter().any(|user| user.source.as_ref().is_some_and(|source| source.file == path) && holds(user))
}

/// What others may do with a file.
fn permissions(path: &str, what: &str, is_secret: bool, access: Access) -> Vec<Finding> {
    let who = |bits: u32| match (access.mode & bits & 0o007, access.mode & bits & 0o070) {
        (0, 0) => None,
        (0, _) => Some("its group"),
        _ => Some("everyone on this machine"),
    };
    let mode = access.mode & 0o777;
    let sudo = if access.is_own { "" } else { "sudo " };
    let finding = |code, severity, may: String| Finding {
        code,
        severity,
        subject: format!("file {}", sanitise(path)),
        message: format!("file {}, a {what}, {may} (mode {mode:03o})", sanitise(path)),
        fix: Some(format!("{sudo}chmod 600 {}", shell_word(path))),
        source: Some(Source { file: path.to_owned(), line: None }),
    };
    // who writes a kubeconfig chooses the program that is run for it
    let written = who(0o022).map(|who| finding("writable-by-others", Severity::Warning, format!("may be written by {who}")));
    let severity = if is_secret { Severity::Warning } else { Severity::Info };
    let read = who(0o044).map(|who| finding("readable-by-others", severity, format!("may be read by {who}")));
    written.into_iter().chain(read).collect()
}
