//! `X-Amz-Date`, read as Go's `time.Parse` reads it by the layout `20060102T150405Z`, and refused in its words.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The layout, as Go writes one.
pub const LAYOUT: &str = "20060102T150405Z";

/// A moment, and how Go writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The moment.
    pub at: Timestamp,
    /// `2026-03-01 12:30:45 +0000 UTC`.
    pub told: String,
}

/// A date, or what Go says of it.
///
/// # Errors
/// With Go's words.
pub fn read(text: &str) -> Result<Moment, String> {
    let mut reader = Reader { whole: text, rest: text };
    let year = reader.number(4, "2006")?;
    let month = reader.number(2, "01")?;
    reader.within(month, 1..=12, "month")?;
    let day = reader.number(2, "02")?;
    reader.literal("T")?;
    // the only one that may have a single digit
    let digits = if reader.rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) { 2 } else { 1 };
    let hour = reader.number(digits, "15")?;
    reader.within(hour, 0..=23, "hour")?;
    let minute = reader.number(2, "04")?;
    reader.within(minute, 0..=59, "minute")?;
    let second = reader.number(2, "05")?;
    reader.within(second, 0..=59, "second")?;
    let nanosecond = reader.fraction();
    reader.literal("Z")?;
    if !reader.rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quoted(text), quoted(reader.rest)));
    }
    let out_of_range = || format!("parsing time {}: day out of range", quoted(text));
    let short = |number: i32| i8::try_from(number).unwrap_or(-1);
    let date = Date::new(i16::try_from(year).unwrap_or(-1), short(month), short(day)).map_err(|_| out_of_range())?;
    let civil = date.at(short(hour), short(minute), short(second), nanosecond);
    let at = civil.to_zoned(TimeZone::UTC).map_err(|_| out_of_range())?.timestamp();
    let mut told = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    if nanosecond > 0 {
        let _ = write!(told, ".{}", format!("{nanosecond:09}").trim_end_matches('0'));
    }
    Ok(Moment { at, told: told + " +0000 UTC" })
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn refused(&self, element: &str) -> String {
        format!("parsing time {} as {}: cannot parse {} as {}", quoted(self.whole), quoted(LAYOUT), quoted(self.rest), quoted(element))
    }

    fn number(&mut self, digits: usize, element: &str) -> Result<i32, String> {
        let number = self.rest.get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|text| text.parse().ok()).ok_or_else(|| self.refused(element))?;
        self.rest = self.rest.get(digits..).unwrap_or_default();
        Ok(number)
    }

    fn within(&self, number: i32, range: std::ops::RangeInclusive<i32>, what: &str) -> Result<(), String> {
        if range.contains(&number) { Ok(()) } else { Err(format!("parsing time {}: {what} out of range", quoted(self.whole))) }
    }

    fn literal(&mut self, text: &str) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(text).ok_or_else(|| self.refused(text))?;
        Ok(())
    }

    /// A fraction after the seconds, which Go takes though the layout has none; in nanoseconds.
    fn fraction(&mut self) -> i32 {
        let Some(digits) = self.rest.strip_prefix(['.', ',']) else { return 0 };
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let Some(taken) = digits.get(..count.min(9)).filter(|taken| !taken.is_empty()) else { return 0 };
        self.rest = digits.get(count..).unwrap_or_default();
        format!("{taken:0<9}").parse().unwrap_or_default()
    }
}

/// As Go's package `time` quotes: bytes beyond ASCII one by one.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='\u{7f}' => out.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_go_reads_them() {
        let told = |text: &str| read(text).map(|moment| moment.told);
        let fails = |text: &str| told(text).unwrap_err().replace(" as \"20060102T150405Z\"", "").replace(&quoted(text), "IT");
        assert_eq!(told("20260301T123045Z").unwrap(), "2026-03-01 12:30:45 +0000 UTC");
        assert_eq!(told("20260301T123045.50Z").unwrap(), "2026-03-01 12:30:45.5 +0000 UTC");
        assert!(told("20240229T1:3045Z").unwrap_err().contains("as \"04\""));
        for (text, why) in [
            ("", "parsing time IT: cannot parse IT as \"2006\""),
            ("2026", "parsing time IT: cannot parse \"\" as \"01\""),
            ("20261301T000000Z", "parsing time IT: month out of range"),
            ("20260230T000000Z", "parsing time IT: day out of range"),
            ("20260301T240000Z", "parsing time IT: hour out of range"),
            ("20260301T006000Z", "parsing time IT: minute out of range"),
            ("20260301T000060Z", "parsing time IT: second out of range"),
            ("20260301t000000Z", "parsing time IT: cannot parse \"t000000Z\" as \"T\""),
            ("20260301T000000", "parsing time IT: cannot parse \"\" as \"Z\""),
            ("20260301T000000Z ", "parsing time IT: extra text: \" \""),
            ("2026é301T000000Z", "parsing time IT: cannot parse \"\\xc3\\xa9301T000000Z\" as \"01\""),
        ] {
            assert_eq!(fails(text), why, "{text}");
        }
    }
}
