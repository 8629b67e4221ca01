//! Users and passwords in URLs.

use super::HIDDEN;

/// The text with a stand-in for what stands between `://` and `@`.
pub fn hide(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        clean.push_str(before);
        clean.push_str("://");
        let end = after.find(|c: char| c.is_whitespace() || "\"'`<>|".contains(c)).unwrap_or(after.len());
        let length = login(after.get(..end).unwrap_or_default());
        if length > 0 {
            clean.push_str(HIDDEN);
        }
        rest = after.get(length..).unwrap_or_default();
    }
    clean + rest
}

/// The length of the user and password that an address begins with; 0 where there are none.
///
/// A password that should have been written with percent signs may hold a slash: what looks like host and path is one where
/// no port follows the colon.
fn login(address: &str) -> usize {
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some(at) = authority.rfind('@') {
        return at;
    }
    let has_password = authority.rsplit_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
    if has_password && !authority.contains('[') { address.rfind('@').unwrap_or(0) } else { 0 }
}
