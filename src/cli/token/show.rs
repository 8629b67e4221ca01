//! `whycan token show`.

use crate::base::Failure;
use crate::cli::args::Format;
use crate::cli::live::{self, Live};
use crate::cli::session::Session;
use crate::report::token::Told;
use crate::report::{json, markdown, text};
use crate::session::Options;
use crate::source::live::{CredentialKind, expected};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan token
  whycan token show --context acme-prod
  whycan token show -o json | jq .expiresAt

The credential is taken as kubectl takes it: files are read, and the plugin of the context runs. The cluster is asked
whether it takes it, for its keys, and for what a token is bound to; the token's issuer for its keys. With --offline
nobody is asked. The secret itself is never printed; kubectl and the plugin can.";

/// The arguments.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Args {}

/// Explains what is presented.
pub fn run(_: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if session.global.from.is_some() || session.global.demo {
        return Err(Failure::usage("recorded facts present nobody to a server: `token show` needs a cluster")
            .hint("A token from anywhere: whycan token decode FILE"));
    }
    let kubeconfig = live::kubeconfig(&session.global)?;
    let mut live = Live::leading(&kubeconfig, session.global.context.as_deref(), &session.global)?;
    live.start(Options { check: !session.global.offline, ..Options::credential(live::options(&session.global)) });
    live.finish(session)?;
    if let Some((_, stage)) = live.walk.trouble()
        && let Some(failure) = stage.state.failure()
    {
        return Err(failure.clone());
    }
    let presented = live.walk.presented.clone().unwrap_or_default();
    let Some(decoded) = presented.decoded else {
        return Err(match presented.kind {
            CredentialKind::Basic => Failure::failed(format!("there is nothing to take apart: {}", presented.described()))
                .hint("No current server takes them: use a token, a certificate or a plugin."),
            _ => Failure::failed("nothing is presented to the cluster: requests are anonymous")
                .hint("Give the context a user: kubectl config set-context --current --user=NAME"),
        });
    };
    let told = match live.walk.checked.take() {
        Some(checked) => Told::asked((*decoded).clone(), *checked),
        None => Told::new((*decoded).clone(), expected(&live.target)),
    };
    let told = told.presented_by(&live.target.user, presented.origin.as_ref());
    match session.global.output {
        Format::Text => session.page(&text::token(&told, &session.look))?,
        Format::Markdown => session.out.text(&markdown::token(&told))?,
        Format::Json | Format::Yaml => session.value(&json::Token::new(&told))?,
    }
    Ok(0)
}
