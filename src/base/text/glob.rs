//! Patterns of names: `*` stands for any text, `?` for one character, everything else for itself.

/// Whether a text is as a pattern says.
///
/// ```
/// use whycan::base::text::is_like;
///
/// assert!(is_like("acme-prod-eu", "*prod*"));
/// assert!(!is_like("acme-dev", "*prod*"));
/// ```
pub fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut wanted) = (0, 0);
    // where to go on when the text after the last star does not fit: the star then takes one character more
    let mut again: Option<(usize, usize)> = None;
    while let Some(c) = text.get(at) {
        match pattern.get(wanted) {
            Some('*') => {
                again = Some((at, wanted + 1));
                wanted += 1;
            }
            Some(p) if *p == '?' || p == c => {
                at += 1;
                wanted += 1;
            }
            _ => {
                let Some((from, after)) = again else { return false };
                (at, wanted) = (from + 1, after);
                again = Some((from + 1, after));
            }
        }
    }
    pattern.iter().skip(wanted).all(|p| *p == '*')
}

/// Whether a text is a pattern, not a plain name.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (text, pattern, fits) in [
            ("", "", true),
            ("", "*", true),
            ("", "?", false),
            ("a", "", false),
            ("prod", "prod", true),
            ("prod", "Prod", false),
            ("acme-prod-eu", "*prod*", true),
            ("prod", "*prod*", true),
            ("pro", "*prod*", false),
            ("config-a.yaml", "config*.yaml", true),
            ("config-a.yaml.bak", "config*.yaml", false),
            ("abcabd", "*abd", true),
            ("aab", "a?b", true),
            ("ab", "a?b", false),
            ("aé名b", "a??b", true),
            ("a*b", "a*b", true),
            ("mississippi", "m*iss*pi", true),
            ("mississippi", "m*iss*px", false),
            ("a[b]", "a[b]", true),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} {pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let text = "a".repeat(2000);
        assert!(!is_like(&text, &("*a".repeat(200) + "b")));
    }
}
