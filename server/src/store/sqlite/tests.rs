//! Stories about the embedded store, told with phones that follow the client's own rules.

mod admission;
mod collection;
mod contacts;
mod crossing;
mod decisions;
mod exposure;
mod feeds;
mod forms;
mod mixtures;
mod office;
mod refused_words;
mod storage;
pub(crate) mod world;
