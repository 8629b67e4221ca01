//! What go-yaml, which is libyaml, refuses and the parser used here does not.

use granit_parser::{ErrorKind, Event, ScalarStyle, Span, StructureStyle};

use crate::kubeconfig::mistake::{Mistake, Place};

/// The line that ends a document, where nothing is before it: libyaml takes it for the content of one.
pub fn end_without_document(text: &str) -> Option<usize> {
    let says = |line: &&str| !line.trim_start_matches(' ').is_empty() && !line.trim_start_matches(' ').starts_with('#');
    let (above, line) = text.lines().enumerate().find(|(_, line)| says(line))?;
    let rest = line.strip_prefix("...")?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some(above + 1)
}

/// Where tabs may not be: between the parts of a document, at the beginning of a line, unless in brackets.
#[derive(Default)]
pub struct Gaps {
    brackets: usize,
    last: usize,
}

impl Gaps {
    /// Refuses a line that begins with a tab, and be there nothing else on it: to libyaml it begins no token.
    pub fn check(&mut self, text: &str, event: &Event<'_>, span: &Span) -> Result<(), Mistake> {
        let (Some(start), Some(end)) = (span.start.byte_offset(), span.end.byte_offset()) else { return Ok(()) };
        // the header of a block scalar stands there, and blank lines that are part of it
        let is_block = matches!(event, Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..));
        let gap = text.get(self.last..start).filter(|gap| self.brackets == 0 && !is_block && gap.contains('\t')).unwrap_or_default();
        let first = span.start.line() - gap.matches('\n').count();
        for (below, line) in gap.lines().enumerate() {
            // what ends a line that has begun may have tabs, but for behind a dash
            if below == 0 && self.last > 0 && !line.starts_with(['-', '?']) {
                continue;
            }
            if begins_with_tab(line) {
                let mistake = Mistake::new(Place { line: first + below, column: 1 }, "a tab stands where YAML takes only spaces");
                return Err(mistake.hint("Indent with spaces."));
            }
        }
        match event {
            Event::MappingStart(StructureStyle::Flow, ..) | Event::SequenceStart(StructureStyle::Flow, ..) => self.brackets += 1,
            Event::MappingEnd | Event::SequenceEnd if !span.is_empty() => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.last = self.last.max(end);
        Ok(())
    }
}

/// Whether a tab stands where a line begins, or where one could begin behind a dash.
fn begins_with_tab(line: &str) -> bool {
    let mut rest = line.trim_start_matches(' ');
    while let Some(after) = rest.strip_prefix(['-', '?']).filter(|after| after.starts_with([' ', '\t'])) {
        rest = after.trim_start_matches(' ');
    }
    rest.starts_with('\t')
}

/// Whether it is a token that cannot be, and not only one that is out of place.
pub fn is_of_token(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::UnexpectedCharacter { .. }
            | ErrorKind::UnclosedQuotedScalar
    )
}

/// Refuses the escapes of JSON that YAML 1.1 has not.
pub fn check_escapes(quoted: &str, place: Place) -> Result<(), Mistake> {
    let mut rest = quoted;
    while let Some((_, after)) = rest.split_once('\\') {
        let mut chars = after.chars();
        let escape = chars.next();
        let code = chars.as_str().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match (escape, code) {
            (Some('/'), _) => {
                let mistake = Mistake::new(place, "a slash has a backslash before it, which kubectl does not take");
                return Err(mistake.hint("Write the slash alone."));
            }
            (Some('u'), Some(0xd800..0xe000)) => {
                let mistake = Mistake::new(place, "two escapes make one character, which kubectl does not take");
                return Err(mistake.hint("Write the character itself, or \\U and eight digits."));
            }
            // a backslash may escape another
            _ => rest = chars.as_str(),
        }
    }
    Ok(())
}

/// Whether a question mark stands before a key.
pub fn is_explicit(text: &str, key: &Span) -> bool {
    let before = key.start.byte_offset().and_then(|start| text.get(..start)).unwrap_or_default();
    before.trim_end().ends_with('?')
}

/// What a tag may hold: the characters of a URI.
pub fn is_of_tag(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b";/?:@&=+$,.!~*'()[]%_-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use crate::kubeconfig::spread::OneByOne;
    use crate::kubeconfig::yaml::parse;

    #[test]
    fn what_libyaml_refuses_is_refused() {
        for (text, is_taken) in [
            ("...\n", false),
            ("# nothing\n... x\n", false),
            ("---\n...\n", true),
            ("- a: &b-1 c\n- *b-1\n", true),
            // libyaml reads another text of it: better none than a wrong one
            ("- &b:1 c\n", false),
            ("-\ta\n", false),
            ("- - \ta\n", false),
            ("- a:\tb\n", true),
            ("[{a\n b: c}]\n", false),
            ("[{? a\n b : c}]\n", true),
            ("- !!s#r a\n", false),
            ("- .nan: a\n", true),
            ("- a: .nan\n", false),
            ("- a: .nan\n  a: b\n", true),
        ] {
            assert_eq!(parse(text, &OneByOne).is_ok(), is_taken, "{text:?}");
        }
    }
}
