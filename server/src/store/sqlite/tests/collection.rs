//! Stories about money: collectors with phones that seal what they do, and an office that counts it.

mod audit;
mod history;
mod journal;
mod money;
mod office;
mod round;
