//! What would mend a way to a role: a sentence, the commands, and the statement that a trust policy needs.

use serde_json::{Value, json};

use super::known::name_of;
use super::trust::Failing;
use crate::base::text::shell_word;

/// How many characters of a trust policy IAM takes by default, blanks not counted.
const LONGEST: usize = 2048;

/// What would mend something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// What to do, as a sentence.
    pub title: String,
    /// The commands that do it.
    pub commands: Vec<String>,
    /// What goes into the file that a command names: the trust policy, as JSON.
    pub document: Option<String>,
}

impl Remedy {
    /// A sentence and a command.
    pub fn new(title: impl Into<String>, command: impl Into<String>) -> Self {
        Self { title: title.into(), commands: vec![command.into()], document: None }
    }

    /// A sentence alone.
    pub fn sentence(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// As a finding has it: one line.
    pub fn line(&self) -> String {
        match self.commands.as_slice() {
            [] => self.title.clone(),
            commands => format!("{}: {}", self.title.trim_end_matches('.'), commands.join("; ")),
        }
    }

    /// A trust policy with one statement more.
    pub fn with_statement(role: &str, trust: Option<&str>, statement: &Value, title: impl Into<String>) -> Self {
        let added = trust.and_then(|trust| added(trust, statement));
        let document = added.unwrap_or_else(|| json!({ "Version": "2012-10-17", "Statement": [statement] }));
        let length = document.to_string().chars().filter(|c| !c.is_whitespace()).count();
        let mut title = title.into();
        if length > LONGEST {
            title = format!("{} It comes to {length} characters then, and IAM takes {LONGEST} by default.", title.trim_end());
        }
        let command =
            format!("aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json", shell_word(name_of(role)));
        Self { title, commands: vec![command], document: serde_json::to_string_pretty(&document).ok() }
    }
}

/// A policy and one statement more; none where the policy is not understood.
fn added(trust: &str, statement: &Value) -> Option<Value> {
    let mut document: Value = serde_json::from_str(trust).ok()?;
    let statements = document.as_object_mut()?.get_mut("Statement")?;
    match statements {
        Value::Array(list) => list.push(statement.clone()),
        one @ Value::Object(_) => *one = json!([one.clone(), statement]),
        _ => return None,
    }
    Some(document)
}

/// The statement that lets the tokens of one service account in.
pub fn of_token(provider: &str, issuer: &str, subject: &str, audience: &str) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { (format!("{issuer}:aud")): audience, (format!("{issuer}:sub")): subject } },
    })
}

/// The statement that lets Pod Identity in.
pub fn of_service() -> Value {
    json!({ "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": ["sts:AssumeRole", "sts:TagSession"] })
}

/// The statement that lets a role become another.
pub fn of_role(role: &str, external_id: Option<&str>) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Principal": { "AWS": role }, "Action": ["sts:AssumeRole", "sts:TagSession"] });
    if let (Some(id), Some(parts)) = (external_id, statement.as_object_mut()) {
        parts.insert("Condition".to_owned(), json!({ "StringEquals": { "sts:ExternalId": id } }));
    }
    statement
}

/// What a condition that fails should want, as a sentence begins.
pub fn should_want(failing: &Failing) -> Option<String> {
    match failing.has.as_deref() {
        Some([has]) => Some(format!("Let the policy want {} to be {has}, or add a statement that does.", failing.key)),
        _ => None,
    }
}
