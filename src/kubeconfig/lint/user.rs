//! What is wrong with one user: credentials that clients refuse together, or that do not count.

use super::part::Part;
use crate::base::Finding;
use crate::base::text::sanitise;
use crate::kubeconfig::{User, Way};

/// What keeps it from being used, or surprises.
pub fn used(user: &User) -> Vec<Finding> {
    let part = Part::from(user);
    let has_certificate = user.client_certificate.is_some();
    // client-go looks at the key only beside a certificate
    let mut findings = if has_certificate { part.given_twice(&user.given_twice) } else { Vec::new() };
    let mut error = |is_so: bool, field, code, what, fix| {
        if is_so {
            findings.push(part.at(field).error(code, what, fix));
        }
    };
    let certificate = if user.lines.of("client-certificate-data").is_some() { "client-certificate-data" } else { "client-certificate" };
    let lacks_key = has_certificate && user.client_key.is_none();
    let what = "has a client certificate without its key";
    error(lacks_key, certificate, "certificate-without-key", what, "Set client-key-data or client-key.");
    let has_both = user.has_token_and_basic();
    let field = if user.username.is_some() { "username" } else { "password" };
    let what = "has a token and a user name or password, which clients refuse";
    error(has_both, field, "two-credentials", what, "Remove username and password.");
    let has_provider = user.exec.is_some() && user.auth_provider.is_some();
    let what = "has a plugin and an auth provider, which clients refuse";
    error(has_provider, "auth-provider", "exec-with-auth-provider", what, "Remove auth-provider.");
    let is_nameless = user.exec.as_ref().is_some_and(|exec| exec.env.iter().any(|(name, _)| name.is_empty()));
    let what = "gives its plugin a variable without a name";
    error(is_nameless, "exec.env", "exec-variable-without-name", what, "Set exec.env[].name.");
    let of = &user.impersonation;
    let is_half = of.user.is_none() && (of.uid.is_some() || !of.groups.is_empty() || !of.extra.is_empty());
    let what = "impersonates groups, a uid or extra without a user, which clients refuse";
    let given = ["as-groups", "as-uid", "as-user-extra"].into_iter().find(|field| user.lines.of(field).is_some());
    error(is_half, given.unwrap_or("as-groups"), "impersonation-without-user", what, "Set `as` beside as-groups.");
    if let (Some(_), Some(path)) = (&user.token, &user.token_file) {
        let what = format!("has a token in two places: the file {} counts when it can be read", sanitise(path));
        findings.push(part.at("tokenFile").warning("token-given-twice", &what, "Remove token or tokenFile."));
    }
    if user.exec.is_some() && user.way() != Way::Exec {
        let (other, field) = match user.way() {
            Way::Certificate => ("a client certificate", "client-certificate"),
            Way::Token => ("a token", "token"),
            _ => ("a user name and a password", "username"),
        };
        let what = format!("has a plugin that is never run, because {other} is given too");
        findings.push(part.at("exec").warning("exec-ignored", &what, &format!("Remove {field} or exec.")));
    }
    findings.extend(part.shadows("shadowed-user", &user.shadowed));
    findings
}

/// What else there is to say.
pub fn check(user: &User) -> Vec<Finding> {
    let part = Part::from(user);
    let mut findings: Vec<Finding> = part.nameless("is that of every context that names none").into_iter().collect();
    if user.way() == Way::Certificate && user.has_token() {
        let field = if user.token.is_some() { "token" } else { "tokenFile" };
        let what = "has a client certificate and a token: both are sent, and the server takes the certificate";
        findings.push(part.at(field).warning("certificate-before-token", what, "Remove the one that is not meant."));
    }
    // --basic-auth-file of the API server is gone
    if user.basic_name().is_some() && !user.has_token() {
        let what = "has a user name and a password, which no current server takes: requests are anonymous";
        findings.push(part.at("username").warning("basic-authentication", what, "Use a token, a certificate or a plugin."));
    }
    findings.extend(user.auth_provider.as_deref().and_then(|name| provider(part, name)));
    findings
}

/// An auth provider that clients no longer have: of those of old, only `oidc` is left.
fn provider(part: Part<'_>, name: &str) -> Option<Finding> {
    let gone = |plugin: &str| {
        let what = format!("uses auth provider {name}, which clients gave up with Kubernetes 1.26");
        Some(part.at("auth-provider").error("removed-auth-provider", &what, &format!("Use the plugin {plugin} in exec instead.")))
    };
    match name {
        "oidc" => None,
        "gcp" => gone("gke-gcloud-auth-plugin"),
        "azure" => gone("kubelogin"),
        other => {
            let what = format!("uses auth provider `{}`, which kubectl does not know", sanitise(other));
            Some(part.at("auth-provider").error("unknown-auth-provider", &what, "Use a plugin in exec instead."))
        }
    }
}
