//! ARNs that no caller is ever looked up by.

use crate::base::Severity;
use crate::identity::aws::arn::{Arn, ArnError};

/// What is wrong with an ARN.
pub struct Slip {
    /// The code's end: `path`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, as a clause.
    pub message: &'static str,
    /// What to do.
    pub fix: String,
}

/// What is wrong with the ARN of an item of aws-auth; none where somebody can be looked up by it.
pub fn slip(text: &str) -> Option<Slip> {
    let slip = |code, message, fix: String| Some(Slip { code, severity: Severity::Error, message, fix });
    let trimmed = text.trim();
    if trimmed != text {
        return slip("aws-auth-blanks", "there are blanks around the ARN, and it is compared with them", format!("Write {trimmed}"));
    }
    let arn = match Arn::read(text) {
        Ok(arn) => arn,
        Err(ArnError::Invalid(..)) if text.contains('*') => {
            return slip("aws-auth-no-arn", "a star is no wildcard here, and this is no ARN: it matches nobody", whole());
        }
        Err(_) => return slip("aws-auth-no-arn", "it is no ARN, and matches nobody", whole()),
    };
    let plain = arn.clone().without_path();
    match (arn.service.as_str(), arn.resource.split('/').next().unwrap_or_default()) {
        ("iam", "role") if text.contains('*') => slip("aws-auth-no-arn", "a star is no wildcard here: it matches nobody", whole()),
        ("iam", "role") if plain != arn && arn.resource.contains("aws-reserved/sso.amazonaws.com/") => slip(
            "aws-auth-sso-path",
            "it has the path of roles of IAM Identity Center, which no session shows: it matches nobody",
            format!("Write {plain}"),
        ),
        ("iam", "role") if plain != arn => {
            slip("aws-auth-path", "it has the role's path, which no session shows: it matches nobody", format!("Write {plain}"))
        }
        ("iam", "role" | "user") | ("sts", "federated-user") => None,
        ("iam", "root") => Some(Slip {
            code: "aws-auth-root",
            severity: Severity::Warning,
            message: "it is the account's root user alone, and not everybody in the account",
            fix: "Name roles or users, or the account in mapAccounts.".to_owned(),
        }),
        ("iam", "group") => slip(
            "aws-auth-iam-group",
            "groups of IAM cannot be mapped: it matches nobody",
            "Map a role that the group may become.".to_owned(),
        ),
        ("iam", "instance-profile") => {
            let fix = format!("Write the role of the instance profile: arn:{}:iam::{}:role/NAME", arn.partition, arn.account);
            slip("aws-auth-instance-profile", "it is an instance profile, and what calls is its role: it matches nobody", fix)
        }
        ("sts", "assumed-role") => {
            let role = arn.resource.split('/').nth(1).unwrap_or("NAME");
            let fix = format!("Write arn:{}:iam::{}:role/{role}", arn.partition, arn.account);
            slip("aws-auth-session", "it is the ARN of a session, and a session is looked up by its role: it matches nobody", fix)
        }
        _ => slip("aws-auth-no-arn", "it is the ARN of no principal, and matches nobody", whole()),
    }
}

fn whole() -> String {
    "Write the whole ARN of a role or user.".to_owned()
}
