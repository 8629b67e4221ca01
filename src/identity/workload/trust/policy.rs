//! A trust policy, understood.

use super::operator::Operator;

/// A trust policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Its statements.
    pub statements: Vec<Statement>,
    /// Whether `${…}` in its values is a variable: with `Version` 2012-10-17.
    pub has_variables: bool,
}

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its position, counted from 0.
    pub index: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom it is about.
    pub principals: Principals,
    /// What it is about.
    pub actions: Actions,
    /// All of which must hold.
    pub conditions: Vec<Condition>,
    /// What else stands in it and is not evaluated: `Resource`.
    pub odd: Vec<String>,
}

/// Whom a statement is about: `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principals {
    /// Whether it is about everybody else.
    pub negated: bool,
    /// Who is named.
    pub named: Vec<(PrincipalKind, String)>,
}

/// What kind of principal is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// `"Principal": "*"`.
    Everybody,
    /// An account, a role, a user, a session.
    Aws,
    /// A provider of identities.
    Federated,
    /// A service of AWS.
    Service,
    /// Another word.
    Other(String),
}

/// What a statement is about: `Action` or `NotAction`, with `*` and `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// Whether it is about everything else.
    pub negated: bool,
    /// The patterns.
    pub patterns: Vec<String>,
}

/// One key of a `Condition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How it is compared.
    pub operator: Operator,
    /// What is compared.
    pub key: String,
    /// With what; one of them is enough, or with a negated operator none may be it.
    pub values: Vec<String>,
}

impl Policy {
    /// Every value that a statement which allows compares a key with; keys are compared without case.
    pub fn wanted(&self, key: &str) -> impl Iterator<Item = (&Operator, &str)> {
        let conditions = self.statements.iter().filter(|statement| statement.effect == Effect::Allow).flat_map(|s| &s.conditions);
        let of_key = conditions.filter(move |condition| condition.key.eq_ignore_ascii_case(key));
        of_key.flat_map(|condition| condition.values.iter().map(|value| (&condition.operator, value.as_str())))
    }
}

impl Statement {
    /// `statement 1`, `statement 2 (Pods)`; people count from 1.
    pub fn place(&self) -> String {
        let number = self.index + 1;
        self.sid
            .as_ref()
            .filter(|sid| !sid.is_empty())
            .map_or_else(|| format!("statement {number}"), |sid| format!("statement {number} ({sid})"))
    }
}

impl PrincipalKind {
    /// As a policy writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Everybody => "*",
            Self::Aws => "AWS",
            Self::Federated => "Federated",
            Self::Service => "Service",
            Self::Other(word) => word,
        }
    }
}
