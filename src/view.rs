//! What to show, without a terminal: trees, rows, sentences; the table of actions.
//!
//! The screens and the text report read the same projections, so they say the same words.

pub mod actions;
pub mod change;
pub mod changed;
pub mod command;
pub mod complete;
pub mod contexts;
pub mod eks;
pub mod findings;
pub mod flip;
pub mod identities;
pub mod login;
pub mod mapping;
pub mod matrix;
pub mod named;
pub mod phrase;
pub mod question;
pub mod rules;
pub mod sentence;
pub mod table;
pub mod token;
pub mod who_can;
pub mod why;
