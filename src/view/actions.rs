//! The one table of actions: names, sentences, groups and keys.
//!
//! Key bindings, the hints in the last line and the help all read it, so that they cannot disagree. A key has one meaning
//! everywhere.

/// Something that a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Moves up one line.
    Up,
    /// Moves down one line.
    Down,
    /// Closes a node, or goes to its parent.
    Left,
    /// Opens a node.
    Right,
    /// Opens or closes a node.
    Toggle,
    /// Moves up one page.
    PageUp,
    /// Moves down one page.
    PageDown,
    /// Goes to the first line.
    First,
    /// Goes to the last line.
    Last,
    /// Opens the details, chooses or asks.
    Open,
    /// Goes back.
    Back,
    /// Edits the question.
    Edit,
    /// Asks the same as somebody else.
    Identity,
    /// Shows what would allow it.
    Fix,
    /// Goes to the next request of a question that needs several.
    NextPart,
    /// Goes to the previous request of a question that needs several.
    PreviousPart,
    /// Goes to the question before.
    Before,
    /// Goes to the question after.
    After,
    /// Keeps an eye on the question, or no longer.
    Pin,
    /// Shows who may do this.
    WhoCan,
    /// Narrows a list.
    Filter,
    /// Opens the command line.
    Command,
    /// Makes a context the current one.
    MakeCurrent,
    /// Gives a context a namespace.
    Namespace,
    /// Gives a context another name.
    Rename,
    /// Removes a context.
    Delete,
    /// Adds a cluster that was found.
    Add,
    /// Takes the last change of kubeconfigs back.
    Undo,
    /// Opens a shell in a context.
    Shell,
    /// Arranges a list in another way.
    Arrange,
    /// Reads everything anew.
    Refresh,
    /// Stops what is being read; shows the token that is presented, where that is what the screen is about.
    Cancel,
    /// Runs the plugin of the context on the terminal.
    LogIn,
    /// Takes a token apart that is pasted.
    PasteToken,
    /// Shows what is presented.
    ShowToken,
    /// Shows the contexts.
    Contexts,
    /// Shows the walk.
    ShowWalk,
    /// Shows the answer to the question.
    ShowWhy,
    /// Shows who may.
    ShowWhoCan,
    /// Shows all that somebody may.
    ShowMatrix,
    /// Shows roles and bindings.
    ShowRules,
    /// Shows the identities.
    ShowIdentities,
    /// Shows who is let in under which name.
    ShowMapping,
    /// Shows the findings.
    ShowFindings,
    /// Shows the cluster.
    ShowCluster,
    /// Copies a command.
    Copy,
    /// Copies the YAML of a fix.
    CopyYaml,
    /// Goes to the next pane or field.
    Pane,
    /// Goes to the pane or field before.
    PaneBack,
    /// Erases the character before.
    Erase,
    /// Erases the character after.
    EraseNext,
    /// Erases the word before.
    EraseWord,
    /// Erases the field.
    EraseAll,
    /// Shows the keys.
    Help,
    /// Draws everything anew.
    Redraw,
    /// Suspends the program.
    Suspend,
    /// Ends the program.
    Quit,
}

impl Action {
    /// Whether it moves about in rows, or opens and closes them.
    pub fn is_motion(self) -> bool {
        matches!(
            self,
            Self::Up | Self::Down | Self::Left | Self::Right | Self::Toggle | Self::PageUp | Self::PageDown | Self::First | Self::Last
        )
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// A word or two, for hints.
    pub name: &'static str,
    /// What it does, as an imperative sentence without a final stop.
    pub sentence: &'static str,
    /// Under which heading help lists it.
    pub group: &'static str,
    /// The keys, the first being the one that hints show.
    pub keys: &'static [&'static str],
}

const fn entry(action: Action, name: &'static str, sentence: &'static str, group: &'static str, keys: &'static [&'static str]) -> Entry {
    Entry { action, name, sentence, group, keys }
}

/// Every action, the most useful of each group first.
pub const ACTIONS: [Entry; 57] = [
    entry(Action::Open, "open", "Open what is under the cursor; choose it; ask what is typed", "here", &["enter"]),
    entry(Action::Back, "back", "Close what is open, else go up; while something is typed, leave it", "here", &["esc"]),
    entry(Action::Filter, "filter", "Show only the rows with what is typed; Enter keeps it, Esc clears it", "here", &["/"]),
    entry(Action::Copy, "copy", "Copy the command: that shows this, of the fix shown, that settles the gap", "here", &["y"]),
    entry(Action::Fix, "fix", "Show the change that would allow it, or what would mend a finding", "the answer", &["f"]),
    entry(Action::CopyYaml, "copy YAML", "Copy the YAML of the fix", "the answer", &["Y"]),
    entry(Action::NextPart, "next request", "Go to the next request of a question that needs several", "the answer", &[")"]),
    entry(Action::PreviousPart, "request before", "Go to the request before, of a question that needs several", "the answer", &["("]),
    entry(Action::Edit, "edit", "Edit the question; a Forbidden message or a kubectl line can be pasted any time", "the question", &["e"]),
    entry(Action::Identity, "as", "Ask the same as somebody else", "the question", &["i"]),
    entry(Action::WhoCan, "who can", "Show everyone who may do this, and through what", "the question", &["w"]),
    entry(Action::Pin, "pin", "Watch the question and say when its answer changes, or stop that", "the question", &["p"]),
    entry(Action::Before, "before", "Go back to what was looked at before", "going", &["["]),
    entry(Action::After, "after", "Go on to what was looked at after", "going", &["]"]),
    entry(Action::Command, "command", "Type a command: why, who-can, can, rules, ctx, as, ns, q", "going", &[":"]),
    entry(Action::Contexts, "contexts", "Show the contexts; Enter looks into one", "going", &["c", "9"]),
    entry(Action::ShowWalk, "walk", "Show who one is here, stage by stage, and the pinned questions", "going", &["1"]),
    entry(Action::ShowToken, "token", "Show what is presented to the server, part by part, and how long it lasts", "going", &["T"]),
    entry(Action::ShowWhy, "why", "Show the answer to the question", "going", &["2"]),
    entry(Action::ShowWhoCan, "who can", "Show who may do what was asked last", "going", &["3"]),
    entry(Action::ShowMatrix, "matrix", "Show all that somebody may", "going", &["4"]),
    entry(Action::ShowRules, "rules", "Show roles and bindings", "going", &["5"]),
    entry(Action::ShowIdentities, "identities", "Show everybody whom objects name", "going", &["6"]),
    entry(
        Action::ShowMapping,
        "mapping",
        "Show whom EKS lets in, under which name: access entries, aws-auth, identity providers",
        "going",
        &["0"],
    ),
    entry(Action::ShowFindings, "findings", "Show what is wrong with roles and bindings", "going", &["7"]),
    entry(Action::ShowCluster, "cluster", "Show the cluster: server, counts, what could not be read", "going", &["8"]),
    entry(
        Action::MakeCurrent,
        "make current",
        "Make the context the current one; the line is shown before it is written",
        "contexts",
        &["u"],
    ),
    entry(Action::Namespace, "namespace", "Give the context a namespace", "contexts", &["n"]),
    entry(Action::Rename, "rename", "Give the context another name", "contexts", &["R"]),
    entry(Action::Delete, "delete", "Remove the context, and what nobody else uses", "contexts", &["D"]),
    entry(Action::Add, "add", "Add the cluster of EKS to the kubeconfig", "contexts", &["a"]),
    entry(Action::Undo, "undo", "Take the last change of kubeconfigs back", "contexts", &["U"]),
    entry(Action::Shell, "shell", "Open a shell where only this context is known", "contexts", &["S"]),
    entry(Action::Arrange, "arrange", "Arrange the contexts by place, as they stand, or by file", "contexts", &["t"]),
    entry(Action::LogIn, "log in", "Run the context's plugin on this terminal, then read everything anew", "the credential", &["L"]),
    entry(
        Action::PasteToken,
        "paste one",
        "Take a token apart that you paste; nobody is asked, and it is kept nowhere",
        "the credential",
        &["P"],
    ),
    entry(Action::Down, "down", "Go down, or scroll down", "moving", &["down", "j"]),
    entry(Action::Up, "up", "Go up, or scroll up", "moving", &["up", "k"]),
    entry(
        Action::Right,
        "unfold",
        "Unfold a row, or go to the first one inside it; on the matrix, go to the next verb",
        "moving",
        &["right", "l"],
    ),
    entry(
        Action::Left,
        "fold",
        "Fold a row, or go to the one that holds it; on the matrix, go to the verb before",
        "moving",
        &["left", "h"],
    ),
    entry(Action::Toggle, "fold or unfold", "Fold or unfold a row", "moving", &["space"]),
    entry(Action::PageDown, "page down", "Go down a page", "moving", &["pagedown", "ctrl-f"]),
    entry(Action::PageUp, "page up", "Go up a page", "moving", &["pageup", "ctrl-b"]),
    entry(Action::First, "first", "Go to the first row, or the start", "moving", &["home", "g"]),
    entry(Action::Last, "last", "Go to the last row, or the end", "moving", &["end", "G"]),
    entry(Action::Pane, "details", "Go to the details and back; while something is typed, to the next field", "moving", &["tab"]),
    entry(Action::PaneBack, "pane before", "Go the other way round", "moving", &["backtab"]),
    entry(Action::Erase, "erase", "Erase the character before", "typing", &["backspace", "ctrl-h"]),
    entry(Action::EraseNext, "erase after", "Erase the character after", "typing", &["delete"]),
    entry(Action::EraseWord, "erase word", "Erase the word before", "typing", &["ctrl-w"]),
    entry(Action::EraseAll, "erase all", "Erase the whole field", "typing", &["ctrl-u"]),
    entry(Action::Refresh, "refresh", "Read everything anew", "everywhere", &["r"]),
    entry(
        Action::Cancel,
        "stop",
        "Stop what is being read; on the token screen, show the token itself for ten seconds",
        "everywhere",
        &["x"],
    ),
    entry(Action::Help, "help", "Show the keys", "everywhere", &["?", "f1"]),
    entry(Action::Redraw, "redraw", "Draw the screen anew", "everywhere", &["ctrl-l"]),
    entry(Action::Suspend, "suspend", "Go to the background; fg comes back", "everywhere", &["ctrl-z"]),
    entry(Action::Quit, "quit", "Quit", "everywhere", &["q", "ctrl-c"]),
];

/// The action of a key, by the key's name.
pub fn of_key(key: &str) -> Option<Action> {
    ACTIONS.iter().find(|entry| entry.keys.contains(&key)).map(|entry| entry.action)
}

/// The line of an action.
pub fn entry_of(action: Action) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.action == action)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_key_has_one_meaning() {
        let keys: Vec<&str> = ACTIONS.iter().flat_map(|entry| entry.keys.iter().copied()).collect();
        let distinct: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(keys.len(), distinct.len(), "{keys:?}");
    }

    #[test]
    fn every_action_stands_once_and_says_what_it_does() {
        let actions: BTreeSet<Action> = ACTIONS.iter().map(|entry| entry.action).collect();
        assert_eq!(actions.len(), ACTIONS.len());
        for entry in ACTIONS {
            assert!(
                !entry.keys.is_empty() && entry.sentence.starts_with(char::is_uppercase) && !entry.sentence.ends_with('.'),
                "{entry:?}"
            );
        }
    }
}
