//! Secrets of a kubeconfig hidden in its text, by the places where they stand: in any style, in comments, behind its end.

use std::ops::Range;

use crate::base::redact::{HIDDEN, has_secret, is_harmless_variable, is_secret_flag};
use crate::kubeconfig::yaml::Value;
use crate::kubeconfig::yaml::layout::{Part, Shape, documents};

/// Fields whose values are secrets, wherever they stand.
const SECRETS: [&str; 3] = ["token", "password", "client-key-data"];

/// Fields that are long and no secrets.
const LONG: [&str; 2] = ["certificate-authority-data", "client-certificate-data"];

/// How much of what is long is shown.
const SHOWN: usize = 12;

/// The text with its secrets hidden, as many lines as before.
pub fn masked(text: &str) -> String {
    let (documents, broken) = documents(text);
    let mut hidden = Vec::new();
    for document in &documents {
        if let Some(root) = &document.root {
            hide(root, &mut hidden);
        }
    }
    // what cannot be read is not shown
    hidden.extend(broken.map(|at| (at..text.len(), String::new())));
    hidden.extend(comments(text, &documents.iter().filter_map(|document| document.root.as_ref()).collect::<Vec<_>>()));
    hidden.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, shown) in hidden {
        // one in another is hidden with it
        let Some(before) = text.get(at..range.start) else { continue };
        out.push_str(before);
        out.push_str(&lines_hidden(text.get(range.clone()).unwrap_or_default(), &shown));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// What stands for a text, with a stand-in on each of its lines.
fn lines_hidden(secret: &str, shown: &str) -> String {
    secret
        .split_inclusive(['\r', '\n'])
        .enumerate()
        .map(|(number, line)| {
            let content = line.trim_end_matches(['\r', '\n']);
            let end = line.get(content.len()..).unwrap_or_default();
            let blanks = content.get(..content.len() - content.trim_start().len()).unwrap_or_default();
            let stand_in = if number == 0 && !shown.is_empty() { shown } else { HIDDEN };
            if content.trim().is_empty() { line.to_owned() } else { format!("{blanks}{stand_in}{end}") }
        })
        .collect()
}

type Hidden = Vec<(Range<usize>, String)>;

/// Finds what is to be hidden in a part.
fn hide(part: &Part, hidden: &mut Hidden) {
    match &part.shape {
        Shape::Map(_, pairs) => {
            let named = |name: &str| part.pair(name).and_then(|pair| content(&pair.value)).unwrap_or_default();
            // a variable of a plugin
            let is_variable = part.pair("value").is_some() && !is_harmless_variable(named("name"));
            for pair in pairs {
                let value = &pair.value;
                match content(&pair.key).unwrap_or_default() {
                    key if SECRETS.contains(&key) => cover(value, hidden),
                    key if LONG.contains(&key) => shorten(value, hidden),
                    "auth-provider" => match value.pair("config") {
                        Some(config) => settings(&config.value, hidden),
                        None => hide(value, hidden),
                    },
                    "value" if is_variable => cover(value, hidden),
                    "args" => arguments(value, hidden),
                    _ => hide(value, hidden),
                }
            }
        }
        Shape::List(_, items) => items.iter().for_each(|item| hide(item, hidden)),
        Shape::Scalar(..) | Shape::Alias(_) => {
            if content(part).is_some_and(has_secret) {
                cover(part, hidden);
            }
        }
    }
}

/// The text of a scalar.
fn content(part: &Part) -> Option<&str> {
    match &part.shape {
        Shape::Scalar(_, Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Hides a whole value, but not that there is none, nor an alias: what it stands for is hidden where it stands.
fn cover(part: &Part, hidden: &mut Hidden) {
    match &part.shape {
        Shape::Alias(_) | Shape::Scalar(_, Value::Null) => {}
        Shape::Scalar(..) if part.range.is_empty() => {}
        _ => hidden.push((part.range.clone(), HIDDEN.to_owned())),
    }
}

fn shorten(part: &Part, hidden: &mut Hidden) {
    let Some(text) = content(part) else { return cover(part, hidden) };
    let start: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || "+/=".contains(*c)).take(SHOWN).collect();
    if text.len() > SHOWN {
        hidden.push((part.range.clone(), format!("{start}… ({} characters)", text.len())));
    }
}

/// The settings of an auth provider: every value.
fn settings(part: &Part, hidden: &mut Hidden) {
    match &part.shape {
        Shape::Map(_, pairs) => pairs.iter().for_each(|pair| cover(&pair.value, hidden)),
        _ => cover(part, hidden),
    }
}

/// The arguments of a plugin: what follows a flag that is named for a secret, and what looks like one.
fn arguments(part: &Part, hidden: &mut Hidden) {
    let Shape::List(_, items) = &part.shape else { return cover(part, hidden) };
    let mut is_next = false;
    for item in items {
        let text = content(item).unwrap_or_default();
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let is_named = is_secret_flag(name);
        if is_next || has_secret(text) || (is_named && value.is_some()) {
            cover(item, hidden);
        }
        is_next = is_named && value.is_none() && !is_next;
    }
}

/// Comments that name a secret: a line that somebody has put out of use.
fn comments(text: &str, roots: &[&Part]) -> Hidden {
    let mut scalars = Vec::new();
    for root in roots {
        root.walk(&mut |part| {
            if matches!(part.shape, Shape::Scalar(..)) {
                scalars.push(part.range.clone());
            }
        });
    }
    scalars.sort_by_key(|range| range.start);
    let is_in_scalar = |at: usize| {
        let after = scalars.partition_point(|range| range.start <= at);
        after.checked_sub(1).and_then(|last| scalars.get(last)).is_some_and(|range| range.contains(&at))
    };
    let mut hidden = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive(['\r', '\n']) {
        let content = line.trim_end_matches(['\r', '\n']);
        let sign = content.match_indices('#').map(|(at, _)| at).find(|at| !is_in_scalar(line_start + at));
        if let Some(comment) = sign.and_then(|sign| Some((sign, content.get(sign..)?))) {
            let (sign, comment) = comment;
            let named =
                SECRETS.iter().chain(&["secret", "value", "-token"]).filter_map(|name| Some(comment.find(name)? + name.len())).min();
            let colon = named.and_then(|end| Some(end + comment.get(end..)?.find([':', '='])? + 1));
            let start = match colon {
                Some(colon) => Some(sign + colon),
                None if has_secret(comment) => Some(sign + 1),
                None => None,
            };
            let range = start.map(|start| line_start + start..line_start + content.len()).filter(|range| !range.is_empty());
            hidden.extend(range.map(|range| (range, HIDDEN.to_owned())));
        }
        line_start += line.len();
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_style() {
        for (text, shown) in [
            ("token: abc # c\n", "token: (hidden) # c\n"),
            ("{token: abc, \"password\": \"d\"}\n", "{token: (hidden), \"password\": (hidden)}\n"),
            ("a:\n  token: |\n    abc\n    def\n  b: c\n", "a:\n  token: (hidden)\n    (hidden)\n    (hidden)\n  b: c\n"),
            ("client-key-data: >-\r\n  abc\r\n\r\n  def\r\n", "client-key-data: (hidden)\r\n  (hidden)\r\n\r\n  (hidden)\r\n"),
            ("token: 'a\n  b'\n", "token: (hidden)\n  (hidden)\n"),
            ("token:\npassword: ~\n", "token:\npassword: ~\n"),
            ("token: &t abc\nx: {password: *t}\n", "token: &t (hidden)\nx: {password: *t}\n"),
            ("certificate-authority-data: LS0tLS1CRUdJTiBDRVJU\n", "certificate-authority-data: LS0tLS1CRUdJ… (20 characters)\n"),
            (
                "auth-provider: {name: oidc, config: {id-token: a, client-id: b}}\n",
                "auth-provider: {name: oidc, config: {id-token: (hidden), client-id: (hidden)}}\n",
            ),
            (
                "exec:\n  env:\n  - {name: AWS_PROFILE, value: prod}\n  - name: VAULT\n    value: s\n",
                "exec:\n  env:\n  - {name: AWS_PROFILE, value: prod}\n  - name: VAULT\n    value: (hidden)\n",
            ),
            (
                "args: [get-token, --oidc-client-secret=x, --password, y, --region, z, eyJhbGciOi.e30.]\n",
                "args: [get-token, (hidden), --password, (hidden), --region, z, (hidden)]\n",
            ),
            ("a: b\n#  token: abc\n# see value=x\n", "a: b\n#  token: (hidden)\n# see value=(hidden)\n"),
            ("a: b # eyJh.b.c\n", "a: b # (hidden)\n"),
            ("a: b\n---\ntoken: abc\n", "a: b\n---\ntoken: (hidden)\n"),
            ("a: b\n---\nb: \"\\q\ntoken: abc\n", "a: b\n(hidden)\n(hidden)\n(hidden)\n"),
            ("token: [a,\n  b]\n", "token: (hidden)\n  (hidden)\n"),
            ("proxy-url: http://a:b@proxy:3128\nserver: https://s/a@b\n", "proxy-url: (hidden)\nserver: https://s/a@b\n"),
            ("token: .inf\npassword: 1\n", "token: (hidden)\npassword: (hidden)\n"),
            ("name: 'a # token: b'\n", "name: 'a # token: b'\n"),
            (
                "args: [--role, 'arn:aws:iam::123456789012:role/a-very-long-name-of-a-Role-0123456789']\n",
                "args: [--role, 'arn:aws:iam::123456789012:role/a-very-long-name-of-a-Role-0123456789']\n",
            ),
        ] {
            assert_eq!(masked(text), shown, "{text:?}");
        }
    }
}
