//! `credential_process`: a program that prints credentials
//! (`docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html`).

use std::time::SystemTime;

use aws_credential_types::Credentials;
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::source::aws::fault::{At, Fault};
use crate::source::plugin;

/// What it prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    #[serde(default)]
    session_token: Option<String>,
    #[serde(default)]
    expiration: Option<jiff::Timestamp>,
    #[serde(default)]
    account_id: Option<String>,
}

/// Runs it and takes what it prints.
///
/// # Errors
/// When it cannot be run, fails, or prints something else.
pub async fn run(line: &str, at: &At<'_>) -> Result<Credentials, Fault> {
    let name = format!("the credential_process of profile `{}`", sanitise(at.profile.unwrap_or_default()));
    let hint = "Run it in a terminal to see what it wants.";
    let mut command = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    command.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(line);
    let Ok(ended) = timeout(at.limit, plugin::finish(command)).await else {
        let failure = Failure::failed(format!("{name} did not end within {}", plugin::seconds(at.limit)));
        return Err(Fault::failed(failure.hint(hint).hint("Give it more time with --timeout.")));
    };
    let ended = ended.map_err(|error| Fault::failed(Failure::failed(format!("{name} cannot be run: {}", sanitise(&error.to_string())))))?;
    if !ended.status.success() {
        let said = plugin::last_words(&ended.said, &[]);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        return Err(Fault::failed(Failure::failed(format!("{name} failed ({}){said}", plugin::ending(ended.status))).hint(hint)));
    }
    read(&ended.answer).map_err(|why| Fault::failed(Failure::failed(format!("{name} printed no credentials: {why}")).hint(hint)))
}

/// What it printed; the reason why not is a clause without any of it.
fn read(printed: &[u8]) -> Result<Credentials, String> {
    let printed: Printed = serde_json::from_slice(printed).map_err(|error| {
        // serde's own words would repeat a value
        if error.is_data() { "a key is missing or of another kind".to_owned() } else { "it is no JSON".to_owned() }
    })?;
    if printed.version != 1 {
        return Err(format!("it has Version {}, and only 1 is known", printed.version));
    }
    let expiry = printed.expiration.map(SystemTime::from);
    let mut builder = Credentials::builder().access_key_id(printed.access_key_id).secret_access_key(printed.secret_access_key);
    builder.set_session_token(printed.session_token.filter(|token| !token.is_empty()));
    builder.set_expiry(expiry);
    builder.set_account_id(printed.account_id.map(Into::into));
    Ok(builder.provider_name("credential_process").build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let text = r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "s", "SessionToken": "t",
            "Expiration": "2026-03-01T12:00:00Z", "AccountId": "111122223333", "Other": 1}"#;
        let read = read(text.as_bytes()).unwrap();
        assert_eq!((read.access_key_id(), read.session_token()), ("AKID", Some("t")));
        assert_eq!(read.account_id().map(aws_credential_types::attributes::AccountId::as_str), Some("111122223333"));
        assert!(read.expiry().is_some());
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for (text, why) in [
            ("", "it is no JSON"),
            ("Password: hunter2", "it is no JSON"),
            (r#"{"Version": 1, "AccessKeyId": "AKID"}"#, "a key is missing or of another kind"),
            (r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": ["hunter2"]}"#, "a key is missing or of another kind"),
            (r#"{"Version": 2, "AccessKeyId": "AKID", "SecretAccessKey": "s"}"#, "it has Version 2, and only 1 is known"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err(), why, "{text}");
        }
    }
}
