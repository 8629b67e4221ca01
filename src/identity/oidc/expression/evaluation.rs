//! An expression evaluated, with errors as values: `false && error` is false.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators as op};
use serde_json::{Map, Value as Json};

use super::name::unescape;
use super::value::{User, Value};
use super::{Stop, call};

/// How much is done: the API server stops at a hundred times that cost.
const MOST: usize = 10_000;

/// What is evaluated.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// For these claims.
    Claims(&'a Map<String, Json>),
    /// For this user.
    User(&'a User),
}

/// Evaluates an expression.
pub fn evaluate(tree: &IdedExpr, subject: Subject<'_>) -> Result<Value, Stop> {
    Evaluation { subject, scope: Vec::new(), done: 0 }.of(tree)
}

struct Evaluation<'a> {
    subject: Subject<'a>,
    /// The variables of macros; what has been gathered so far may be an error.
    scope: Vec<(&'a str, Result<Value, Stop>)>,
    done: usize,
}

/// The API server cannot evaluate it.
pub fn error<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Error(why.into()))
}

/// It is not certain what it does.
pub fn open<T>(why: &str) -> Result<T, Stop> {
    Err(Stop::Open(why.to_owned()))
}

impl<'a> Evaluation<'a> {
    fn spend(&mut self, cost: usize) -> Result<(), Stop> {
        self.done += cost;
        if self.done > MOST { open("it takes long to evaluate") } else { Ok(()) }
    }

    fn of(&mut self, tree: &'a IdedExpr) -> Result<Value, Stop> {
        self.spend(1)?;
        match &tree.expr {
            Expr::Literal(literal) => Ok(match literal {
                LiteralValue::Null => Value::Null,
                LiteralValue::Boolean(value) => Value::Bool(*value.inner()),
                LiteralValue::Int(value) => Value::Int(*value.inner()),
                LiteralValue::Double(value) => Value::Double(*value.inner()),
                LiteralValue::String(text) => Value::Text(text.inner().to_owned()),
                LiteralValue::Bytes(_) | LiteralValue::UInt(_) => return open("it has bytes or unsigned numbers"),
            }),
            Expr::Ident(name) => match self.scope.iter().rev().find(|(known, _)| known == name) {
                Some((_, value)) => value.clone(),
                None => match (self.subject, name.as_str()) {
                    (Subject::Claims(_), "claims") => Ok(Value::Claims),
                    (Subject::User(_), "user") => Ok(Value::User),
                    _ => open("it names something that is not followed"),
                },
            },
            Expr::Select(select) => self.select(select),
            Expr::List(list) => list.elements.iter().map(|item| self.of(item)).collect::<Result<_, _>>().map(Value::List),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(each) => self.each(each),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => open("it makes a value of a kind that is not followed"),
        }
    }

    fn select(&mut self, select: &'a SelectExpr) -> Result<Value, Stop> {
        let of = self.of(&select.operand)?;
        let found = match self.find(&of, &select.field) {
            Some(found) => found?,
            // a presence test of what has no names is false, but for lists, which go by number
            None if select.test && !matches!(of, Value::List(_)) => None,
            None => return error(format!("there is no `{}` in what it looks at", select.field)),
        };
        match (select.test, found) {
            (true, found) => Ok(Value::Bool(found.is_some())),
            (false, Some(found)) => Ok(found),
            (false, None) => error(format!("there is no `{}`", select.field)),
        }
    }

    /// What stands under a name; none where nothing has names there.
    fn find(&self, of: &Value, name: &str) -> Option<Result<Option<Value>, Stop>> {
        let json = |found: Option<&Json>| match found.map(Value::of_json) {
            Some(None) => open("a number is too large"),
            Some(found) => Ok(found),
            None => Ok(None),
        };
        match (of, self.subject) {
            // the claims as a whole have no names with escapes that are none; what stands in them has
            (Value::Claims, Subject::Claims(claims)) => Some(json(unescape(name).and_then(|name| claims.get(&name)))),
            (Value::Object(object), _) => Some(json(object.get(&unescape(name).unwrap_or_else(|| name.to_owned())))),
            (Value::Extra(extra), _) => {
                let name = unescape(name).unwrap_or_else(|| name.to_owned());
                Some(Ok(extra.get(&name).map(|values| Value::of_texts(values))))
            }
            (Value::User, Subject::User(user)) => Some(match name {
                "username" => Ok(Some(Value::Text(user.username.clone()))),
                "uid" => Ok(Some(Value::Text(user.uid.clone()))),
                "groups" => Ok(Some(Value::of_texts(&user.groups))),
                "extra" => Ok(Some(Value::Extra(user.extra.clone()))),
                _ => open("it looks for what a user does not have"),
            }),
            _ => None,
        }
    }

    fn call(&mut self, call: &'a CallExpr) -> Result<Value, Stop> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, args) => self.logical(args, false),
            (op::LOGICAL_OR, args) => self.logical(args, true),
            (op::CONDITIONAL, [condition, one, other]) => match self.of(condition)? {
                Value::Bool(true) => self.of(one),
                Value::Bool(false) => self.of(other),
                _ => error("a condition is no boolean"),
            },
            (op::NOT_STRICTLY_FALSE, [one]) => Ok(Value::Bool(match self.of(one) {
                Ok(Value::Bool(value)) => value,
                Err(stop @ Stop::Open(_)) => return Err(stop),
                _ => true,
            })),
            (op::INDEX, [of, index]) => {
                let (of, index) = (self.of(of)?, self.of(index)?);
                self.index(&of, &index)
            }
            (op::IN, [one, of]) => {
                let (one, of) = (self.of(one)?, self.of(of)?);
                if let Value::List(items) = &of {
                    self.spend(items.len())?;
                }
                is_in(&one, &of)
            }
            (name, args) => {
                let parts = call.target.iter().map(|target| &**target).chain(args);
                let values = parts.map(|part| self.of(part)).collect::<Result<Vec<Value>, Stop>>()?;
                self.spend(values.iter().map(call::size).sum())?;
                call::plain(name, &values)
            }
        }
    }

    /// All that come first count as long as they do not decide; an error counts only where nothing decides.
    fn logical(&mut self, args: &'a [IdedExpr], decisive: bool) -> Result<Value, Stop> {
        let mut stopped = None;
        for arg in args {
            match self.of(arg) {
                Ok(Value::Bool(value)) if value == decisive => return Ok(Value::Bool(decisive)),
                Ok(Value::Bool(_)) => {}
                Ok(_) => stopped = stopped.or_else(|| Some(Stop::Error("a part of a condition is no boolean".to_owned()))),
                Err(stop @ Stop::Open(_)) => return Err(stop),
                Err(stop) => stopped = stopped.or(Some(stop)),
            }
        }
        stopped.map_or(Ok(Value::Bool(!decisive)), Err)
    }

    fn index(&self, of: &Value, index: &Value) -> Result<Value, Stop> {
        match (of, index) {
            (Value::List(items), Value::Int(index)) => {
                let found = usize::try_from(*index).ok().and_then(|index| items.get(index));
                found.cloned().map_or_else(|| error(format!("there is no element {index}")), Ok)
            }
            (_, Value::Text(name)) => match self.find(of, name) {
                Some(found) => found?.map_or_else(|| error(format!("there is no `{name}`")), Ok),
                None => error(format!("there is no `{name}` in what it looks at")),
            },
            (Value::Object(_), Value::Int(_)) => open("it takes a name by number"),
            _ => error("there are no elements in what it looks at"),
        }
    }

    fn each(&mut self, each: &'a ComprehensionExpr) -> Result<Value, Stop> {
        let items = match self.of(&each.iter_range)? {
            Value::List(items) => items,
            Value::Object(_) | Value::Claims | Value::User | Value::Extra(_) => return open("it goes through the names of an object"),
            _ => return error("it goes through something that is no list"),
        };
        let begin = self.of(&each.accu_init);
        self.scope.push((&each.accu_var, begin));
        let mut gone = Ok(());
        for item in items {
            self.scope.push((&each.iter_var, Ok(item)));
            let condition = self.of(&each.loop_cond);
            let step = match condition {
                Ok(Value::Bool(true)) => Some(self.of(&each.loop_step)),
                Ok(_) => None,
                Err(stop) => Some(Err(stop)),
            };
            self.scope.pop();
            match step {
                None => break,
                Some(Err(stop @ Stop::Open(_))) => {
                    gone = Err(stop);
                    break;
                }
                Some(step) => {
                    if let Some((_, gathered)) = self.scope.last_mut() {
                        *gathered = step;
                    }
                }
            }
        }
        let result = gone.and_then(|()| self.of(&each.result));
        self.scope.pop();
        result
    }
}

/// Whether something holds a value.
fn is_in(one: &Value, of: &Value) -> Result<Value, Stop> {
    match (one, of) {
        (_, Value::List(items)) => {
            let mut is_open = false;
            for item in items {
                match item.equals(one) {
                    Some(true) => return Ok(Value::Bool(true)),
                    Some(false) => {}
                    None => is_open = true,
                }
            }
            if is_open { open("it looks for an object in a list") } else { Ok(Value::Bool(false)) }
        }
        // the API server's own map of claims does not take the question
        (_, Value::Claims) => error("the claims as a whole are not asked what is in them"),
        // whether something is in it is asked by the name as it stands
        (Value::Text(name), Value::Object(object)) => Ok(Value::Bool(object.contains_key(name))),
        (Value::Text(name), Value::Extra(extra)) => Ok(Value::Bool(extra.contains_key(name))),
        (_, Value::Object(_) | Value::Extra(_)) => open("it looks for what is no name among names"),
        _ => error("it looks into what holds nothing"),
    }
}
