//! What would let a principal in: the commands, with names as AWS has them.

use super::Mapping;
use crate::base::text::shell_word;
use crate::facts::{AuthenticationMode, Facts};
use crate::identity::aws::mapping::{Candidate, Likeness, Source, key};
use crate::identity::aws::{Decider, Principal};
use crate::session::Walk;

/// The command that opens aws-auth.
const EDIT: &str = "kubectl edit configmap aws-auth -n kube-system";

/// What mends a mapping that the authenticator refuses.
pub fn refusal(cluster: &str, mapping: &Mapping) -> Vec<String> {
    let Some(candidate) = mapping.considered.iter().find(|candidate| candidate.decides) else { return Vec::new() };
    if mapping.decided_by == Decider::AccessEntry || candidate.source == Source::AccessEntry {
        let principal = shell_word(&candidate.subject);
        let cluster = shell_word(cluster);
        return vec![format!("aws eks update-access-entry --cluster-name {cluster} --principal-arn {principal} --username NAME")];
    }
    vec![format!("give {} another user name, without {{{{EC2PrivateDNSName}}}} for who is no node: {EDIT}", candidate.place())]
}

/// What makes an entry anew, for the principal as it is now.
pub fn remake(mapping: &Mapping) -> Vec<String> {
    let decides = mapping.considered.iter().find(|candidate| candidate.decides && candidate.source == Source::AccessEntry);
    decides.map_or_else(Vec::new, |candidate| made_again("CLUSTER", &candidate.subject))
}

fn made_again(cluster: &str, principal: &str) -> Vec<String> {
    let (cluster, principal) = (shell_word(cluster), shell_word(principal));
    vec![
        format!("aws eks delete-access-entry --cluster-name {cluster} --principal-arn {principal}"),
        format!("aws eks create-access-entry --cluster-name {cluster} --principal-arn {principal}"),
    ]
}

/// What would map a principal that nothing maps, the nearest first.
pub fn fixes(cluster: &str, facts: &Facts, mapping: &Mapping) -> Vec<String> {
    let Some(principal) = &mapping.principal else { return Vec::new() };
    let nearest = mapping.nearest.and_then(|nearest| mapping.considered.get(nearest));
    if let Some(candidate) = nearest.filter(|near| near.likeness == Some(Likeness::Recreated)) {
        return made_again(cluster, &candidate.subject);
    }
    let lost = mapping.findings.iter().filter(|finding| finding.code == "aws-auth-section-lost");
    let mut fixes: Vec<String> = lost.map(|lost| format!("mend {}, which is lost as a whole: {EDIT}", lost.subject)).collect();
    fixes.extend(nearest.and_then(|candidate| rewrite(candidate, principal)));
    if mapping.mode.is_none_or(AuthenticationMode::has_entries) {
        let arn = real_arn(principal, facts);
        fixes.push(format!("aws eks create-access-entry --cluster-name {} --principal-arn {arn}", shell_word(cluster)));
        fixes.push("then give it rights: --kubernetes-groups GROUP that is bound, or aws eks associate-access-policy".to_owned());
    } else {
        let (section, field) = if principal.is_role() { ("mapRoles", "rolearn") } else { ("mapUsers", "userarn") };
        fixes.push(format!("add to {section}: {field}: {}, with a username and groups: {EDIT}", principal.looked_up));
    }
    fixes
}

/// What an item that misses the principal by little would have to say.
fn rewrite(candidate: &Candidate, principal: &Principal) -> Option<String> {
    let is_meant = matches!(
        candidate.likeness?,
        Likeness::Blanks | Likeness::Path | Likeness::Session | Likeness::InstanceProfile | Likeness::Partition | Likeness::PermissionSet
    );
    let Source::AwsAuth(section) = candidate.source else { return None };
    is_meant.then(|| {
        let line = candidate.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let field = section.arn_field();
        format!("write {field}: {} in {}{line}: {EDIT}", principal.looked_up, candidate.place())
    })
}

/// The principal's own ARN: of a role that IAM described with its path, which no session shows.
fn real_arn(principal: &Principal, facts: &Facts) -> String {
    let wanted = key(&principal.looked_up);
    let known = facts.aws().principals.values().find(|known| key(&known.arn) == wanted);
    match known {
        Some(known) => shell_word(&known.arn),
        None if principal.is_role() => {
            let name = principal.looked_up.rsplit('/').next().unwrap_or_default();
            format!("\"$(aws iam get-role --role-name {} --query Role.Arn --output text)\"", shell_word(name))
        }
        None => shell_word(&principal.looked_up),
    }
}

/// The cluster's name, as facts or the plugin of the context's user have it; a placeholder where neither does.
pub fn cluster(walk: Option<&Walk>, facts: &Facts) -> String {
    let described = facts.aws().cluster().map(|cluster| cluster.name.clone());
    let named = || walk?.target.as_ref().and_then(|target| crate::source::live::eks(target)).and_then(|eks| eks.cluster);
    described.or_else(named).unwrap_or_else(|| "CLUSTER".to_owned())
}
