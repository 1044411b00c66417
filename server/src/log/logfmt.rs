//! Log lines as `key=value`, which people read and machines split.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes events, and the fields of what they happened in, as `key=value`.
pub struct Logfmt;

impl<S, N> FormatEvent<S, N> for Logfmt
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        writer.write_str("time=")?;
        SystemTime.format_time(&mut writer)?;
        let about = event.metadata();
        write!(writer, " level={} target={}", about.level(), about.target())?;
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>()
                && !fields.fields.is_empty()
            {
                write!(writer, " {}", fields.fields)?;
            }
        }
        writer.write_char(' ')?;
        self.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

impl<'writer> FormatFields<'writer> for Logfmt {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut pairs = Pairs { writer, is_first: true, written: Ok(()) };
        fields.record(&mut pairs);
        pairs.written
    }
}

/// Writes one field after the other.
struct Pairs<'writer> {
    writer: Writer<'writer>,
    is_first: bool,
    written: fmt::Result,
}

impl Pairs<'_> {
    fn write(&mut self, key: &str, value: &str) -> fmt::Result {
        if !self.is_first {
            self.writer.write_char(' ')?;
        }
        self.is_first = false;
        write!(self.writer, "{key}=")?;
        let is_plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '=' | '\\');
        if !value.is_empty() && value.chars().all(is_plain) {
            return self.writer.write_str(value);
        }
        self.writer.write_char('"')?;
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                self.writer.write_char('\\')?;
            }
            // Control characters are made signs by whoever takes the line: see `OneLine`.
            self.writer.write_char(character)?;
        }
        self.writer.write_char('"')
    }
}

impl Visit for Pairs<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if self.written.is_ok() {
            self.written = self.write(field.name(), value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_pairs_and_what_has_spaces_is_quoted() {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .fmt_fields(Logfmt)
            .event_format(Logfmt)
            .finish();
        tracing::subscriber::with_default(log, || {
            tracing::info_span!("request", request.id = %"0ABC").in_scope(|| {
                tracing::info!(route = "/n/{id}", status = 200, why = "a \"b\" = c\\d", "answered");
                tracing::warn!(empty = "", error = %"two words");
            });
        });
        let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = written.lines().collect();
        let (time, rest) = lines[0].split_once(' ').unwrap();
        assert!(time.starts_with("time=2") && time.ends_with('Z'), "{time}");
        assert!(rest.starts_with("level=INFO target=mutuals::log"), "{rest}");
        let ends = "request.id=0ABC message=answered route=/n/{id} status=200 \
                    why=\"a \\\"b\\\" = c\\\\d\"";
        assert!(rest.ends_with(ends), "{rest}");
        assert!(lines[1].ends_with(" request.id=0ABC empty=\"\" error=\"two words\""), "{written}");
    }
}
