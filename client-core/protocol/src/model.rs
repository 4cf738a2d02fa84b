//! What the documents are and which rules hold. Pure functions: the same code judges an edit on the phone and on the server.
//!
//! A document is read into a [`Snapshot`](document::Snapshot) (its sections as plain values) and a [`History`](history::History) (its
//! events with who-saw-what). A work kind folds the history into a state; nothing else decides the state. This module never does IO and
//! never reads a clock.

pub mod command;
pub mod document;
pub mod event;
pub mod history;
pub mod person;
pub mod repair;
