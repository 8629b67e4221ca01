//! Names of claims that are no words of CEL, as expressions write them: `example__dot__com`.
//!
//! Source: `apiserver/pkg/cel/escaping.go` of Kubernetes 1.36.

/// The words that CEL keeps for itself.
const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The name that is meant; none where there is an escape that is none.
pub fn unescape(escaped: &str) -> Option<String> {
    let mut name = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((before, length, word)) = next(rest) {
        name.push_str(rest.get(..before)?);
        match word {
            "underscores" => name.push_str("__"),
            "dot" => name.push('.'),
            "dash" => name.push('-'),
            "slash" => name.push('/'),
            // a reserved word is escaped as a whole, and not within a name
            word if RESERVED.contains(&word) && length == escaped.len() => name.push_str(word),
            _ => return None,
        }
        rest = rest.get(before + length..)?;
    }
    name.push_str(rest);
    Some(name)
}

/// The next escape: where it begins, how long it is, and its word. It is what Go's `__[^_]+__` finds.
fn next(text: &str) -> Option<(usize, usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = text.get(at..)?.find("__").map(|offset| at + offset) {
        let inner = start + 2;
        let word = bytes.get(inner..)?.iter().take_while(|byte| **byte != b'_').count();
        if word > 0 && bytes.get(inner + word..inner + word + 2) == Some(b"__") {
            return Some((start, word + 4, text.get(inner..inner + word)?));
        }
        at = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes() {
        for (escaped, name) in [
            ("sub", Some("sub")),
            ("example__dot__com", Some("example.com")),
            ("a__slash__b__dash__c", Some("a/b-c")),
            ("a__underscores__b", Some("a__b")),
            ("__namespace__", Some("namespace")),
            ("a__namespace__", None),
            ("a__x__b", None),
            ("a__b", Some("a__b")),
            ("_a_", Some("_a_")),
            ("___dot__", Some("_.")),
            ("__dot___", Some("._")),
            ("____", Some("____")),
            ("é__dot__é", Some("é.é")),
            ("", Some("")),
        ] {
            assert_eq!(unescape(escaped).as_deref(), name, "{escaped}");
        }
    }
}
