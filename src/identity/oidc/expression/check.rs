//! What can be told of an expression before it is evaluated. The API server takes no settings with an expression that
//! contradicts itself; which it finds so is not certain here, so that anything unusual is open.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators as op};

use super::{About, Flaw};

/// What something is, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything: a claim.
    Any,
    /// Anything: what stands in a claim, or follows from one.
    Dyn,
    /// Not settled yet: what an empty list holds.
    Free,
    /// `null`
    Null,
    /// A boolean.
    Bool,
    /// An integer.
    Int,
    /// A double.
    Double,
    /// A text.
    Text,
    /// A list of these.
    List(Box<Self>),
    /// The attributes of a user.
    Extra,
    /// The claims.
    Claims,
    /// The user.
    User,
}

type Scope<'a> = Vec<(&'a str, Kind)>;

/// What an expression comes to.
///
/// # Errors
/// When the API server refuses it, or it is not certain what it does with it.
pub fn check(tree: &IdedExpr, about: About) -> Result<Kind, Flaw> {
    let mut scope = match about {
        About::Claims => vec![("claims", Kind::Claims)],
        About::User => vec![("user", Kind::User)],
    };
    of(tree, &mut scope)
}

fn of<'a>(tree: &'a IdedExpr, scope: &mut Scope<'a>) -> Result<Kind, Flaw> {
    match &tree.expr {
        Expr::Literal(literal) => match literal {
            LiteralValue::Null => Ok(Kind::Null),
            LiteralValue::Boolean(_) => Ok(Kind::Bool),
            LiteralValue::Int(_) => Ok(Kind::Int),
            LiteralValue::Double(_) => Ok(Kind::Double),
            LiteralValue::String(_) => Ok(Kind::Text),
            LiteralValue::Bytes(_) | LiteralValue::UInt(_) => open("it has bytes or unsigned numbers"),
        },
        Expr::Ident(name) => {
            let known = scope.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| kind.clone());
            known.ok_or_else(|| Flaw::Open(format!("it names `{name}`, which is not followed")))
        }
        Expr::Select(select) => {
            let kind = field(&of(&select.operand, scope)?, &select.field)?;
            Ok(if select.test { Kind::Bool } else { kind })
        }
        Expr::List(list) if list.optional_indices.is_empty() => {
            let mut element = Kind::Free;
            for item in &list.elements {
                let kind = of(item, scope)?;
                if element != Kind::Free && element != kind {
                    return open("it has a list of different kinds");
                }
                element = kind;
            }
            Ok(Kind::List(Box::new(element)))
        }
        Expr::Call(call) => of_call(call, scope),
        Expr::Comprehension(each) => of_each(each, scope),
        Expr::List(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => open("it makes a value of a kind that is not followed"),
    }
}

fn open<T>(why: &str) -> Result<T, Flaw> {
    Err(Flaw::Open(why.to_owned()))
}

fn field(kind: &Kind, name: &str) -> Result<Kind, Flaw> {
    match (kind, name) {
        (Kind::Claims, _) => Ok(Kind::Any),
        (Kind::Any | Kind::Dyn, _) => Ok(Kind::Dyn),
        (Kind::User, "username" | "uid") => Ok(Kind::Text),
        (Kind::User, "extra") => Ok(Kind::Extra),
        (Kind::User, "groups") | (Kind::Extra, _) => Ok(Kind::List(Box::new(Kind::Text))),
        _ => Err(Flaw::Open(format!("it looks for `{name}` where there are no names"))),
    }
}

fn of_call<'a>(call: &'a CallExpr, scope: &mut Scope<'a>) -> Result<Kind, Flaw> {
    let parts = call.target.iter().map(|target| &**target).chain(&call.args);
    let kinds = parts.map(|part| of(part, scope)).collect::<Result<Vec<Kind>, Flaw>>()?;
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let unlike = |what: &str| Err(Flaw::Open(format!("it applies {what} to kinds that do not go together")));
    match (call.func_name.as_str(), call.target.is_some(), kinds.as_slice()) {
        (op::LOGICAL_AND | op::LOGICAL_OR, false, all) if all.iter().all(|kind| is(kind, &Kind::Bool)) => Ok(Kind::Bool),
        (op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, false, [one]) if is(one, &Kind::Bool) => Ok(Kind::Bool),
        (op::CONDITIONAL, false, [condition, one, other]) if is(condition, &Kind::Bool) => join(one, other),
        (op::EQUALS | op::NOT_EQUALS, false, [one, other]) => join(one, other).map(|_| Kind::Bool),
        (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, false, [one, other]) => {
            let ordered = |kind: &Kind| matches!(kind, Kind::Text | Kind::Int | Kind::Double | Kind::Any | Kind::Dyn);
            let numbers = |kind: &Kind| matches!(kind, Kind::Int | Kind::Double);
            let fits = ordered(one) && ordered(other) && (numbers(one) && numbers(other) || join(one, other).is_ok());
            if fits { Ok(Kind::Bool) } else { unlike("an order") }
        }
        (op::ADD, false, [one, other]) => sum(one, other),
        (op::IN, false, [one, Kind::List(element)]) => join(one, element).map(|_| Kind::Bool),
        (op::IN, false, [one, Kind::Claims | Kind::Extra]) if is(one, &Kind::Text) => Ok(Kind::Bool),
        (op::IN, false, [_, Kind::Any | Kind::Dyn]) => Ok(Kind::Bool),
        (op::INDEX, false, [of, index]) => element(of, index),
        ("size", _, [Kind::Text | Kind::List(_) | Kind::Any | Kind::Dyn]) => Ok(Kind::Int),
        ("startsWith" | "endsWith" | "contains", true, [text, part]) if is(text, &Kind::Text) && is(part, &Kind::Text) => Ok(Kind::Bool),
        ("string", false, [Kind::Text | Kind::Any | Kind::Dyn]) => Ok(Kind::Text),
        (name, ..) if name.chars().all(|c| c.is_ascii_alphanumeric()) => {
            Err(Flaw::Open(format!("it calls `{name}`, which is not followed")))
        }
        (name, ..) => unlike(&format!("`{}`", name.trim_matches('_'))),
    }
}

/// Whether something may be of a kind.
fn is(kind: &Kind, wanted: &Kind) -> bool {
    kind == wanted || matches!(kind, Kind::Any | Kind::Dyn)
}

/// What both of two may be.
fn join(one: &Kind, other: &Kind) -> Result<Kind, Flaw> {
    match (one, other) {
        (Kind::Free, kind) | (kind, Kind::Free) => Ok(kind.clone()),
        (Kind::Any | Kind::Dyn, Kind::Claims | Kind::User | Kind::Extra) | (Kind::Claims | Kind::User | Kind::Extra, _) => {
            open("it takes all of the claims or the user for a value")
        }
        (Kind::Any, Kind::Any) => Ok(Kind::Any),
        (Kind::Any | Kind::Dyn, _) | (_, Kind::Any | Kind::Dyn) => Ok(Kind::Dyn),
        (Kind::List(one), Kind::List(other)) => join(one, other).map(|kind| Kind::List(Box::new(kind))),
        (one, other) if one == other => Ok(one.clone()),
        _ => open("it holds different kinds against each other"),
    }
}

fn sum(one: &Kind, other: &Kind) -> Result<Kind, Flaw> {
    match (one, other) {
        (Kind::Text, other) | (other, Kind::Text) if is(other, &Kind::Text) => Ok(Kind::Text),
        (Kind::List(_), Kind::List(_)) => join(one, other),
        (list @ Kind::List(_), Kind::Any | Kind::Dyn) | (Kind::Any | Kind::Dyn, list @ Kind::List(_)) => Ok(list.clone()),
        (Kind::Int, other) | (other, Kind::Int) if is(other, &Kind::Int) => Ok(Kind::Int),
        (Kind::Double, other) | (other, Kind::Double) if is(other, &Kind::Double) => Ok(Kind::Double),
        (Kind::Any | Kind::Dyn, Kind::Any | Kind::Dyn) => Ok(Kind::Dyn),
        _ => open("it adds kinds that do not go together"),
    }
}

fn element(of: &Kind, index: &Kind) -> Result<Kind, Flaw> {
    match (of, index) {
        (Kind::List(element), Kind::Int) => Ok((**element).clone()),
        (Kind::Claims, Kind::Text) => Ok(Kind::Any),
        (Kind::Extra, Kind::Text) => Ok(Kind::List(Box::new(Kind::Text))),
        (Kind::Any | Kind::Dyn, Kind::Int | Kind::Text) => Ok(Kind::Dyn),
        _ => open("it takes an element by a kind that is not followed"),
    }
}

/// A macro: all, exists, map, filter, as the reader writes them out.
fn of_each<'a>(each: &'a ComprehensionExpr, scope: &mut Scope<'a>) -> Result<Kind, Flaw> {
    if each.iter_var2.is_some() {
        return open("it goes through two things at once");
    }
    let element = match of(&each.iter_range, scope)? {
        Kind::List(element) => *element,
        Kind::Dyn => Kind::Dyn,
        Kind::Any => {
            return Err(Flaw::Refused("it goes through a claim, which may be anything; through what stands in one it could".to_owned()));
        }
        _ => return open("it goes through something that is no list"),
    };
    let begin = of(&each.accu_init, scope)?;
    scope.push((&each.accu_var, begin.clone()));
    scope.push((&each.iter_var, element));
    let step = of(&each.loop_step, scope).and_then(|step| join(&begin, &step));
    let condition = of(&each.loop_cond, scope);
    scope.pop();
    scope.pop();
    if condition? != Kind::Bool {
        return open("it goes on by something that is no boolean");
    }
    scope.push((&each.accu_var, step?));
    let result = of(&each.result, scope);
    scope.pop();
    result
}
