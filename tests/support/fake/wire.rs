//! HTTP/1.1 over a connection, byte by byte, so that every fault can be played.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::api::{self, Turn};
use super::{Push, Reply, Seen, Shared, Then};

/// A connection that can be reset.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// Its end, when it comes, is a reset.
    fn abort(&self);
}

impl Wire for TcpStream {
    fn abort(&self) {
        self.set_zero_linger().unwrap();
    }
}

impl Wire for TlsStream<TcpStream> {
    fn abort(&self) {
        self.get_ref().0.abort();
    }
}

/// Says something to whoever comes, and waits until they go.
pub async fn say(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    gone(&mut stream).await;
}

/// Resets a connection as soon as something is said on it.
pub async fn reset(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 1024]).await;
    stream.abort();
}

/// Waits until the other side goes.
async fn gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut part = [0; 1024];
    while stream.read(&mut part).await.is_ok_and(|count| count > 0) {}
}

/// Answers one request after the other.
pub async fn serve(shared: &Shared, mut stream: impl Wire) {
    let mut buffer = Vec::new();
    while let Some(seen) = request(&mut stream, &mut buffer).await {
        shared.seen.lock().unwrap().push(seen.clone());
        let now = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most.fetch_max(now, Ordering::SeqCst);
        let pause = *shared.pause.lock().unwrap();
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let turn = api::turn(shared, &seen);
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
        let goes_on = match turn {
            Turn::Reply(reply) => send(&mut stream, &reply).await,
            Turn::Watch { path, plural, namespace, events, pushes } => {
                shared.watches.lock().unwrap().push(path.clone());
                let goes_on = watch(&mut stream, (&plural, &namespace), events, pushes).await;
                let mut watches = shared.watches.lock().unwrap();
                if let Some(position) = watches.iter().position(|open| *open == path) {
                    watches.remove(position);
                }
                goes_on
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// Reads one request; none at the end.
async fn request(stream: &mut impl Wire, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if buffer.first().is_some_and(|first| !first.is_ascii_uppercase()) {
            // as Go's server meets what is no HTTP
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request").await;
            let _ = stream.shutdown().await;
            return None;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(buffer.get(..end)?).into_owned();
    buffer.drain(..end + 4);
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |line: &str| line.split_once(':').map(|(key, value)| (key.trim().to_lowercase(), value.trim().to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let length = headers.iter().find(|(key, _)| key == "content-length").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer.drain(..length).collect();
    Some(Seen { method, path, headers, body })
}

/// Sends a reply; whether the connection goes on.
async fn send(stream: &mut impl Wire, reply: &Reply) -> bool {
    if stream.write_all(&reply.bytes()).await.is_err() || stream.flush().await.is_err() {
        return false;
    }
    then(stream, reply.then).await
}

async fn then(stream: &mut impl Wire, then: Then) -> bool {
    match then {
        Then::Next => return true,
        Then::Close => drop(stream.shutdown().await),
        Then::Reset => stream.abort(),
        Then::Silence => gone(stream).await,
        Then::Drip(bytes) => {
            while stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Then::Flood(bytes) => while stream.write_all(bytes).await.is_ok() {},
    }
    false
}

/// Serves a watch until it ends; whether the connection goes on.
async fn watch(
    stream: &mut impl Wire,
    (plural, namespace): (&str, &str),
    events: Vec<serde_json::Value>,
    mut pushes: tokio::sync::broadcast::Receiver<(String, Push)>,
) -> bool {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    if stream.write_all(head.as_bytes()).await.is_err() {
        return false;
    }
    let is_here = |event: &serde_json::Value| namespace.is_empty() || event["object"]["metadata"]["namespace"] == namespace;
    for event in events.iter().filter(|event| is_here(event)) {
        if chunk(stream, format!("{event}\n").as_bytes()).await.is_err() {
            return false;
        }
    }
    let mut said = [0; 64];
    loop {
        let push = tokio::select! {
            push = pushes.recv() => push,
            // who watches says nothing more: they are gone
            _ = stream.read(&mut said) => return false,
        };
        let sent = match push {
            Ok((of, _)) if of != plural => continue,
            Ok((_, Push::Event(event))) if !is_here(&event) => continue,
            Ok((_, Push::Event(event))) => chunk(stream, format!("{event}\n").as_bytes()).await,
            Ok((_, Push::Raw(bytes))) => chunk(stream, &bytes).await,
            Ok((_, Push::End(Then::Next))) => {
                return stream.write_all(b"0\r\n\r\n").await.is_ok() && stream.flush().await.is_ok();
            }
            Ok((_, Push::End(end))) => return then(stream, end).await,
            Err(_) => return false,
        };
        if sent.is_err() {
            return false;
        }
    }
}

async fn chunk(stream: &mut impl Wire, bytes: &[u8]) -> std::io::Result<()> {
    let mut text = format!("{:x}\r\n", bytes.len()).into_bytes();
    text.extend_from_slice(bytes);
    text.extend_from_slice(b"\r\n");
    stream.write_all(&text).await?;
    stream.flush().await
}
