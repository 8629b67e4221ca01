//! Defects of aws-auth that are about a principal: items that miss it by little, and items that name it and surprise.

use super::super::aws_auth::{AwsAuthMap, Item, Problem, SectionName};
use super::super::principal::Principal;
use super::Decider;
use super::candidate::{Candidate, Source};
use super::compare::Likeness;
use crate::base::{self, Finding, Severity};
use crate::facts::{AuthenticationMode, Facts, SubjectKind};

/// The findings, those of the whole first.
pub fn findings(
    considered: &[Candidate],
    map: Option<&AwsAuthMap>,
    principal: &Principal,
    mode: Option<AuthenticationMode>,
    decided_by: Decider,
    facts: &Facts,
) -> Vec<Finding> {
    let Some(map) = map else { return Vec::new() };
    let mut findings = of_whole(map);
    for candidate in considered {
        let Source::AwsAuth(section) = candidate.source else { continue };
        if let Some(likeness) = candidate.likeness {
            findings.extend(of_likeness(candidate, likeness, principal));
        }
        if !candidate.matches {
            continue;
        }
        let find = |code, severity, message: String, fix: &str| finding(candidate, code, severity, message, fix);
        if mode == Some(AuthenticationMode::Api) {
            let fix = "Create an access entry: aws eks create-access-entry";
            findings.push(find("aws-auth-ignored", Severity::Warning, "aws-auth is not read in mode API".to_owned(), fix));
        } else if decided_by == Decider::AccessEntry {
            let message = "an access entry decides before it, and groups are not put together".to_owned();
            findings.push(find("aws-auth-behind-access-entry", Severity::Warning, message, "Move its groups to the access entry."));
        } else if !candidate.decides {
            findings.push(find("aws-auth-shadowed", Severity::Warning, candidate.why.clone(), "Keep one item for each principal."));
        }
        let items = if section == SectionName::Users { &map.users.items } else { &map.roles.items };
        // what does not decide has nothing to say
        if candidate.decides
            && section != SectionName::Accounts
            && let Some(item) = items.get(candidate.index)
        {
            findings.extend(of_item(item, candidate, principal, facts));
        }
    }
    findings
}

/// Defects that take a whole section away.
pub fn of_whole(map: &AwsAuthMap) -> Vec<Finding> {
    let mut findings = Vec::new();
    let problems = [
        (SectionName::Roles, &map.roles.problem, map.roles.is_open),
        (SectionName::Users, &map.users.problem, map.users.is_open),
        (SectionName::Accounts, &map.accounts.problem, map.accounts.is_open),
    ];
    for (section, problem, is_open) in problems {
        // others may read what is not read here
        if let Some(problem) = problem.as_ref().filter(|_| !is_open) {
            findings.push(Finding {
                code: "aws-auth-section-lost",
                severity: Severity::Error,
                subject: section.as_str().to_owned(),
                message: format!("nothing of it counts: {}", problem.message),
                fix: Some("Mend it, or restore what it was.".to_owned()),
                source: Some(source(section.as_str(), problem.line)),
            });
        }
    }
    for key in &map.ignored_keys {
        findings.push(Finding {
            code: "aws-auth-key-case",
            severity: Severity::Error,
            subject: key.clone(),
            message: "nothing reads this key: capitals and small letters differ".to_owned(),
            fix: Some("Write mapRoles, mapUsers or mapAccounts.".to_owned()),
            source: Some(source(key, None)),
        });
    }
    findings
}

fn source(section: &str, line: Option<usize>) -> base::Source {
    base::Source { file: format!("kube-system/aws-auth {section}"), line }
}

fn finding(candidate: &Candidate, code: &'static str, severity: Severity, message: String, fix: &str) -> Finding {
    Finding {
        code,
        severity,
        subject: format!("{} {}", candidate.place(), candidate.subject).trim_end().to_owned(),
        message,
        fix: Some(fix.to_owned()),
        source: Some(source(candidate.source.as_str(), candidate.line)),
    }
}

/// An item that misses the principal by little.
fn of_likeness(candidate: &Candidate, likeness: Likeness, principal: &Principal) -> Option<Finding> {
    let (code, severity) = match likeness {
        Likeness::Blanks => ("aws-auth-blanks", Severity::Error),
        Likeness::Path if candidate.subject.contains("aws-reserved/sso.amazonaws.com/") => ("aws-auth-sso-path", Severity::Error),
        Likeness::Path => ("aws-auth-path", Severity::Error),
        Likeness::Session => ("aws-auth-session", Severity::Error),
        Likeness::InstanceProfile => ("aws-auth-instance-profile", Severity::Error),
        Likeness::Partition => ("aws-auth-other-partition", Severity::Warning),
        Likeness::Account => ("aws-auth-other-account", Severity::Info),
        Likeness::Kind => ("aws-auth-other-kind", Severity::Warning),
        Likeness::PermissionSet => ("aws-auth-permission-set", Severity::Warning),
        Likeness::Recreated | Likeness::Name => return None,
    };
    Some(finding(candidate, code, severity, candidate.why.clone(), &format!("If it means this principal, write {}", principal.looked_up)))
}

/// An item that names the principal, and surprises.
fn of_item(item: &Item, candidate: &Candidate, principal: &Principal, facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = item.problems.iter().map(|problem| of_value(problem, candidate)).collect();
    let mut find = |code, severity, message: String, fix: &str| findings.push(finding(candidate, code, severity, message, fix));
    if item.username.is_empty() {
        let message = "it gives no user name: the API server takes an empty one, and only groups can be bound".to_owned();
        find("aws-auth-no-username", Severity::Warning, message, "Give it a username.");
    }
    let is_node = item.username.starts_with("system:node:");
    if item.username.contains("{{EC2PrivateDNSName}}") && !principal.is_role() {
        let message = "its user name is of a node's instance, and only sessions of a node's role have one".to_owned();
        find("aws-auth-node-template", Severity::Error, message, "Give a user name without {{EC2PrivateDNSName}}.");
    }
    for (group, why) in [("system:nodes", "the Node authorizer"), ("system:bootstrappers", "joining")] {
        if is_node && !item.groups.iter().any(|own| own == group) {
            find("aws-auth-node-groups", Severity::Warning, format!("a node needs group {group} for {why}"), &format!("Add {group}."));
        }
    }
    for group in &item.groups {
        if group == "system:masters" {
            let message = "group system:masters may do everything, and no authorizer is asked".to_owned();
            find("aws-auth-masters", Severity::Warning, message, "Use an access entry with AmazonEKSClusterAdminPolicy.");
        } else if group.contains(" - ") {
            let message = "a group has a dash in it, as several in one line: they are one group of that name".to_owned();
            find("aws-auth-joined-groups", Severity::Error, message, "Indent the dashes of groups alike.");
        } else if !group.starts_with("system:") && !group.contains("{{") && !is_bound(group, facts) {
            let message = format!("no binding that was read names group {group}");
            find("aws-auth-unbound-group", Severity::Info, message, "Bind it, or leave it out.");
        }
    }
    findings
}

/// A value that the authenticator does not take.
fn of_value(problem: &Problem, candidate: &Candidate) -> Finding {
    let message = format!("{}; it counts for nothing", problem.message);
    let finding = finding(candidate, "aws-auth-value", Severity::Error, message, "Mend the value.");
    Finding { source: Some(source(candidate.source.as_str(), problem.line)), ..finding }
}

/// Whether a binding names the group; where bindings were not read it may.
fn is_bound(group: &str, facts: &Facts) -> bool {
    let is_open = facts.bindings().next().is_none() || facts.gaps().iter().any(|gap| gap.may_hold_anywhere("RoleBinding"));
    is_open
        || facts
            .bindings()
            .any(|binding| binding.subjects.iter().any(|subject| subject.kind == SubjectKind::Group && subject.name == *group))
}
