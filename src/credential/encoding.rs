//! base64url without padding, with the words of Go's decoder where it refuses.

/// What Go says of a text (none where it takes it), and the bytes that can be had of it all the same.
///
/// Go's decoder passes over line breaks. Where it refuses, the other alphabet is read too, up to the first character of
/// neither: so that a damaged token can still be explained.
pub fn decode(text: &str) -> (Option<String>, Vec<u8>) {
    let mut refused = None;
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut count) = (0_u32, 0_u32);
    for (position, byte) in text.bytes().enumerate() {
        let digit = match byte {
            b'\r' | b'\n' => continue,
            b'+' | b'/' => {
                refused.get_or_insert(position);
                digit(if byte == b'+' { b'-' } else { b'_' })
            }
            _ => digit(byte),
        };
        let Some(digit) = digit else {
            refused.get_or_insert(position);
            break;
        };
        held = (held << 6) | u32::from(digit);
        count += 1;
        if count == 4 {
            let [_, first, second, third] = held.to_be_bytes();
            bytes.extend([first, second, third]);
            (held, count) = (0, 0);
        }
    }
    match count {
        // half a byte: Go tells where it begins
        1 => {
            refused.get_or_insert_with(|| text.len().saturating_sub(1));
        }
        2 => bytes.extend(u8::try_from(held >> 4)),
        3 => {
            let [_, _, first, second] = (held >> 2).to_be_bytes();
            bytes.extend([first, second]);
        }
        _ => {}
    }
    (refused.map(|position| format!("illegal base64 data at input byte {position}")), bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_and_what_can_be_had_all_the_same() {
        let illegal = |position: usize| Some(format!("illegal base64 data at input byte {position}"));
        for (text, refused, bytes) in [
            ("", None, &b""[..]),
            ("YWJj", None, b"abc"),
            ("YWI", None, b"ab"),
            ("YQ", None, b"a"),
            ("Y\r\nQ\n", None, b"a"),
            ("-_8", None, b"\xfb\xff"),
            // padding, the other alphabet, a digit over, a foreign character
            ("YQ==", illegal(2), b"a"),
            ("+/8", illegal(0), b"\xfb\xff"),
            ("YWJjY", illegal(4), b"abc"),
            ("YW Jj", illegal(2), b"a"),
            ("é", illegal(0), b""),
        ] {
            assert_eq!(decode(text), (refused, bytes.to_vec()), "{text:?}");
        }
    }
}
