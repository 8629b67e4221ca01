//! Credentials that are missing, expired or not to be had without somebody: told with the command that mends it.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_eks::error::SdkError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::http::Response;

use super::{At, Fault, network};
use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::source::live::causes;
use crate::source::plugin::seconds;

/// An error of the SDK's providers.
pub fn of(error: &CredentialsError, at: &At<'_>) -> Fault {
    let causes = causes(error);
    let texts: Vec<String> = causes.iter().map(ToString::to_string).collect();
    let has = |part: &str| texts.iter().any(|text| text.contains(part));
    if let Some(refused) = causes.iter().find_map(|cause| cause.downcast_ref::<SdkError<AssumeRoleError, Response>>()) {
        return of_role(refused, role(at), at);
    }
    if let Some(login) = sso(at) {
        if has("ForbiddenException") {
            return Fault::denied(no_role(at));
        }
        // the file of the login is missing or stale, or the portal does not know it any more
        let is_login = [
            "cached SSO token",
            "has expired",
            "UnauthorizedException",
            "InvalidGrantException",
            "failed to load",
            "ExpiredToken",
            "sso/cache",
        ];
        if is_login.into_iter().any(has) {
            return Fault::failed(
                Failure::failed(format!("the SSO login of {} is missing or has expired", at.whose())).hint(format!("Log in: {login}")),
            );
        }
    }
    let last = texts.last().map(String::as_str).unwrap_or_default();
    let last = sanitise(last.trim_start_matches("ProfileFile provider could not be built: "));
    match error {
        CredentialsError::CredentialsNotLoaded(_) => nothing(at),
        CredentialsError::ProviderTimedOut(_) => silent(at),
        CredentialsError::InvalidConfiguration(_) => Fault::failed(
            Failure::failed(format!("the AWS config of {} is wrong: {}", at.whose(), last))
                .hint("Mend the profile in the AWS config file."),
        ),
        _ if is_network(&causes) => network::of(error, &At { service: "STS", ..*at }),
        _ => Fault::failed(Failure::failed(format!("the credentials of {} cannot be had: {}", at.whose(), last)).hint(renew(at))),
    }
}

/// Whether it was the way to AWS that failed; a file fails in other ways.
fn is_network(causes: &[&(dyn StdError + 'static)]) -> bool {
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    let is_way = |error: &std::io::Error| !matches!(error.kind(), NotFound | PermissionDenied);
    causes.iter().any(|cause| cause.downcast_ref().is_some_and(is_way) || cause.downcast_ref::<rustls::Error>().is_some())
}

/// A role that cannot be assumed.
pub fn of_role(error: &SdkError<AssumeRoleError, Response>, role: &str, at: &At<'_>) -> Fault {
    let fault = super::of(error, &At { service: "STS", ..*at });
    if !fault.is_denied {
        return fault;
    }
    let failure = Failure::failed(format!("the role {} cannot be assumed: {}", sanitise(role), fault.failure.message));
    Fault {
        failure: failure
            .hint("The trust policy of the role must name the caller, and the caller must be allowed sts:AssumeRole on it.")
            .hint("A trust policy that demands MFA refuses like this too: see mfa_serial of the AWS config file."),
        ..fault
    }
}

/// The role of a profile.
fn role<'a>(at: &At<'a>) -> &'a str {
    at.profile.and_then(|profile| at.profiles.get(profile, "role_arn")).unwrap_or("of the profile")
}

/// Nothing gives credentials.
pub fn nothing(at: &At<'_>) -> Fault {
    let another = if at.entry.is_some() { "name another in the user entry." } else { "take another with --profile." };
    let option = if at.entry.is_some() { "" } else { "--profile PROFILE, or " };
    let failure = match at.profile {
        Some(profile) => Failure::failed(format!("profile {} holds no credentials", sanitise(profile)))
            .hint(format!("Give it some: aws configure sso, or {another}")),
        None => Failure::failed("there are no AWS credentials")
            .hint(format!("Choose a profile: {option}AWS_PROFILE=PROFILE"))
            .hint("Or make one: aws configure sso"),
    };
    Fault::failed(failure)
}

/// A code of a device is needed.
pub fn code(at: &At<'_>, profile: &str, serial: &str) -> Fault {
    let name = shell_word(profile);
    Fault::failed(Failure::failed(format!("{} needs an MFA code of {}, and whycan asks for none", at.whose(), sanitise(serial))).hint(
        format!(
            "Get a session first: eval \"$(aws configure export-credentials --profile {name} --format env)\", and leave {} out.",
            option(at)
        ),
    ))
}

/// A login that is not read here.
pub fn login(at: &At<'_>, profile: &str) -> Fault {
    let name = shell_word(profile);
    Fault::failed(Failure::failed(format!("{} logs in with `aws login`, which whycan does not read", at.whose())).hint(format!(
        "Get its credentials first: eval \"$(aws configure export-credentials --profile {name} --format env)\", and leave {} out.",
        option(at)
    )))
}

/// What would choose the profile again.
fn option(at: &At<'_>) -> &'static str {
    if at.entry.is_some() { "the profile of the user entry" } else { "--profile" }
}

/// No answer within the limit.
pub fn silent(at: &At<'_>) -> Fault {
    Fault::failed(
        Failure::failed(format!("no answer from {} within {}", at.place(), seconds(at.limit)))
            .hint("Check the network, VPN or proxy, or wait longer with --timeout."),
    )
}

/// A session that is over.
pub fn expired(at: &At<'_>) -> Failure {
    Failure::failed(format!("the session of {} has expired", at.whose())).hint(renew(at))
}

/// The role that an SSO user is not given.
fn no_role(at: &At<'_>) -> Failure {
    let get = |key: &str| at.profile.and_then(|profile| at.profiles.get(profile, key)).map(sanitise);
    match (get("sso_role_name"), get("sso_account_id")) {
        (Some(role), Some(account)) => Failure::failed(format!("the SSO user is not given {role} in account {account}")),
        _ => Failure::failed(format!("the SSO user is not given the role of {}", at.whose())),
    }
    .hint("Ask whoever administers IAM Identity Center for the permission set.")
}

/// The command that logs in, for a profile that stands on SSO.
fn sso(at: &At<'_>) -> Option<String> {
    let mut name = at.profile?;
    // no chain of profiles is longer
    for _ in 0..8 {
        if let Some(session) = at.profiles.get(name, "sso_session") {
            return Some(format!("aws sso login --sso-session {}", shell_word(session)));
        }
        if at.profiles.get(name, "sso_start_url").is_some() {
            return Some(format!("aws sso login --profile {}", shell_word(name)));
        }
        name = at.profiles.get(name, "source_profile").filter(|next| *next != name)?;
    }
    None
}

/// How credentials are renewed.
pub fn renew(at: &At<'_>) -> String {
    match (sso(at), at.profile) {
        (Some(login), _) => format!("Log in again: {login}"),
        (None, Some(profile)) if at.profiles.get(profile, "credential_process").is_some() => {
            "Log in again where the profile's credential_process takes its credentials from.".to_owned()
        }
        (None, Some(profile)) => format!("Renew the keys of profile {} in the AWS credentials file.", sanitise(profile)),
        (None, None) if at.has_keys() => "Put fresh AWS keys into the env of the user entry.".to_owned(),
        (None, None) => "Set fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.".to_owned(),
    }
}
