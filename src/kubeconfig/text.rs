//! The bytes of a file as text, in the encodings that kubectl's reader takes: UTF-8 and, with a mark, UTF-16.

use std::borrow::Cow;

use super::mistake::{Mistake, Place};

/// What broke lines too before YAML 1.2.
const NEXT_LINE: char = '\u{85}';

/// The text of a file, without its byte order mark.
///
/// # Errors
/// When it is in no such encoding, or holds a control character, which that reader refuses.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Mistake> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        _ => utf8(bytes)?,
    };
    // what nearly every file is: looked at byte by byte
    // counted, not looked for: that takes no branch for each byte
    let usual = text.bytes().filter(|byte| matches!(byte, b'\n' | b' '..=b'~')).count();
    if usual == text.len() {
        return Ok(text);
    }
    match text.char_indices().find(|(_, c)| !is_taken(*c)) {
        Some((offset, _)) => Err(Mistake::new(place(&text, offset), "there is a control character, and YAML takes none")
            .hint("Remove it: the file may be damaged, or no text at all.")),
        // a line break to YAML 1.1, and to the parser used here none
        None if text.contains(NEXT_LINE) => Ok(Cow::Owned(text.replace(NEXT_LINE, "\n"))),
        None => Ok(text),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Mistake> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        Mistake::new(place(&before, before.len()), "a byte is no UTF-8 text").hint("Save the file as UTF-8.")
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Mistake> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(Mistake::nowhere("the file is marked as UTF-16 and is none").hint("Save the file as UTF-8.")),
    }
}

/// The characters of YAML 1.1, as go-yaml has them.
fn is_taken(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// Where an offset is.
fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    Place { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
}
