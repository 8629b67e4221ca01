//! A large document cut into pieces that can be read side by side: where a key or an item begins a line, whatever is above.

/// How many bytes a piece has at least; what is smaller is read at once.
const LEAST: usize = if cfg!(test) { 16 } else { 256 << 10 };

/// How many pieces a document comes to, about.
const PIECES: usize = 8;

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The lines.
    pub text: &'a str,
    /// How many lines stand above.
    pub above: usize,
}

/// The pieces of a text, in its order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let size = (text.len() / PIECES).max(LEAST);
    let mut pieces = Vec::new();
    let (mut rest, mut above) = (text, 0);
    while !rest.is_empty() {
        let end = rest.get(size..).and_then(cut).map_or(rest.len(), |after| size + after);
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        pieces.push(Piece { text: piece, above });
        above += piece.bytes().filter(|byte| *byte == b'\n').count();
        rest = after;
    }
    pieces
}

/// Where the next line begins that a piece can begin with: a letter or a dash in the first column.
fn cut(text: &str) -> Option<usize> {
    let mut start = 0;
    loop {
        start += text.get(start..)?.find('\n')? + 1;
        let mut next = text.get(start..)?.bytes();
        match (next.next()?, next.next()) {
            (b'-', Some(b' ')) | (b'a'..=b'z' | b'A'..=b'Z', _) => return Some(start),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_where_something_begins() {
        let text = "a:\n- b: cccccccccc\n- d: 1\n  e: 2\n# f\ng: hhhhhhhhhhhh\ni:\n  j: kkkkkkkkkkkkkkkkkk\n";
        assert_eq!(
            pieces(text).into_iter().map(|piece| (piece.above, piece.text)).collect::<Vec<_>>(),
            [
                (0, "a:\n- b: cccccccccc\n"),
                (2, "- d: 1\n  e: 2\n# f\n"),
                // too short to stand alone
                (5, "g: hhhhhhhhhhhh\ni:\n  j: kkkkkkkkkkkkkkkkkk\n"),
            ]
        );
    }
}
