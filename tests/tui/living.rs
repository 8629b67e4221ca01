//! The loop itself on a terminal in memory: events go in, the screen and an end come out.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc::unbounded_channel;
use whycan::base::Failure;
use whycan::source;
use whycan::tui::effect;
use whycan::tui::run::{Desk, End, Input, Performer, live};
use whycan::tui::state::State;

use crate::support::{COLOR, glyphs, question};

#[derive(Default)]
struct Notes(Vec<String>);

impl Desk for Notes {
    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.0.push(format!("copied {text}"));
        Ok(())
    }
    fn stop(&mut self) -> io::Result<bool> {
        self.0.push("stopped".to_owned());
        Ok(true)
    }
    fn lend(&mut self, other: &mut (dyn FnMut() -> Result<String, Failure> + Send)) -> io::Result<Result<String, Failure>> {
        self.0.push("lent".to_owned());
        Ok(other())
    }
    fn take_again(&mut self) -> io::Result<()> {
        self.0.push("taken again".to_owned());
        Ok(())
    }
}

fn key(code: KeyCode) -> Input {
    Input::Event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

/// Feeds inputs, one after the other, and gives what the screen shows at the end.
fn lives(inputs: impl IntoIterator<Item = Input>) -> (Result<End, String>, Vec<String>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut state = State::new(COLOR, true, (80, 24));
        state.question = question("delete pods -n dev", "alice");
        let (sender, mut inbox) = unbounded_channel();
        sender.send(Input::Message(effect::load(source::demo()))).unwrap();
        let mut screen = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut performer = Performer::new(sender.clone());
        let mut desk = Notes::default();
        let inputs: Vec<Input> = inputs.into_iter().collect();
        let feeder = tokio::spawn(async move {
            let last = inputs.len().saturating_sub(1);
            for (position, input) in inputs.into_iter().enumerate() {
                if position == last {
                    // what came before is on the screen by then: frames are ten milliseconds apart
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
                sender.send(input).unwrap();
            }
        });
        let end = live(&mut state, &mut screen, &mut inbox, &mut performer, &mut desk).await;
        feeder.await.unwrap();
        (end.map_err(|failure| failure.message), glyphs(screen.backend().buffer()), desk.0)
    })
}

#[test]
fn keys_lead_to_frames_and_to_an_end() {
    let (end, screen, notes) = lives([key(KeyCode::Char('y')), key(KeyCode::Char('?')), key(KeyCode::Char('q'))]);
    assert_eq!(end, Ok(End::Quit));
    assert!(screen.iter().any(|line| line.contains("Show the change that would allow it")), "{screen:#?}");
    assert_eq!(notes, ["copied whycan --demo why delete pods -n dev --as alice"]);
}

#[test]
fn signals_and_a_lost_terminal_end_it() {
    assert_eq!(lives([Input::Signal(15)]).0, Ok(End::Signal(15)));
    assert_eq!(lives([Input::Lost]).0, Ok(End::Quit));
}

#[test]
fn going_to_the_background_draws_everything_anew() {
    let stop = Input::Event(Event::Key(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)));
    let (end, screen, notes) = lives([stop, Input::Continued, key(KeyCode::Char('j')), key(KeyCode::Char('q'))]);
    assert_eq!((end, notes), (Ok(End::Quit), vec!["stopped".to_owned(), "taken again".to_owned()]));
    assert!(screen.iter().any(|line| line.contains("alice may not delete pods in dev")), "{screen:#?}");
}

#[test]
#[should_panic(expected = "a defect")]
fn a_panic_of_an_effect_is_not_swallowed() {
    let _ = lives([Input::Panicked(Box::new("a defect"))]);
}
