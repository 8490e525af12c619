//! Logs: one event a line on stderr, `TIME LEVEL sentence key=value…`. Owns the format; what is worth a
//! line is each room's matter.

pub mod progress;

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal};

use clap::ValueEnum;
use jiff::{Timestamp, Unit};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::text::clean::{blanked, escaped};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// One line of text.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Starts logging to stderr. `verbosity` counts `-v` less `-q`.
pub fn start(format: LogFormat, verbosity: i8) {
    let level = match verbosity {
        i8::MIN..=-2 => "error",
        -1 => "warn",
        0 => "info,rustls=warn,hyper=warn,reqwest=warn,h2=warn",
        1 => "debug,rustls=info,hyper=info,reqwest=info,h2=info,html5ever=info,selectors=info",
        2.. => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("VIGIE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| {
        progress::clear();
        io::stderr()
    });
    // It would say with a panic that the log's own disk is full.
    let builder = builder.log_internal_errors(false);
    // A second start, in a test, keeps the first.
    let _ = match format {
        LogFormat::Json => {
            let writer = || {
                progress::clear();
                Escaping
            };
            builder.with_writer(writer).json().flatten_event(true).with_target(false).try_init()
        }
        LogFormat::Text => builder
            .event_format(Lines {
                // journald stamps each line itself.
                time: std::env::var_os("JOURNAL_STREAM").is_none(),
                colour: io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            })
            .try_init(),
    };
}

/// The text format.
#[derive(Debug, Clone, Copy)]
struct Lines {
    time: bool,
    colour: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if self.time {
            let now = Timestamp::now().round(Unit::Millisecond).unwrap_or(Timestamp::UNIX_EPOCH);
            write!(out, "{now} ")?;
        }
        let level = *event.metadata().level();
        match (self.colour, level) {
            (true, Level::ERROR) => write!(out, "\u{1b}[31m{level:5}\u{1b}[0m ")?,
            (true, Level::WARN) => write!(out, "\u{1b}[33m{level:5}\u{1b}[0m ")?,
            _ => write!(out, "{level:5} ")?,
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        out.write_str(&fields.sentence)?;
        out.write_str(&fields.pairs)?;
        writeln!(out)
    }
}

#[derive(Default)]
struct Fields {
    sentence: String,
    pairs: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            push_clean(&mut self.sentence, value);
            return;
        }
        let _ = write!(self.pairs, " {}=", field.name());
        if value.is_empty() || value.contains(|c: char| c.is_whitespace() || c == '"' || c == '=') {
            let mut quoted = String::with_capacity(value.len() + 2);
            push_clean(&mut quoted, &value.replace('"', "'"));
            let _ = write!(self.pairs, "\"{quoted}\"");
        } else {
            push_clean(&mut self.pairs, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Text from the web may hold line breaks, terminal sequences and direction marks: none reaches a log.
fn push_clean(to: &mut String, text: &str) {
    to.push_str(&blanked(text));
}

/// Standard error, for lines of JSON.
struct Escaping;

impl io::Write for Escaping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The subscriber hands over whole lines.
        let text = String::from_utf8_lossy(bytes);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut out = escaped(line).into_owned();
        out.push_str(&text[line.len()..]);
        io::stderr().write_all(out.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic while locked").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_line_that_scripts_can_read() {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .event_format(Lines { time: false, colour: false })
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(event = "source_state", state = "timeout", detail = "no \"answer\"\nin 30 s", n = 3, "ill");
        });
        let line = String::from_utf8(kept.0.lock().expect("no panic while locked").clone()).expect("UTF-8");
        assert_eq!(line, "WARN  ill event=source_state state=timeout detail=\"no 'answer' in 30 s\" n=3\n");
    }
}
