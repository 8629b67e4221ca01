//! PEM as Go's `encoding/pem` reads it: blocks of base64 between marks, and anything around them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A block.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// What it holds: `CERTIFICATE`, `EC PRIVATE KEY`.
    pub label: String,
    /// Whether its headers say that it is encrypted (RFC 1421, as OpenSSL writes keys of old).
    pub is_encrypted: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A key is a block too: the bytes are not shown.
impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block")
            .field("label", &self.label)
            .field("is_encrypted", &self.is_encrypted)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// The blocks of a text; what is cut short or no base64 is passed over, as Go passes over it.
pub fn blocks(text: &[u8]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(String, Vec<&[u8]>)> = None;
    for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end) {
        if let Some(label) = mark(line, b"-----BEGIN ") {
            open = Some((label, Vec::new()));
        } else if let Some(label) = mark(line, b"-----END ") {
            found.extend(open.take().filter(|(begun, _)| *begun == label).and_then(|(label, lines)| block(label, &lines)));
        } else if let Some((_, lines)) = &mut open {
            lines.push(line);
        }
    }
    found
}

/// The label of a line that begins or ends a block.
fn mark(line: &[u8], start: &[u8]) -> Option<String> {
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    String::from_utf8(label.to_vec()).ok()
}

fn block(label: String, lines: &[&[u8]]) -> Option<Block> {
    let headers = lines.iter().take_while(|line| line.contains(&b':')).count();
    let (headers, body) = lines.split_at_checked(headers)?;
    let is_encrypted = headers.iter().any(|line| line.starts_with(b"Proc-Type:") && line.ends_with(b"ENCRYPTED"));
    let text: Vec<u8> = body.iter().copied().flatten().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some(Block { label, is_encrypted, bytes: STANDARD.decode(text).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_as_go_finds_them() {
        let told = |text: &str| {
            let one = |block: Block| format!("{} {}{}", block.label, block.bytes.len(), if block.is_encrypted { " encrypted" } else { "" });
            blocks(text.as_bytes()).into_iter().map(one).collect::<Vec<_>>().join(", ")
        };
        for (text, found) in [
            ("", ""),
            ("YWJj", ""),
            ("-----BEGIN A-----\nYWJj\n-----END A-----", "A 3"),
            ("comment\n-----BEGIN A B-----\r\nYW\r\n Jj \r\n-----END A B-----\r\n", "A B 3"),
            ("-----BEGIN A-----\n-----END A-----\n-----BEGIN B-----\nYWJj\n-----END B-----\n", "A 0, B 3"),
            ("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,0\n\nYWJj\n-----END A-----", "A 3 encrypted"),
            // cut short, of another label, no base64, indented
            ("-----BEGIN A-----\nYWJj\n", ""),
            ("-----BEGIN A-----\nYWJj\n-----BEGIN B-----\nYWJj\n-----END B-----", "B 3"),
            ("-----BEGIN A-----\nYWJj\n-----END B-----", ""),
            ("-----BEGIN A-----\nYW*j\n-----END A-----", ""),
            ("-----BEGIN A-----\nYWJ\n-----END A-----", ""),
            ("  -----BEGIN A-----\n  YWJj\n  -----END A-----", ""),
        ] {
            assert_eq!(told(text), found, "{text:?}");
        }
    }
}
