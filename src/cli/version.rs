//! Which whycan this is: its version and the commit it was built from.

/// The commit, when the build knew it.
const COMMIT: Option<&str> = option_env!("WHYCAN_COMMIT");

/// `0.1.0`, or `0.1.0 (1a2b3c4d5e6f)`.
pub const SHORT: &str = match option_env!("WHYCAN_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// The version with what a bug report needs.
pub fn long() -> String {
    let commit = COMMIT.unwrap_or("unknown");
    format!(
        "{}\ncommit:  {commit}\ntarget:  {}-{}\nauthorizers: Node and RBAC, as in Kubernetes 1.36",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        std::env::consts::OS
    )
}
