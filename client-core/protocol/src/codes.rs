//! Stable code numbers: enums that a newer peer may extend.

/// An enum whose numbers travel. A number that this build does not know decodes to `Unknown`, so that a newer peer never breaks a session.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A code that this build does not know (from a newer peer).
            #[serde(other)]
            Unknown,
        }

        impl $name {
            /// The number that travels; never re-used.
            #[must_use]
            pub fn number(self) -> u32 {
                match self { Self::Unknown => 0, $(Self::$variant => $number,)* }
            }

            /// The code with this number.
            #[must_use]
            pub fn of_number(number: u32) -> Self {
                match number { $($number => Self::$variant,)* _ => Self::Unknown }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let name = serde_json::to_value(self).unwrap_or_default();
                formatter.write_str(name.as_str().unwrap_or("unknown"))
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                out: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                out.u32(self.number())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(input: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Ok(Self::of_number(input.u32()?))
            }
        }
    };
}

pub(crate) use codes;
