//! A decision joined by what the server said, or by why it said nothing.

use crate::authz::Decision;
use crate::source::live::Reviewed;

/// How the note begins that says why the server gave no verdict.
pub const NOT_HEARD: &str = "the server was not heard: ";

/// Takes the server's answer to the same identity and request; where there is none, a note says why.
pub fn heed(decision: &mut Decision, reviewed: &Reviewed) {
    match reviewed {
        Ok(verdict) => decision.heed(verdict.clone()),
        Err(failure) => {
            let note = format!("{NOT_HEARD}{}", failure.message);
            if !decision.notes.contains(&note) {
                decision.notes.push(note);
            }
        }
    }
}
