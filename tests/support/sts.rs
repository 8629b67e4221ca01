//! STS as aws-iam-authenticator asks it, which knows no other address: a proxy on loopback that takes CONNECT, ends TLS with a
//! certificate of its own, passes the signed GET on to an emulator and gives its XML as the JSON that STS gives.

use std::io::{BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use crate::certificates::Certificate;

/// The proxy. It ends with this.
pub struct Sts {
    pub port: u16,
    is_over: Arc<AtomicBool>,
}

impl Sts {
    /// With a certificate for the hosts of STS, before an emulator at a port.
    pub fn start(certificate: &Certificate, emulator: u16) -> Self {
        let chain = CertificateDer::from_pem_slice(certificate.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).unwrap();
        let config = Arc::new(rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![chain], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let config = Arc::clone(&config);
                // whoever hangs up has what it wanted
                std::thread::spawn(move || meet(stream, config, emulator).unwrap_or_default());
            }
        });
        Self { port, is_over }
    }
}

impl Drop for Sts {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// The head of a request, up to the empty line.
fn head(stream: &mut impl std::io::BufRead) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            return Ok(lines);
        }
        lines.push(line.trim_end().to_owned());
    }
}

fn meet(mut stream: TcpStream, config: Arc<rustls::ServerConfig>, emulator: u16) -> std::io::Result<()> {
    // nothing follows the head of CONNECT before it is answered
    let mut plain = BufReader::with_capacity(1, stream.try_clone()?);
    head(&mut plain)?;
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let connection = rustls::ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut tls = BufReader::new(rustls::StreamOwned::new(connection, stream));
    loop {
        let request = head(&mut tls)?;
        if request.is_empty() {
            return Ok(());
        }
        // the host and the name of the cluster are signed: they go on as they came
        let kept: Vec<&String> = request.iter().filter(|line| !line.to_lowercase().starts_with("connection:")).collect();
        let mut there = TcpStream::connect(("127.0.0.1", emulator))?;
        for line in kept {
            write!(there, "{line}\r\n")?;
        }
        there.write_all(b"connection: close\r\n\r\n")?;
        let mut answer = String::new();
        BufReader::new(there).read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).unwrap_or("502").to_owned();
        let field = |name: &str| {
            let rest = answer.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
            rest.split_once(&format!("</{name}>")).map_or("", |(value, _)| value).to_owned()
        };
        let body = if status == "200" {
            json!({"GetCallerIdentityResponse": {"GetCallerIdentityResult":
                {"Account": field("Account"), "Arn": field("Arn"), "UserId": field("UserId")}}})
        } else {
            json!({"Error": {"Code": field("Code"), "Message": field("Message"), "Type": "Sender"}})
        };
        let body = body.to_string();
        let out = tls.get_mut();
        write!(out, "HTTP/1.1 {status} Played\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        out.flush()?;
    }
}
