//! Kubeconfigs, read as kubectl reads them: each file by itself, then merged, every part with its file and line.

pub mod entry;

pub use entry::{Cluster, Data, Exec, Impersonation, Target, User};
