//! Field collection in the store: journals, books, receivables (docs/adr/0016).
//!
//! The documents are the truth. The tables beside them say the same in a form that the database itself can guard (a number is given once), that
//! folds can read without the documents, and that people can list. Invariants:
//! 1. An entry of the right phone is kept, whatever is wrong with it; what is wrong is flagged in the same transaction. Only what the database
//!    refuses, a second entry in one place or a second receipt under one number, goes to quarantine, and is flagged too.
//! 2. Who reads a journal's state reads a fold of its entries and the office's acts; the tables hold what the fold said last.
//! 3. What follows from an entry (payments, flags, the next book) is in the transaction that keeps the entry.

mod acts;
pub(super) mod audit;
mod bills;
mod books;
mod consequences;
mod day;
mod facts;
mod flags;
mod journal;
mod journals;
mod link;
mod listing;
mod orders;
mod payments;
mod place;
mod projection;

pub(super) use self::{
    bills::bill,
    consequences::receive,
    day::local_day,
    journals::Journals,
    listing::{books::list as books, flags::list as flags, receivables::list as receivables, session, sessions, verify},
    orders::order,
    place::place,
    projection::finish,
};
