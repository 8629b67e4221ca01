//! The ConfigMap aws-auth as a whole: what is lost, what is ignored, what names one principal twice.

use rustc_hash::FxHashMap;

use super::{Known, finding, item, twice};
use crate::base::{Finding, Severity, Source};
use crate::facts::AuthenticationMode;
use crate::identity::aws::aws_auth::{Account, Item, SectionName};
use crate::identity::aws::mapping::{lower, whole};
use crate::identity::aws::{AwsAuthMap, Release};

/// The object, as findings name it.
const OBJECT: &str = "ConfigMap kube-system/aws-auth";

/// The findings.
pub fn findings(known: &Known<'_>) -> Vec<Finding> {
    let Some(config_map) = known.facts.aws_auth() else { return Vec::new() };
    let map = AwsAuthMap::of_facts(config_map, Release::default());
    if known.mode == Some(AuthenticationMode::Api) {
        let message = "the cluster's authentication mode is API: nothing reads it, and whoever it names has no access by it";
        let fix = "Create access entries for whom it names, and delete it: kubectl delete configmap -n kube-system aws-auth";
        // the rest of it matters to nobody
        return vec![finding("aws-auth-ignored", Severity::Warning, OBJECT, message, fix)];
    }
    let mut findings = whole(&map);
    for (section, items) in [(SectionName::Roles, &map.roles.items), (SectionName::Users, &map.users.items)] {
        for item in items {
            findings.extend(item::findings(item, section, known));
        }
        let text = config_map.data.iter().find(|(key, _)| *key == section.as_str()).map_or("", |(_, text)| text);
        findings.extend(twice::findings(text, items, section));
    }
    findings.extend(shadowed(&map));
    findings.extend(map.accounts.items.iter().map(|account| of_account(account, known)));
    findings.extend(windows(&map, known));
    findings
}

/// Items that name a principal that a later one, or one of mapRoles, names too.
fn shadowed(map: &AwsAuthMap) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut roles: FxHashMap<String, &Item> = FxHashMap::default();
    let counts = |items: &[Item]| items.iter().filter(|item| item.dropped.is_none() && !item.sso).cloned().collect::<Vec<_>>();
    let (role_items, user_items) = (counts(&map.roles.items), counts(&map.users.items));
    for item in role_items.iter().rev() {
        if let Some(later) = roles.get(&lower(&item.arn)) {
            let message =
                format!("mapRoles[{}] further down names the same, and the last counts; groups are not put together", later.index);
            findings.push(of_item(
                "aws-auth-shadowed",
                Severity::Warning,
                item,
                SectionName::Roles,
                message,
                "Keep one item for each principal.",
            ));
        }
        roles.entry(lower(&item.arn)).or_insert(item);
    }
    let mut users: FxHashMap<String, &Item> = FxHashMap::default();
    for item in user_items.iter().rev() {
        let (code, severity, message) = match (roles.get(&lower(&item.arn)), users.get(&lower(&item.arn))) {
            (Some(role), _) => {
                ("aws-auth-shadowed", Severity::Warning, format!("mapRoles[{}] names the same, and mapRoles comes first", role.index))
            }
            (None, Some(later)) if later.arn == item.arn => {
                let message =
                    format!("mapUsers[{}] further down names the same, and the last counts; groups are not put together", later.index);
                ("aws-auth-shadowed", Severity::Warning, message)
            }
            (None, Some(later)) => {
                let message = format!("mapUsers[{}] names the same in other letters, and which of them counts changes", later.index);
                ("aws-auth-either", Severity::Error, message)
            }
            (None, None) => {
                users.insert(lower(&item.arn), item);
                continue;
            }
        };
        findings.push(of_item(code, severity, item, SectionName::Users, message, "Keep one item for each principal."));
    }
    findings
}

fn of_account(account: &Account, known: &Known<'_>) -> Finding {
    let subject = format!("mapAccounts[{}] {}", account.index, account.number);
    let source = Some(Source { file: "kube-system/aws-auth mapAccounts".to_owned(), line: Some(account.line).filter(|line| *line > 0) });
    let is_number = account.number.len() == 12 && account.number.bytes().all(|byte| byte.is_ascii_digit());
    let made = if is_number {
        let own = if known.part(4) == Some(account.number.as_str()) { "the cluster's own account" } else { "the account" };
        let message =
            format!("everybody in {own} is let in under their ARN, without groups: bindings to such names hold for whoever has them");
        finding("aws-auth-account", Severity::Info, subject, message, "Name the principals in mapRoles and mapUsers instead.")
    } else {
        let message = "it is no account number of twelve digits, and lets nobody in";
        finding("aws-auth-account-number", Severity::Error, subject, message, "Write the number in quotes.")
    };
    Finding { source, ..made }
}

/// Nodes of Windows, and no item that gives their role what they need.
fn windows(map: &AwsAuthMap, known: &Known<'_>) -> Option<Finding> {
    let is_windows = known.facts.nodes().any(|node| node.meta.label("kubernetes.io/os").is_some_and(|os| os == "windows"));
    let has = map.roles.items.iter().any(|item| item.groups.iter().any(|group| group == "eks:kube-proxy-windows"));
    // entries of type EC2_WINDOWS give it by themselves
    let by_entry = known.facts.aws().entries_of_cluster().any(|entry| entry.kind == "EC2_WINDOWS");
    let is_lost = map.roles.problem.is_some() || map.roles.is_open;
    (is_windows && !has && !by_entry && !is_lost).then(|| {
        let message = "there are nodes of Windows, and no item of mapRoles has group eks:kube-proxy-windows: their pods have no DNS";
        finding("aws-auth-windows-groups", Severity::Error, OBJECT, message, "Add eks:kube-proxy-windows to the groups of their role.")
    })
}

/// A finding about an item.
pub fn of_item(
    code: &'static str,
    severity: Severity,
    item: &Item,
    section: SectionName,
    message: impl Into<String>,
    fix: impl Into<String>,
) -> Finding {
    let subject = format!("{}[{}] {}", section.as_str(), item.index, item.arn);
    let source = Some(Source { file: format!("kube-system/aws-auth {}", section.as_str()), line: Some(item.line) });
    Finding { source, ..finding(code, severity, subject.trim_end(), message, fix) }
}
