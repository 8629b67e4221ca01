//! The sentences of the failures.
