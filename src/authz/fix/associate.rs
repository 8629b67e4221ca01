//! A fix for a principal of IAM with an access entry: an access policy, or a wider scope for one that it has.

use super::Question;
use crate::authz::access::{Associated, Held, Says, name_of, of_arn, scope_of};
use crate::authz::command;
use crate::authz::decision::{Fix, Gain, SubjectAt, Widening};
use crate::authz::who_can::PRINCIPAL;
use crate::base::Name;
use crate::base::text::shell_word;
use crate::facts::aws::PolicyAssociation;
use crate::facts::{Subject, SubjectKind};

/// The policies that may be proposed, the narrowest first. None that holds a wildcard is.
const PROPOSED: [&str; 4] = ["AmazonEKSViewPolicy", "AmazonEKSSecretReaderPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminPolicy"];

/// The narrowest association that allows the request.
pub fn propose(question: &Question<'_>) -> Option<Fix> {
    let Held::Policies(principal, policies) = question.index.access().held(question.identity) else { return None };
    let allows = |association: &PolicyAssociation| Says::of(association, question.request) == Says::Allows;
    let wider = policies.iter().filter(|association| !holds_wildcard(association)).map(|association| widened(association, question));
    let has = |name: &str| policies.iter().any(|association| name_of(&association.policy) == name);
    let new = PROPOSED.iter().filter(|name| !has(name)).map(|name| widened(&unassociated(name, principal), question));
    let association = wider.chain(new).find(allows)?;
    let is_had = has(name_of(&association.policy));
    Some(fix(question, principal, &association, is_had))
}

fn holds_wildcard(association: &PolicyAssociation) -> bool {
    let rules = of_arn(&association.policy).and_then(|policy| policy.rules.clone()).unwrap_or_default();
    rules.iter().any(|rule| [&rule.verbs, &rule.resources].iter().any(|list| list.contains(&Name::STAR)))
}

/// A policy that is associated for nothing yet; its ARN is of the principal's partition.
fn unassociated(name: &str, principal: &str) -> PolicyAssociation {
    let partition = principal.split(':').nth(1).unwrap_or("aws");
    let policy = format!("arn:{partition}:eks::aws:cluster-access-policy/{name}");
    PolicyAssociation { policy, is_namespaced: true, namespaces: Vec::new() }
}

/// The same, for the namespace of the request too; for the whole cluster where it has none.
fn widened(association: &PolicyAssociation, question: &Question<'_>) -> PolicyAssociation {
    let mut association = association.clone();
    match question.request.namespace().as_str() {
        "" => (association.is_namespaced, association.namespaces) = (false, Vec::new()),
        namespace if association.is_namespaced => association.namespaces.push(namespace.to_owned()),
        _ => {}
    }
    association
}

fn fix(question: &Question<'_>, principal: &str, association: &PolicyAssociation, is_had: bool) -> Fix {
    let name = name_of(&association.policy);
    let scope = scope_of(association);
    let title = if is_had {
        format!("let access policy {name} of {principal} hold for {scope}")
    } else {
        format!("associate access policy {name} with {principal} for {scope}")
    };
    let told = Associated::of(principal, association, question.request);
    let namespace = Some(question.request.namespace()).filter(|namespace| !namespace.is_empty());
    let gains = told.rules.iter().filter(|rule| namespace.is_none() || !rule.resources.is_empty());
    let subject = Subject { kind: SubjectKind::new(PRINCIPAL), namespace: Name::EMPTY, name: Name::new(principal) };
    Fix {
        title,
        yaml: String::new(),
        commands: vec![associate(question, principal, association), command::can_i(question.identity, question.request)],
        verified: true,
        widens: vec![Widening {
            subject: SubjectAt { index: 0, subject, binding_namespace: Name::EMPTY },
            gains: gains.map(|rule| Gain { rule: rule.clone(), namespace }).collect(),
        }],
        who_may_apply: "somebody to whom IAM allows eks:AssociateAccessPolicy".to_owned(),
        objects: Vec::new(),
    }
}

fn associate(question: &Question<'_>, principal: &str, association: &PolicyAssociation) -> String {
    let cluster = question.index.access().aws().cluster().map_or("CLUSTER", |cluster| cluster.name.as_str());
    let scope = if association.is_namespaced {
        format!("type=namespace,namespaces={}", association.namespaces.join(","))
    } else {
        "type=cluster".to_owned()
    };
    format!(
        "aws eks associate-access-policy --cluster-name {} --principal-arn {} --policy-arn {} --access-scope {}",
        shell_word(cluster),
        shell_word(principal),
        shell_word(&association.policy),
        shell_word(&scope)
    )
}
