//! One item of mapRoles or mapUsers.

use super::aws_auth::of_item;
use super::{Known, principal};
use crate::base::{Finding, Severity, Source};
use crate::facts::AuthenticationMode;
use crate::identity::aws::Arn;
use crate::identity::aws::aws_auth::{Item, SectionName};
use crate::identity::aws::mapping::key;

/// The findings about an item.
pub fn findings(item: &Item, section: SectionName, known: &Known<'_>) -> Vec<Finding> {
    let mut told = Told { item, section, findings: Vec::new() };
    for problem in &item.problems {
        let source = Some(Source { file: format!("kube-system/aws-auth {}", section.as_str()), line: problem.line.or(Some(item.line)) });
        let message = format!("{}; it counts for nothing", problem.message);
        let made =
            of_item("aws-auth-value", Severity::Error, item, section, message, "Put the value in quotes, or make it what it must be.");
        told.findings.push(Finding { source, ..made });
    }
    if let Some(why) = item.dropped {
        told.tell("aws-auth-dropped", Severity::Error, format!("{why}, and counts for nothing"), "Complete it, or take it out.");
        return told.findings;
    }
    if item.sso {
        let message = "`sso` is behind a switch of the authenticator that EKS leaves off, as far as is known: it matches nobody";
        told.tell("aws-auth-sso", Severity::Error, message, "Write the role's ARN: arn:aws:iam::ACCOUNT:role/AWSReservedSSO_NAME_SUFFIX");
        return told.findings;
    }
    if let Some(slip) = principal::slip(&item.arn) {
        told.tell(slip.code, slip.severity, slip.message, slip.fix);
        if slip.severity == Severity::Error {
            return told.findings;
        }
    }
    told.of_principal(known);
    told.of_username();
    told.of_groups(known);
    told.findings
}

struct Told<'a> {
    item: &'a Item,
    section: SectionName,
    findings: Vec<Finding>,
}

impl Told<'_> {
    fn tell(&mut self, code: &'static str, severity: Severity, message: impl Into<String>, fix: impl Into<String>) {
        self.findings.push(of_item(code, severity, self.item, self.section, message, fix));
    }

    fn of_principal(&mut self, known: &Known<'_>) {
        let Ok(arn) = Arn::read(&self.item.arn) else { return };
        let is_user = arn.resource.starts_with("user/");
        let is_role = arn.resource.starts_with("role/");
        if is_user && self.section == SectionName::Roles || is_role && self.section == SectionName::Users {
            let (what, where_) = if is_user { ("user", "mapUsers, as userarn") } else { ("role", "mapRoles, as rolearn") };
            let message = format!("it is a {what} in the section of the others: it is found all the same, and surprises who reads it");
            self.tell("aws-auth-other-section", Severity::Warning, message, format!("Move it to {where_}."));
        }
        if let Some(own) = known.part(1)
            && own != arn.partition
        {
            let message = format!("it is of partition {}, and the cluster of {own}: nobody calls as that", arn.partition);
            self.tell("aws-auth-other-partition", Severity::Error, message, "Write the ARN of the cluster's partition.");
        } else if let Some(own) = known.part(4)
            && own != arn.account
        {
            let message = format!("it is of account {}, and the cluster of {own}", arn.account);
            self.tell("aws-auth-other-account", Severity::Info, message, "See that this account is meant.");
        }
        let aws = known.facts.aws();
        let is_gone = aws.is_gone(&self.item.arn) && !aws.principals.keys().any(|known| key(known) == key(&self.item.arn));
        if is_gone {
            let message = "there is no such principal any more: whoever makes one of that name gets these rights";
            self.tell("aws-auth-principal-gone", Severity::Warning, message, "Take the item out.");
        }
        let wanted = key(&self.item.arn);
        let has_entry = aws.entries_of_cluster().any(|entry| key(&entry.principal) == wanted)
            || aws.listed.as_ref().is_some_and(|listed| listed.names.iter().any(|name| key(name) == wanted));
        if has_entry && known.mode.is_some_and(AuthenticationMode::has_entries) {
            let message = "the principal has an access entry, which decides before it: groups are not put together";
            self.tell("aws-auth-behind-access-entry", Severity::Warning, message, "Move its groups to the access entry, and take it out.");
        }
    }

    fn of_username(&mut self) {
        let username = &self.item.username;
        if username.is_empty() {
            let message = "it gives no user name: the API server takes an empty one, and only groups can be bound";
            self.tell("aws-auth-no-username", Severity::Warning, message, "Give it a username.");
        }
        if username.contains("{{EC2PrivateDNSName}}") && self.item.arn.contains(":user/") {
            let message = "its user name is that of an instance, which users do not have: whoever it names is refused";
            self.tell("aws-auth-node-template", Severity::Error, message, "Give a user name without {{EC2PrivateDNSName}}.");
        }
    }

    fn of_groups(&mut self, known: &Known<'_>) {
        let username = self.item.username.as_str();
        let groups = &self.item.groups;
        let lacks = |wanted: &str| !groups.iter().any(|group| group == wanted);
        let is_node = username.starts_with("system:node:");
        let is_fargate = is_node && username.contains("{{SessionName}}");
        for (group, why) in [("system:nodes", "what a node may do"), ("system:bootstrappers", "joining")] {
            if is_node && lacks(group) {
                let message = format!("it is for nodes, and they need group {group} for {why}");
                self.tell("aws-auth-node-groups", Severity::Error, message, format!("Add {group}."));
            }
        }
        if is_fargate && lacks("system:node-proxier") {
            let message = "it is for pods on Fargate (or hybrid nodes), and Fargate needs group system:node-proxier";
            self.tell(
                "aws-auth-fargate-groups",
                Severity::Warning,
                message,
                "Add system:node-proxier, if it is the role of a Fargate profile.",
            );
        }
        if is_node && self.item.arn.to_lowercase().contains("windows") && lacks("eks:kube-proxy-windows") {
            let message = "it looks like the role of Windows nodes, and these need group eks:kube-proxy-windows for DNS";
            self.tell("aws-auth-windows-groups", Severity::Warning, message, "Add eks:kube-proxy-windows.");
        }
        for group in groups {
            if group == "system:masters" {
                let message = "group system:masters may do everything, and no authorizer is asked";
                self.tell("aws-auth-masters", Severity::Warning, message, "Use an access entry with AmazonEKSClusterAdminPolicy.");
            } else if group.contains(" - ") {
                let message = format!("`{group}` is one group of that name: its dashes are not indented alike");
                self.tell("aws-auth-joined-groups", Severity::Error, message, "Indent the dashes of groups alike.");
            } else if group.is_empty() {
                self.tell("aws-auth-empty-group", Severity::Warning, "one of its groups is empty", "Take it out, or name the group.");
            } else if known.is_unbound(group) {
                let message = format!("no binding that was read names group {group}");
                self.tell("aws-auth-unbound-group", Severity::Info, message, "Bind it, or leave it out.");
            }
        }
        if groups.is_empty() && self.item.problems.is_empty() && !username.is_empty() && !is_node {
            let message = "it gives no groups: only bindings to its user name hold";
            self.tell("aws-auth-no-groups", Severity::Info, message, "Give it groups, or bind its user name.");
        }
    }
}
