//! `whycan` without a command: the terminal UI.

use std::io::Write;

use super::args::Global;
use super::live;
use super::settings::Terminal;
use crate::authz::quote_for_shell;
use crate::base::Failure;
use crate::source;
use crate::tui::{self, Origin};

/// Opens the terminal UI on the facts that the flags name, else on the kubeconfig, else on the demo.
pub fn run(global: &Global, terminal: &Terminal, err: &mut dyn Write) -> Result<u8, Failure> {
    if !terminal.shown {
        return Err(Failure::usage("the terminal UI needs a terminal, and standard output is none")
            .hint(tui::PRINTING)
            .hint("whycan --help says more."));
    }
    let flag = |name: &str, path: &Option<std::path::PathBuf>| {
        path.as_ref().map(|path| format!("{name} {}", quote_for_shell(&path.display().to_string())))
    };
    let is_there = global.kubeconfig.is_some() || source::kubeconfig::is_there();
    let mut notice = None;
    let (origin, demo) = match (&global.from, global.demo) {
        (Some(_), true) => {
            return Err(Failure::usage("`--from` and `--demo` both say where facts come from").hint("Give one of them."));
        }
        (Some(path), false) => {
            let path = path.clone();
            (Origin::Recorded(Box::new(move || source::from_path(&path))), false)
        }
        (None, false) if global.offline => {
            return Err(Failure::usage("`--offline` touches no cluster, and no other facts are given")
                .hint("Give recorded facts: --from PATH, or --demo."));
        }
        (None, false) if is_there => {
            // the terminal is the screen's
            let plugins = source::live::Plugins::here(global.kubeconfig.as_deref());
            let options = source::live::Options { plugins, ..live::options(global) };
            let live = tui::Live { kubeconfig: global.kubeconfig.clone(), options };
            (Origin::Live(live), false)
        }
        (None, is_asked) => {
            if !is_asked {
                // what nobody reads is no failure
                let said = "there is no kubeconfig: this is the demo, a made-up company";
                let _ = writeln!(err, "whycan: {said}");
                notice = Some(said.to_owned());
            }
            (Origin::Recorded(Box::new(source::demo)), true)
        }
    };
    tui::run(tui::Options {
        origin,
        demo,
        notice,
        flags: [flag("--from", &global.from), flag("--kubeconfig", &global.kubeconfig)].into_iter().flatten().collect(),
        context: global.context.clone(),
        request: Vec::new(),
        identity: global.as_identity.clone(),
        groups: global.as_group.clone(),
        namespace: global.namespace.clone(),
        ascii: global.ascii,
        color: terminal.colors(global.color),
    })
}
