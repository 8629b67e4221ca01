//! What a plugin said on standard error, fit for a sentence.

use crate::base::text::sanitise;

/// How much of it is worth repeating.
const MOST: usize = 300;

/// Its last lines in one, without anything that looks like a secret.
///
/// What its own variables hold may be a password.
pub fn last_words(said: &[u8], variables: &[(String, String)]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ");
    let mut clean = without_secrets(&last);
    for (_, value) in variables.iter().filter(|(_, value)| value.len() >= 8) {
        clean = clean.replace(value.as_str(), "(hidden)");
    }
    let clean = sanitise(&clean);
    match clean.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean.into_owned(),
    }
}

/// A text with `(hidden)` for what looks like a secret; addresses and names of AWS (ARNs) stay, however long.
fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_of_token(c) && c != ':') {
        // the host of a URL, or a whole ARN, is kept as it is
        let kept = match piece.split_once("://") {
            _ if piece.starts_with("arn:") => piece.len(),
            Some((scheme, rest)) => scheme.len() + "://".len() + rest.find('/').unwrap_or(rest.len()),
            None => 0,
        };
        let (kept, rest) = if is_marked(piece) { ("", piece) } else { piece.split_at(kept) };
        clean.push_str(kept);
        for part in rest.split_inclusive(|c: char| !is_of_token(c)) {
            let word = part.trim_end_matches(|c: char| !is_of_token(c));
            clean.push_str(if is_secret(word) { "(hidden)" } else { word });
            clean.push_str(part.get(word.len()..).unwrap_or_default());
        }
    }
    clean
}

/// Whether a token may hold it: base64 of both kinds, JSON web tokens, percent signs of a URL, secrets of Azure (`~`).
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+=/~%".contains(c)
}

/// Whether it says itself that it is a token: of EKS, or a JSON web token.
fn is_marked(word: &str) -> bool {
    word.contains("k8s-aws-v1.") || word.contains("eyJ")
}

/// What says so itself, and anything long without a break that has letters and digits. A path is long too: with a slash in
/// it, only what no words are in counts.
fn is_secret(word: &str) -> bool {
    // a key may begin or end with a slash, and has no character to lose: those of AWS are 40 long
    let word = word.trim_matches(|c: char| "-_.~%".contains(c));
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    let is_blob = word.len() >= 40 && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
    is_marked(word) || (is_blob && (!word.contains('/') || is_random(word)))
}

/// Whether it reads like base64: many capitals, and hardly four small letters in a row (of random base64, one character in
/// fourteen stands in such a row; of a path, about every second).
fn is_random(word: &str) -> bool {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    let rows = word.split(|c: char| !c.is_ascii_lowercase()).map(str::len).filter(|length| *length >= 4);
    capitals * 6 >= word.len() && rows.sum::<usize>() * 3 < word.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As AWS's documentation has it.
    const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let session = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx9Qm/3fT+8Kz1pYw0aB7cH/2nR5sLvE4gJkZ6uXo==";
        for (said, clean) in [
            (format!("key {KEY} refused"), "key (hidden) refused".to_owned()),
            (format!("AWS_SECRET_ACCESS_KEY={KEY}"), "(hidden)".to_owned()),
            (
                format!(r#"{{"SecretAccessKey":"{KEY}","SessionToken":"{session}","Version":1}}"#),
                r#"{"SecretAccessKey":"(hidden)","SessionToken":"(hidden)","Version":1}"#.to_owned(),
            ),
            (r#"{"id_token":"eyJh.eyJz.x-y","n":1}"#.to_owned(), r#"{"id_token":"(hidden)","n":1}"#.to_owned()),
            (format!("key /{}", &KEY[1..]), "key (hidden)".to_owned()),
            (format!("key {}/", &KEY[..39]), "key (hidden)".to_owned()),
            // as random as any, with a row of eight small letters
            ("key aB3/qwertyui9ZxP+LmN7Kd/R2tVhgYc5W0JfQes".to_owned(), "key (hidden)".to_owned()),
            ("token:k8s-aws-v1.aHR0c".to_owned(), "token:(hidden)".to_owned()),
            (
                "https://sts.aws/?sig=0123456789abcdef0123456789abcdef0123456789abcdef&x=1".to_owned(),
                "https://sts.aws/?(hidden)&x=1".to_owned(),
            ),
            (format!("https://vault/v1/{KEY}"), "https://vault(hidden)".to_owned()),
        ] {
            assert_eq!(without_secrets(&said), clean);
        }
    }

    #[test]
    fn paths_addresses_and_names_of_aws_are_no_secrets() {
        for said in [
            "open /home/alice/.kube/cache/oidc-login/0123456789abcdef0123456789abcdef01234567: no such file",
            "open /Users/JohnDoe/Documents/MyProject/Config1/kubeconfig.yaml: permission denied",
            "--config=/etc/rancher/k3s/clusters/production-eu-west-1/config.yaml",
            "Post https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com:443/apis/v1: EOF",
            "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE is unknown",
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com may not",
            r#"{"arn":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-very-long-name-of-a-secret-of-ours-AbCdE1"}"#,
        ] {
            assert_eq!(without_secrets(said), said);
        }
    }
}
