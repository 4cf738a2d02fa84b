//! The frames of version 1.

use minicbor::{Decoder, Encoder, decode, encode};

use super::{Acked, CaughtUp, Entries, Goodbye, Hello, Inventory, Ping, Pong, Push, Stored, Welcome};

macro_rules! frames {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// One frame. The number of a type is never re-used.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Frame {
            $($(#[$doc])* $name($name),)*
            /// A type that this build does not know: refused politely, never an error of the decoder.
            Unknown(u32),
        }

        impl Frame {
            /// The name, for logs.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* Self::Unknown(_) => "Unknown" }
            }

            pub(super) fn encode<W: encode::Write>(&self, out: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
                out.array(2)?;
                match self {
                    $(Self::$name(frame) => out.u32($number)?.encode(frame)?.ok(),)*
                    Self::Unknown(number) => out.u32(*number)?.map(0)?.ok(),
                }
            }

            pub(super) fn decode(input: &mut Decoder<'_>) -> Result<Self, decode::Error> {
                if input.array()? != Some(2) {
                    return Err(decode::Error::message("a frame is an array of two"));
                }
                Ok(match input.u32()? {
                    $($number => Self::$name(input.decode()?),)*
                    other => {
                        input.skip()?;
                        Self::Unknown(other)
                    }
                })
            }
        }

        $(impl From<$name> for Frame {
            fn from(frame: $name) -> Self {
                Self::$name(frame)
            }
        })*
    };
}

frames! {
    /// Opens a session (phone).
    Hello = 1,
    /// Answers it (server).
    Welcome = 2,
    /// Edits (phone).
    Push = 3,
    /// What became of them (server).
    Acked = 4,
    /// Documents (server).
    Entries = 5,
    /// Nothing more for now (server).
    CaughtUp = 6,
    /// Cursors on disk (phone).
    Stored = 7,
    /// What a phone holds, when digests differ (phone).
    Inventory = 8,
    /// Still here (phone).
    Ping = 9,
    /// The answer (server).
    Pong = 10,
    /// The end (both).
    Goodbye = 11,
}
