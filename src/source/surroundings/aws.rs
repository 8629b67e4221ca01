//! The names of AWS profiles in the text of the two files that have them.

use std::collections::BTreeSet;

/// The profiles of `~/.aws/config` and `~/.aws/credentials`: `[profile NAME]` and `[default]` in the one, `[NAME]` in the other.
///
/// What is doubtful counts as a profile: it is only asked whether one is missing.
pub fn profiles(config: &str, credentials: &str) -> BTreeSet<String> {
    let of_config = sections(config).filter_map(|section| {
        let named = section.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t']));
        named.or_else(|| (section == "default").then_some(section))
    });
    of_config.chain(sections(credentials)).map(|name| unquoted(name.trim()).to_owned()).collect()
}

/// What stands in square brackets at the beginning of lines.
fn sections(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix('[')?.split(']').next()).map(str::trim)
}

/// A name may stand in quotes, which a shell would take off.
fn unquoted(name: &str) -> &str {
    let within = |quote: char| name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_both_files() {
        let config = "\
# [profile commented]
[default]
region = eu-west-1
[profile work]
sso_session = corp
  [profile\tindented] ; comment
[profile \"with space\"]
[sso-session corp]
[services local]
[profiled]
[profile
[]
";
        let credentials = "[work]\naws_access_key_id = x\r\n[robot]\r\n[ spaced ]\n";
        let found = profiles(config, credentials);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["default", "indented", "robot", "spaced", "with space", "work"]);
        assert!(profiles("", "").is_empty());
    }
}
