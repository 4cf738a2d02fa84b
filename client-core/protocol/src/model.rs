//! What the documents are and which rules hold. Pure functions: the same code judges an edit on the phone and on the server.
//!
//! A document is read into a [`Snapshot`](document::Snapshot) (its sections as plain values) and a [`History`](history::History) (its
//! events with who-saw-what). [`work`] folds the history into a state; nothing else decides the state. What is particular to one kind of
//! work stands in [`kinds`]. This module never does IO and never reads a clock.

mod authorship;
pub mod collection;
pub mod command;
pub mod contact;
pub mod document;
pub mod event;
pub mod form;
pub mod history;
pub mod index;
pub mod kinds;
pub mod person;
pub mod policy;
pub mod reference;
pub mod work;
