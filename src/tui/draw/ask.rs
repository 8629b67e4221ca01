//! What is asked before something is done, and the box for a token, over the screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::state::{Asking, Pasting};
use super::super::theme::Theme;
use super::lines::{blocks, wrapped};
use super::reading;
use crate::view::phrase::{Phrase, Tone};
use crate::view::why::detail::Block;

/// Paints a question.
pub fn draw(asking: &Asking, theme: Theme, frame: &mut Frame<'_>, over: Rect) {
    let line = |text: &str| Block::Line(text.into());
    let all = match asking {
        Asking::Copy => vec![
            Block::Title("Copy the token itself?".into()),
            Block::Gap,
            line(
                "Whoever has it is its holder until it ends. It goes to the clipboard of this terminal, and other programs can read that.",
            ),
        ],
        Asking::Allow { context, file, command } => vec![
            Block::Title(Phrase::new().plain("Run the plugin of ").name(context.as_str()).plain("?")),
            Block::Gap,
            Block::Command(command.clone()),
            Block::Gap,
            Block::Pair("file".to_owned(), Phrase::new().name(file.as_str())),
            Block::Gap,
            line("kubectl does not look at this file, so that nobody has run the program by it yet."),
            line("Yes holds for all plugins of the file, until whycan ends."),
        ],
    };
    frame.render_widget(Clear, over);
    reading::draw(blocks(&all, reading::room(over), theme), 0, theme, frame, over);
}

/// Paints the box.
pub fn paste(pasting: &Pasting, theme: Theme, frame: &mut Frame<'_>, over: Rect) {
    let room = reading::room(over);
    let mut lines = blocks(&[Block::Title("Paste a token, a certificate, or what a plugin prints".into()), Block::Gap], room, theme);
    let prompt = Span::styled("> ", theme.style(Tone::Accent));
    let inside = match pasting.masked.as_str() {
        "" => Phrase::new().dim("nothing yet"),
        masked => Phrase::new().name(masked),
    };
    for (position, line) in wrapped(&inside, room.saturating_sub(2), 0, theme).into_iter().enumerate() {
        let before = if position == 0 { prompt.clone() } else { Span::raw("  ") };
        lines.push(Line::from(std::iter::once(before).chain(line.spans).collect::<Vec<_>>()));
    }
    lines.push(Line::default());
    let said = "It is not shown, nobody is asked about it, and it is kept nowhere: it is forgotten when you leave it.";
    lines.extend(wrapped(&Phrase::new().dim(said), room, 0, theme));
    frame.render_widget(Clear, over);
    reading::draw(lines, 0, theme, frame, over);
}
