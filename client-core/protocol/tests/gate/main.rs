//! The admission gate against honest changes and named attacks.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod honest;
