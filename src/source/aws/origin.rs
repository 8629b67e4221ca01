//! Where the credentials of a plugin for EKS come from, of all the places that AWS tools look in, and what loses against them.
//!
//! Order: botocore's `create_credential_resolver`, which the aws command line uses; the SDKs of aws-iam-authenticator and of
//! whycan look in the same order as far as these go. A profile that an argument names leaves the environment's keys out;
//! one that AWS_PROFILE names does not.

use super::profiles::{DEFAULT, Profiles};
use crate::base::text::sanitise;
use crate::kubeconfig::Exec;

/// Where credentials come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// A clause: `the keys of the environment (AWS_ACCESS_KEY_ID)`.
    pub from: String,
    /// What is there too and does not count, as clauses.
    pub beaten: Vec<String>,
    /// The ARN of the role that the entry suggests, in the end of its chain.
    pub suggests: Option<String>,
}

impl Origin {
    /// As a sentence without its end.
    pub fn sentence(&self) -> String {
        let instead = if self.beaten.is_empty() { String::new() } else { format!(", not from {}", self.beaten.join(" or ")) };
        format!("{}{instead}", self.from)
    }
}

/// Where a plugin of EKS takes its credentials from.
pub fn origin(exec: &Exec, profiles: &Profiles) -> Origin {
    let entry = |name: &str| exec.variable(name).filter(|value| !value.is_empty());
    let variable = |name: &str| entry(name).or_else(|| profiles.variable(name));
    let place = |name: &str| if entry(name).is_some() { "of the user entry" } else { "of the environment" };
    let argument = exec.flag(&["--profile"]);
    let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter().find_map(|name| Some((name, variable(name)?)));
    let profile = argument.or_else(|| named.map(|(_, value)| value)).unwrap_or(DEFAULT);
    let told_profile = || match (argument, named) {
        (Some(profile), _) => format!("profile {} (--profile)", sanitise(profile)),
        (None, Some((name, profile))) => format!("profile {} ({name} {})", sanitise(profile), place(name)),
        (None, None) => "profile default".to_owned(),
    };
    let mut origin = Origin { suggests: suggested(exec, profiles, profile), ..Origin::default() };
    let has_keys = variable("AWS_ACCESS_KEY_ID").is_some();
    let keys = || format!("the keys {} (AWS_ACCESS_KEY_ID)", place("AWS_ACCESS_KEY_ID"));
    if has_keys && argument.is_none() {
        origin.from = keys();
        origin.beaten.extend(named.map(|_| told_profile()));
        // whom a profile would have become says nothing of these keys
        if exec.aws_role().is_none() {
            origin.suggests = None;
        }
        return origin;
    }
    origin.beaten.extend(has_keys.then(keys));
    let of_profile = profiles.has(profile).then(|| how(profiles, profile)).flatten();
    // an argument leaves these variables out too
    let web = variable("AWS_WEB_IDENTITY_TOKEN_FILE").zip(variable("AWS_ROLE_ARN")).filter(|_| argument.is_none());
    let web = web.map(|(_, role)| format!("the web identity {} (role {})", place("AWS_WEB_IDENTITY_TOKEN_FILE"), sanitise(role)));
    origin.from = match (of_profile, web) {
        (Some((how, true)), web) => {
            origin.beaten.extend(web);
            format!("{}: {how}", told_profile())
        }
        (Some((how, false)), None) => format!("{}: {how}", told_profile()),
        (of_profile, Some(web)) => {
            origin.beaten.extend(of_profile.map(|_| told_profile()));
            web
        }
        (None, None) => {
            let machine = if variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                .or_else(|| variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
                .is_some()
            {
                "the container's role"
            } else {
                "the machine's own role, if it has one"
            };
            let without = named.is_some() || argument.is_some();
            if without { format!("{machine}: {} gives none", told_profile()) } else { machine.to_owned() }
        }
    };
    origin
}

/// How a profile comes to its credentials, and whether that comes before a web identity of the environment.
fn how(profiles: &Profiles, profile: &str) -> Option<(String, bool)> {
    let get = |key: &str| profiles.get(profile, key);
    if let Some(role) = get("role_arn") {
        let by = match (get("source_profile"), get("credential_source"), get("web_identity_token_file")) {
            (Some(source), ..) => format!(" with profile {}", sanitise(source)),
            (_, Some(source), _) => format!(" with the credentials of {}", sanitise(source)),
            (_, _, Some(_)) => " with a web identity".to_owned(),
            _ => String::new(),
        };
        return Some((format!("role {}{by}", sanitise(role)), true));
    }
    if get("sso_session").or_else(|| get("sso_start_url")).is_some() {
        let account = get("sso_account_id").map(|account| format!(" of account {}", sanitise(account))).unwrap_or_default();
        let role = get("sso_role_name").map(|role| format!(", permission set {}", sanitise(role))).unwrap_or_default();
        return Some((format!("the SSO login{account}{role}"), false));
    }
    if get("aws_access_key_id").is_some() {
        return Some(("its keys".to_owned(), false));
    }
    if get("credential_process").is_some() {
        return Some(("its credential_process".to_owned(), false));
    }
    get("login_session").map(|_| ("its login".to_owned(), false))
}

/// The role that the entry suggests: that of the plugin, else the profile's.
fn suggested(exec: &Exec, profiles: &Profiles, profile: &str) -> Option<String> {
    exec.aws_role().or_else(|| profiles.get(profile, "role_arn")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &[(&str, &str)])] = &[
        ("default", &[("aws_access_key_id", "AKIA1")]),
        ("prod", &[("role_arn", "arn:aws:iam::111122223333:role/dev"), ("source_profile", "default")]),
        ("sso", &[("sso_session", "acme"), ("sso_account_id", "111122223333"), ("sso_role_name", "Admin")]),
        ("empty", &[("region", "eu-west-1")]),
    ];

    #[test]
    fn the_place_that_wins_is_named() {
        const KEYS: (&str, &str) = ("AWS_ACCESS_KEY_ID", "AKIA2");
        let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod")];
        for (args, of_entry, of_environment, sentence) in [
            ("", vec![], vec![], "profile default: its keys"),
            (
                "",
                vec![("AWS_PROFILE", "prod")],
                vec![],
                "profile prod (AWS_PROFILE of the user entry): role arn:aws:iam::111122223333:role/dev with profile default",
            ),
            (
                "",
                vec![("AWS_PROFILE", "prod")],
                vec![KEYS],
                "the keys of the environment (AWS_ACCESS_KEY_ID), not from profile prod (AWS_PROFILE of the user entry)",
            ),
            (
                "--profile sso",
                vec![],
                vec![KEYS],
                "profile sso (--profile): the SSO login of account 111122223333, permission set Admin, not from the keys of the environment (AWS_ACCESS_KEY_ID)",
            ),
            (
                "",
                vec![],
                vec![("AWS_PROFILE", "sso")],
                "profile sso (AWS_PROFILE of the environment): the SSO login of account 111122223333, permission set Admin",
            ),
            ("", vec![], web.to_vec(), "the web identity of the environment (role arn:aws:iam::1:role/pod), not from profile default"),
            (
                "",
                vec![("AWS_PROFILE", "empty")],
                vec![],
                "the machine's own role, if it has one: profile empty (AWS_PROFILE of the user entry) gives none",
            ),
            (
                "",
                vec![("AWS_PROFILE", "none")],
                vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x")],
                "the container's role: profile none (AWS_PROFILE of the user entry) gives none",
            ),
        ] {
            let exec = Exec {
                command: "aws".to_owned(),
                args: args.split(' ').map(str::to_owned).collect(),
                env: of_entry.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                ..Exec::default()
            };
            assert_eq!(origin(&exec, &Profiles::given(FILES, &of_environment)).sentence(), sentence);
        }
    }

    #[test]
    fn the_role_that_is_suggested_is_that_of_the_winner() {
        let suggests = |args: &[&str], profile: &str, variables: &[(&'static str, &str)]| {
            let exec = Exec {
                command: "aws".to_owned(),
                args: args.iter().map(|arg| (*arg).to_owned()).collect(),
                env: vec![("AWS_PROFILE".to_owned(), profile.to_owned())],
                ..Exec::default()
            };
            origin(&exec, &Profiles::given(FILES, variables)).suggests
        };
        assert_eq!(suggests(&[], "prod", &[]).as_deref(), Some("arn:aws:iam::111122223333:role/dev"));
        assert_eq!(suggests(&[], "prod", &[("AWS_ACCESS_KEY_ID", "AKIA2")]), None);
        assert_eq!(
            suggests(&["--role", "arn:aws:iam::1:role/x"], "prod", &[("AWS_ACCESS_KEY_ID", "AKIA2")]).as_deref(),
            Some("arn:aws:iam::1:role/x")
        );
        assert_eq!(suggests(&[], "sso", &[]), None);
    }
}
