//! The person's shell with the context in its prompt; its own start files are read as ever, and not touched.
//!
//! They often set `KUBECONFIG`: it is set right after them.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use tokio::process::Command;

use super::folder::Folder;

/// For bash: `--rcfile` takes the place of `~/.bashrc`.
const BASH: &str = r#"if [ -r ~/.bashrc ]; then . ~/.bashrc; fi
export KUBECONFIG="$WHYCAN_SHELL_FILE"
PS1="(\$WHYCAN_SHELL) $PS1"
"#;

/// For zsh: `.zshenv` of our folder is read first, and sends it back to the person's own folder.
const ZSH_ENVIRONMENT: &str = r#"typeset -g _whycan_folder="$ZDOTDIR"
if [[ -n "$WHYCAN_SHELL_ZDOTDIR" ]]; then ZDOTDIR="$WHYCAN_SHELL_ZDOTDIR"; else unset ZDOTDIR; fi
if [[ -r "${ZDOTDIR:-$HOME}/.zshenv" ]]; then source "${ZDOTDIR:-$HOME}/.zshenv"; fi
typeset -g _whycan_own="${ZDOTDIR:-$HOME}"
ZDOTDIR="$_whycan_folder"
"#;

/// For zsh: `.zshrc` of our folder. The system's own start file may have put the history into our folder by then.
const ZSH: &str = r#"ZDOTDIR="$_whycan_own"
if [[ "$HISTFILE" == "$_whycan_folder"/* ]]; then HISTFILE="$ZDOTDIR/.zsh_history"; fi
if [[ -r "$ZDOTDIR/.zshrc" ]]; then source "$ZDOTDIR/.zshrc"; fi
export KUBECONFIG="$WHYCAN_SHELL_FILE"
PROMPT="(${WHYCAN_SHELL//\%/%%}) $PROMPT"
unset _whycan_own _whycan_folder WHYCAN_SHELL_ZDOTDIR
"#;

/// For fish: run after its own start files.
const FISH: &str = "set -gx KUBECONFIG $WHYCAN_SHELL_FILE
functions -q fish_prompt; and functions -c fish_prompt _whycan_prompt
function fish_prompt
    printf '(%s) ' $WHYCAN_SHELL
    functions -q _whycan_prompt; and _whycan_prompt
end
";

/// A shell with its prompt.
pub fn shell(program: &OsStr, folder: &Folder) -> io::Result<Command> {
    let mut command = Command::new(program);
    match Path::new(program).file_name().and_then(OsStr::to_str).unwrap_or_default() {
        "bash" => {
            command.arg("--rcfile").arg(folder.put("bashrc", BASH)?).arg("-i");
        }
        "zsh" => {
            folder.put(".zshenv", ZSH_ENVIRONMENT)?;
            folder.put(".zshrc", ZSH)?;
            let own = std::env::var_os("ZDOTDIR").unwrap_or_default();
            command.env("WHYCAN_SHELL_ZDOTDIR", own).env("ZDOTDIR", folder.path()).arg("-i");
        }
        "fish" => {
            command.args(["--interactive", "--init-command", FISH]);
        }
        // others take the prompt from the environment, and look the name up in it
        _ => {
            command.env("PS1", "($WHYCAN_SHELL) $ ");
        }
    }
    Ok(command)
}
