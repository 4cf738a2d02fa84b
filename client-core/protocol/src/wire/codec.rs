//! Messages to bytes and back.

use minicbor::{Decoder, Encoder};

use super::Frame;
use crate::limits::{COMPRESS_ABOVE_BYTES, MAX_FRAMES, MAX_MESSAGE_BYTES, MAX_WIRE_BYTES};

/// First byte of a message whose frames follow as they are.
const PLAIN: u8 = 0;
/// First byte of a message that goes on with its inflated length (4 bytes, big-endian) and one zstd frame.
const ZSTD: u8 = 1;
/// zstd's own default level: 3 compresses a visit's changes about 3x at over 100 MB/s.
const ZSTD_LEVEL: i32 = 3;

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Longer than a message may be.
    #[error("a message of {bytes} bytes; {MAX_MESSAGE_BYTES} are allowed")]
    TooLarge {
        /// Its length, as far as known.
        bytes: usize,
    },
    /// An unknown first byte.
    #[error("unknown message flag {0}")]
    UnknownFlag(u8),
    /// Nothing there.
    #[error("an empty message")]
    Empty,
    /// The compressed part does not inflate to the announced length.
    #[error("the compressed message does not inflate")]
    Inflate(#[source] std::io::Error),
    /// Not the CBOR of a frame.
    #[error("not a frame")]
    Cbor(#[source] minicbor::decode::Error),
    /// More frames than allowed.
    #[error("more than {MAX_FRAMES} frames in a message")]
    TooManyFrames,
}

/// Why frames make no message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Too long or too many: the sender has to split.
    #[error("{frames} frames of {bytes} bytes make no message")]
    TooLarge {
        /// How many.
        frames: usize,
        /// How long.
        bytes: usize,
    },
    /// zstd failed.
    #[error("the message cannot be compressed")]
    Deflate(#[source] std::io::Error),
}

/// Makes one message of `frames`.
///
/// # Errors
/// When they exceed the limits of a message.
pub fn encode_message(frames: &[Frame]) -> Result<Vec<u8>, EncodeError> {
    let mut out = vec![PLAIN];
    {
        let mut encoder = Encoder::new(&mut out);
        for frame in frames {
            let Ok(()) = frame.encode(&mut encoder) else {
                return Err(EncodeError::TooLarge { frames: frames.len(), bytes: 0 });
            };
        }
    }
    let plain = out.get(1..).unwrap_or_default();
    if plain.len() > MAX_MESSAGE_BYTES || frames.len() > MAX_FRAMES {
        return Err(EncodeError::TooLarge { frames: frames.len(), bytes: plain.len() });
    }
    if plain.len() <= COMPRESS_ABOVE_BYTES {
        return Ok(out);
    }
    let deflated = zstd::bulk::compress(plain, ZSTD_LEVEL).map_err(EncodeError::Deflate)?;
    if deflated.len().saturating_add(4) >= plain.len() {
        return Ok(out);
    }
    let length = u32::try_from(plain.len()).unwrap_or(u32::MAX);
    Ok([&[ZSTD][..], &length.to_be_bytes(), &deflated].concat())
}

/// Reads the frames of one message.
///
/// # Errors
/// [`DecodeError`]; nothing is allocated beyond the limits, whatever the bytes say.
pub fn decode_message(bytes: &[u8]) -> Result<Vec<Frame>, DecodeError> {
    if bytes.len() > MAX_WIRE_BYTES {
        return Err(DecodeError::TooLarge { bytes: bytes.len() });
    }
    match bytes.split_first() {
        None => Err(DecodeError::Empty),
        Some((&PLAIN, plain)) => decode_frames(plain),
        Some((&ZSTD, packed)) => decode_frames(&inflate(packed)?),
        Some((&flag, _)) => Err(DecodeError::UnknownFlag(flag)),
    }
}

fn inflate(packed: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let (length, deflated) = packed.split_first_chunk::<4>().ok_or(DecodeError::Empty)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if length > MAX_MESSAGE_BYTES {
        return Err(DecodeError::TooLarge { bytes: length });
    }
    let plain = zstd::bulk::decompress(deflated, length).map_err(DecodeError::Inflate)?;
    if plain.len() != length {
        return Err(DecodeError::Inflate(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(plain)
}

fn decode_frames(plain: &[u8]) -> Result<Vec<Frame>, DecodeError> {
    let mut decoder = Decoder::new(plain);
    let mut frames = Vec::new();
    while decoder.position() < plain.len() {
        if frames.len() == MAX_FRAMES {
            return Err(DecodeError::TooManyFrames);
        }
        frames.push(Frame::decode(&mut decoder).map_err(DecodeError::Cbor)?);
    }
    if frames.is_empty() { Err(DecodeError::Empty) } else { Ok(frames) }
}
