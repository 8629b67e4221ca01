//! What a server tells of the caller's rights, where not all roles and bindings could be read.

use super::{COLUMNS, Matrix, Open, PathRow, Row, RowKey, request};
use crate::authz::{Verdict, command, rbac};
use crate::base::Name;
use crate::facts::{ApiResources, Rule};

impl Matrix {
    /// Takes the rules that SelfSubjectRulesReview gives for the matrix's namespace: what they allow there is allowed, and
    /// whatever else they speak of gets a row.
    pub fn tell(&mut self, rules: &[Rule], resources: &ApiResources) {
        self.speak_of(rules);
        let namespace = self.namespace;
        for row in &mut self.rows {
            let key = row.key();
            for (verb, verdict) in row.verbs.iter_mut().filter(|(_, verdict)| *verdict == Verdict::Unknown) {
                let mut names = key.names_for(*verb).iter().map(|name| request(resources, namespace, &key, *verb, *name));
                // which rules hold for the whole cluster is not told, so they say nothing of what has no namespace
                let is_told =
                    names.all(|request| request.namespace() == namespace && rules.iter().any(|rule| rbac::allows(rule, &request)));
                if is_told {
                    *verdict = Verdict::Allowed;
                }
            }
        }
        for rule in rules {
            for path in rule.non_resource_urls.iter() {
                self.tell_path(*path, &rule.verbs);
            }
        }
        self.non_resource.sort_by_key(|row| row.path);
    }

    /// Adds an open row for whatever rules speak of.
    pub fn speak_of(&mut self, rules: &[Rule]) {
        for key in rules.iter().flat_map(RowKey::of) {
            if !self.rows.iter().any(|row| row.key() == key) {
                self.rows.push(open_row(&key, rules));
            }
        }
        self.rows.sort_by_key(Row::key);
    }

    fn tell_path(&mut self, path: Name, verbs: &[Name]) {
        let at = self.non_resource.iter().position(|row| row.path == path).unwrap_or_else(|| {
            self.non_resource.push(PathRow { path, verbs: Vec::new(), grants: Vec::new() });
            self.non_resource.len() - 1
        });
        if let Some(row) = self.non_resource.get_mut(at) {
            row.verbs.extend(verbs);
            row.verbs.sort_unstable();
            row.verbs.dedup();
        }
    }

    /// Takes the server's verdict on something that was open: all of its requests together.
    pub fn settle(&mut self, open: &Open, verdict: Verdict) {
        if let Some((_, known)) = self.rows.get_mut(open.row).and_then(|row| row.verbs.get_mut(open.verb)) {
            *known = verdict;
        }
    }

    /// Says how the caller settles what is open: nobody need impersonate oneself.
    pub fn settle_by_oneself(&mut self) {
        for effect in self.gaps.iter_mut().filter(|effect| effect.gap.settled_by.is_none()) {
            effect.settled_by = command::can_i_list(None, self.namespace);
        }
    }

    /// Nothing is open any more: what could not be read changes nothing here.
    pub fn settle_gaps(&mut self) {
        for effect in &mut self.gaps {
            effect.could_change_verdict = false;
        }
    }

    /// Leaves out the rows that, by now, allow nothing.
    pub fn clear(&mut self) {
        self.rows.retain(Row::says_something);
    }
}

/// A row of which nothing is known yet.
fn open_row(key: &RowKey, rules: &[Rule]) -> Row {
    let about = rules.iter().filter(|rule| RowKey::of(rule).contains(key));
    let mut others: Vec<Name> =
        about.flat_map(|rule| rule.verbs.iter().copied()).filter(|verb| *verb != Name::STAR && !COLUMNS.contains(&verb.as_str())).collect();
    others.sort_unstable();
    others.dedup();
    let verbs = COLUMNS.iter().map(|verb| Name::new(verb)).chain(others);
    Row {
        api_group: key.api_group,
        resource: key.resource,
        subresource: key.subresource,
        resource_names: key.names.clone(),
        verbs: verbs.map(|verb| (verb, Verdict::Unknown)).collect(),
        grants: Vec::new(),
    }
}

impl Row {
    pub(super) fn key(&self) -> RowKey {
        RowKey { api_group: self.api_group, resource: self.resource, subresource: self.subresource, names: self.resource_names.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix;
    use super::*;
    use crate::authz::{Door, Index};
    use crate::base::{Gap, Loss};
    use crate::facts::{Change, Facts, Kind};
    use crate::identity::Identity;

    fn rule(verbs: &[&str], resources: &[&str], names: &[&str]) -> Rule {
        let list = |names: &[&str]| names.iter().map(|name| Name::new(name)).collect();
        Rule { verbs: list(verbs), api_groups: list(&[""]), resources: list(resources), resource_names: list(names), ..Rule::default() }
    }

    fn told(matrix: &Matrix) -> Vec<String> {
        let allowed = |row: &Row, wanted| {
            let verbs = row.verbs.iter().filter(|(_, verdict)| *verdict == wanted).map(|(verb, _)| verb.as_str());
            verbs.collect::<Vec<_>>().join(",")
        };
        matrix
            .rows
            .iter()
            .map(|row| format!("{} {} / {}", row.resource, allowed(row, Verdict::Allowed), allowed(row, Verdict::Denied)))
            .collect()
    }

    #[test]
    fn what_is_told_is_allowed_and_the_rest_stays_open_until_it_is_settled() {
        let gap = Gap {
            what: "everything".to_owned(),
            why: "forbidden".to_owned(),
            kinds: Kind::RBAC.iter().map(|kind| Name::new(kind.as_str())).collect(),
            loss: Loss::Refused,
            ..Gap::default()
        };
        let facts = Facts::collect([Change::Gap(gap)]);
        let resources = facts.resources();
        let mut matrix = matrix(&Index::new(&facts), resources, &Identity::user("alice"), "dev".into(), Door::Person);
        assert!(matrix.rows.is_empty());
        let paths = Rule { verbs: [Name::new("get")].into(), non_resource_urls: [Name::new("/healthz")].into(), ..Rule::default() };
        matrix.tell(
            &[
                rule(&["get", "list", "approve"], &["pods"], &[]),
                rule(&["get"], &["nodes"], &[]),
                rule(&["get"], &["secrets"], &["a", "b"]),
                paths,
            ],
            resources,
        );
        assert_eq!(told(&matrix), ["nodes  / ", "pods get,list,approve / ", "secrets get / "]);
        assert_eq!(matrix.non_resource.iter().map(|row| (row.path.as_str(), row.verbs.len())).collect::<Vec<_>>(), [("/healthz", 1)]);
        for open in matrix.open(resources) {
            matrix.settle(&open, Verdict::Denied);
        }
        matrix.clear();
        assert_eq!(told(&matrix).len(), 2, "nodes are not told to be allowed, and the server says no");
        assert!(matrix.open(resources).is_empty());
    }
}
