//! `whycan` without a command: the terminal UI.

use std::io::Write;

use super::args::Global;
use super::settings::Terminal;
use crate::base::Failure;
use crate::source;
use crate::tui;

/// Opens the terminal UI on the facts that the flags name, else on the demo.
pub fn run(global: &Global, terminal: &Terminal, err: &mut dyn Write) -> Result<u8, Failure> {
    if !terminal.shown {
        return Err(Failure::usage("the terminal UI needs a terminal, and standard output is none")
            .hint("These commands print: why, who-can, can, rules, identities, lint, review.")
            .hint("whycan --help says more."));
    }
    let (load, demo): (tui::Load, bool) = match (&global.from, global.demo) {
        (Some(_), true) => {
            return Err(Failure::usage("`--from` and `--demo` both say where facts come from").hint("Give one of them."));
        }
        (Some(path), false) => {
            let path = path.clone();
            (Box::new(move || source::from_path(&path)), false)
        }
        (None, true) => (Box::new(source::demo), true),
        (None, false) => {
            // what nobody reads is no failure
            let _ = writeln!(err, "whycan: neither --from nor --demo is given: this is the demo, a made-up company");
            (Box::new(source::demo), true)
        }
    };
    tui::run(tui::Options {
        load,
        demo,
        from: global.from.as_ref().map(|path| path.display().to_string()),
        context: global.context.clone(),
        request: Vec::new(),
        identity: global.as_identity.clone(),
        groups: global.as_group.clone(),
        namespace: global.namespace.clone(),
        ascii: global.ascii,
        color: terminal.colors(global.color),
    })
}
