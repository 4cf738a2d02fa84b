//! The device library on its own: no network, a server made of the protocol's own functions.

#[cfg(test)]
mod at_rest;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod custody;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod full;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod issuing;
#[cfg(test)]
mod lease;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod office;
#[cfg(test)]
mod older_store;
#[cfg(test)]
mod paper;
#[cfg(test)]
mod phone;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod rotations;
#[cfg(test)]
mod sealed_files;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod surveys;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod why;
#[cfg(test)]
mod wiping;
