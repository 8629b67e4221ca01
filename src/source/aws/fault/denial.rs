//! `AccessDenied`, taken apart: who may not do what, and which policy decides it.
//!
//! The grammar is AWS's: `User: ARN is not authorized to perform: ACTION on resource: ARN because REASON` or
//! `… with an explicit deny in KIND`
//! (`docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html`).

use super::At;
use crate::base::Failure;
use crate::base::text::sanitise;

/// The kinds of policies that are named in a reason.
const KINDS: [&str; 7] = [
    "service control policy",
    "resource control policy",
    "permissions boundary",
    "session policy",
    "identity-based policy",
    "resource-based policy",
    "VPC endpoint policy",
];

/// The sentence for a message.
pub fn of(message: &str, at: &At<'_>) -> Failure {
    let Some((who, action, reason)) = parts(message) else {
        let tail = if message.is_empty() { String::new() } else { format!(": {message}") };
        return Failure::failed(format!("{} refuses{tail}", at.place()))
            .hint(format!("Ask whoever administers the account of {}.", at.whose()));
    };
    let denied = |why: String| Failure::failed(format!("{} is not allowed {} in {}{why}", sanitise(who), sanitise(action), at.region));
    let kind = KINDS.into_iter().find(|kind| reason.contains(kind) || reason.contains(&kind.replace("policy", "policies")));
    match kind {
        Some(kind) if reason.contains("explicit deny") => {
            // AWS has begun to name the policy too
            let which = reason.split_once(": ").map_or_else(String::new, |(_, arn)| format!(" ({})", sanitise(arn.trim())));
            let hint = if kind == "identity-based policy" { lift(action, at) } else { hint(kind, action, at) };
            denied(format!(": {} denies it{which}", article(kind))).hint(hint)
        }
        Some(kind) => denied(format!(": no {kind} allows it")).hint(hint(kind, action, at)),
        None if reason.is_empty() => denied(String::new()).hint(allow(action, at)),
        None => denied(format!(": {}", sanitise(reason))).hint(allow(action, at)),
    }
}

/// Who, which action, and the reason, which may be empty.
fn parts(message: &str) -> Option<(&str, &str, &str)> {
    let (who, rest) = message.strip_prefix("User: ")?.split_once(" is not authorized to perform: ")?;
    let action = rest.split(' ').next()?.trim_end_matches('.');
    let reason = [" because ", " with an "].into_iter().find_map(|word| rest.find(word).and_then(|at| rest.get(at + word.len()..)));
    Some((who, action, reason.unwrap_or_default().trim()))
}

fn article(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with('i') { "an" } else { "a" })
}

fn hint(kind: &str, action: &str, at: &At<'_>) -> String {
    match kind {
        "service control policy" | "resource control policy" => {
            let elsewhere = if at.entry.is_some() { "." } else { ": look in another with --region." };
            format!("Whoever administers the organization decides this, often for whole regions{elsewhere}")
        }
        "permissions boundary" => format!("The boundary of the role or user must allow {} too.", sanitise(action)),
        "session policy" => "The session was made with a policy of its own: log in without it.".to_owned(),
        "VPC endpoint policy" => "The endpoint in the network decides this: ask whoever administers the VPC.".to_owned(),
        _ => allow(action, at),
    }
}

fn allow(action: &str, at: &At<'_>) -> String {
    let another = if at.entry.is_some() { "" } else { ", or take another --profile" };
    format!("Ask whoever administers the account to allow {} to {}{another}.", sanitise(action), at.who())
}

fn lift(action: &str, at: &At<'_>) -> String {
    format!("Look for a Deny of {} in the policies of {}: no Allow outweighs it.", sanitise(action), at.who())
}

/// The account of the ARN of who was denied.
pub fn account(message: &str) -> Option<&str> {
    let (who, _, _) = parts(message)?;
    who.split(':').nth(4).filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}
