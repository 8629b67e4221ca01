//! Drives a state with keys, decides what it asks, and prints frames with their styles.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;
use whycan::base::{Gap, Loss, Name};
use whycan::facts::{Change, Facts, parse};
use whycan::source::{self, World};
use whycan::tui::draw::{Memory, draw};
use whycan::tui::effect;
use whycan::tui::message::{Effect, Message};
use whycan::tui::screens::why::Why;
use whycan::tui::state::State;
use whycan::tui::theme::Theme;
use whycan::tui::update::update;
use whycan::view::question::{Fields, Question, Words};

pub const COLOR: Theme = Theme { color: true, ascii: false };
pub const PLAIN: Theme = Theme { color: false, ascii: false };
pub const ASCII: Theme = Theme { color: false, ascii: true };

/// The UI with nobody in front of it.
#[derive(Debug)]
pub struct Ui {
    pub state: State,
    /// What was to be done outside, apart from decisions.
    pub effects: Vec<Effect>,
}

impl Ui {
    /// Before the facts are there.
    pub fn loading(theme: Theme, demo: bool) -> Self {
        Self { state: State::new(theme, demo, (80, 24)), effects: Vec::new() }
    }

    /// The demo with a question asked.
    pub fn demo(words: &str, identity: &str) -> Self {
        Self::demo_with(COLOR, words, identity)
    }

    pub fn demo_with(theme: Theme, words: &str, identity: &str) -> Self {
        let mut ui = Self::loading(theme, true);
        ui.state.question = question(words, identity);
        ui.send(effect::load(source::demo()));
        ui
    }

    /// Other facts with a question asked.
    pub fn of(facts: Facts, words: &str, identity: &str) -> Self {
        let mut ui = Self::loading(COLOR, false);
        ui.state.question = question(words, identity);
        ui.send(effect::load(Ok(World::of_facts("rbac.yaml".to_owned(), facts))));
        ui
    }

    /// Takes a message; decisions are taken at once, as nobody waits.
    pub fn send(&mut self, message: Message) {
        for effect in update(&mut self.state, message) {
            match effect {
                Effect::Decide { ticket, question, scene } => {
                    let when = self.state.now.clone();
                    self.send(Message::Decided(ticket, when, effect::decide(&question, &scene)));
                }
                Effect::Prepare { generation, task, scene } => self.send(Message::Prepared(generation, effect::prepare(&task, &scene))),
                other => self.effects.push(other),
            }
        }
    }

    /// The why screen.
    pub fn why(&self) -> &Why {
        self.state.why().expect("the why screen is not shown")
    }

    /// Presses keys, by their names.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.send(Message::Key(key.to_owned()));
        }
        self
    }

    /// Types a text.
    pub fn type_in(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(Message::Key(if c == ' ' { "space".to_owned() } else { c.to_string() }));
        }
        self
    }

    /// Types a command and enters it.
    pub fn command(&mut self, text: &str) -> &mut Self {
        self.press(":").type_in(text).press("enter")
    }

    /// What the first line says, without what kind of session it is.
    pub fn title(&self) -> String {
        let face = self.state.screen().face();
        let parts = [face.who(), face.title()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" > ")
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.send(Message::Paste(text.to_owned()));
        self
    }

    /// A frame of this size.
    pub fn frame(&mut self, columns: u16, rows: u16) -> Buffer {
        self.send(Message::Resize(columns, rows));
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| draw(&self.state, &mut Memory::default(), frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The glyphs of a frame.
    pub fn text(&mut self, columns: u16, rows: u16) -> String {
        glyphs(&self.frame(columns, rows)).join("\n")
    }
}

/// `delete pods web-0 -n dev` as fields.
pub fn question(words: &str, identity: &str) -> Question {
    let (words, namespace) = match words.split_once(" -n ") {
        Some((words, namespace)) => (words, namespace),
        None => words.strip_suffix(" -A").map_or((words, ""), |words| (words, "-A")),
    };
    let mut words = words.split_whitespace().map(str::to_owned);
    let mut word = || words.next().unwrap_or_default();
    let fields = Fields { verb: word(), resource: word(), name: word(), namespace: namespace.to_owned() };
    let (identity, groups) = identity.split_once('+').unwrap_or((identity, ""));
    Question { words: Words::Fields(fields), identity: identity.to_owned(), groups: groups.to_owned(), ..Question::default() }
}

/// Facts of a YAML text.
pub fn facts(yaml: &str) -> Facts {
    Facts::collect(parse::document("rbac.yaml", yaml.as_bytes()))
}

/// The same, with RoleBindings of a namespace unread.
pub fn with_gap(yaml: &str, what: &str, kind: &str, namespace: &str) -> Facts {
    let gap = Gap {
        what: what.to_owned(),
        why: "forbidden: User \"me\" cannot list them".to_owned(),
        kinds: vec![Name::new(kind)],
        namespaces: vec![Name::new(namespace)],
        loss: Loss::Refused,
        except: Vec::new(),
        settled_by: None,
    };
    Facts::collect(parse::document("rbac.yaml", yaml.as_bytes()).into_iter().chain([Change::Gap(gap)]))
}

pub const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

/// Frames of every size that matters, with styles.
pub fn snapshot(name: &str, ui: &mut Ui) {
    let frames: Vec<String> =
        SIZES.iter().map(|(columns, rows)| format!("{columns}x{rows}\n{}", styled(&ui.frame(*columns, *rows)))).collect();
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, frames.join("\n\n"));
    });
}

/// The rows of a buffer, without what is behind their ends.
pub fn glyphs(buffer: &Buffer) -> Vec<String> {
    rows(buffer).map(|row| seen(row).map(|(_, cell)| cell.symbol()).collect::<String>().trim_end().to_owned()).collect()
}

/// The cells that are seen: behind a wide character stands one that is not.
pub fn seen(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
    let mut hidden = 0;
    row.iter().enumerate().filter(move |(_, cell)| {
        let is_seen = hidden == 0;
        hidden = if is_seen { UnicodeWidthStr::width(cell.symbol()).saturating_sub(1) } else { hidden - 1 };
        is_seen
    })
}

pub fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content().chunks(usize::from(buffer.area.width))
}

/// Glyphs, marks and what the marks mean: a snapshot in which a lost highlight is a difference.
pub fn styled(buffer: &Buffer) -> String {
    let mut legend: Vec<String> = Vec::new();
    let mut out = glyphs(buffer).join("\n").trim_end().to_owned();
    out.push_str("\n\n");
    let mut marks = Vec::new();
    for row in rows(buffer) {
        let mut line = String::new();
        for (_, cell) in seen(row) {
            let style = name(cell.fg, cell.modifier);
            if style.is_empty() {
                line.push('.');
                continue;
            }
            let position = legend.iter().position(|known| *known == style).unwrap_or_else(|| {
                legend.push(style);
                legend.len() - 1
            });
            line.push(char::from(b'a' + u8::try_from(position).unwrap()));
        }
        marks.push(line.trim_end_matches('.').to_owned());
    }
    out.push_str(marks.join("\n").trim_end());
    for (position, style) in legend.iter().enumerate() {
        let _ = write!(out, "\n{} {style}", char::from(b'a' + u8::try_from(position).unwrap()));
    }
    out
}

fn name(color: Color, modifier: Modifier) -> String {
    let mut words = Vec::new();
    if color != Color::Reset {
        words.push(format!("{color:?}").to_lowercase());
    }
    words.extend(modifier.iter_names().map(|(name, _)| name.to_lowercase()));
    words.join(" ")
}
