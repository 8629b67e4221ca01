//! Phrases as lines of cells: cut to a row, or wrapped; names cut in the middle, sentences at the end.

use ratatui::text::{Line, Span};

use super::super::theme::Theme;
use super::text::{cut_middle, safe, take, width, wrap};
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::why::detail::Block;

/// The fewest cells that a name is cut to.
const SHORTEST: usize = 12;
/// How wide labels are, where none is longer.
const LABEL: usize = 13;
/// The widest that labels make the column of labels.
const WIDEST_LABEL: usize = 22;

/// A row of at most so many cells; `aside` stands at the right where there is room for it.
pub fn row(sign: Sign, words: &Phrase, aside: &str, room: usize, theme: Theme) -> Line<'static> {
    let (glyph, style) = theme.sign(sign);
    let mut spans = vec![Span::styled(glyph, style)];
    let left = room.saturating_sub(width(glyph));
    let pieces = fit(words, left, theme);
    let used: usize = pieces.iter().map(|(text, _)| width(text)).sum();
    spans.extend(pieces.into_iter().map(|(text, tone)| Span::styled(text, theme.style(tone))));
    let aside = theme.text(&safe(aside));
    if !aside.is_empty() && used + 2 + width(&aside) < left {
        spans.push(Span::raw(" ".repeat(left - used - width(&aside) - 1)));
        spans.push(Span::styled(aside, theme.style(Tone::Dim)));
    }
    Line::from(spans)
}

/// A row under the cursor: one look from end to end.
pub fn chosen(line: Line<'static>, theme: Theme) -> Line<'static> {
    let style = theme.cursor(true);
    Line::from(line.spans.into_iter().map(|span| span.patch_style(style)).collect::<Vec<_>>()).style(style)
}

/// The pieces, safe, in at most so many cells: first names are cut in the middle, then the end is cut.
pub fn fit(words: &Phrase, room: usize, theme: Theme) -> Vec<(String, Tone)> {
    let mut pieces: Vec<(String, Tone)> = words.pieces.iter().map(|piece| (theme.text(&safe(&piece.text)), piece.tone)).collect();
    let total = |pieces: &[(String, Tone)]| pieces.iter().map(|(text, _)| width(text)).sum::<usize>();
    loop {
        let excess = total(&pieces).saturating_sub(room);
        let widest =
            pieces.iter_mut().filter(|(text, tone)| *tone == Tone::Name && width(text) > SHORTEST).max_by_key(|(text, _)| width(text));
        match widest {
            Some((text, _)) if excess > 0 => {
                // half of what is too much at a time, so that two long names share it
                let most = (width(text) - excess.div_ceil(2).min(width(text) - SHORTEST)).max(SHORTEST);
                *text = cut_middle(text, most, theme.ellipsis());
            }
            _ => break,
        }
    }
    let mut left = room;
    let mut fitted = Vec::new();
    let is_cut = total(&pieces) > room;
    let last_room = if is_cut { room.saturating_sub(width(theme.ellipsis())) } else { room };
    for (text, tone) in pieces {
        let here = left.saturating_sub(room - last_room);
        if width(&text) <= here {
            left -= width(&text);
            fitted.push((text, tone));
            continue;
        }
        let head = take(text.chars(), here);
        fitted.push((format!("{}{}", head.trim_end().trim_end_matches(theme.ellipsis()), theme.ellipsis()), tone));
        break;
    }
    if room < width(theme.ellipsis()) { Vec::new() } else { fitted }
}

/// A phrase wrapped between words; every line but the first is indented.
pub fn wrapped(words: &Phrase, room: usize, indent: usize, theme: Theme) -> Vec<Line<'static>> {
    let room = room.max(4);
    let indent = indent.min(room / 2);
    let mut lines = Vec::new();
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for piece in &words.pieces {
        let style = theme.style(piece.tone);
        let text = theme.text(&safe(&piece.text));
        for (position, word) in text.split(' ').enumerate() {
            let glue = usize::from(position > 0);
            if used + glue + width(word) > room && used > indent && !word.is_empty() {
                lines.push(Line::from(std::mem::take(&mut spans)));
                spans.push(Span::raw(" ".repeat(indent)));
                used = indent;
            } else if glue == 1 && used + glue <= room {
                spans.push(Span::styled(" ", style));
                used += 1;
            }
            // a word that is longer than a line is a name: here it is shown whole, broken where it must be
            let mut chunks = wrap(word, room.saturating_sub(used).max(1)).into_iter().peekable();
            while let Some(chunk) = chunks.next() {
                used += width(&chunk);
                spans.push(Span::styled(chunk, style));
                if chunks.peek().is_some() {
                    lines.push(Line::from(std::mem::take(&mut spans)));
                    spans.push(Span::raw(" ".repeat(indent)));
                    used = indent;
                }
            }
        }
    }
    lines.push(Line::from(spans));
    lines
}

/// A head, and a sentence wrapped beside it in at most three lines.
pub fn sentence_lines(head: &str, tone: Tone, sentence: &str, columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let indent = width(head);
    let room = usize::from(columns).saturating_sub(indent + 1).max(10);
    let mut lines = wrapped(&Phrase::new().plain(sentence), room, 0, theme);
    if lines.len() > 3 {
        lines.truncate(3);
        if let Some(last) = lines.last_mut() {
            last.push_span(theme.ellipsis());
        }
    }
    let style = theme.style(tone).add_modifier(ratatui::style::Modifier::BOLD);
    let put = |(position, line): (usize, Line<'static>)| {
        let before = if position == 0 { Span::styled(head.to_owned(), style) } else { Span::raw(" ".repeat(indent)) };
        Line::from(std::iter::once(before).chain(line.spans).collect::<Vec<_>>())
    };
    lines.into_iter().enumerate().map(put).collect()
}

/// The blocks of details, wrapped to so many cells.
pub fn blocks(blocks: &[Block], room: usize, theme: Theme) -> Vec<Line<'static>> {
    // one column for the words beside all labels
    let labels = blocks.iter().filter_map(|block| if let Block::Pair(label, _) = block { Some(width(&safe(label)) + 2) } else { None });
    let label = labels.max().unwrap_or_default().clamp(LABEL, WIDEST_LABEL);
    blocks.iter().flat_map(|block| lines_of(block, label, room, theme)).collect()
}

fn lines_of(block: &Block, label_width: usize, room: usize, theme: Theme) -> Vec<Line<'static>> {
    match block {
        Block::Gap => vec![Line::default()],
        Block::Title(words) => {
            let strong = Phrase { pieces: words.pieces.iter().cloned().map(as_title).collect() };
            wrapped(&strong, room, 2, theme)
        }
        Block::Heading(text) => vec![Line::styled(theme.text(text), theme.heading())],
        Block::Line(words) => wrapped(words, room, 2, theme),
        Block::Pair(label, words) => {
            let label = safe(label);
            let label = if width(&label) < label_width {
                format!("{label}{}", " ".repeat(label_width - width(&label)))
            } else {
                format!("{label}  ")
            };
            beside(Span::styled(label, theme.style(Tone::Dim)), words, room, theme)
        }
        Block::Check(sign, words) => {
            let (glyph, style) = theme.sign(*sign);
            beside(Span::styled(glyph, style), words, room, theme)
        }
        Block::Command(text) => {
            beside(Span::styled("$ ", theme.style(Tone::Dim)), &Phrase::new().with(Tone::Accent, text.as_str()), room, theme)
        }
        // what is to be taken as it stands is not broken; what is too long is cut, and Y has it whole
        Block::Code(text) => {
            let line = |line: &str| {
                let words = Phrase::new().plain(line);
                Line::from(
                    fit(&words, room, theme).into_iter().map(|(text, tone)| Span::styled(text, theme.style(tone))).collect::<Vec<_>>(),
                )
            };
            text.lines().map(line).collect()
        }
    }
}

fn as_title(mut piece: crate::view::phrase::Piece) -> crate::view::phrase::Piece {
    if piece.tone == Tone::Plain {
        piece.tone = Tone::Name;
    }
    piece
}

/// A label, and a phrase wrapped beside it.
fn beside(label: Span<'static>, words: &Phrase, room: usize, theme: Theme) -> Vec<Line<'static>> {
    let indent = width(&label.content);
    let lines = wrapped(words, room.saturating_sub(indent), 0, theme);
    let first = std::iter::once(label).chain(std::iter::repeat_with(move || Span::raw(" ".repeat(indent))));
    let put = |(before, line): (Span<'static>, Line<'static>)| Line::from(std::iter::once(before).chain(line.spans).collect::<Vec<_>>());
    first.zip(lines).map(put).collect()
}
