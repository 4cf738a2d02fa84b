//! Turns what the library logs into lines, and leaves out what may be a customer's.

use std::{error::Error, fmt, sync::Once};

use linecrew_client::{Host, SystemHost, driver::SyncStop};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};

use super::{LogField, LogLevel, LogLine, put};
use crate::{error::of_stop, hosts::desk::is_asking};

/// Whose lines are taken: those of our crates.
const OURS: &str = "linecrew";
/// Texts that are names, ids and codes of ours. Whatever else is a text may be somebody's, and is left out.
const TEXTS: &[&str] = &["place", "feed", "document.id", "refusal.reason", "damage.reason"];

/// Makes it the collector of this process. One that is there already keeps its place, and its lines.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| drop(tracing::subscriber::set_global_default(Collector { clock: SystemHost::new() })));
}

struct Collector {
    clock: SystemHost,
}

impl Collector {
    fn line(&self, event: &Event<'_>) -> LogLine {
        let (about, mut read) = (event.metadata(), Read::default());
        event.record(&mut read);
        let level = match *about.level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            _ => LogLevel::Info,
        };
        LogLine { level, at: self.clock.wall(), place: about.target().to_owned(), words: read.words, fields: read.fields, dropped: 0 }
    }
}

impl Subscriber for Collector {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target().starts_with(OURS) && *about.level() <= Level::INFO
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        // A line about taking a line would never end.
        if !is_asking() {
            put(self.line(event));
        }
    }

    // Spans are not taken.

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// What a line holds.
#[derive(Debug, Default)]
struct Read {
    words: String,
    fields: Vec<LogField>,
}

impl Read {
    fn add(&mut self, field: &Field, value: impl ToString) {
        self.fields.push(LogField { name: field.name().to_owned(), value: value.to_string() });
    }
}

impl Visit for Read {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        // Its words may quote a server, or name one.
        if let Some(stop) = value.downcast_ref::<SyncStop>() {
            self.add(field, of_stop(stop).0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.words = format!("{value:?}"),
            name if TEXTS.contains(&name) => self.add(field, format!("{value:?}").trim_matches('"')),
            _ => {}
        }
    }
}
