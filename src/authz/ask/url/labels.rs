//! Whether a label selector can be read (`apimachinery/pkg/labels/selector.go`): one that cannot drops the name of a list.

/// A token of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Comma,
    Open,
    Close,
    Not,
    /// `=`, `==`, `!=`.
    Equality,
    /// `<`, `>`.
    Order,
}

/// Whether the selector can be read; an empty one can.
pub fn is_valid(selector: &str) -> bool {
    let tokens = tokens(selector);
    let mut rest = tokens.as_slice();
    loop {
        match rest {
            [] => return true,
            [Token::Word(_) | Token::Not, ..] => {}
            _ => return false,
        }
        let Some(after) = requirement(rest) else { return false };
        rest = match after {
            [] => return true,
            [Token::Comma, next @ ..] if matches!(next.first(), Some(Token::Word(_) | Token::Not)) => next,
            _ => return false,
        };
    }
}

/// What is left behind one requirement; none when it is none.
fn requirement(tokens: &[Token]) -> Option<&[Token]> {
    let (is_not, tokens) = if let [Token::Not, rest @ ..] = tokens { (true, rest) } else { (false, tokens) };
    let [Token::Word(key), rest @ ..] = tokens else { return None };
    if !is_key(key) {
        return None;
    }
    if is_not || matches!(rest.first(), None | Some(Token::Comma)) {
        return Some(rest);
    }
    match rest {
        [Token::Word(operator), rest @ ..] if operator == "in" || operator == "notin" => set(rest),
        [Token::Equality, rest @ ..] => exact(rest, is_value),
        [Token::Order, rest @ ..] => exact(rest, |value| is_value(value) && value.parse::<i64>().is_ok()),
        _ => None,
    }
}

/// One value, or none at the end and before a comma, which is the empty one.
fn exact(tokens: &[Token], is_good: impl Fn(&str) -> bool) -> Option<&[Token]> {
    match tokens {
        [] | [Token::Comma, ..] => is_good("").then_some(tokens),
        [Token::Word(value), rest @ ..] => is_good(value).then_some(rest),
        _ => None,
    }
}

/// `(a, b)`; empty values are values, and an empty list holds an empty one.
fn set(tokens: &[Token]) -> Option<&[Token]> {
    let [Token::Open, values @ ..] = tokens else { return None };
    let mut rest = values;
    if let [Token::Close, after @ ..] = rest {
        return Some(after);
    }
    loop {
        match rest {
            [Token::Word(value), after @ ..] if is_value(value) => match after {
                [Token::Comma, ..] => rest = after,
                [Token::Close, after @ ..] => return Some(after),
                _ => return None,
            },
            [Token::Comma, after @ ..] => match after {
                [Token::Close, after @ ..] => return Some(after),
                // two commas hold an empty value between them
                [Token::Comma, after @ ..] | after => rest = after,
            },
            _ => return None,
        }
    }
}

fn tokens(selector: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = selector.chars().peekable();
    let is_special = |c: char| "=!(),><".contains(c);
    let is_blank = |c: char| " \t\r\n".contains(c);
    while let Some(&c) = chars.peek() {
        if is_blank(c) {
            chars.next();
        } else if is_special(c) {
            chars.next();
            let is_double = matches!(c, '=' | '!') && chars.peek() == Some(&'=');
            tokens.push(match c {
                '=' | '!' if is_double => {
                    chars.next();
                    Token::Equality
                }
                '=' => Token::Equality,
                '!' => Token::Not,
                '(' => Token::Open,
                ')' => Token::Close,
                ',' => Token::Comma,
                _ => Token::Order,
            });
        } else if c == '\0' {
            return tokens;
        } else {
            let mut word = String::new();
            while let Some(c) = chars.next_if(|c| !is_special(*c) && !is_blank(*c) && *c != '\0') {
                word.push(c);
            }
            tokens.push(Token::Word(word));
        }
    }
    tokens
}

/// `[PREFIX/]NAME`, the prefix a DNS subdomain.
fn is_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        None => (None, key),
        Some((prefix, name)) => (Some(prefix), name),
    };
    let is_label = |label: &str| {
        let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        is_edge(label.chars().next())
            && is_edge(label.chars().last())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let is_subdomain = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_label));
    is_subdomain && !name.is_empty() && is_value(name)
}

/// At most 63 letters, digits, dashes, underscores and dots, the first and last a letter or digit; or nothing.
fn is_value(value: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    value.is_empty()
        || (value.len() <= 63
            && is_edge(value.chars().next())
            && is_edge(value.chars().last())
            && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn as_kubernetes_reads_them() {
        for good in
            ["", "a=b", "a==b,c!=d", "a", "!a", "a in (b, c)", "a notin (,)", "x/a=b", "a>1", "a=", "in", "a in (b,)", "a in ()", " a = b "]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["a=b=c", "a in b", ",a", "a,", "!a=b", "a>b", "X/a", "a b", "a=-b", "a!b", "()", "a=(b)"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
