//! The admission gate against honest changes and named attacks.

#[cfg(test)]
mod attacks_bytes;
#[cfg(test)]
mod attacks_document;
#[cfg(test)]
mod attacks_effect;
#[cfg(test)]
mod attacks_values;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod honest;
#[cfg(test)]
mod seal;
#[cfg(test)]
#[path = "../model/world.rs"]
#[expect(dead_code, reason = "the tests of the model use more of it")]
mod world;
