//! The AWS config files, where the entry of a plugin names others than the environment.

use aws_config::profile::profile_file;

use crate::kubeconfig::Exec;

/// The files.
#[expect(deprecated, reason = "the crate that has the other name is none of ours")]
pub type Files = profile_file::ProfileFiles;

/// The files that the entry of a plugin names.
#[expect(deprecated, reason = "the crate that has the other name is none of ours")]
pub fn named(exec: &Exec) -> Option<Files> {
    type Kind = profile_file::ProfileFileKind;
    let [config, credentials] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"].map(|name| exec.variable(name));
    if config.is_none() && credentials.is_none() {
        return None;
    }
    let files = Files::builder();
    let files = match config {
        Some(path) => files.with_file(Kind::Config, path),
        None => files.include_default_config_file(true),
    };
    let files = match credentials {
        Some(path) => files.with_file(Kind::Credentials, path),
        None => files.include_default_credentials_file(true),
    };
    Some(files.build())
}
