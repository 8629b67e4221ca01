//! What is wrong with one context, its cluster and its user: what client-go refuses (`ConfirmUsable`), and what surprises.
//!
//! Whether files can be read is not known here, nor how a plugin is to be run: `source` tells when it comes to that.

use super::address::Address;
use super::entry::{Cluster, Context, User};
use super::merge::Kubeconfig;
use super::way::Way;
use crate::base::text::sanitise;
use crate::base::{Finding, Severity, Source};

impl Kubeconfig {
    /// What is wrong with a context and what it leads to, the worst first.
    ///
    /// What is an error keeps it from being used.
    pub fn findings(&self, context: &Context) -> Vec<Finding> {
        let (cluster, user) = (self.cluster_of(context), self.user_of(context));
        let mut findings = of_context(context, cluster, user);
        findings.extend(cluster.into_iter().flat_map(of_cluster));
        findings.extend(user.into_iter().flat_map(of_user));
        findings.sort_by_key(|finding| finding.severity);
        findings
    }
}

/// One part of a configuration, as findings name it.
struct Part<'a> {
    kind: &'static str,
    name: &'a str,
    source: Option<&'a Source>,
}

impl Part<'_> {
    fn finding(&self, code: &'static str, severity: Severity, what: &str, fix: &str) -> Finding {
        let named = if self.name.is_empty() {
            format!("the {} without a name", self.kind)
        } else {
            format!("{} {}", self.kind, sanitise(self.name))
        };
        Finding {
            code,
            severity,
            subject: format!("{} {}", self.kind, sanitise(self.name)).trim_end().to_owned(),
            message: format!("{named} {what}"),
            fix: Some(fix.to_owned()),
            source: self.source.cloned(),
        }
    }

    fn error(&self, code: &'static str, what: &str, fix: &str) -> Finding {
        self.finding(code, Severity::Error, what, fix)
    }

    fn warning(&self, code: &'static str, what: &str, fix: &str) -> Finding {
        self.finding(code, Severity::Warning, what, fix)
    }

    /// Entries of the same name that do not count.
    fn shadows(&self, code: &'static str, shadowed: &[Source]) -> Option<Finding> {
        let places: Vec<String> = shadowed.iter().map(place).collect();
        let verb = if shadowed.len() == 1 { "does" } else { "do" };
        let what = format!("stands also in {}, which {verb} not count: the first file wins", crate::base::text::enumerate(&places, "and"));
        (!shadowed.is_empty()).then(|| self.warning(code, &what, "Rename or remove one of them, or change the order of the files."))
    }
}

/// `FILE:LINE`.
fn place(source: &Source) -> String {
    let file = sanitise(&source.file);
    source.line.map_or_else(|| file.clone().into_owned(), |line| format!("{file}:{line}"))
}

fn of_context(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Vec<Finding> {
    let part = Part { kind: "context", name: &context.name, source: Some(&context.source) };
    let mut findings = Vec::new();
    match cluster {
        None if context.cluster.is_empty() => {
            findings.push(part.error("no-cluster", "names no cluster", "Set context.cluster to the name of a cluster."));
        }
        None => findings.push(part.error(
            "dangling-cluster",
            &format!("names cluster {}, which no file has", sanitise(&context.cluster)),
            "Set context.cluster to the name of a cluster, or add the file that has it to KUBECONFIG.",
        )),
        Some(cluster) => {
            findings.extend(elsewhere(context, cluster.source.as_ref()).map(|source| {
                let what = format!("takes cluster {} from another file, {}", sanitise(&cluster.name), place(source));
                part.warning("cluster-from-another-file", &what, "Give the clusters distinct names when another one was meant.")
            }));
        }
    }
    match user {
        None if context.user.is_empty() => {
            findings.push(part.warning("no-user", "names no user: requests are anonymous", "Set context.user to the name of a user."));
        }
        None => findings.push(part.warning(
            "dangling-user",
            &format!("names user {}, which no file has: requests are anonymous", sanitise(&context.user)),
            "Set context.user to the name of a user, or add the file that has it to KUBECONFIG.",
        )),
        Some(user) => findings.extend(elsewhere(context, user.source.as_ref()).map(|source| {
            let what = format!("takes user {} from another file, {}", sanitise(&user.name), place(source));
            part.warning("user-from-another-file", &what, "Give the users distinct names when another one was meant.")
        })),
    }
    findings.extend(part.shadows("shadowed-context", &context.shadowed));
    findings
}

/// The place of what a context names, when it is another file.
fn elsewhere<'a>(context: &Context, source: Option<&'a Source>) -> Option<&'a Source> {
    source.filter(|source| source.file != context.source.file)
}

fn of_cluster(cluster: &Cluster) -> Vec<Finding> {
    let part = Part { kind: "cluster", name: &cluster.name, source: cluster.source.as_ref() };
    let mut findings = given_twice(&part, &cluster.given_twice);
    if cluster.server.is_empty() {
        findings.push(part.error("no-server", "has no server", "Set cluster.server, as https://HOST:PORT."));
    } else {
        let address = Address::of(&cluster.server);
        if !address.is_tls {
            let severity = if address.is_loopback() { Severity::Info } else { Severity::Warning };
            let what = "is reached without TLS: what is sent can be read on the way, and no credential is sent";
            findings.push(part.finding("plain-http", severity, what, "Write https:// in cluster.server."));
        }
    }
    // TLSConfigFor of client-go
    if cluster.insecure_skip_tls_verify && cluster.certificate_authority.is_some() {
        findings.push(part.error(
            "authority-not-verified",
            "has a certificate authority and insecure-skip-tls-verify, which clients refuse",
            "Remove insecure-skip-tls-verify.",
        ));
    }
    if let Some(proxy) = &cluster.proxy_url {
        let scheme = proxy.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https" | "socks5")) {
            let what = "has a proxy-url that begins with neither http://, https:// nor socks5://";
            findings.push(part.error("unknown-proxy", what, "Write the proxy as http://HOST:PORT, or remove proxy-url."));
        }
    }
    findings.extend(part.shadows("shadowed-cluster", &cluster.shadowed));
    findings
}

fn of_user(user: &User) -> Vec<Finding> {
    let part = Part { kind: "user", name: &user.name, source: user.source.as_ref() };
    let has_certificate = user.client_certificate.is_some();
    // client-go looks at the key only beside a certificate
    let mut findings = if has_certificate { given_twice(&part, &user.given_twice) } else { Vec::new() };
    let mut error = |is_so: bool, code, what, fix| {
        if is_so {
            findings.push(part.error(code, what, fix));
        }
    };
    let lacks_key = has_certificate && user.client_key.is_none();
    error(lacks_key, "certificate-without-key", "has a client certificate without its key", "Set client-key-data or client-key.");
    let has_both = user.has_token() && user.has_basic();
    error(has_both, "two-credentials", "has a token and a user name or password, which clients refuse", "Remove username and password.");
    let has_provider = user.exec.is_some() && user.auth_provider.is_some();
    error(has_provider, "exec-with-auth-provider", "has a plugin and an auth provider, which clients refuse", "Remove auth-provider.");
    let is_nameless = user.exec.as_ref().is_some_and(|exec| exec.env.iter().any(|(name, _)| name.is_empty()));
    error(is_nameless, "exec-variable-without-name", "gives its plugin a variable without a name", "Set exec.env[].name.");
    let of = &user.impersonation;
    let is_half = of.user.is_none() && (of.uid.is_some() || !of.groups.is_empty() || !of.extra.is_empty());
    let what = "impersonates groups, a uid or extra without a user, which clients refuse";
    error(is_half, "impersonation-without-user", what, "Set `as` beside as-groups.");
    if let (Some(_), Some(path)) = (&user.token, &user.token_file) {
        let what = format!("has a token in two places: the file {} counts when it can be read", sanitise(path));
        findings.push(part.warning("token-given-twice", &what, "Remove token or tokenFile."));
    }
    if user.exec.is_some() && user.way() != Way::Exec {
        let (other, field) = match user.way() {
            Way::Certificate => ("a client certificate", "client-certificate"),
            Way::Token => ("a token", "token"),
            _ => ("a user name and a password", "username"),
        };
        let what = format!("has a plugin that is never run, because {other} is given too");
        findings.push(part.warning("exec-ignored", &what, &format!("Remove {field} or exec.")));
    }
    findings.extend(part.shadows("shadowed-user", &user.shadowed));
    findings
}

fn given_twice(part: &Part<'_>, fields: &[&str]) -> Vec<Finding> {
    let one = |field: &&str| {
        part.error(
            "given-twice",
            &format!("has {field} and {field}-data, which clients refuse"),
            &format!("Remove {field} or {field}-data."),
        )
    };
    fields.iter().map(one).collect()
}
