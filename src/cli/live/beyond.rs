//! A context that is asked for by name and stands only in a file that kubectl does not look at: it is not opened, for its
//! plugin is a program that nobody has chosen yet; it is said how to choose it.

use crate::authz::quote_for_shell;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::cli::args::Global;
use crate::kubeconfig::{Kubeconfig, Way};
use crate::source::{kubeconfig, settings};

/// The failure that there is no such context or, where a further file has one, that this must be named.
pub fn failure(failure: Failure, known: &Kubeconfig, context: Option<&str>, global: &Global) -> Failure {
    let missing = context.filter(|name| known.context(name).is_none() && global.kubeconfig.is_none());
    missing.and_then(elsewhere).unwrap_or(failure)
}

fn elsewhere(name: &str) -> Option<Failure> {
    let settings = settings::load().ok()?;
    let browsed = kubeconfig::browse(None);
    let file = kubeconfig::further(&browsed, &settings).files.into_iter().find(|file| file.kubeconfig.context(name).is_some())?;
    let user = file.kubeconfig.context(name).and_then(|context| file.kubeconfig.user_of(context));
    let plugin = user.filter(|user| user.way() == Way::Exec).and_then(|user| user.exec.as_ref());
    let runs = plugin.map_or_else(String::new, |exec| format!(", and would run `{}`", sanitise(&exec.command)));
    let failure = Failure::failed(format!(
        "context `{}` stands only in `{}`, which kubectl does not look at{runs}: it is not opened without your word",
        sanitise(name),
        sanitise(&file.path)
    ))
    .hint(format!(
        "If you trust that file, name it: --kubeconfig {} --context {}",
        quote_for_shell(&file.path),
        quote_for_shell(name)
    ));
    Some(file.export.iter().fold(failure, |failure, line| failure.hint(format!("Or put it into view: {line}"))))
}
