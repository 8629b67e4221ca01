//! What the parser refuses, in our words.

use granit_parser::{ErrorKind, ScanError};

use crate::kubeconfig::mistake::{Mistake, Place};

/// The parser's refusal in our words; it quotes nothing of the file but brackets.
pub fn refused(error: &ScanError) -> Mistake {
    let place = Place { line: error.marker().line(), column: error.marker().col() + 1 };
    let (problem, hint) = match error.kind() {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabAtBlockScalarStart => {
            ("a tab stands where YAML takes only spaces", "Indent with spaces.")
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("a quotation mark is not closed", "Close it on the line where the text ends.")
        }
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. } => ("a bracket is not closed", "The file may be cut short."),
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            ("a closing bracket has no opening one of its kind", "Check the brackets of this and the lines before.")
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a comma or a closing bracket is missing", "Check the brackets of this and the lines before.")
        }
        ErrorKind::UnknownAnchor => ("an alias has no anchor before it", "Write *NAME only after &NAME."),
        ErrorKind::RecursionLimitExceeded => ("it is nested too deeply for a kubeconfig", "Check that this is the file that was meant."),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => {
            ("a backslash in double quotes begins no escape that YAML has", "Use single quotes, or write \\\\ for a backslash.")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a colon is missing after a key", "Write KEY: VALUE, and check the indentation of this and the line before.")
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::MappingKeyNotAllowed
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidMappingValueWhitespace => {
            ("the line does not fit those before it", "Check its indentation, and that text with a colon is in quotes.")
        }
        _ => ("this is no YAML", "Check the indentation and the quotation marks of this and the line before."),
    };
    let mistake = Mistake::new(place, problem).hint(hint);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) { mistake.beyond() } else { mistake }
}
