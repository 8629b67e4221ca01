//! The command line as clap reads it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::{
    can, cluster, completions, context, duration, eks, help, identities, lint, man, map, namespace, review, rules, schema, token, who_can,
    whoami, why,
};

/// The whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "whycan",
    version = super::version::SHORT,
    long_version = super::version::long(),
    about = "Explains why an identity can, or can't, do something on a Kubernetes cluster",
    long_about = help::ABOUT,
    after_help = help::SHORT,
    after_long_help = help::LONG,
    max_term_width = 100,
    arg_required_else_help = false,
    subcommand_help_heading = "Commands",
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What all commands take.
    #[command(flatten)]
    pub global: Global,
    /// The command; none opens the terminal UI.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What all commands take.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Global {
    /// The namespace asked about
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// All namespaces
    #[arg(short = 'A', long, global = true)]
    pub all_namespaces: bool,
    /// Who asks: alice, group:dev, sa:NAMESPACE/NAME, node:NAME, user:NAME, token:FILE
    #[arg(long = "as", global = true, value_name = "IDENTITY")]
    pub as_identity: Option<String>,
    /// A group of whoever asks; may be repeated
    #[arg(long, global = true, value_name = "GROUP")]
    pub as_group: Vec<String>,
    /// The uid of whoever asks
    #[arg(long, global = true, value_name = "UID")]
    pub as_uid: Option<String>,
    /// Facts: a folder or file of what kubectl printed, or - for standard input
    #[arg(long, global = true, value_name = "PATH")]
    pub from: Option<PathBuf>,
    /// Facts of a made-up company, to try things on
    #[arg(long, global = true)]
    pub demo: bool,
    /// The kubeconfig; else the files of KUBECONFIG, else ~/.kube/config
    #[arg(long, global = true, value_name = "PATH")]
    pub kubeconfig: Option<PathBuf>,
    /// Which context of the kubeconfig, or which cluster of the facts
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// How long any one step outside may take: 5s, 500ms, 1m or plain seconds
    #[arg(long, global = true, value_name = "DURATION", default_value = "10s", value_parser = duration::read)]
    pub timeout: Duration,
    /// Touch nothing outside: no network, no credential plugin
    #[arg(long, global = true)]
    pub offline: bool,
    /// What time it is, for trials (RFC 3339)
    #[arg(long, global = true, hide = true, value_name = "TIME")]
    pub now: Option<Timestamp>,
    /// How to print the answer
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
    /// Print ASCII signs only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Leave nothing out: every rule, every fix in full, and what was read
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Sentences and trees
    #[default]
    Text,
    /// One JSON value; its shape: whycan schema
    Json,
    /// The same keys as YAML
    Yaml,
    /// For tickets and pull requests
    Markdown,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Explain why somebody can, or can't, do something
    #[command(after_help = why::EXAMPLES)]
    Why(why::Args),
    /// List everyone who may do something, and through what
    #[command(after_help = who_can::EXAMPLES)]
    WhoCan(who_can::Args),
    /// Show all that somebody may do: the access matrix
    #[command(after_help = can::EXAMPLES)]
    Can(can::Args),
    /// Show who the cluster takes you for, and how that is known
    #[command(after_help = whoami::EXAMPLES)]
    Whoami(whoami::Args),
    /// Show the cluster: where it is, what it is, how much of it could be read
    #[command(after_help = cluster::EXAMPLES)]
    Cluster(cluster::Args),
    /// Show roles and bindings, in both directions
    #[command(after_help = rules::EXAMPLES)]
    Rules(rules::Args),
    /// List the users, groups, service accounts and nodes that objects name
    #[command(after_help = identities::EXAMPLES)]
    Identities(identities::Args),
    /// List the contexts, and make another one current; change, take alone, undo
    #[command(after_help = context::EXAMPLES, visible_alias = "ctx")]
    Context(context::Args),
    /// Show the namespace of the current context, or give it another
    #[command(after_help = namespace::EXAMPLES, visible_alias = "ns")]
    Namespace(namespace::Args),
    /// Find the clusters of Amazon EKS that AWS profiles can see, and add them to the kubeconfig
    #[command(after_help = eks::EXAMPLES)]
    Eks(eks::Args),
    /// Show the credential that is presented, take one apart, or make one for a cluster of EKS
    #[command(after_help = token::EXAMPLES)]
    Token(token::Args),
    /// Show who a principal of AWS is to a cluster of EKS, and which role of AWS a service account becomes
    #[command(after_help = map::EXAMPLES)]
    Map(map::Args),
    /// Find defects in the kubeconfig, in roles and bindings, and in what AWS lets in
    #[command(after_help = lint::EXAMPLES)]
    Lint(lint::Args),
    /// Answer SubjectAccessReviews as the API server would
    #[command(after_help = review::EXAMPLES)]
    Review(review::Args),
    /// Print the JSON Schema of what a command prints with -o json
    #[command(after_help = schema::EXAMPLES)]
    Schema(schema::Args),
    /// Print a completion script for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::Args),
    /// Print the manual page
    #[command(after_help = man::EXAMPLES)]
    Man(man::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn clap_finds_no_fault() {
        Cli::command().debug_assert();
    }
}
