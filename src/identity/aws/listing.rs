//! All mappings of a cluster, in the order in which the authenticator asks: which of them count, and which never do.

use std::collections::BTreeMap;

use super::arn::{Arn, Kind, canonicalise};
use super::aws_auth::{AwsAuthMap, Item, SectionName};
use super::mapping::{Source, key, lower, username_of};
use super::{Release, mapping};
use crate::facts::{AccessEntry, AuthenticationMode, Facts, PolicyAssociation};

/// A mapping, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands.
    pub source: Source,
    /// Its position there, counted from 0.
    pub index: usize,
    /// The line in its section of aws-auth, counted from 1.
    pub line: Option<usize>,
    /// The ARN or account that it names.
    pub subject: String,
    /// The user name, with placeholders; none that is not known. Empty where it gives none.
    pub username: Option<String>,
    /// The groups, as they are written.
    pub groups: Vec<String>,
    /// The type of an access entry; empty for others.
    pub kind: String,
    /// The access policies, when they were read; none for others.
    pub policies: Option<Vec<PolicyAssociation>>,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether a mapping counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It decides for whom it names.
    Counts,
    /// Another decides for whom it names: why.
    Shadowed(String),
    /// Nobody is ever what it names, or nothing of it is read: why.
    Never(String),
}

impl Listed {
    /// `access-entry[0]`, `mapRoles[3]`.
    pub fn place(&self) -> String {
        format!("{}[{}]", self.source.as_str(), self.index)
    }

    /// The IDENTITY of whom it names; none where that is an account, or nobody.
    pub fn identity(&self) -> Option<&str> {
        (self.subject.starts_with("arn:") && self.source != Source::AwsAuth(SectionName::Accounts)).then_some(self.subject.as_str())
    }
}

/// All mappings of the facts.
pub fn list(facts: &Facts, release: Release) -> Vec<Listed> {
    let aws = facts.aws();
    let mode = aws.cluster().and_then(|cluster| cluster.authentication_mode);
    let mut listed: Vec<Listed> = Vec::new();
    let mut entries: BTreeMap<String, String> = BTreeMap::new();
    let has_entries = mode.is_none_or(AuthenticationMode::has_entries);
    for (index, entry) in aws.entries_of_cluster().enumerate() {
        if has_entries {
            entries.insert(key(&entry.principal), format!("access entry {}", entry.principal));
        }
        let standing =
            if has_entries { Standing::Counts } else { Standing::Never("access entries do not count in mode CONFIG_MAP".to_owned()) };
        listed.push(of_entry(entry, index, aws.policies_of(entry).map(<[PolicyAssociation]>::to_vec), standing));
    }
    // those that are listed and were not described
    let described: Vec<&str> = aws.entries_of_cluster().map(|entry| entry.principal.as_str()).collect();
    let others = aws.listed.iter().flat_map(|listed| &listed.names).filter(|name| !described.contains(&name.as_str()));
    for (index, name) in others.enumerate() {
        entries.insert(key(name), format!("access entry {name}"));
        let entry = AccessEntry { principal: name.clone(), kind: "not read".to_owned(), ..AccessEntry::default() };
        listed.push(of_entry(&entry, described.len() + index, None, Standing::Counts));
    }
    if let Some(config_map) = facts.aws_auth() {
        let map = AwsAuthMap::of_facts(config_map, release);
        of_map(&map, mode, &entries, &mut listed);
    }
    listed
}

fn of_entry(entry: &AccessEntry, index: usize, policies: Option<Vec<PolicyAssociation>>, standing: Standing) -> Listed {
    Listed {
        source: Source::AccessEntry,
        index,
        line: None,
        subject: entry.principal.clone(),
        username: username_of(entry),
        groups: entry.groups.clone(),
        kind: entry.kind.clone(),
        policies,
        standing,
    }
}

fn of_map(map: &AwsAuthMap, mode: Option<AuthenticationMode>, entries: &BTreeMap<String, String>, listed: &mut Vec<Listed>) {
    let is_read = mode.is_none_or(AuthenticationMode::has_config_map);
    let unread = || Standing::Never("aws-auth is not read in mode API".to_owned());
    let last = |items: &[Item]| -> BTreeMap<String, usize> {
        items.iter().filter(|item| item.dropped.is_none() && !item.sso).map(|item| (lower(&item.arn), item.index)).collect()
    };
    let (roles, users) = (last(&map.roles.items), last(&map.users.items));
    for (section, items, own) in [(SectionName::Roles, &map.roles.items, &roles), (SectionName::Users, &map.users.items, &users)] {
        for item in items {
            let arn = lower(&item.arn);
            let standing = if !is_read {
                unread()
            } else if let Some(why) = never(item) {
                Standing::Never(why)
            } else if let Some(entry) = entries.get(&key(&item.arn)) {
                Standing::Shadowed(format!("{entry} decides before it"))
            } else if let Some(role) = roles.get(&arn).filter(|_| section == SectionName::Users) {
                Standing::Shadowed(format!("mapRoles[{role}] names it too, and mapRoles comes first"))
            } else if let Some(later) = own.get(&arn).filter(|later| **later != item.index) {
                Standing::Shadowed(format!("{}[{later}] further down names it too, and the last counts", section.as_str()))
            } else {
                Standing::Counts
            };
            listed.push(Listed {
                source: Source::AwsAuth(section),
                index: item.index,
                line: Some(item.line),
                subject: item.arn.clone(),
                username: Some(item.username.clone()),
                groups: item.groups.clone(),
                kind: String::new(),
                policies: None,
                standing,
            });
        }
    }
    for account in &map.accounts.items {
        listed.push(Listed {
            source: Source::AwsAuth(SectionName::Accounts),
            index: account.index,
            line: Some(account.line),
            subject: account.number.clone(),
            username: Some("the ARN itself".to_owned()),
            groups: Vec::new(),
            kind: String::new(),
            policies: None,
            standing: if is_read { Standing::Counts } else { unread() },
        });
    }
}

/// Why an item never counts: nothing that calls is looked up by what it names.
fn never(item: &Item) -> Option<String> {
    if let Some(dropped) = item.dropped {
        return Some(format!("{dropped}, and counts for nothing"));
    }
    if item.sso {
        return Some("`sso` is behind a switch of the authenticator that EKS leaves off, as far as is known".to_owned());
    }
    if item.arn.trim() != item.arn {
        return Some("there are blanks around the ARN, and it is compared with them".to_owned());
    }
    let arn = Arn::read(&item.arn).ok()?;
    if arn.resource.starts_with("instance-profile/") {
        return Some("it is an instance profile, and what calls is its role".to_owned());
    }
    let Ok(canonical) = canonicalise(&lower(&item.arn), Release::Newer) else { return Some("no principal has such an ARN".to_owned()) };
    match canonical.kind {
        Kind::AssumedRole => Some("it is the ARN of a session; a session is looked up by its role".to_owned()),
        Kind::Role if arn.clone().without_path() != arn => {
            Some("it has the role's path, which no session shows: the authenticator never sees it".to_owned())
        }
        _ => None,
    }
}

/// Who a mapping makes of whom it names, where it decides: the mapping of that principal.
pub fn mapping_of(listed: &Listed, facts: &Facts, release: Release) -> Option<mapping::Mapping> {
    mapping::Mapping::of_arn(listed.identity()?, facts, release).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::parse::document;

    fn told(mode: &str, map: &str, entries: &[&str]) -> Vec<String> {
        let lines: Vec<String> = map.lines().map(|line| format!("    {line}")).collect();
        let mut texts = vec![
            format!(r#"{{"cluster": {{"name": "prod", "accessConfig": {{"authenticationMode": "{mode}"}}}}}}"#),
            format!(
                "kind: ConfigMap\napiVersion: v1\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n{}\n",
                lines.join("\n")
            ),
        ];
        texts.extend(entries.iter().map(|arn| {
            format!(
                r#"{{"accessEntry": {{"clusterName": "prod", "principalArn": "{arn}", "type": "STANDARD", "kubernetesGroups": ["dev"]}}}}"#
            )
        }));
        let facts = Facts::collect(texts.iter().flat_map(|text| document("facts", text.as_bytes())));
        let standing = |listed: &Listed| match &listed.standing {
            Standing::Counts => "counts".to_owned(),
            Standing::Shadowed(why) => format!("shadowed: {why}"),
            Standing::Never(why) => format!("never: {why}"),
        };
        list(&facts, Release::default()).iter().map(|listed| format!("{} {}", listed.place(), standing(listed))).collect()
    }

    const MAP: &str = "- rolearn: arn:aws:iam::111122223333:role/dev
  username: a
- rolearn: arn:aws:iam::111122223333:role/DEV
  username: b
- rolearn: arn:aws:iam::111122223333:role/team/ops
  username: c
- rolearn: arn:aws:sts::111122223333:assumed-role/ops/me
  username: d
- username: e
- rolearn: arn:aws:iam::111122223333:role/ci
  username: f";

    #[test]
    fn what_counts_and_what_never_does() {
        assert_eq!(
            told("API_AND_CONFIG_MAP", MAP, &["arn:aws:iam::111122223333:role/team/ci"]),
            [
                "access-entry[0] counts",
                "mapRoles[0] shadowed: mapRoles[1] further down names it too, and the last counts",
                "mapRoles[1] counts",
                "mapRoles[2] never: it has the role's path, which no session shows: the authenticator never sees it",
                "mapRoles[3] never: it is the ARN of a session; a session is looked up by its role",
                "mapRoles[4] never: it has no rolearn, and counts for nothing",
                "mapRoles[5] shadowed: access entry arn:aws:iam::111122223333:role/team/ci decides before it",
            ]
        );
    }

    #[test]
    fn the_mode_decides_which_source_counts_at_all() {
        let api = told("API", "- rolearn: arn:aws:iam::111122223333:role/dev", &["arn:aws:iam::111122223333:role/dev"]);
        assert_eq!(api, ["access-entry[0] counts", "mapRoles[0] never: aws-auth is not read in mode API"]);
        let old = told("CONFIG_MAP", "- rolearn: arn:aws:iam::111122223333:role/dev", &["arn:aws:iam::111122223333:role/dev"]);
        assert_eq!(old, ["access-entry[0] never: access entries do not count in mode CONFIG_MAP", "mapRoles[0] counts"]);
    }
}
