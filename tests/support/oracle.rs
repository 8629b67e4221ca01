//! The oracle: Kubernetes' own authorizers in a process beside us, asked in JSON lines.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use serde_json::Value;

/// A running oracle. Questions go out by a thread of their own: both pipes are finite.
pub struct Oracle {
    child: Child,
    questions: Option<Sender<Value>>,
    writer: Option<JoinHandle<()>>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the program that `tests/peers/build` made.
    pub fn start() -> Self {
        let mut child = Command::new(super::cluster::program("oracle"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let mut input = BufWriter::new(child.stdin.take().unwrap());
        let answers = BufReader::new(child.stdout.take().unwrap());
        let (questions, received) = channel::<Value>();
        let writer = std::thread::spawn(move || {
            while let Ok(question) = received.recv() {
                writeln!(input, "{question}").unwrap();
                // nothing may be kept back while somebody waits for the answer
                for question in received.try_iter() {
                    writeln!(input, "{question}").unwrap();
                }
                input.flush().unwrap();
            }
        });
        Self { child, questions: Some(questions), writer: Some(writer), answers }
    }

    /// Asks, without waiting for the answer.
    pub fn ask(&self, question: Value) {
        self.questions.as_ref().unwrap().send(question).unwrap();
    }

    /// The next answer.
    pub fn answer(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.answers.read_line(&mut line).unwrap() > 0, "the oracle has ended");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.questions.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
