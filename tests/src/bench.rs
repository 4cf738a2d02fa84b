//! What things cost: reconnecting, pushing, being connected. `linecrew-bench` prints the figures as JSON.
//!
//! The server is always the real program in a process of its own, so that its CPU time and memory are its own. Bytes are counted twice: as
//! messages, by a transport around the phone's own, and as TCP payload, by the link that every byte crosses. Times are taken without the
//! link. Every figure that varies is a median with its extremes.

mod counting;
mod figures;
mod gauge;
pub mod hostile;
mod idle;
mod phone;
mod push;
mod reconnect;
mod stage;
mod theirs;

use serde_json::{Value, json};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Fewer documents, connections and runs: whether it works, not what it costs.
    #[arg(long)]
    pub quick: bool,
    /// Only these: reconnect, push, idle, automerge, hostile.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Only these hostile clients: connections, half_headers, garbage, bombs, guesses, hellos, forgeries, crafted, inventories, deaf.
    #[arg(long, value_delimiter = ',')]
    pub attacks: Vec<String>,
    /// Edits of each honest phone beside hostile clients, each second.
    #[arg(long, default_value_t = hostile::USUAL_PACE)]
    pub pace: f64,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    fn usual_or_quick<T>(&self, usual: T, quick: T) -> T {
        if self.quick { quick } else { usual }
    }
}

/// Measures, and answers with everything that was found.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(options: &Options) -> Value {
    let mut found = json!({"quick": options.quick, "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get)});
    if options.wants("reconnect") {
        found["reconnect"] = reconnect::measure(options).await;
    }
    if options.wants("automerge") {
        found["automerge_sync"] = theirs::measure(options);
    }
    if options.wants("push") {
        found["push"] = push::measure(options).await;
    }
    if options.wants("idle") {
        found["idle"] = idle::measure(options).await;
    }
    if options.wants("hostile") {
        found["hostile"] = hostile::measure(options).await;
    }
    found
}
