//! Every way in which AWS, or the way to it, can fail, as a sentence with its cause and the next step.

pub mod credentials;
mod denial;
mod network;

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_eks::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;

use super::profiles::Profiles;
use super::regions;
use crate::base::Failure;
use crate::base::redact::redact;
use crate::base::text::sanitise;

/// What kept something from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Whether somebody decided so; else it failed.
    pub is_denied: bool,
    /// The sentence.
    pub failure: Failure,
    /// AWS's own code for it.
    pub code: Option<String>,
    /// The account of whoever was denied, where AWS names them.
    pub account: Option<String>,
}

impl Fault {
    /// It failed.
    pub fn failed(failure: Failure) -> Self {
        Self { is_denied: false, failure, code: None, account: None }
    }

    /// Somebody decided so.
    pub fn denied(failure: Failure) -> Self {
        Self { is_denied: true, failure, code: None, account: None }
    }
}

/// Where something was asked.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// `EKS` or `STS`.
    pub service: &'static str,
    /// The region.
    pub region: &'a str,
    /// The profiles, for what renews a login.
    pub profiles: &'a Profiles,
    /// The profile.
    pub profile: Option<&'a str>,
    /// What the entry of a user brings with it, where AWS is asked about the cluster of a context; no option of the command
    /// line chooses a profile or a region then.
    pub entry: Option<Entry<'a>>,
    /// The account, when it is known.
    pub account: Option<&'a str>,
    /// Whether AWS has accepted the credentials elsewhere.
    pub is_accepted: bool,
    /// The limit of each step.
    pub limit: Duration,
}

/// What the entry of a user brings with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Whether it has keys in its env.
    pub has_keys: bool,
    /// The role that was assumed for it.
    pub role: Option<&'a str>,
}

impl At<'_> {
    /// `EKS in eu-central-1`.
    fn place(&self) -> String {
        format!("{} in {}", self.service, self.region)
    }

    /// `profile prod`, or what stands in its place: whose credentials they are.
    fn whose(&self) -> String {
        match self.profile {
            Some(profile) => format!("profile {}", sanitise(profile)),
            None if self.has_keys() => "the user entry".to_owned(),
            None => "this machine".to_owned(),
        }
    }

    /// The same for who calls with them.
    fn who(&self) -> String {
        self.entry.and_then(|entry| entry.role).map_or_else(|| self.whose(), |role| sanitise(role).into_owned())
    }

    fn has_keys(&self) -> bool {
        self.entry.is_some_and(|entry| entry.has_keys)
    }
}

/// An error of the SDK.
pub fn of<E>(error: &SdkError<E, Response>, at: &At<'_>) -> Fault
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let meta = context.err().meta();
            let fault = of_answer(meta.code(), meta.message().unwrap_or_default(), context.raw().status().as_u16(), at);
            let account = meta.message().and_then(denial::account).map(str::to_owned);
            Fault { code: meta.code().map(str::to_owned), account, ..fault }
        }
        SdkError::TimeoutError(_) => credentials::silent(at),
        SdkError::ResponseError(context) => network::garbage(context.raw().status().as_u16(), at),
        other => network::of(other, at),
    }
}

/// An answer of AWS that was not read by the SDK.
pub fn answered(code: Option<&str>, message: &str, status: u16, at: &At<'_>) -> Fault {
    let fault = of_answer(code, message, status, at);
    Fault { code: code.map(str::to_owned), account: denial::account(message).map(str::to_owned), ..fault }
}

/// An error on the way of a request that the SDK did not send.
pub fn unreached(error: &(dyn StdError + 'static), at: &At<'_>) -> Fault {
    network::of(error, at)
}

/// An answer that refuses, by its code, message and status.
fn of_answer(code: Option<&str>, message: &str, status: u16, at: &At<'_>) -> Fault {
    let Some(code) = code else { return network::garbage(status, at) };
    // STS and EKS spell some of them with and without the word
    let name = code.strip_suffix("Exception").unwrap_or(code);
    let place = at.place();
    // of a signature that is refused the whole request is repeated
    let message = redact(message.trim());
    let message = sanitise(&message);
    let tail = if message.is_empty() { String::new() } else { format!(": {message}") };
    match name {
        "AccessDenied" | "UnauthorizedOperation" | "NotAuthorized" => Fault::denied(denial::of(&message, at)),
        "ExpiredToken" | "ExpiredTokenException" => Fault::failed(credentials::expired(at)),
        "RequestExpired" | "RequestTimeTooSkewed" => Fault::failed(skewed(&message, at)),
        "InvalidSignature" | "SignatureDoesNotMatch" if is_about_time(&message) => Fault::failed(skewed(&message, at)),
        "InvalidSignature" | "SignatureDoesNotMatch" | "IncompleteSignature" => Fault::failed(
            Failure::failed(format!("{place} does not accept the signature: the secret key does not fit the access key"))
                .hint(format!("Check the keys of {}; a proxy that changes requests does this too.", at.whose())),
        ),
        "UnrecognizedClient" | "InvalidClientTokenId" | "InvalidAccessKeyId" | "AuthFailure" => unrecognised(at),
        "OptInRequired" | "SubscriptionRequired" => Fault::denied(
            Failure::failed(format!("the account is not subscribed to {place}{tail}"))
                .hint("Finish the registration of the account in its console."),
        ),
        "Throttling" | "ThrottledException" | "TooManyRequests" | "RequestLimitExceeded" | "RequestThrottled" | "SlowDown" => {
            Fault::failed(
                Failure::failed(format!("{place} turns requests away (throttling), also after several attempts"))
                    .hint("Try again later, or in fewer regions at once: the limit is the account's, in this region."),
            )
        }
        "ResourceNotFound" => Fault::failed(Failure::failed(format!("{place} does not know it{tail}"))),
        _ if status >= 500 => Fault::failed(
            Failure::failed(format!("{place} has failed ({status} {}){tail}", sanitise(code)))
                .hint("Try again; AWS tells of outages at https://health.aws.amazon.com"),
        ),
        _ => Fault::failed(Failure::failed(format!("{place} refuses ({status} {}){tail}", sanitise(code)))),
    }
}

/// A key that a region does not know: of an account that has not enabled the region, or of nobody.
pub fn unrecognised(at: &At<'_>) -> Fault {
    if at.is_accepted && regions::is_opt_in(at.region) {
        let account = at.account.map_or_else(|| "the account".to_owned(), |account| format!("account {}", sanitise(account)));
        return Fault::denied(
            Failure::failed(format!("region {} is not enabled for {account}", at.region))
                .hint(format!("Enable it, if it is wanted: aws account enable-region --region-name {}", at.region)),
        );
    }
    let hint = match (at.is_accepted, credentials::renew(at)) {
        (true, _) => format!("AWS accepts them elsewhere: check that {} is a region of the account's partition.", at.region),
        (false, renew) => renew,
    };
    Fault::failed(
        Failure::failed(format!(
            "{} does not know the access key of {}: it was deleted, disabled, or is of another partition",
            at.place(),
            at.whose()
        ))
        .hint(hint),
    )
}

fn is_about_time(message: &str) -> bool {
    ["Signature expired", "Signature not yet current", "is now earlier than", "is now later than", "must be within"]
        .iter()
        .any(|part| message.contains(part))
}

fn skewed(message: &str, at: &At<'_>) -> Failure {
    Failure::failed(format!("the clock of this machine and that of {} differ too much: {message}", at.place()))
        .hint("Set the clock: timedatectl set-ntp true, or sntp -sS time.apple.com on macOS.")
}

#[cfg(test)]
mod tests;
