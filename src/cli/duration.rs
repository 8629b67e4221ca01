//! A span of time as `--timeout` takes it: `5s`, `500ms`, `1m`, plain seconds.

use std::time::Duration;

/// The longest wait that makes sense of one step.
const LONGEST: Duration = Duration::from_hours(24);

/// Reads a span of time.
///
/// # Errors
/// A sentence with an example, for what is none, nothing, or too long.
pub fn read(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let scale = match unit.trim_start() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong("it has no unit that is known")),
    };
    let seconds: f64 = number.parse().map_err(|_| wrong("it is no number"))?;
    let span = Duration::try_from_secs_f64(seconds * scale).map_err(|_| wrong("it is too long"))?;
    if span.is_zero() {
        return Err(wrong("nothing can be done in no time"));
    }
    if span > LONGEST { Err(wrong("it is longer than a day")) } else { Ok(span) }
}

fn wrong(why: &str) -> String {
    format!("{why}; give 5s, 500ms, 1m or plain seconds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        for (text, milliseconds) in
            [("5s", 5000), ("500ms", 500), ("1m", 60_000), ("10", 10_000), ("0.5", 500), ("1.5s", 1500), (" 2 s ", 2000), ("1h", 3_600_000)]
        {
            assert_eq!(read(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn others_are_refused_with_an_example() {
        for text in ["", "s", "5x", "-5s", "0", "0ms", "1e9", "48h", "9999999999999999999999h", "five", "1.2.3s", "NaN", "inf"] {
            assert!(read(text).unwrap_err().contains("500ms"), "{text}");
        }
    }
}
