//! AWS as a script: a server on loopback that answers as a test says, by who asks, in which region, and for what.
//!
//! Who asks is told by the access key in the request's signature, the region by its scope; signatures are not checked.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::certificates::Certificate;

/// A call of AWS.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub key: String,
    pub region: String,
    pub service: String,
    /// Path and query.
    pub path: String,
    pub body: String,
    /// The request as it came, for whoever passes it on.
    head: String,
}

/// What becomes of a call.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An answer: status, content type, body.
    Says(u16, &'static str, String),
    /// The end of the connection.
    Close,
    /// Nothing, until the test ends.
    Silence,
    /// What the server at a port of loopback says.
    Pass(u16),
}

impl Answer {
    /// A value of EKS.
    pub fn json(body: impl Into<String>) -> Self {
        Self::Says(200, "application/json", body.into())
    }

    /// A refusal, in the form of the service that was called.
    pub fn refusal(call: &Call, status: u16, code: &str, message: &str) -> Self {
        if call.service == "sts" {
            let xml =
                format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>");
            return Self::Says(status, "text/xml", xml);
        }
        let body = serde_json::json!({ "__type": code, "message": message });
        Self::Says(status, "application/json", body.to_string())
    }

    /// The caller of an account.
    pub fn caller(account: &str) -> Self {
        let xml = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>arn:aws:iam::{account}:user/me</Arn><UserId>AIDA</UserId><Account>{account}</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
        );
        Self::Says(200, "text/xml", xml)
    }

    /// A list of clusters.
    pub fn names(names: &[&str]) -> Self {
        Self::json(serde_json::json!({ "clusters": names, "nextToken": null }).to_string())
    }

    /// A cluster of the region and account.
    pub fn cluster(call: &Call, account: &str) -> Self {
        let name = call.path.rsplit('/').next().unwrap();
        let region = &call.region;
        let cluster = serde_json::json!({
            "name": name, "arn": format!("arn:aws:eks:{region}:{account}:cluster/{name}"), "version": "1.33", "status": "ACTIVE",
            "endpoint": format!("https://{}.gr7.{region}.eks.amazonaws.com", name.to_uppercase()),
            "certificateAuthority": {"data": "Y2E="},
        });
        Self::json(serde_json::json!({ "cluster": cluster }).to_string())
    }
}

impl Call {
    /// `list`, `describe`, `caller`, or the path.
    pub fn what(&self) -> &str {
        match self.path.split('?').next().unwrap_or_default() {
            "/clusters" => "list",
            path if path.starts_with("/clusters/") => "describe",
            _ if self.body.contains("Action=GetCallerIdentity") => "caller",
            _ if self.body.contains("Action=AssumeRole") => "assume",
            path => path,
        }
    }
}

/// What a test says.
type Script = dyn Fn(&Call) -> Answer + Send + Sync;

/// The server. It ends with this.
pub struct Aws {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    script: Box<Script>,
    tls: Option<Arc<rustls::ServerConfig>>,
    calls: Mutex<Vec<Call>>,
    streams: Mutex<Vec<TcpStream>>,
    is_over: AtomicBool,
    under_way: AtomicUsize,
    most: AtomicUsize,
    most_of: Mutex<BTreeMap<String, (usize, usize)>>,
    pause: Duration,
}

impl Aws {
    /// A server that answers as a script says.
    pub fn start(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        Self::with(Box::new(script), None, Duration::ZERO)
    }

    /// One that takes its time for each answer.
    pub fn slow(pause: Duration, script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        Self::with(Box::new(script), None, pause)
    }

    /// One behind TLS.
    pub fn tls(certificate: &Certificate, script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let chain = CertificateDer::from_pem_slice(certificate.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).unwrap();
        let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![chain], key).unwrap();
        Self::with(Box::new(script), Some(Arc::new(config)), Duration::ZERO)
    }

    fn with(script: Box<Script>, tls: Option<Arc<rustls::ServerConfig>>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            script,
            tls,
            calls: Mutex::default(),
            streams: Mutex::default(),
            is_over: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            most_of: Mutex::default(),
            pause,
        });
        let taken = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if taken.is_over.load(Ordering::SeqCst) {
                    return;
                }
                taken.streams.lock().unwrap().push(stream.try_clone().unwrap());
                let shared = Arc::clone(&taken);
                std::thread::spawn(move || meet(&shared, stream));
            }
        });
        Self { port, shared }
    }

    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", if self.shared.tls.is_some() { "https" } else { "http" }, self.port)
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// How many calls were under way at once, at most: in all, and of one key in one region.
    pub fn most(&self) -> (usize, usize) {
        let of_one = self.shared.most_of.lock().unwrap().values().map(|(_, most)| *most).max();
        (self.shared.most.load(Ordering::SeqCst), of_one.unwrap_or_default())
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // wakes the listener, then all that waits
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        for stream in self.shared.streams.lock().unwrap().iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn meet(shared: &Shared, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let end = stream.try_clone().unwrap();
    match &shared.tls {
        None => serve(shared, stream),
        Some(config) => {
            let connection = rustls::ServerConnection::new(Arc::clone(config)).unwrap();
            serve(shared, rustls::StreamOwned::new(connection, stream));
        }
    }
    // another copy of it is kept
    let _ = end.shutdown(Shutdown::Both);
}

fn serve(shared: &Shared, stream: impl Read + Write) {
    let mut stream = BufReader::new(stream);
    while let Some(call) = read(&mut stream) {
        shared.calls.lock().unwrap().push(call.clone());
        let lane = format!("{} {}", call.key, call.region);
        let now = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most.fetch_max(now, Ordering::SeqCst);
        {
            let mut lanes = shared.most_of.lock().unwrap();
            let (now, most) = lanes.entry(lane.clone()).or_default();
            *now += 1;
            *most = (*most).max(*now);
        }
        std::thread::sleep(shared.pause);
        let answer = (shared.script)(&call);
        // before it is sent: whoever has it may ask again at once
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
        shared.most_of.lock().unwrap().entry(lane).and_modify(|(now, _)| *now -= 1);
        let sent = match answer {
            Answer::Close => return,
            Answer::Silence => {
                // until it is shut down
                let _ = stream.read(&mut [0]);
                return;
            }
            Answer::Says(status, kind, body) => {
                let head = format!("HTTP/1.1 {status} Played\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
                stream.get_mut().write_all((head + &body).as_bytes())
            }
            Answer::Pass(port) => {
                let _ = pass(&call, port, stream.get_mut());
                return;
            }
        };
        if sent.and_then(|()| stream.get_mut().flush()).is_err() {
            return;
        }
    }
}

/// Passes a call on, and the answer back; the connection ends with it.
fn pass(call: &Call, port: u16, back: &mut impl Write) -> std::io::Result<()> {
    let mut there = TcpStream::connect(("127.0.0.1", port))?;
    let head: Vec<&str> = call.head.lines().filter(|line| !line.to_lowercase().starts_with("connection:")).collect();
    there.write_all(format!("{}\r\nconnection: close\r\n\r\n{}", head.join("\r\n"), call.body).as_bytes())?;
    let mut answer = Vec::new();
    there.read_to_end(&mut answer)?;
    back.write_all(&answer)?;
    back.flush()
}

fn read(stream: &mut impl std::io::BufRead) -> Option<Call> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim_end().is_empty() {
            break;
        }
        head.push_str(line.trim_end());
        head.push('\n');
    }
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
    let scope = header("authorization");
    let scope: Vec<&str> = scope.split_once("Credential=").map_or("", |(_, rest)| rest).split('/').take(4).collect();
    let part = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
    let target = head.lines().next()?.split(' ').nth(1)?;
    // a proxy is asked for the whole URL
    let path = target.strip_prefix("http://").map_or(target, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    let (key, region, service, path) = (part(0), part(2), part(3), path.to_owned());
    Some(Call { key, region, service, path, body: String::from_utf8_lossy(&body).into_owned(), head })
}
