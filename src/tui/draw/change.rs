//! A change of kubeconfigs over the screen: what becomes of it, what is worth knowing, and the lines that it writes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::state::{ChangeStage, Changing};
use super::super::theme::Theme;
use super::lines::wrapped;
use super::reading;
use super::text::{cut_middle, safe};
use crate::view::change::{Planned, Wish};
use crate::view::phrase::{Phrase, Tone};

/// Paints it.
pub fn draw(changing: &Changing, theme: Theme, frame: &mut Frame<'_>, over: Rect) {
    frame.render_widget(Clear, over);
    reading::draw(lines(changing, theme, reading::room(over)), changing.scroll, theme, frame, over);
}

/// Its lines.
pub fn lines(changing: &Changing, theme: Theme, room: usize) -> Vec<Line<'static>> {
    let sentence = |tone: Tone, text: &str| wrapped(&Phrase::new().with(tone, text), room, 2, theme);
    match &changing.stage {
        ChangeStage::Planning => sentence(Tone::Accent, &format!("{} {}", theme.loading(), waiting(&changing.wish))),
        ChangeStage::Failed(failure) => {
            let mut lines = sentence(Tone::Bad, &failure.message);
            lines.push(Line::default());
            lines.extend(failure.hints.iter().flat_map(|hint| sentence(Tone::Plain, hint)));
            lines
        }
        ChangeStage::Shown(planned) => shown(planned, theme, room),
        ChangeStage::Writing(planned) => {
            let mut lines = shown(planned, theme, room);
            lines.splice(0..0, sentence(Tone::Accent, &format!("{} it is being written", theme.loading())));
            lines
        }
    }
}

fn shown(planned: &Planned, theme: Theme, room: usize) -> Vec<Line<'static>> {
    let sentence = |tone: Tone, text: &str| wrapped(&Phrase::new().with(tone, text), room, 2, theme);
    let mut lines = sentence(Tone::Name, &planned.plan.summary);
    lines.extend(planned.notes().iter().flat_map(|note| sentence(Tone::Open, &format!("! {note}"))));
    if planned.is_nothing() {
        lines.extend(sentence(Tone::Dim, "Nothing is to be written."));
        return lines;
    }
    lines.push(Line::default());
    for line in &planned.lines {
        // a line of a file is not wrapped: it would look like two
        let text = line.text().replace('\t', "  ");
        let tone = line.pieces.first().map_or(Tone::Plain, |piece| piece.tone);
        lines.push(Line::from(Span::styled(cut_middle(&safe(&text), room, theme.ellipsis()), theme.style(tone))));
    }
    lines
}

fn waiting(wish: &Wish) -> String {
    match wish {
        Wish::Change(_) | Wish::Back => "reading the kubeconfig".to_owned(),
        Wish::Undo => "looking for the last change".to_owned(),
        Wish::Add(found) => format!("asking AWS about {}", found.name),
    }
}
