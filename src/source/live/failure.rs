//! Every fault of a server or of the way to it, as a sentence with its cause and the next step.

mod tls;

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use crate::base::Failure;
use crate::base::redact::redact;
use crate::base::text::sanitise;
use crate::source::live::without_secret;
use crate::source::plugin::seconds;

/// What became of a request that did not give what was asked for, as far as it makes a difference.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 401: the credential is not accepted.
    Unauthorized(Failure),
    /// 403, with the server's message.
    Forbidden(String),
    /// 404; whether the server said it in a Status: then it is an API server that has no such object.
    Missing { failure: Failure, is_status: bool },
    /// 405.
    NotAllowed(Failure),
    /// 410: what was known of the cluster is too old to go on from.
    Gone(Failure),
    /// The connection broke: on a new one it may go well.
    Broken(Failure),
    /// The connection ended before the request went out: on the next one it is shown why.
    Unsent(Failure),
    /// Anything else.
    Other(Failure),
}

impl Fault {
    /// As a failure that ends something.
    pub fn failure(self, server: &str) -> Failure {
        match self {
            Self::Forbidden(message) => Failure::failed(format!("{server} refuses it: {}", sanitise(&message)))
                .hint("Ask whoever may grant it, or go on as somebody else (--context)."),
            Self::Unauthorized(failure)
            | Self::Missing { failure, .. }
            | Self::NotAllowed(failure)
            | Self::Gone(failure)
            | Self::Broken(failure)
            | Self::Unsent(failure)
            | Self::Other(failure) => failure,
        }
    }
}

/// No answer within the limit.
pub fn silent(server: &str, limit: Duration) -> Failure {
    Failure::failed(format!("no answer from {server} within {}", seconds(limit)))
        .hint("Check the network, VPN or firewall, or wait longer with --timeout.")
        .hint("Look at another context: whycan context list")
}

/// An answer that is none; `why` is a clause: `it gave a page for browsers`.
pub fn garbage(server: &str, path: &str, why: &str) -> Failure {
    Failure::failed(format!("{server} does not answer {} as an API server does: {}", place(path), sanitise(why)))
        .hint("Check the server's URL in the kubeconfig: a proxy, a login page or another service may stand there.")
}

/// An answer without end.
pub fn endless(server: &str, path: &str, most: usize) -> Failure {
    Failure::failed(format!("the answer of {server} to {} is longer than {} MiB", place(path), most >> 20))
        .hint("Check the server's URL in the kubeconfig: this is no API server's answer.")
}

/// A redirect, which no API server gives and which is not followed: the credential would go elsewhere.
pub fn redirect(server: &str, status: u16, to: Option<&str>) -> Failure {
    // what a login page is given may be a secret
    let to = to.map_or_else(|| "elsewhere".to_owned(), |to| format!("to {}", without_secret(&place(to))));
    Failure::failed(format!("{server} sends us {to} ({status}), where whycan does not follow"))
        .hint("Set the cluster's own URL as server in the kubeconfig: a login page or load balancer stands there.")
}

/// An answer that began and did not end within the limit.
pub fn unfinished(server: &str, path: &str, limit: Duration) -> Failure {
    Failure::failed(format!("{server} began to answer {}, and did not end within {}", place(path), seconds(limit)))
        .hint("Check the network, VPN or firewall, or wait longer with --timeout.")
        .hint("Look at another context: whycan context list")
}

/// What a server says beside a status.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The message, empty where there is none.
    pub text: String,
    /// Whether it came in a Status, as an API server's does.
    pub is_status: bool,
}

/// A status that is no answer; `wait` is how long the server asks to wait.
pub fn status(server: &str, path: &str, status: u16, words: &Words, wait: Option<Duration>) -> Fault {
    let said = sanitise(words.text.trim());
    // whoever stands there may repeat what it was sent
    let tail = if said.is_empty() { String::new() } else { format!(": {}", redact(&said)) };
    let failed = |what: &str| Failure::failed(format!("{server} {what} ({status}){tail}"));
    let of_path = |what: &str| failed(&format!("{what} {}", place(path)));
    match status {
        // whoever refuses without a Status is no API server, and says nothing about rights
        403 if words.is_status && !said.is_empty() => Fault::Forbidden(said.into_owned()),
        403 => Fault::Other(
            of_path("refuses").hint("It is not the API server that says so: look for a proxy or firewall before it, and at HTTPS_PROXY."),
        ),
        404 => Fault::Missing {
            failure: of_path("does not know").hint("Check the server's URL in the kubeconfig, and its path."),
            is_status: words.is_status,
        },
        405 => Fault::NotAllowed(
            of_path("does not let us use")
                .hint("Check the server's URL in the kubeconfig: a proxy may stand there that lets little through."),
        ),
        410 => Fault::Gone(failed("does not remember that far back").hint("Try again.")),
        429 => {
            let failure = failed("has too many requests and turns ours away");
            Fault::Other(match wait {
                Some(wait) => failure.hint(format!("Try again in {}, as it asks.", seconds(wait))),
                None => failure.hint("Try again later; wait longer with --timeout."),
            })
        }
        400 if said.contains("HTTP request to an HTTPS server") => {
            Fault::Other(Failure::failed(format!("{server} speaks TLS, not plain HTTP")).hint("Write https:// in the cluster's server."))
        }
        502..=504 if !words.is_status => Fault::Other(
            failed("has no API server behind it").hint("A load balancer or proxy says so: check that the cluster runs, and try again."),
        ),
        500..=599 => Fault::Other(failed("has failed").hint("Look at the API server's health: kubectl get --raw '/readyz?verbose'")),
        _ => Fault::Other(
            of_path("does not take the request to")
                .hint("Try again; if it stays so, look at the API server's log, and at proxies before it."),
        ),
    }
}

/// A path as a sentence names it.
fn place(path: &str) -> String {
    sanitise(path.split('?').next().unwrap_or(path)).into_owned()
}

/// An error of the client: the way to the server, or the conversation with it.
pub fn of_error(server: &str, proxy: Option<&http::Uri>, error: &(dyn StdError + 'static), limit: Duration) -> Fault {
    let causes = causes(error);
    // what goes wrong before there is a tunnel is between us and the proxy
    let is_proxy = causes.iter().any(|cause| BEFORE_TUNNEL.iter().any(|text| cause.to_string().contains(text)));
    match proxy {
        Some(proxy) if is_proxy => {
            let name = format!("the proxy {}", sanitise(without_secret(&proxy.to_string()).trim_end_matches('/')));
            let message = match known(&name, &causes, limit) {
                Some(fault) => fault.failure(&name).message,
                None => format!("{name} cannot be reached"),
            };
            Fault::Other(Failure::failed(message).hint(PROXY))
        }
        _ => known(server, &causes, limit).unwrap_or_else(|| {
            let texts: Vec<String> = causes.iter().map(ToString::to_string).collect();
            of_texts(server, &texts, limit)
        }),
    }
}

/// What `hyper_util` says where a proxy cannot be reached or breaks off.
const BEFORE_TUNNEL: [&str; 3] =
    ["failed to create underlying connection", "io error establishing tunnel", "io error during SOCKS handshake"];

/// What to do about a proxy.
const PROXY: &str = "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY.";

/// An error and all that it came from.
pub fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut all = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        all.push(cause);
        // an io::Error gives as its source not what it wraps but the source of that
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => cause.source(),
        };
    }
    all
}

/// The innermost cause that says by its type what it is.
fn known(server: &str, causes: &[&(dyn StdError + 'static)], limit: Duration) -> Option<Fault> {
    let told = causes.iter().rev().find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(error) => Some(Fault::Other(tls::of_error(server, error))),
        None => of_io(server, cause.downcast_ref::<io::Error>()?, limit),
    });
    // a connection that was about to be used has ended, why stands in no error: the next one says it
    let is_unsent = |cause: &&(dyn StdError + 'static)| {
        cause.downcast_ref::<hyper::Error>().is_some_and(|error| error.is_canceled() || error.is_closed())
    };
    told.or_else(|| causes.iter().any(is_unsent).then(|| Fault::Unsent(closed(server))))
}

fn of_io(server: &str, error: &io::Error, limit: Duration) -> Option<Fault> {
    let check = "Check that the cluster runs and that the server's URL in the kubeconfig is right.";
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            Fault::Other(Failure::failed(format!("nobody listens at {server} (connection refused)")).hint(check))
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => Fault::Broken(
            Failure::failed(format!("{server} has broken the connection")).hint("Try again; a proxy or a restarting server does this."),
        ),
        io::ErrorKind::UnexpectedEof => ended(server),
        io::ErrorKind::TimedOut => Fault::Other(silent(server, limit)),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => Fault::Other(
            Failure::failed(format!("there is no way to {server} ({})", plain(&error.to_string()))).hint("Check the network or VPN."),
        ),
        _ => return None,
    })
}

/// A connection that ended before it was used.
fn closed(server: &str) -> Failure {
    Failure::failed(format!("{server} has closed the connection at once")).hint("Try again; a restarting server or a proxy does this.")
}

/// A connection that ended too early.
fn ended(server: &str) -> Fault {
    Fault::Broken(
        Failure::failed(format!("{server} has ended the connection in the middle")).hint("Try again; a restarting server does this."),
    )
}

/// What remains is told by texts only.
fn of_texts(server: &str, texts: &[String], limit: Duration) -> Fault {
    let has = |part: &str| texts.iter().any(|text| text.contains(part));
    let last = texts.last().map(String::as_str).unwrap_or_default();
    if ["connection closed before message completed", "unexpected EOF", "end of file before message", "connection error"]
        .into_iter()
        .any(has)
    {
        return ended(server);
    }
    if has("timed out") || has("deadline") {
        return Fault::Other(silent(server, limit));
    }
    Fault::Other(if has("failed to lookup address") || has("dns error") || has("Name or service not known") {
        Failure::failed(format!("the name in {server} cannot be resolved"))
            .hint("Check the server's URL in the kubeconfig, and the network or VPN that knows the name.")
    } else if ["unexpected message", "invalid HTTP", "error parsing", "invalid header", "message head"].into_iter().any(has) {
        Failure::failed(format!("{server} does not speak HTTP"))
            .hint("Check the server's URL in the kubeconfig: another service may stand there.")
    } else if has("gzip") || has("deflate") {
        Failure::failed(format!("the answer of {server} cannot be unpacked: {}", plain(last)))
            .hint("A proxy may have changed it: set disable-compression in the cluster's entry of the kubeconfig.")
    } else if has("proxy") || has("tunnel") || has("socks") {
        Failure::failed(format!("the proxy does not lead to {server}: {}", plain(last.trim_start_matches("tunnel error: ")))).hint(PROXY)
    } else {
        Failure::failed(format!("cannot talk to {server}: {}", plain(last)))
            .hint("Try again, or look at another context: whycan context list")
    })
}

/// Without `(os error 113)`.
fn plain(text: &str) -> String {
    sanitise(&redact(text.split(" (os error").next().unwrap_or(text))).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cannot be played on loopback.
    #[test]
    fn errors_of_the_network_are_named() {
        let wrapped = |error: io::Error| io::Error::other(io::Error::other(error));
        for (error, sentence) in [
            (
                io::Error::other("failed to lookup address information: Name or service not known"),
                "the name in https://c cannot be resolved | Check the server's URL in the kubeconfig, and the network or VPN that knows the name.",
            ),
            (io::ErrorKind::HostUnreachable.into(), "there is no way to https://c (host unreachable) | Check the network or VPN."),
            (io::ErrorKind::NetworkUnreachable.into(), "there is no way to https://c (network unreachable) | Check the network or VPN."),
            (
                io::ErrorKind::TimedOut.into(),
                "no answer from https://c within 10 s | Check the network, VPN or firewall, or wait longer with --timeout. | Look at another context: whycan context list",
            ),
            (
                io::Error::other("something\u{1b}[2J new"),
                "cannot talk to https://c: something␛[2j new | Try again, or look at another context: whycan context list",
            ),
        ] {
            let failure = of_error("https://c", None, &wrapped(error), Duration::from_secs(10)).failure("https://c");
            assert_eq!(format!("{failure} | {}", failure.hints.join(" | ")), sentence);
        }
    }
}
