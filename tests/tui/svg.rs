//! A buffer as SVG: one text for each run of a style, lines of boxes as paths, so that no font leaves gaps.

#![allow(clippy::suboptimal_flops, reason = "a picture needs no last bit, and the same ones everywhere")]

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::support::{rows, seen};

const CELL: (f32, f32) = (8.4, 18.0);
const INK: &str = "#d4d4d8";
const PAPER: &str = "#18181b";

/// The picture of a buffer.
pub fn svg(buffer: &Buffer) -> String {
    let (width, height) = (f32::from(buffer.area.width) * CELL.0 + 16.0, f32::from(buffer.area.height) * CELL.1 + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{PAPER}\"/>\n<g transform=\"translate(8 8)\">\n"
    );
    for (line, row) in (0_u16..).zip(rows(buffer)) {
        let cells: Vec<(usize, &Cell)> = seen(row).collect();
        for run in cells.chunk_by(|(_, one), (_, other)| look(one) == look(other) && is_box(one) == is_box(other)) {
            draw(&mut out, run, line, next(&cells, run, row.len()));
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The column behind a run.
fn next(cells: &[(usize, &Cell)], run: &[(usize, &Cell)], columns: usize) -> usize {
    let last = run.last().unwrap().0;
    cells.iter().map(|(column, _)| *column).find(|column| *column > last).unwrap_or(columns)
}

fn look(cell: &Cell) -> (Color, Modifier) {
    (cell.fg, cell.modifier)
}

fn is_box(cell: &Cell) -> bool {
    matches!(cell.symbol(), "─" | "│" | "┬" | "┴")
}

fn draw(out: &mut String, run: &[(usize, &Cell)], line: u16, end: usize) {
    let (start, first) = run[0];
    let at = |column: usize| f32::from(u16::try_from(column).unwrap()) * CELL.0;
    let (x, y, width) = (at(start), f32::from(line) * CELL.1, at(end) - at(start));
    let reversed = first.modifier.contains(Modifier::REVERSED);
    let (ink, paper) = if reversed { (PAPER, css(first.fg)) } else { (css(first.fg), PAPER) };
    if reversed {
        let _ = writeln!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{paper}\"/>", CELL.1);
    }
    let dim = if first.modifier.contains(Modifier::DIM) { " opacity=\"0.55\"" } else { "" };
    if is_box(first) {
        for (column, cell) in run {
            let (left, middle) = (at(*column), at(*column) + CELL.0 / 2.0);
            let (top, centre) = (y, y + CELL.1 / 2.0);
            let (right, bottom) = (left + CELL.0, top + CELL.1);
            let path = match cell.symbol() {
                "─" => format!("M{left:.1} {centre:.1}H{right:.1}"),
                "│" => format!("M{middle:.1} {top:.1}V{bottom:.1}"),
                "┬" => format!("M{left:.1} {centre:.1}H{right:.1}M{middle:.1} {centre:.1}V{bottom:.1}"),
                _ => format!("M{left:.1} {centre:.1}H{right:.1}M{middle:.1} {centre:.1}V{top:.1}"),
            };
            let _ = writeln!(out, "<path d=\"{path}\" stroke=\"{ink}\"{dim}/>");
        }
        return;
    }
    let text: String = run.iter().map(|(_, cell)| cell.symbol()).collect();
    if text.trim().is_empty() {
        return;
    }
    let mut attributes = dim.to_owned();
    for (modifier, attribute) in [(Modifier::BOLD, " font-weight=\"bold\""), (Modifier::UNDERLINED, " text-decoration=\"underline\"")] {
        if first.modifier.contains(modifier) {
            attributes.push_str(attribute);
        }
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{ink}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\"{attributes}>{text}</text>",
        y + 13.4
    );
}

fn css(color: Color) -> &'static str {
    match color {
        Color::Green => "#4ade80",
        Color::Red => "#f87171",
        Color::Yellow => "#facc15",
        Color::Cyan => "#22d3ee",
        _ => INK,
    }
}
