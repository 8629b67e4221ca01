//! Findings as rows, the worst first, and what would mend each.

use super::phrase::{Phrase, Sign, Tone};
use super::rules::Wanted;
use super::table::{Cell, Column, Row};
use super::why::detail::{Block, pair};
use crate::base::text::count;
use crate::base::{Finding, Severity};

/// The columns.
pub const COLUMNS: [Column; 3] = [Column::words("SEVERITY", 9, 0), Column::words("OBJECT", 26, 0), Column::words("WHAT", 16, 0)];

/// What a row is about: a finding by its code, its object and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct About {
    code: &'static str,
    subject: String,
    message: String,
}

impl About {
    fn of(finding: &Finding) -> Self {
        Self { code: finding.code, subject: finding.subject.clone(), message: finding.message.clone() }
    }

    /// The object that has the defect.
    pub fn object(&self) -> Wanted {
        Wanted::read(&self.subject)
    }

    /// The finding itself.
    pub fn find<'a>(&self, findings: &'a [Finding]) -> Option<&'a Finding> {
        findings.iter().find(|finding| finding.code == self.code && finding.subject == self.subject && finding.message == self.message)
    }
}

/// How many there are, by severity; whether there are no errors.
pub fn headline(findings: &[Finding]) -> (Sign, String) {
    let of = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let errors = of(Severity::Error);
    let sign = if errors == 0 { Sign::Holds } else { Sign::Fails };
    if findings.is_empty() {
        // how much that was is told elsewhere: it may be nothing
        return (Sign::None, "nothing found in what was read".to_owned());
    }
    let (warnings, infos) = (of(Severity::Warning), of(Severity::Info));
    (sign, format!("{}, {} and {}", count(errors, "error"), count(warnings, "warning"), count(infos, "remark")))
}

/// The rows.
pub fn rows(findings: &[Finding]) -> Vec<Row<About>> {
    findings
        .iter()
        .map(|finding| {
            let (kind, name) = finding.subject.split_once(' ').unwrap_or(("", &finding.subject));
            let object = Phrase::new().dim(format!("{kind} ")).name(name);
            let said = briefly(&finding.message, &finding.subject);
            let (sign, severity) = severity(finding.severity);
            let cells = vec![Cell::Words(severity), Cell::Words(object), Cell::Words(said.into())];
            Row::item(0, About::of(finding), cells).signed(sign)
        })
        .collect()
}

/// Sign and word.
fn severity(severity: Severity) -> (Sign, Phrase) {
    match severity {
        Severity::Error => (Sign::Fails, Phrase::new().with(Tone::Bad, "error")),
        Severity::Warning => (Sign::Warns, Phrase::new().with(Tone::Open, "warning")),
        Severity::Info => (Sign::Idle, Phrase::new().with(Tone::Dim, "info")),
    }
}

/// The sentence without its object, which stands beside it.
fn briefly(message: &str, subject: &str) -> String {
    let without = message.strip_prefix(subject).map(|rest| rest.trim_start().to_owned());
    without.unwrap_or_else(|| message.replacen(&format!(" of {subject}"), "", 1))
}

/// The details of a row.
pub fn detail(finding: &Finding) -> Vec<Block> {
    let (kind, name) = finding.subject.split_once(' ').unwrap_or(("", &finding.subject));
    let (sign, word) = severity(finding.severity);
    let mut blocks = vec![Block::Title(Phrase::new().dim(format!("{kind} ")).name(name)), Block::Gap, Block::Check(sign, word)];
    blocks.extend([Block::Line(finding.message.as_str().into()), pair("code", Phrase::new().dim(finding.code))]);
    if let Some(source) = &finding.source {
        let line = source.line.map(|line| format!(":{line}")).unwrap_or_default();
        blocks.push(pair("stands in", format!("{}{line}", source.file)));
    }
    if let Some(fix) = &finding.fix {
        blocks.extend([Block::Gap, Block::Heading("fix".to_owned()), Block::Line(fix.as_str().into())]);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_leaves_out_what_stands_beside_it() {
        for (message, said) in [
            ("Role dev/a names nobody, so it grants nothing", "names nobody, so it grants nothing"),
            ("rules[2] of Role dev/a has verb \"Get\"", "rules[2] has verb \"Get\""),
            ("no binding names Role dev/a", "no binding names Role dev/a"),
        ] {
            assert_eq!(briefly(message, "Role dev/a"), said);
        }
    }
}
