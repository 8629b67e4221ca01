//! What a server sends back, true or false, and what it does then.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What comes after a reply.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// The next request on the same connection.
    Next,
    /// The end of the connection.
    Close,
    /// Its reset.
    Reset,
    /// Nothing, for ever.
    Silence,
    /// The same again and again, slowly, for ever.
    Drip(&'static [u8]),
    /// The same again and again, as fast as it is taken.
    Flood(&'static [u8]),
}

/// A reply.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// How much of it is sent.
    cut: Option<usize>,
    /// Whether its length is told.
    is_open: bool,
    pub then: Then,
}

impl Reply {
    /// An answer of a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), cut: None, is_open: false, then: Then::Next }
    }

    /// An answer in JSON.
    pub fn json(value: &Value) -> Self {
        Self::new(200, "application/json", value.to_string())
    }

    /// A Status, as an API server refuses.
    pub fn status(code: u16, message: &str) -> Self {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "code": code,
        });
        Self::new(code, "application/json", status.to_string())
    }

    /// A proxy's consent.
    pub fn tunnel() -> Self {
        Self { status: 200, headers: Vec::new(), body: Vec::new(), cut: None, is_open: true, then: Then::Next }
    }

    /// A page for browsers.
    pub fn page(status: u16) -> Self {
        Self::new(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><title>Sign in</title><p>Sign in</p></html>")
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Only this much of it.
    pub fn cut(mut self, bytes: usize, then: Then) -> Self {
        self.cut = Some(bytes);
        self.then = then;
        self
    }

    /// With something else to follow; an answer that goes on does not tell its length.
    pub fn then(mut self, then: Then) -> Self {
        self.is_open = matches!(then, Then::Drip(_) | Then::Flood(_));
        self.then = then;
        self
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Played\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if !self.is_open {
            write!(head, "content-length: {}\r\n", self.body.len()).unwrap();
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes.truncate(self.cut.unwrap_or(usize::MAX));
        bytes
    }
}
