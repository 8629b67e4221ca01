//! Expressions of CEL, in which settings say what becomes of claims: those whose result is certain to be that of the API
//! server. Anything else is open, and why is said.
//!
//! The crate `cel` reads them (words, precedence, escapes, macros). What they come to is worked out here, for two reasons:
//! the API server wraps claims in maps of its own, whose names it unescapes (`claims.example__dot__com`), and of what the
//! crate's own interpreter does only a part is what `cel-go` does. Sources (Kubernetes 1.36, cel-go 0.26):
//! `apiserver/pkg/authentication/cel`, `pkg/cel/lazy`, `plugin/pkg/authenticator/token/oidc`, `cel-go/checker` and
//! `cel-go/interpreter`.

mod call;
mod check;
mod evaluation;
mod name;
mod value;

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use serde_json::{Map, Value as Json};

pub use check::Kind;
pub use value::{User, Value};

/// The longest that is read, in bytes.
const LONGEST: usize = 1024;
/// How deep brackets may stand in brackets: the crate's reader takes some 150 KiB of stack for each, and a thread has 2 MiB.
const DEEPEST: usize = 6;

/// An expression, read and checked.
#[derive(Clone, Debug)]
pub struct Expression {
    tree: IdedExpr,
    /// What it comes to, as far as that can be told before.
    pub kind: Kind,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The API server cannot evaluate it either: why.
    Error(String),
    /// What the API server does is not certain: why.
    Open(String),
}

/// Why an expression is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The API server refuses settings that have it: why.
    Refused(String),
    /// What the API server does with it is not certain: why.
    Open(String),
}

/// What an expression is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// `claims`: the claims of a token.
    Claims,
    /// `user`: the user that came of them.
    User,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Why the API server refuses it, or it is not certain what it makes of it.
    pub fn read(text: &str, about: About) -> Result<Self, Flaw> {
        let tree = parse(text).map_err(Flaw::Open)?;
        let kind = check::check(&tree, about)?;
        Ok(Self { tree, kind })
    }

    /// Whether it looks at a claim by name, as the API server looks for `claims.email`.
    pub fn selects(&self, claim: &str) -> bool {
        selects(&self.tree, claim)
    }

    /// What it comes to for these claims.
    ///
    /// # Errors
    /// When the API server cannot evaluate it, or it is not certain what it does.
    pub fn of_claims(&self, claims: &Map<String, Json>) -> Result<Value, Stop> {
        evaluation::evaluate(&self.tree, evaluation::Subject::Claims(claims))
    }

    /// What it comes to for this user.
    ///
    /// # Errors
    /// When the API server cannot evaluate it, or it is not certain what it does.
    pub fn of_user(&self, user: &User) -> Result<Value, Stop> {
        evaluation::evaluate(&self.tree, evaluation::Subject::User(user))
    }
}

fn parse(text: &str) -> Result<IdedExpr, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if nesting(text) > DEEPEST {
        return Err(format!("its brackets stand more than {DEEPEST} deep"));
    }
    cel::parser::Parser::new().parse(text).map_err(|_| "it is not understood".to_owned())
}

/// How deep brackets stand in brackets at most; those in texts count too, since it is for safety alone.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'?' => depth += 1,
            // what follows a colon ends what its question mark began, more or less
            b')' | b']' | b'}' | b':' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn selects(tree: &IdedExpr, claim: &str) -> bool {
    let within = |part: &IdedExpr| selects(part, claim);
    match &tree.expr {
        Expr::Select(select) => {
            let is_of_claims = matches!(&select.operand.expr, Expr::Ident(name) if name == "claims");
            is_of_claims && select.field == claim || within(&select.operand)
        }
        Expr::Call(call) => call.target.iter().any(|target| within(target)) || call.args.iter().any(within),
        Expr::List(list) => list.elements.iter().any(within),
        Expr::Comprehension(each) => {
            [&each.iter_range, &each.accu_init, &each.loop_cond, &each.loop_step, &each.result].into_iter().any(within)
        }
        Expr::Map(map) => map.entries.iter().any(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => within(&entry.key) || within(&entry.value),
            EntryExpr::StructField(field) => within(&field.value),
        }),
        Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => false,
    }
}

#[cfg(test)]
mod tests;
