//! As whom AWS is asked about the cluster of a context: with the credentials that the plugin of its user takes, so that what
//! is refused is refused to whom it concerns.
//!
//! Order: as `origin` tells it. Where the user has no such plugin, the credentials are those of the environment.

use aws_credential_types::Credentials;

use super::mint::SESSION;
use super::profiles::Profiles;
use crate::base::Failure;
use crate::kubeconfig::provider::is_plugin;
use crate::kubeconfig::{Exec, User, Way};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The profiles, with the variables of the entry.
    pub profiles: Profiles,
    /// The profile; none where the credentials are keys, or the machine's.
    pub profile: Option<String>,
    /// Whether an argument names the profile, which then leaves keys out.
    pub is_named: bool,
    /// The keys, where the entry has a part in them.
    pub keys: Option<Credentials>,
    /// The roles that are assumed, each with the credentials of the one before.
    pub roles: Vec<String>,
    /// The session name of these roles.
    session: String,
}

impl Asker {
    /// Who asks with the entry of a user.
    ///
    /// # Errors
    /// When the AWS config files cannot be read, or a profile is named that is not there.
    pub async fn of(user: &User) -> Result<Self, Failure> {
        // what does not run has no say
        let exec = user.exec.as_ref().filter(|exec| user.way() == Way::Exec && is_plugin(exec));
        let profiles = match exec {
            Some(exec) => Profiles::of_plugin(exec).await?,
            None => Profiles::read().await?,
        };
        Self::with(exec, profiles, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn with(exec: Option<&Exec>, profiles: Profiles, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let argument =
            exec.and_then(Exec::aws_profile).filter(|profile| exec.and_then(|exec| exec.variable("AWS_PROFILE")) != Some(profile));
        let profile = match argument {
            Some(name) => profiles.check(name).map(|()| Some(name.to_owned()))?,
            None => profiles.chosen()?,
        };
        Ok(Self {
            profile,
            is_named: argument.is_some(),
            keys: exec.filter(|_| argument.is_none()).and_then(|exec| keys(exec, variable)),
            roles: exec.map(roles).unwrap_or_default(),
            session: exec.and_then(|exec| exec.flag(&["--session-name", "-s"])).unwrap_or(SESSION).to_owned(),
            profiles,
        })
    }

    /// The roles, each with the name of its session.
    pub fn roles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.roles.iter().map(|role| (role.as_str(), self.session.as_str()))
    }
}

/// The keys that a plugin finds in its environment, where its entry puts some of them there.
fn keys(exec: &Exec, variable: impl Fn(&str) -> Option<String>) -> Option<Credentials> {
    const NAMES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    NAMES.iter().find(|name| exec.variable(name).is_some())?;
    let [id, secret, token] = NAMES.map(|name| exec.variable(name).map(str::to_owned).or_else(|| variable(name)));
    Some(Credentials::new(id?, secret?, token, None, "kubeconfig"))
}

/// The roles that a plugin assumes: ours takes several.
fn roles(exec: &Exec) -> Vec<String> {
    if exec.program() != "whycan" {
        return exec.aws_role().map(str::to_owned).into_iter().collect();
    }
    let mut roles = Vec::new();
    let mut args = exec.args.iter();
    while let Some(argument) = args.next() {
        let (flag, value) = argument.split_once('=').map_or((argument.as_str(), None), |(flag, value)| (flag, Some(value)));
        if matches!(flag, "--role-arn" | "--role") {
            roles.extend(value.map(str::to_owned).or_else(|| args.next().cloned()));
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &[(&str, &str)])] = &[("default", &[("aws_access_key_id", "AKID")]), ("prod", &[("sso_session", "acme")])];

    /// Profile, whether an argument names it, access key and session token, roles.
    fn asker(args: &str, env: &[(&'static str, &str)], environment: &[(&'static str, &str)]) -> Result<String, String> {
        let exec = Exec {
            command: "aws".to_owned(),
            args: args.split_whitespace().map(str::to_owned).collect(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Exec::default()
        };
        let merged: Vec<(&'static str, &str)> = environment.iter().chain(env).copied().collect();
        let variable = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let asker = Asker::with(Some(&exec), Profiles::given(FILES, &merged), variable).map_err(|failure| failure.message)?;
        let keys = asker.keys.as_ref().map(|keys| format!("{} {}", keys.access_key_id(), keys.session_token().unwrap_or("-")));
        Ok(format!("{:?} {} {:?} {:?}", asker.profile, asker.is_named, keys, asker.roles))
    }

    #[test]
    fn aws_is_asked_as_whom_the_plugin_asks() {
        const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        const TOKEN: (&str, &str) = ("AWS_SESSION_TOKEN", "token");
        for (args, env, environment, expected) in [
            ("eks get-token", &[][..], &[][..], "Some(\"default\") false None []"),
            ("eks get-token", &[("AWS_PROFILE", "prod")], &[], "Some(\"prod\") false None []"),
            ("eks get-token --profile prod", &[], &KEYS, "Some(\"prod\") true None []"),
            ("eks get-token --profile prod", &KEYS, &[], "Some(\"prod\") true None []"),
            // keys of the environment alone are the chain's to find
            ("eks get-token", &[("AWS_PROFILE", "prod")], &KEYS, "None false None []"),
            ("eks get-token", &KEYS, &[], "None false Some(\"AKIA -\") []"),
            // as the program finds them: some of the one, some of the other
            ("eks get-token", &[TOKEN], &KEYS, "None false Some(\"AKIA token\") []"),
            ("eks get-token", &KEYS, &[TOKEN], "None false Some(\"AKIA token\") []"),
            ("eks get-token --role arn:r", &[], &[], "Some(\"default\") false None [\"arn:r\"]"),
        ] {
            assert_eq!(asker(args, env, environment).as_deref(), Ok(expected), "{args} {env:?} {environment:?}");
        }
        assert_eq!(asker("--profile prd", &[], &[]).unwrap_err(), "there is no AWS profile `prd`");
    }

    #[test]
    fn our_own_plugin_assumes_one_role_after_the_other() {
        let exec = Exec {
            command: "/usr/bin/whycan".to_owned(),
            args: ["token", "mint", "--role-arn", "a", "--role=b", "--role-arn=c"].map(str::to_owned).to_vec(),
            ..Exec::default()
        };
        assert_eq!(roles(&exec), ["a", "b", "c"]);
    }
}
