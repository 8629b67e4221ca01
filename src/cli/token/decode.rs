//! `whycan token decode [FILE|-]`.

use std::io::{IsTerminal as _, stdin};
use std::path::{Path, PathBuf};

use crate::base::Failure;
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::credential::{Expected, jwt};
use crate::report::token::Told;
use crate::report::{json, markdown, text};
use crate::source;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  aws eks get-token --cluster-name acme-prod | whycan token decode
  kubectl create token web -n dev | whycan token decode - -o json
  whycan token decode ./id-token --issuer https://login.example --audience kubernetes --jwks keys.json
  whycan token decode client.crt --certificate-authority ca.crt

FILE holds a token (with or without Bearer before it), what a credential plugin prints, or a certificate. Nothing
is asked over the network, and no secret is printed. A signature is verified where the keys are given with --jwks:
kubectl get --raw /openid/v1/jwks prints those of service accounts.

Exit status: 0 when it could be read, whatever was found.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The credential: a file, or - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// The EKS cluster that it is meant for: its name, or its ARN, which tells partition and region too
    #[arg(long, value_name = "NAME")]
    cluster_name: Option<String>,
    /// The issuer that the cluster takes tokens of
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// An audience that the cluster takes; may be repeated
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// The issuer's keys, as a JSON web key set
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The authority that the cluster trusts for client certificates, in PEM
    #[arg(long, value_name = "FILE")]
    certificate_authority: Option<PathBuf>,
}

/// Explains a credential.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    if is_stdin(&args.file) && stdin().is_terminal() {
        return Err(Failure::usage("there is nothing to decode: standard input is a terminal")
            .hint("Name a file, or pipe a token: aws eks get-token --cluster-name NAME | whycan token decode"));
    }
    if is_stdin(&args.file) {
        session.claim_stdin("`FILE -`")?;
    }
    let decoded = source::credential(&args.file)?;
    let expected = expected(args, session)?;
    let told = Told::new(decoded, expected);
    match session.global.output {
        Format::Text => session.page(&text::token(&told, &session.look))?,
        Format::Markdown => session.out.text(&markdown::token(&told))?,
        Format::Json | Format::Yaml => session.value(&json::Token::new(&told))?,
    }
    Ok(0)
}

/// What it is meant for.
fn expected(args: &Args, session: &mut Session<'_>) -> Result<Expected, Failure> {
    let mut expected = Expected {
        now: Some(session.global.now()),
        cluster: args.cluster_name.clone(),
        issuer: args.issuer.clone(),
        audiences: args.audience.clone(),
        ..Expected::default()
    };
    // arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME
    let parts: Vec<&str> = args.cluster_name.iter().flat_map(|name| name.splitn(6, ':')).collect();
    if let ["arn", partition, "eks", region, _, rest] = parts.as_slice() {
        expected.partition = Some((*partition).to_owned());
        expected.region = Some((*region).to_owned());
        expected.cluster = Some(rest.strip_prefix("cluster/").unwrap_or(rest).to_owned());
    }
    if let Some(path) = &args.jwks {
        let keys = jwt::keys(&read(path, "--jwks", session)?);
        let refused = |why| {
            Failure::failed(format!("`{}` {why}", path.display()))
                .hint("Get the keys of service accounts: kubectl get --raw /openid/v1/jwks")
                .hint("Those of a provider are where jwks_uri of ISSUER/.well-known/openid-configuration leads.")
        };
        expected.keys = Some(keys.map_err(refused)?);
    }
    if let Some(path) = &args.certificate_authority {
        expected.authority = Some(read(path, "--certificate-authority", session)?);
    }
    Ok(expected)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path, what: &str, session: &mut Session<'_>) -> Result<Vec<u8>, Failure> {
    if is_stdin(path) {
        session.claim_stdin(&format!("`{what} -`"))?;
    }
    source::read_small(path)
}
