//! A trust policy's verdict on a call: what denies comes first, then one statement that allows is enough.

use super::Holds;
use super::condition::{self, Failing};
use super::context::Context;
use super::policy::{self, Actions, Effect, Policy, PrincipalKind, Principals};
use crate::base::text::{enumerate, is_like};

/// A call of STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// `sts:AssumeRoleWithWebIdentity`.
    pub action: &'static str,
    /// Who calls.
    pub caller: Caller<'a>,
    /// What STS knows of it.
    pub context: &'a Context,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Who has a token of the issuer of this provider, by its ARN.
    Federated(&'a str),
    /// A service of AWS.
    Service(&'a str),
    /// A session of a role, by the role's ARN.
    Role(&'a str),
}

/// A policy's verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the call is let through.
    pub holds: Holds,
    /// Why, as a clause.
    pub because: String,
    /// The condition that fails, where one does and everything before it holds.
    pub failing: Option<Failing>,
    /// What each statement comes to.
    pub statements: Vec<Statement>,
}

/// What a statement comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its position, counted from 0.
    pub index: usize,
    /// As a sentence names it: `statement 1`.
    pub place: String,
    /// What it does where it applies.
    pub effect: Effect,
    /// Whether it applies.
    pub holds: Holds,
    /// What it asks: who, what, each condition.
    pub checks: Vec<Check>,
}

/// One thing that a statement asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whether it holds.
    pub holds: Holds,
    /// Why, as a clause.
    pub sentence: String,
    /// The condition that fails, where it is one.
    pub failing: Option<Failing>,
}

impl Policy {
    /// Whether the policy lets a call through, without the reasons.
    pub fn decide(&self, call: &Call<'_>) -> Holds {
        let applies = |statement: &policy::Statement| {
            let before = is_about(&statement.principals, call.caller).and(is_of(&statement.actions, call.action));
            // nothing more is looked at once it cannot apply
            statement.conditions.iter().fold(before.and(known(statement)), |holds, condition| match holds {
                Holds::No => holds,
                _ => holds.and(condition::holds(condition, call.context, self.has_variables)),
            })
        };
        let of =
            |effect| self.statements.iter().filter(move |statement| statement.effect == effect).map(applies).fold(Holds::No, Holds::or);
        of(Effect::Allow).and(of(Effect::Deny).negated())
    }
}

/// Whether a policy lets a call through, and why.
pub fn judge(policy: &Policy, call: &Call<'_>) -> Verdict {
    let statements: Vec<Statement> = policy.statements.iter().map(|statement| of_statement(statement, policy, call)).collect();
    let holds = policy.decide(call);
    let of = |effect: Effect, holds: Holds| statements.iter().find(move |statement| statement.effect == effect && statement.holds == holds);
    let open =
        |statement: &Statement| statement.checks.iter().find(|check| check.holds == Holds::Unknown).map(|check| check.sentence.clone());
    let (because, failing) = match holds {
        Holds::Yes => (of(Effect::Allow, Holds::Yes).map_or_else(String::new, |statement| format!("{} allows it", statement.place)), None),
        Holds::No => match of(Effect::Deny, Holds::Yes) {
            Some(statement) => (format!("{} denies it, whatever allows it", statement.place), None),
            None => nearest(&statements, call),
        },
        Holds::Unknown => {
            let statement = of(Effect::Deny, Holds::Unknown).or_else(|| of(Effect::Allow, Holds::Unknown));
            let why = statement.and_then(|statement| Some(format!("{}: {}", statement.place, open(statement)?)));
            (why.unwrap_or_default(), None)
        }
    };
    Verdict { holds, because, failing, statements }
}

/// Why nothing allows: what the statement says that comes nearest.
fn nearest(statements: &[Statement], call: &Call<'_>) -> (String, Option<Failing>) {
    let allowing = statements.iter().filter(|statement| statement.effect == Effect::Allow);
    // who is asked before what, and what before conditions: the later it first fails, the nearer it is
    let key = |statement: &&Statement| {
        let first = statement.checks.iter().position(|check| check.holds == Holds::No).unwrap_or_default();
        let failing = statement.checks.iter().filter(|check| check.holds != Holds::Yes).count();
        (first.min(2), std::cmp::Reverse(failing))
    };
    let mut best: Option<&Statement> = None;
    for statement in allowing {
        if best.is_none_or(|best| key(&statement) > key(&best)) {
            best = Some(statement);
        }
    }
    let Some(statement) = best else { return (format!("no statement allows {}", call.action), None) };
    let Some(check) = statement.checks.iter().find(|check| check.holds == Holds::No) else { return (String::new(), None) };
    (format!("{}: {}", statement.place, check.sentence), check.failing.clone())
}

fn of_statement(statement: &policy::Statement, policy: &Policy, call: &Call<'_>) -> Statement {
    let mut checks = vec![
        Check { holds: is_about(&statement.principals, call.caller), sentence: about(&statement.principals, call.caller), failing: None },
        Check { holds: is_of(&statement.actions, call.action), sentence: actions(&statement.actions, call.action), failing: None },
    ];
    if known(statement) == Holds::Unknown {
        let sentence = format!("it has {}, which trust policies have not", enumerate(&statement.odd, "and"));
        checks.push(Check { holds: Holds::Unknown, sentence, failing: None });
    }
    checks.extend(statement.conditions.iter().map(|condition| {
        let holds = condition::holds(condition, call.context, policy.has_variables);
        Check {
            holds,
            sentence: condition::sentence(condition, call.context, policy.has_variables),
            failing: (holds == Holds::No).then(|| condition::failing(condition, call.context)),
        }
    }));
    let holds = checks.iter().map(|check| check.holds).fold(Holds::Yes, Holds::and);
    Statement { index: statement.index, place: statement.place(), effect: statement.effect, holds, checks }
}

/// What is in a statement beside its usual parts may change what it is about.
fn known(statement: &policy::Statement) -> Holds {
    if statement.odd.is_empty() { Holds::Yes } else { Holds::Unknown }
}

/// Whether a statement is about a caller.
fn is_about(principals: &Principals, caller: Caller<'_>) -> Holds {
    let named = principals.named.iter().map(|(kind, name)| is_named(kind, name, caller)).fold(Holds::No, Holds::or);
    match (principals.negated, named) {
        (false, named) => named,
        (true, Holds::Yes) => Holds::No,
        // who else is meant hangs on the account that the caller is of
        (true, _) => Holds::Unknown,
    }
}

fn is_named(kind: &PrincipalKind, name: &str, caller: Caller<'_>) -> Holds {
    let same = |own: &str| match (name == own, name.eq_ignore_ascii_case(own)) {
        (true, _) => Holds::Yes,
        (false, true) => Holds::Unknown,
        (false, false) => Holds::No,
    };
    match (kind, caller) {
        (PrincipalKind::Federated, Caller::Federated(own)) | (PrincipalKind::Service, Caller::Service(own)) => same(own),
        (PrincipalKind::Everybody, Caller::Role(_)) => Holds::Yes,
        (PrincipalKind::Aws, Caller::Role(_)) if name == "*" => Holds::Yes,
        (PrincipalKind::Aws, Caller::Role(own)) => is_role(name, own),
        // AWS does not say whether a star means these
        (PrincipalKind::Everybody, _) => Holds::Unknown,
        (_, _) if name == "*" => Holds::Unknown,
        (PrincipalKind::Other(_), _) => Holds::Unknown,
        _ => Holds::No,
    }
}

/// Whether a principal of AWS is a role, or the account that it is in.
fn is_role(name: &str, own: &str) -> Holds {
    let account = own.split(':').nth(4).unwrap_or_default();
    if name == own || name == account {
        return Holds::Yes;
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", of, "root"] => Holds::from(*of == account),
        // one session of it, and which it is is not known; or the same in other letters
        ["arn", _, "sts", "", of, session] if *of == account => {
            let role = session.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
            if role == own.rsplit('/').next() { Holds::Unknown } else { Holds::No }
        }
        ["arn", ..] if name.eq_ignore_ascii_case(own) => Holds::Unknown,
        ["arn", ..] => Holds::No,
        // an id, of which nothing tells whose it is
        [id] if id.starts_with("ARO") => Holds::Unknown,
        _ => Holds::No,
    }
}

/// Whether a statement is about an action; actions are the same in any case.
fn is_of(actions: &Actions, action: &str) -> Holds {
    let small = action.to_ascii_lowercase();
    let fits = actions.patterns.iter().any(|pattern| is_like(&small, &pattern.to_ascii_lowercase()));
    Holds::from(fits != actions.negated)
}

fn about(principals: &Principals, caller: Caller<'_>) -> String {
    let own = match caller {
        Caller::Federated(arn) => format!("provider {arn}"),
        Caller::Service(name) => format!("service {name}"),
        Caller::Role(arn) => format!("role {arn}"),
    };
    let named: Vec<String> = principals
        .named
        .iter()
        .map(|(kind, name)| match kind {
            PrincipalKind::Everybody => "everybody".to_owned(),
            PrincipalKind::Aws => name.clone(),
            PrincipalKind::Federated => format!("provider {name}"),
            PrincipalKind::Service => format!("service {name}"),
            PrincipalKind::Other(word) => format!("{word} {name}"),
        })
        .collect();
    let named = enumerate(&named, "and");
    let except = if principals.negated { "everybody but " } else { "" };
    match is_about(principals, caller) {
        Holds::Yes => format!("it trusts {own}"),
        Holds::No => match (principals.named.as_slice(), caller) {
            ([(PrincipalKind::Federated, other)], Caller::Federated(own)) => other_provider(other, own),
            _ => format!("it trusts {except}{named}, not {own}"),
        },
        Holds::Unknown => format!("it trusts {except}{named}, and whether that is {own} is not known"),
    }
}

/// In what another provider differs.
fn other_provider(other: &str, own: &str) -> String {
    let parts = |arn: &str| arn.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let why = match (parts(other).as_slice(), parts(own).as_slice()) {
        ([_, _, _, _, account, one], [_, _, _, _, of_role, same]) if one == same => {
            format!(": that is in account {account}, and STS looks for it in the role's own, {of_role}")
        }
        ([_, _, _, _, _, one], [_, _, _, _, _, same]) if !one.starts_with("oidc-provider/") => ": that is no OIDC provider".to_owned(),
        ([_, _, _, _, _, one], _) if one.contains("oidc.eks.") => ": that is another cluster's issuer, or an old one of this".to_owned(),
        _ => String::new(),
    };
    format!("it trusts provider {other}, not {own}{why}")
}

fn actions(actions: &Actions, action: &str) -> String {
    let listed = enumerate(&actions.patterns, "and");
    let except = if actions.negated { "everything but " } else { "" };
    match is_of(actions, action) {
        Holds::Yes => format!("it is about {action}"),
        _ => format!("it is about {except}{listed}, not {action}"),
    }
}
