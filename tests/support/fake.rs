//! A scripted API server on loopback: it serves RBAC facts, lets watches be pushed at, answers reviews with our own engine,
//! and plays any fault on any path, also in the middle.
//!
//! It has a runtime of its own, so that tests that only start programs can have one too. Nothing of it is left when it is
//! dropped.

#[path = "fake/api.rs"]
mod api;
#[path = "fake/reply.rs"]
mod reply;
#[path = "fake/store.rs"]
mod store;
#[path = "fake/wire.rs"]
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use whycan::identity::Identity;

pub use reply::{Reply, Then};
pub use store::Push;
use store::Store;

/// How connections are met, before any request.
#[derive(Clone)]
pub enum Front {
    /// In plain HTTP.
    Plain,
    /// In TLS.
    Tls(Arc<ServerConfig>),
    /// They are taken, and nothing is ever said.
    Silent,
    /// They are told this, whatever they say.
    Says(&'static [u8]),
    /// They are reset once they have said something.
    Reset,
}

impl Front {
    /// In TLS, with this certificate and key in PEM; with an authority, nobody is taken without a certificate that it signed.
    pub fn tls(certificate: &str, key: &str, clients: Option<&str>) -> Self {
        let certificates = |pem: &str| CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect::<Vec<_>>();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let builder = match clients {
            None => ServerConfig::builder().with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(certificates(authority));
                ServerConfig::builder().with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
            }
        };
        Self::Tls(Arc::new(builder.with_single_cert(certificates(certificate), key).unwrap()))
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// `GET /api/v1/namespaces?limit=500`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is played instead of an answer.
struct Rule {
    /// A part of the request's line.
    on: String,
    /// How often it is still played.
    left: usize,
    reply: Play,
}

/// A reply to a request, true or false.
type Play = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// What all connections share.
pub struct Shared {
    front: Mutex<Front>,
    rules: Mutex<Vec<Rule>>,
    store: Mutex<Store>,
    users: Mutex<Vec<(String, Identity)>>,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    watches: Mutex<Vec<String>>,
    pause: Mutex<Duration>,
    under_way: AtomicUsize,
    most: AtomicUsize,
    pushes: broadcast::Sender<(String, Push)>,
    /// Every connection ends when this changes.
    epoch: watch::Sender<u64>,
}

/// A running server.
pub struct Fake {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
    /// Keeps the port while nobody listens there: another test's server would be given it.
    kept: Option<TcpSocket>,
    runtime: Option<Runtime>,
    scheme: &'static str,
}

impl Fake {
    /// In plain HTTP, where no credential is sent: everybody is the user of the empty token.
    pub fn plain() -> Self {
        Self::start(Front::Plain)
    }

    /// Starts one on a free port.
    pub fn start(front: Front) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let scheme = if matches!(front, Front::Tls(_)) { "https" } else { "http" };
        let shared = Arc::new(Shared {
            front: Mutex::new(front),
            rules: Mutex::default(),
            store: Mutex::default(),
            users: Mutex::default(),
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
            watches: Mutex::default(),
            pause: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            pushes: broadcast::channel(4096).0,
            epoch: watch::channel(0).0,
        });
        let mut fake = Self { shared, address: ([127, 0, 0, 1], 0).into(), accepting: None, kept: None, runtime: Some(runtime), scheme };
        fake.listen();
        fake
    }

    /// Listens; again on the same port after [`stop`](Self::stop).
    pub fn listen(&mut self) {
        self.kept = None;
        let runtime = self.runtime.as_ref().unwrap();
        let listener = std::net::TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        self.address = listener.local_addr().unwrap();
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(runtime.spawn(async move { accept(TcpListener::from_std(listener).unwrap(), shared).await }));
    }

    /// Goes away, with every connection; the port refuses from now on.
    pub fn stop(&mut self) {
        let accepting = self.accepting.take().expect("it listens");
        accepting.abort();
        self.until("the port is closed", |_| accepting.is_finished());
        self.hang_up();
        // bound and not listening, it refuses
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        self.kept = Some(socket);
    }

    /// Ends every connection that there is.
    pub fn hang_up(&self) {
        self.shared.epoch.send_modify(|epoch| *epoch += 1);
        self.shared.watches.lock().unwrap().clear();
    }

    /// `http://127.0.0.1:1234`
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// `127.0.0.1:1234`
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Meets connections that come from now on differently.
    pub fn front(&self, front: Front) {
        *self.shared.front.lock().unwrap() = front;
    }

    /// Takes who presents this token for somebody; who presents none is who has the empty token, else anonymous.
    pub fn user(&self, token: &str, identity: Identity) {
        self.shared.users.lock().unwrap().push((token.to_owned(), identity));
    }

    /// From now on this token is nobody's.
    pub fn revoke(&self, token: &str) {
        self.shared.users.lock().unwrap().retain(|(known, _)| known != token);
    }

    /// Plays a reply on requests whose line (`GET /path?query`) has this part, or ends with it (`GET /apis$`); rules that came later go first.
    pub fn on(&self, part: &str, reply: Reply) {
        self.times(usize::MAX, part, reply);
    }

    /// The same, so many times.
    pub fn times(&self, times: usize, part: &str, reply: Reply) {
        self.rule(times, part, Arc::new(move |_| reply.clone()));
    }

    /// Plays what a request comes to.
    pub fn play(&self, part: &str, reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.rule(usize::MAX, part, Arc::new(reply));
    }

    fn rule(&self, left: usize, part: &str, reply: Play) {
        self.shared.rules.lock().unwrap().insert(0, Rule { on: part.to_owned(), left, reply });
    }

    /// Takes this long for every answer.
    pub fn slow(&self, pause: Duration) {
        *self.shared.pause.lock().unwrap() = pause;
    }

    /// The most requests that were under way at a time.
    pub fn most(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }

    /// Plays no fault any more.
    pub fn heal(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// Creates or replaces an object, by its kind; watches are told.
    pub fn put(&self, object: &Value) {
        self.push_all(Store::put, object);
    }

    /// Removes an object; watches are told.
    pub fn delete(&self, object: &Value) {
        self.push_all(Store::delete, object);
    }

    fn push_all(&self, change: fn(&mut Store, &Value) -> (String, Push), object: &Value) {
        // who watches subscribes under the same lock: nothing is told twice or lost
        let mut store = self.store();
        let push = change(&mut store, object);
        let _ = self.shared.pushes.send(push);
    }

    /// Sends something to everybody who watches a resource.
    pub fn push(&self, plural: &str, push: Push) {
        let _ = self.shared.pushes.send((plural.to_owned(), push));
    }

    /// Forgets what was: a watch or a page from before gets 410.
    pub fn compact(&self) {
        self.store().compact();
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock().unwrap()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// How many requests had this part in their line.
    pub fn count(&self, part: &str) -> usize {
        self.shared.seen.lock().unwrap().iter().filter(|seen| seen.line().contains(part)).count()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many watches of paths with this part are open.
    pub fn watches(&self, part: &str) -> usize {
        self.shared.watches.lock().unwrap().iter().filter(|path| path.contains(part)).count()
    }

    /// Waits until something holds, for no longer than a test may last.
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = std::time::Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < Duration::from_secs(20), "{what} does not come to pass");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Takes connections until it is stopped.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut epoch = shared.epoch.subscribe();
            epoch.mark_unchanged();
            let _ = stream.set_nodelay(true);
            let front = shared.front.lock().unwrap().clone();
            let meeting = async {
                match front {
                    Front::Plain => wire::serve(&shared, stream).await,
                    Front::Tls(config) => {
                        if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                            wire::serve(&shared, stream).await;
                        }
                    }
                    Front::Silent => std::future::pending().await,
                    Front::Says(bytes) => wire::say(stream, bytes).await,
                    Front::Reset => wire::reset(stream).await,
                }
            };
            tokio::select! {
                () = meeting => {}
                _ = epoch.changed() => {}
            }
        });
    }
}
