//! The settings file: `$XDG_CONFIG_HOME/whycan/config.toml`, else `~/.config/whycan/config.toml`. Nobody needs one.
//!
//! What is not understood ends the program: a misspelt `production` would leave somebody without a warning.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::regular::{Refusal, content};
use crate::base::text::{edit_distance, enumerate, sanitise};
use crate::base::{Failure, Settings};

/// What can be settled.
const KEYS: [&str; 2] = ["kubeconfigs", "production"];

/// The settings; the default ones where there is no file.
///
/// # Errors
/// When the file cannot be read or understood: file and line are named.
pub fn load() -> Result<Settings, Failure> {
    load_with(|name| std::env::var_os(name))
}

/// The same with the environment given.
fn load_with(variable: impl Fn(&str) -> Option<OsString>) -> Result<Settings, Failure> {
    let Some(path) = path(variable) else { return Ok(Settings::default()) };
    let shown = path.to_string_lossy();
    let refused = |why: &str| Failure::usage(format!("cannot read settings `{}`: {why}", sanitise(&shown)));
    let bytes = match content(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Settings::default()),
        Err(Refusal::Pipe) => return Err(refused("it is no regular file")),
        Err(Refusal::Large) => return Err(refused("it is too large")),
        Err(Refusal::Other(why)) => return Err(refused(&why)),
    };
    let text = String::from_utf8(bytes).map_err(|_| refused("it is no UTF-8 text"))?;
    read(&path, &text)
}

/// Where the settings are; none where nobody has a home. A relative `XDG_CONFIG_HOME` is none, as its specification says.
fn path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("whycan").join("config.toml"))
}

/// Reads the text of a settings file.
fn read(path: &Path, text: &str) -> Result<Settings, Failure> {
    let at = |offset: usize| {
        let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        format!("{}:{line}", sanitise(&path.to_string_lossy()))
    };
    let refused = |offset: usize, why: &str| Failure::usage(format!("cannot read settings {}: {why}", at(offset)));
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        refused(offset, &sanitise(error.message()).to_lowercase())
    })?;
    let mut settings = Settings::default();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        let place = match name {
            "kubeconfigs" => &mut settings.kubeconfigs,
            "production" => &mut settings.production,
            unknown => return Err(hinted(refused(key.span().start, &format!("there is no setting `{}`", sanitise(unknown))), unknown)),
        };
        *place = texts(name, value)
            .map_err(|(offset, why)| refused(offset, &why).hint(format!("Write it as a list of patterns: {name} = [\"…\"]")))?;
    }
    Ok(settings)
}

/// A list of texts, or where it is none and why.
fn texts(name: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, (usize, String)> {
    let wrong = |value: &Spanned<DeValue<'_>>, what: &str| {
        (
            value.span().start,
            format!("{what} is of type {}, where {} is wanted", value.get_ref().type_str(), if what == name { "a list" } else { "text" }),
        )
    };
    let Some(items) = value.get_ref().as_array() else { return Err(wrong(value, name)) };
    let text = |(index, item): (usize, &Spanned<DeValue<'_>>)| {
        item.get_ref().as_str().map(str::to_owned).ok_or_else(|| wrong(item, &format!("{name}[{index}]")))
    };
    items.iter().enumerate().map(text).collect()
}

/// A failure with what was probably meant, or what there is.
fn hinted(failure: Failure, unknown: &str) -> Failure {
    let near = KEYS.iter().filter_map(|known| Some((edit_distance(&unknown.to_lowercase(), known, 3)?, known))).min();
    match near {
        Some((_, known)) => failure.hint(format!("Did you mean `{known}`?")),
        None => failure.hint(format!("There are: {}.", enumerate(&KEYS, "and"))),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn told(text: &str) -> String {
        match read(Path::new("/c.toml"), text) {
            Ok(settings) => format!("{:?} {:?}", settings.kubeconfigs, settings.production),
            Err(failure) => {
                assert_eq!(failure.exit_status(), 2);
                format!("{} | {}", failure.message, failure.hints.join(" "))
            }
        }
    }

    #[test]
    fn settings_are_read_or_refused_by_line() {
        for (text, result) in [
            ("", "[] []"),
            ("# nothing\n", "[] []"),
            ("kubeconfigs = ['~/k/*.yaml']\nproduction = [\"*prod*\", 'live']", r#"["~/k/*.yaml"] ["*prod*", "live"]"#),
            ("\nproducton = []", "cannot read settings /c.toml:2: there is no setting `producton` | Did you mean `production`?"),
            ("kubeconfig = 'x'", "cannot read settings /c.toml:1: there is no setting `kubeconfig` | Did you mean `kubeconfigs`?"),
            ("[theme]\nname = 'x'", "cannot read settings /c.toml:1: there is no setting `theme` | There are: kubeconfigs and production."),
            (
                "production = '*prod*'",
                "cannot read settings /c.toml:1: production is of type string, where a list is wanted | Write it as a list of patterns: production = [\"…\"]",
            ),
            (
                "production = [\n  'a',\n  7,\n]",
                "cannot read settings /c.toml:3: production[1] is of type integer, where text is wanted | Write it as a list of patterns: production = [\"…\"]",
            ),
        ] {
            assert_eq!(told(text), result, "{text}");
        }
        let broken = told("production = [\n'a'\n'b']");
        assert!(broken.starts_with("cannot read settings /c.toml:3: "), "{broken}");
    }

    #[test]
    fn the_file_is_where_the_specification_says() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        let put = |path: &str, text: &str| {
            let path = home.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put(".config/whycan/config.toml", "production = ['of-home']");
        put("xdg/whycan/config.toml", "production = ['of-xdg']");
        fs::create_dir_all(home.join("folder/whycan/config.toml")).unwrap();
        let load = |xdg: &str| {
            load_with(|name| match name {
                "HOME" => Some(home.into()),
                "XDG_CONFIG_HOME" if xdg.starts_with('+') => Some(home.join(&xdg[1..]).into()),
                "XDG_CONFIG_HOME" => Some(xdg.into()),
                _ => None,
            })
        };
        for (xdg, production) in [("", &["of-home"][..]), ("relative", &["of-home"]), ("+xdg", &["of-xdg"]), ("+nowhere", &[])] {
            assert_eq!(load(xdg).unwrap().production, production, "{xdg}");
        }
        let failure = load("+folder").unwrap_err();
        assert_eq!(
            failure.message.replace(home.to_str().unwrap(), ""),
            "cannot read settings `/folder/whycan/config.toml`: it is a folder"
        );
        assert_eq!(load_with(|_| None).unwrap(), Settings::default());
    }
}
