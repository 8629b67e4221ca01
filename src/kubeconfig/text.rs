//! The bytes of a file as text, in the encodings that kubectl's reader takes: UTF-8 and, with a mark, UTF-16.

use std::borrow::Cow;

use super::mistake::{Mistake, Place};

/// What broke lines too before YAML 1.2.
const NEXT_LINE: char = '\u{85}';

/// How the bytes of a file hold its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 behind a byte order mark.
    MarkedUtf8,
    /// UTF-16 behind a mark, the low byte first.
    Utf16Low,
    /// UTF-16 behind a mark, the high byte first.
    Utf16High,
}

impl Encoding {
    /// The bytes of a text, with the mark if there is one.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect();
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::MarkedUtf8 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Self::Utf16Low => utf16([0xff, 0xfe], u16::to_le_bytes),
            Self::Utf16High => utf16([0xfe, 0xff], u16::to_be_bytes),
        }
    }
}

/// The text of a file as it is to be parsed, without its byte order mark.
///
/// # Errors
/// When it is in no such encoding, or holds a control character, which that reader refuses.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Mistake> {
    let (_, text) = open(bytes)?;
    Ok(match text {
        Cow::Borrowed(text) => with_line_breaks(text),
        Cow::Owned(text) => Cow::Owned(with_line_breaks(&text).into_owned()),
    })
}

/// The text of a file as it stands, without its byte order mark, and its encoding.
///
/// # Errors
/// As [`decode`] has them.
pub fn open(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), Mistake> {
    let (encoding, text) = match bytes {
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16Low, Cow::Owned(utf16(rest, u16::from_le_bytes)?)),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16High, Cow::Owned(utf16(rest, u16::from_be_bytes)?)),
        [0xef, 0xbb, 0xbf, rest @ ..] => (Encoding::MarkedUtf8, utf8(rest)?),
        _ => (Encoding::Utf8, utf8(bytes)?),
    };
    // what nearly every file is; counted, not looked for: that takes no branch for each byte
    let usual = text.bytes().filter(|byte| matches!(byte, b'\n' | b' '..=b'~')).count();
    if usual == text.len() {
        return Ok((encoding, text));
    }
    match text.char_indices().find(|(_, c)| !is_taken(*c)) {
        Some((offset, _)) => Err(Mistake::new(place(&text, offset), "there is a control character, and YAML takes none")
            .hint("Remove it: the file may be damaged, or no text at all.")),
        None => Ok((encoding, text)),
    }
}

/// A text with line breaks that the parser used here knows; it takes as many bytes as before.
pub fn with_line_breaks(text: &str) -> Cow<'_, str> {
    // a line break to YAML 1.1, and to that parser none
    if text.contains(NEXT_LINE) { Cow::Owned(text.replace(NEXT_LINE, "\r\n")) } else { Cow::Borrowed(text) }
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
