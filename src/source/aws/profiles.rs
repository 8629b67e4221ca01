//! The profiles of the AWS config and credentials files, and what the environment says beside them.

mod files;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::base::Failure;
use crate::base::text::{edit_distance, sanitise};
use crate::kubeconfig::Exec;
use files::Files;

/// The profiles of this machine, read once.
#[derive(Clone)]
pub struct Profiles {
    /// The settings that count, by profile.
    settings: BTreeMap<String, BTreeMap<&'static str, String>>,
    /// The variables of the environment that count, those that are set and not empty.
    variables: BTreeMap<&'static str, String>,
    /// The files, where they are others than the environment names.
    files: Option<Files>,
}

/// A command may hold a secret: the names alone are shown.
impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiles").field("settings", &self.names()).field("variables", &self.variables.keys()).finish_non_exhaustive()
    }
}

/// The profile of whoever names none.
pub(super) const DEFAULT: &str = "default";

/// The variables that are read here; the SDK reads others by itself.
const VARIABLES: [&str; 20] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EKS",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "HTTPS_PROXY",
    "https_proxy",
];

/// The variables that say where AWS is and not who asks: those of a plugin are for the plugin.
const OF_THE_WAY: [&str; 7] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EKS",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "HTTPS_PROXY",
    "https_proxy",
];

/// The settings that are read here, none of them a secret but perhaps the command; the SDK reads others by itself.
const SETTINGS: [&str; 21] = [
    "aws_access_key_id",
    "ca_bundle",
    "credential_process",
    "credential_source",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "login_session",
    "mfa_serial",
    "region",
    "role_arn",
    "role_session_name",
    "source_profile",
    "sso_account_id",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

/// The real file system, environment or names of files; their types are not ours to name.
fn real<T: Default>() -> T {
    T::default()
}

impl Profiles {
    /// Reads `AWS_CONFIG_FILE` (else `~/.aws/config`) and `AWS_SHARED_CREDENTIALS_FILE` (else `~/.aws/credentials`).
    ///
    /// # Errors
    /// When one of them cannot be read or understood.
    pub async fn read() -> Result<Self, Failure> {
        Self::with(None).await
    }

    /// The same as a plugin reads them: with the variables of its entry before those of the environment.
    ///
    /// # Errors
    /// When a file cannot be read or understood.
    pub async fn of_plugin(exec: &Exec) -> Result<Self, Failure> {
        Self::with(Some(exec)).await
    }

    async fn with(exec: Option<&Exec>) -> Result<Self, Failure> {
        let files = exec.and_then(files::named);
        let named = files.clone().unwrap_or_default();
        let read = aws_config::profile::load(&real(), &real(), &named, None).await;
        let sections = read.map_err(|error| {
            let source = std::error::Error::source(&error).map_or_else(String::new, |source| format!(": {source}"));
            Failure::failed(format!("cannot read the AWS config files: {}{}", sanitise(&error.to_string()), sanitise(&source)))
                .hint("Mend the file, or name another one with AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE.")
        })?;
        let of = |name: &str| {
            let profile = sections.get_profile(name);
            SETTINGS.into_iter().filter_map(|key| Some((key, profile?.get(key)?.to_owned()))).collect()
        };
        let of_entry = |name: &str| exec?.variable(name).filter(|_| !OF_THE_WAY.contains(&name)).map(str::to_owned);
        let of_environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let variable = |name: &&'static str| Some((*name, of_entry(name).or_else(|| of_environment(name))?));
        Ok(Self {
            settings: sections.profiles().map(|name| (name.to_owned(), of(name))).collect(),
            variables: VARIABLES.iter().filter_map(variable).collect(),
            files,
        })
    }

    /// The same with everything given.
    #[cfg(test)]
    pub fn given(profiles: &[(&str, &[(&'static str, &str)])], variables: &[(&'static str, &str)]) -> Self {
        let owned = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        Self {
            settings: profiles.iter().map(|(name, settings)| ((*name).to_owned(), owned(settings))).collect(),
            variables: owned(variables),
            files: None,
        }
    }

    /// The files that profiles are read from, where they are others than the environment names.
    pub(super) fn files(&self) -> Option<&Files> {
        self.files.as_ref()
    }

    /// Their names, the default one first.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.settings.keys().cloned().collect();
        names.sort_by_key(|name| (name != DEFAULT, name.clone()));
        names
    }

    /// Whether there is a profile of that name.
    pub fn has(&self, name: &str) -> bool {
        self.settings.contains_key(name)
    }

    /// The profile that a command without `--profile` has: that of `AWS_PROFILE`, else the default one, if it is there; none
    /// where the environment has keys.
    ///
    /// # Errors
    /// When `AWS_PROFILE` names none that is there.
    pub fn chosen(&self) -> Result<Option<String>, Failure> {
        // keys of the environment win over a profile that only the environment names
        if self.variable("AWS_ACCESS_KEY_ID").is_some() {
            return Ok(None);
        }
        match self.named() {
            Some(name) => self.check(name).map(|()| Some(name.to_owned())),
            None => Ok(Some(DEFAULT.to_owned()).filter(|name| self.has(name))),
        }
    }

    /// The profile that the environment names.
    pub fn named(&self) -> Option<&str> {
        self.variable("AWS_PROFILE").or_else(|| self.variable("AWS_DEFAULT_PROFILE"))
    }

    /// That a profile is there.
    ///
    /// # Errors
    /// When it is not; with the name that was meant, if one is near.
    pub fn check(&self, name: &str) -> Result<(), Failure> {
        if self.has(name) {
            return Ok(());
        }
        let failure = Failure::failed(format!("there is no AWS profile `{}`", sanitise(name)));
        let names = self.names();
        let near = names.iter().filter_map(|known| Some((edit_distance(name, known, 2)?, known))).min();
        Err(match near {
            Some((_, near)) => failure.hint(format!("Did you mean `{}`?", sanitise(near))),
            None if names.is_empty() => failure.hint("No profile was found at all: aws configure sso, or AWS_CONFIG_FILE=PATH"),
            None => failure.hint("aws configure list-profiles lists them."),
        })
    }

    /// The region for a profile: that of the environment, else its own, as every AWS tool has it.
    pub fn region(&self, profile: Option<&str>) -> Option<&str> {
        let of_environment = self.variable("AWS_REGION").or_else(|| self.variable("AWS_DEFAULT_REGION"));
        of_environment.or_else(|| self.get(self.or_named(profile), "region"))
    }

    /// All regions that profiles and the environment name.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        let own = self.settings.values().filter_map(|settings| settings.get("region")).map(String::as_str);
        own.chain(self.variable("AWS_REGION")).chain(self.variable("AWS_DEFAULT_REGION"))
    }

    fn or_named<'a>(&'a self, profile: Option<&'a str>) -> &'a str {
        profile.or_else(|| self.named()).unwrap_or(DEFAULT)
    }

    /// A setting of a profile.
    pub(super) fn get(&self, profile: &str, key: &str) -> Option<&str> {
        self.settings.get(profile)?.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable of the environment, when it is set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A variable of the environment, else a setting of a profile.
    pub(super) fn either(&self, profile: Option<&str>, variable: &str, setting: &str) -> Option<&str> {
        self.variable(variable).or_else(|| self.get(self.or_named(profile), setting))
    }

    /// The file with the authorities to trust: that of the environment, else the profile's.
    pub(super) fn authorities(&self, profile: Option<&str>) -> Option<PathBuf> {
        let named = self.variable("AWS_CA_BUNDLE").or_else(|| self.get(self.or_named(profile), "ca_bundle"));
        named.map(PathBuf::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_and_region_are_chosen_as_every_aws_tool_does() {
        let files: &[(&str, &[(&str, &str)])] = &[("prod", &[("region", "eu-west-1")]), ("default", &[]), ("dev", &[("region", "")])];
        for (variables, chosen, region) in [
            (&[][..], Some("default"), None),
            (&[("AWS_PROFILE", "prod")], Some("prod"), Some("eu-west-1")),
            (&[("AWS_DEFAULT_PROFILE", "dev")], Some("dev"), None),
            (&[("AWS_PROFILE", "prod"), ("AWS_DEFAULT_PROFILE", "dev"), ("AWS_REGION", "us-east-1")], Some("prod"), Some("us-east-1")),
            (&[("AWS_PROFILE", "prod"), ("AWS_ACCESS_KEY_ID", "AKID")], None, Some("eu-west-1")),
            (&[("AWS_DEFAULT_REGION", "us-east-2")], Some("default"), Some("us-east-2")),
        ] {
            let profiles = Profiles::given(files, variables);
            let found = profiles.chosen().unwrap();
            assert_eq!((found.as_deref(), profiles.region(found.as_deref())), (chosen, region), "{variables:?}");
        }
        assert_eq!(Profiles::given(files, &[]).names(), ["default", "dev", "prod"]);
        assert_eq!(Profiles::given(&[], &[]).chosen(), Ok(None));
    }

    #[test]
    fn a_profile_that_is_not_there() {
        let said = |files: &[(&str, &[(&'static str, &str)])]| {
            let failure = Profiles::given(files, &[("AWS_PROFILE", "prd")]).chosen().unwrap_err();
            format!("{failure} | {}", failure.hints.join(" | "))
        };
        assert_eq!(said(&[("prod", &[])]), "there is no AWS profile `prd` | Did you mean `prod`?");
        assert_eq!(said(&[("elsewhere", &[])]), "there is no AWS profile `prd` | aws configure list-profiles lists them.");
        assert_eq!(said(&[]), "there is no AWS profile `prd` | No profile was found at all: aws configure sso, or AWS_CONFIG_FILE=PATH");
    }
}
