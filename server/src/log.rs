//! Log lines that stay one line each, and speak to no terminal, whatever a peer put into them.
//!
//! Colours are control characters too, so there are none.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;

mod logfmt;

pub use logfmt::Logfmt;

/// Crates that log what they work on, at whatever level the operator asks for: private texts, the
/// addresses of mails, questions to devices. They say nothing, because no log may hold these (mission,
/// J2).
const SILENT: [&str; 5] = ["html5ever", "markup5ever", "lettre", "webauthn_rs", "webauthn_rs_core"];

/// What is logged: a level or a tracing filter as the operator wrote it, without those who say too
/// much.
pub fn filter(level: &str) -> Result<EnvFilter, ParseError> {
    let mut filter = EnvFilter::try_new(level)?;
    for name in SILENT {
        filter = filter.add_directive(format!("{name}=off").parse()?);
    }
    Ok(filter)
}

/// Writes each event as one line to where `inner` writes.
pub struct OneLine<M>(pub M);

/// Writes one event.
pub struct Line<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

impl<W: Write> Write for Line<W> {
    /// Takes a whole event, as the formatter hands it over: its last byte ends the line, and any
    /// other control character is written as a sign.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let (body, end) = match event.strip_suffix(b"\n") {
            Some(body) => (body, "\n"),
            None => (event, ""),
        };
        let text = String::from_utf8_lossy(body);
        let mut line = String::with_capacity(event.len());
        for character in text.chars() {
            if is_control(character) {
                line.extend(character.escape_default());
            } else {
                line.push(character);
            }
        }
        line.push_str(end);
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::config::LogFormat;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn htm_04_a_peer_cannot_write_log_lines_of_its_own() {
        let hostile =
            "gone\n2026-11-23T12:00:00Z  INFO all is well\r\x1b[2Jx\u{9b}31m\u{2028}\u{85}\u{0}";
        for format in [LogFormat::Text, LogFormat::Logfmt, LogFormat::Json] {
            let kept = Kept::default();
            let writer = kept.clone();
            let log = tracing_subscriber::fmt()
                .with_ansi(false)
                .with_writer(OneLine(move || writer.clone()));
            let log = log.with_max_level(tracing::Level::INFO);
            let subscriber: Box<dyn tracing::Subscriber + Send + Sync> = match format {
                LogFormat::Text => Box::new(log.finish()),
                LogFormat::Logfmt => Box::new(log.fmt_fields(Logfmt).event_format(Logfmt).finish()),
                LogFormat::Json => Box::new(log.json().finish()),
            };
            tracing::subscriber::with_default(subscriber, || {
                tracing::warn!(reason = hostile, error = %hostile, "told: {hostile}");
            });
            let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
            assert_eq!(written.lines().count(), 1, "{written}");
            let body = written.strip_suffix('\n').unwrap();
            assert!(body.contains("all is well"));
            assert!(!body.chars().any(is_control), "{body:?}");
        }
    }
}
