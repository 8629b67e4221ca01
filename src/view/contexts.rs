//! Contexts as rows: where each leads and as whom, where that stands, and what is wrong with it. All of it is local
//! data: nothing is run or asked for.

mod row;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rustc_hash::FxHashSet;

use crate::base::text::enumerate;
use crate::base::{Finding, Severity, Source};
use crate::kubeconfig::{Kubeconfig, Place};
use crate::source::kubeconfig::{Broken, Browsed, Found};
use crate::source::side_by_side::side_by_side;
use crate::source::{self, World};

pub use row::Row;
use row::row;

/// All contexts of a kubeconfig or a world.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts in the order of the files; those that are shadowed come last.
    pub rows: Vec<Row>,
    /// The files that were read.
    pub files: Vec<String>,
    /// The files that were looked for and are not there.
    pub missing: Vec<String>,
    /// What is wrong with the whole.
    pub findings: Vec<Finding>,
    /// What to do where there is no kubeconfig.
    pub hints: Vec<String>,
    /// Kubeconfigs that kubectl does not look at.
    pub further: Vec<Further>,
}

/// A kubeconfig that kubectl does not look at.
#[derive(Clone, Debug)]
pub struct Further {
    /// Its path.
    pub file: String,
    /// Its contexts; none is current, and what is wrong with them is not looked for.
    pub rows: Vec<Row>,
    /// The command that puts it into kubectl's view; none where there is no such one.
    pub export: Option<String>,
}

impl Contexts {
    /// The contexts of a kubeconfig.
    pub fn of(kubeconfig: &Kubeconfig) -> Self {
        Self::at(kubeconfig, None)
    }

    /// The same at a time, by which what has ended is told.
    fn at(kubeconfig: &Kubeconfig, now: Option<Timestamp>) -> Self {
        let mut rows = side_by_side(kubeconfig.contexts(), |context| row(kubeconfig, context, None, now));
        rows.extend(side_by_side(kubeconfig.shadowed_contexts(), |context| {
            let first = kubeconfig.context(&context.name).map(|first| first.source.clone());
            row(kubeconfig, context, first, now)
        }));
        Self {
            rows,
            files: kubeconfig.files().to_vec(),
            missing: kubeconfig.missing().to_vec(),
            findings: kubeconfig.dangling_current().into_iter().collect(),
            hints: if kubeconfig.files().is_empty() { source::kubeconfig::none(kubeconfig).hints } else { Vec::new() },
            further: Vec::new(),
        }
    }

    /// The contexts of the files that could be read, with those that break as findings.
    pub fn browsed(browsed: &Browsed) -> Self {
        let contexts = Self::at(&browsed.kubeconfig, browsed.read_at);
        let broken: Vec<Finding> = browsed.broken.iter().map(Broken::finding).collect();
        // what to do where there is no kubeconfig is no advice to somebody who has a broken one
        let hints = if broken.is_empty() { contexts.hints } else { Vec::new() };
        Self { findings: [broken, contexts.findings].concat(), hints, ..contexts }
    }

    /// The same with kubeconfigs that kubectl does not look at; those that break are warnings.
    #[must_use]
    pub fn with_further(mut self, found: &Found) -> Self {
        let findings = found.broken.iter().map(|broken| Finding { severity: Severity::Warning, ..broken.finding() });
        self.findings.extend(findings);
        let rows = |kubeconfig: &Kubeconfig| {
            let bare = |row: Row| Row { is_current: false, findings: Vec::new(), ..row };
            kubeconfig.contexts().iter().map(|context| bare(row(kubeconfig, context, None, None))).collect()
        };
        let file = |file: &source::kubeconfig::Further| Further {
            file: file.path.clone(),
            rows: rows(&file.kubeconfig),
            export: file.export.clone(),
        };
        self.further = found.files.iter().map(file).collect();
        self
    }

    /// The rows in groups, by where their clusters belong; each group in the order of the files.
    pub fn groups(&self) -> BTreeMap<&Place, Vec<&Row>> {
        let mut groups: BTreeMap<&Place, Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            groups.entry(&row.place).or_default().push(row);
        }
        groups
    }

    /// How many files of kubectl's view break.
    pub fn broken(&self) -> usize {
        self.findings.iter().filter(|finding| finding.code == "broken-file" && finding.severity == Severity::Error).count()
    }

    /// The contexts of a world: those whose clusters are recorded in it.
    pub fn recorded(world: &World) -> Self {
        let row = |cluster: &source::Cluster| {
            let name = cluster.context.as_ref()?;
            let known = world.kubeconfig.context(name).map(|context| row(&world.kubeconfig, context, None, None));
            let mut row = known.unwrap_or_else(|| Row::bare(name));
            row.is_current = Some(name) == world.current_context.as_ref();
            row.namespace.clone_from(&cluster.namespace);
            Some(row)
        };
        Self { rows: world.clusters.iter().filter_map(row).collect(), files: vec![world.name.clone()], ..Self::default() }
    }

    /// The current context.
    pub fn current(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.is_current)
    }

    /// All findings, each once though it concerns several contexts.
    pub fn all_findings(&self) -> Vec<Finding> {
        let mut seen = FxHashSet::default();
        let all = self.findings.iter().chain(self.rows.iter().flat_map(|row| &row.findings));
        let mut each: Vec<Finding> = all.filter(|finding| seen.insert((finding.code, &finding.message))).cloned().collect();
        each.sort_by_key(|finding| finding.severity);
        each
    }
}

/// `FILE:LINE`.
pub fn place(source: &Source) -> String {
    source.line.map_or_else(|| source.file.clone(), |line| format!("{}:{line}", source.file))
}

/// The files, for a sentence.
pub fn files(files: &[String]) -> String {
    match files {
        [_, _, _, ..] => format!("{} files", files.len()),
        files => enumerate(files, "and"),
    }
}

#[cfg(test)]
mod tests;
