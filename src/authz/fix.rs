//! Fixes: the smallest change that turns a denial into an allow, decided again before it is shown.
//!
//! A fix never holds a wildcard, cluster-admin or system:masters, never changes a role reference (it is immutable), and
//! says who else gains by it. Where mending the near miss itself would do any of that, or reach many others, the fix is a
//! new role and binding for this identity and this request alone.

mod associate;
mod minimal;
mod plan;
mod widening;
mod yaml;

use std::sync::Arc;

use super::decision::{Fix, NearMiss};
use super::{Door, Index, Request, command};
use crate::facts::{Binding, Role, Rule};
use crate::identity::Identity;
use plan::Plan;

/// How many subjects other than the identity a fix may reach before a narrower one is preferred.
const MOST_REACHED: usize = 20;

/// The question that a fix must answer with yes.
#[derive(Clone, Copy, Debug)]
struct Question<'a> {
    index: &'a Index,
    identity: &'a Identity,
    request: &'a Request,
    door: Door,
}

/// One fix for each near miss with one failing check; several near misses may share one. Sets their positions.
pub fn propose(index: &Index, identity: &Identity, request: &Request, door: Door, near: &mut [NearMiss]) -> Vec<Fix> {
    let question = Question { index, identity, request, door };
    let mut fixes: Vec<Fix> = Vec::new();
    for miss in near.iter_mut().filter(|miss| miss.failing().count() == 1) {
        let mended = plan::mend(&question, miss).and_then(|plan| finish(&question, plan, MOST_REACHED));
        let Some(fix) = mended.or_else(|| narrowest(&question)) else { continue };
        let known = fixes.iter().position(|other| other.yaml == fix.yaml);
        miss.fix = Some(known.unwrap_or_else(|| {
            fixes.push(fix);
            fixes.len() - 1
        }));
    }
    fixes
}

/// A fix for the request itself, when no near miss has one.
pub fn smallest(index: &Index, identity: &Identity, request: &Request, door: Door) -> Option<Fix> {
    narrowest(&Question { index, identity, request, door })
}

/// An access policy that would do, for a principal of IAM with an access entry.
pub fn associate(index: &Index, identity: &Identity, request: &Request, door: Door) -> Option<Fix> {
    associate::propose(&Question { index, identity, request, door })
}

fn narrowest(question: &Question<'_>) -> Option<Fix> {
    minimal::plan(question).and_then(|plan| finish(question, plan, usize::MAX))
}

/// Decides again with the plan applied; a plan that does not allow the request, or that reaches more than `most` others,
/// is dropped.
fn finish(question: &Question<'_>, plan: Plan, most: usize) -> Option<Fix> {
    if !allows(question, &plan) {
        return None;
    }
    let widens = widening::of(question, &plan, most)?;
    let mut commands = plan.commands;
    commands.push(command::can_i(question.identity, question.request));
    Some(Fix {
        title: plan.title,
        yaml: yaml::documents(&plan.changed),
        commands,
        verified: true,
        widens,
        who_may_apply: plan.who_may_apply,
        objects: plan.changed,
    })
}

/// Asks the engine, with the plan applied, over what the plan touches: its own bindings, and those of the identity that
/// name its roles. (RBAC only adds up, and what is left out did not allow the request.)
fn allows(question: &Question<'_>, plan: &Plan) -> bool {
    let mut slice = Index::default();
    let stored = |slice: &mut Index, binding: &Binding| {
        if let Some(rules) = binding.role().and_then(|role| question.index.role_rules(&role, question.door)) {
            slice.put_role(&with_rules(rules.role, rules.rules));
        }
    };
    let roles: Vec<&Arc<Role>> = plan.roles().collect();
    for binding in question.index.bindings_in_scope(question.identity, question.request) {
        if binding.role().is_some_and(|named| roles.iter().any(|role| role.reference() == named)) {
            slice.put_binding(binding);
        }
    }
    for binding in plan.bindings() {
        stored(&mut slice, binding);
        slice.put_binding(binding);
    }
    for role in roles {
        slice.put_role(&with_rules(role, &role.rules));
    }
    slice.allowing(question.identity, question.request, Door::Literal).is_some()
}

/// A role with these rules, taken as stored.
fn with_rules(role: &Role, rules: &Arc<[Rule]>) -> Arc<Role> {
    Arc::new(Role { meta: role.meta.clone(), cluster: role.cluster, rules: Arc::clone(rules), aggregation: None })
}
