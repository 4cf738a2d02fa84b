//! The form of a file: sealed chunk by chunk, so that it is never in memory as a whole.
//!
//! | bytes | |
//! | --- | --- |
//! | 8 | `LnCrFil1` |
//! | 32 | the salt: random, another for each file |
//! | 8 | how many bytes the content has, big-endian |
//! | 16 | a seal over these three and over the content's SHA-256 |
//! | `length / 65,536 + 1` times up to 65,552 | a chunk of 65,536 bytes, the last one shorter and maybe empty, with its seal of 16 |
//!
//! Every file has a key of its own, which follows from the store's and the salt (HKDF-SHA-256, RFC 5869), for ChaCha20-Poly1305 (RFC 8439). The
//! nonces are those of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO
//! 2015): a chunk's number, and whether it is the last. So no chunk can be changed, left out, moved, or taken from another file, and no end cut
//! off. The seal of the header says whose content it is before any of it is given out: a file under another one's name is found, too.
//!
//! Only the length can be told from outside, and whether two files of one store are the same, which would be one.

use std::{
    fmt,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use linecrew_sqlite::Key;
use rand::{TryRngCore, rngs::OsRng};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf::{self, HKDF_SHA256},
    hmac,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Kept;

/// Bytes of the content in a chunk: what is in memory at once.
pub(super) const CHUNK: usize = 64 * 1024;
/// Bytes of a seal.
pub(super) const TAG: usize = 16;
/// Bytes before the first chunk.
pub(super) const HEADER: usize = SEALED + TAG;
/// Bytes of a salt.
pub(super) const SALT_BYTES: usize = 32;
/// What makes the key of one file another than those of all others.
pub(super) type Salt = [u8; SALT_BYTES];

/// What a file begins with. Another form gets another number.
const MAGIC: [u8; 8] = *b"LnCrFil1";
/// Bytes of the header that its seal covers.
const SEALED: usize = MAGIC.len() + SALT_BYTES + size_of::<u64>();
/// What the keys of contents are derived for.
const CONTENTS: &[u8] = b"linecrew attachments 1: contents";
/// What the key of names is derived for.
const NAMES: &[u8] = b"linecrew attachments 1: names";
/// Bytes of a name: enough that no two contents ever meet. Half of a SHA-256, so that no name looks like one in the clear.
const NAME_BYTES: usize = 16;

/// The keys of one store's files, wiped from memory with the last clone. Those that `ring` makes of them for one file are not wiped.
#[derive(Clone)]
pub(super) struct FileKeys {
    contents: Arc<Zeroizing<[u8; 32]>>,
    names: Arc<Zeroizing<[u8; 32]>>,
}

/// What a seal is for: no two may be the same under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Place {
    /// A chunk after which others come.
    Middle = 0,
    /// The last chunk.
    End = 1,
    /// The header.
    Header = 2,
}

/// The key of one file.
#[derive(Debug)]
pub(super) struct FileKey(LessSafeKey);

impl FileKeys {
    /// Derives them from the store's.
    pub(super) fn of(store: &Key) -> Self {
        let root = hkdf::Salt::new(HKDF_SHA256, &[]).extract(store.as_bytes());
        let derived = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            let filled = root.expand(&[purpose], HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut_slice()));
            filled.expect("a key is as long as the hash");
            Arc::new(key)
        };
        Self { contents: derived(CONTENTS), names: derived(NAMES) }
    }

    /// The name of the file with this SHA-256.
    pub(super) fn name_of(&self, hash: &str) -> String {
        let keyed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.names.as_slice()), hash.as_bytes());
        hexadecimal(keyed.as_ref().get(..NAME_BYTES).unwrap_or_default())
    }

    fn file(&self, salt: &Salt) -> FileKey {
        let root = hkdf::Salt::new(HKDF_SHA256, salt).extract(self.contents.as_slice());
        let purpose = [MAGIC.as_slice()];
        let key = root.expand(&purpose, &CHACHA20_POLY1305).expect("a key is as long as the hash");
        FileKey(LessSafeKey::new(UnboundKey::from(key)))
    }
}

/// Without the keys.
impl fmt::Debug for FileKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileKeys")
    }
}

/// A salt that no other file has.
pub(super) fn draw_salt() -> io::Result<Salt> {
    let mut salt = [0; SALT_BYTES];
    // The system's own, whatever the host is: the same salt twice under one key would give both contents away.
    OsRng.try_fill_bytes(&mut salt).map_err(io::Error::other)?;
    Ok(salt)
}

/// Seals what `source` gives into an empty `file`, which may get `room` bytes.
pub(super) fn seal(source: &mut dyn Read, file: &mut (impl Write + Seek), keys: &FileKeys, salt: &Salt, room: u64) -> io::Result<Kept> {
    let key = keys.file(salt);
    let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0_u64, Vec::with_capacity(CHUNK.saturating_add(TAG)));
    // The header's place: what it says is not known yet.
    file.write_all(&[0; HEADER])?;
    for number in 0.. {
        chunk.clear();
        let read = Read::take(&mut *source, CHUNK as u64).read_to_end(&mut chunk)?;
        bytes = bytes.saturating_add(read as u64);
        if sealed_bytes(bytes) > room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        hasher.update(&chunk);
        let place = if read < CHUNK { Place::End } else { Place::Middle };
        key.seal(number, place, &mut chunk);
        file.write_all(&chunk)?;
        if place == Place::End {
            break;
        }
    }
    let hash = hexadecimal(&hasher.finalize());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&key.header(salt, bytes, &hash))?;
    Ok(Kept { hash, bytes })
}

/// The key of a file and the length of its content, if it is the one of this SHA-256.
pub(super) fn unseal_header(header: &[u8; HEADER], keys: &FileKeys, hash: &str) -> Option<(FileKey, u64)> {
    let (sealed, _) = header.split_first_chunk::<SEALED>()?;
    let (magic, rest) = sealed.split_first_chunk::<{ MAGIC.len() }>()?;
    let (salt, bytes) = rest.split_first_chunk::<SALT_BYTES>()?;
    let bytes = u64::from_be_bytes(bytes.try_into().ok()?);
    let key = keys.file(salt);
    (*magic == MAGIC && key.opens_header(header, hash)).then_some((key, bytes))
}

/// How many bytes a content of so many takes.
pub(super) fn sealed_bytes(bytes: u64) -> u64 {
    let chunks = (bytes / CHUNK as u64).saturating_add(1);
    bytes.saturating_add(chunks.saturating_mul(TAG as u64)).saturating_add(HEADER as u64)
}

/// Where a chunk begins.
pub(super) fn place_of(number: u32) -> u64 {
    u64::from(number).saturating_mul((CHUNK + TAG) as u64).saturating_add(HEADER as u64)
}

impl FileKey {
    /// The content of a sealed chunk, in place.
    pub(super) fn open(&self, number: u32, is_last: bool, chunk: &mut Vec<u8>) -> Option<()> {
        let place = if is_last { Place::End } else { Place::Middle };
        let length = self.0.open_in_place(nonce(number, place), Aad::empty(), chunk).ok()?.len();
        chunk.truncate(length);
        Some(())
    }

    fn seal(&self, number: u32, place: Place, chunk: &mut Vec<u8>) {
        let sealed = self.0.seal_in_place_append_tag(nonce(number, place), Aad::empty(), chunk);
        sealed.expect("a chunk is far shorter than the cipher's limit of 256 GiB");
    }

    fn header(&self, salt: &Salt, bytes: u64, hash: &str) -> [u8; HEADER] {
        let mut header = [0; HEADER];
        let fields = MAGIC.into_iter().chain(*salt).chain(bytes.to_be_bytes());
        header.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        let said = said(&header, hash);
        let tag = self.0.seal_in_place_separate_tag(nonce(0, Place::Header), Aad::from(said), &mut []);
        let tag = tag.expect("there is nothing to encrypt");
        header.iter_mut().skip(SEALED).zip(tag.as_ref()).for_each(|(byte, sealed)| *byte = *sealed);
        header
    }

    fn opens_header(&self, header: &[u8; HEADER], hash: &str) -> bool {
        let mut tag: Vec<u8> = header.iter().skip(SEALED).copied().collect();
        self.0.open_in_place(nonce(0, Place::Header), Aad::from(said(header, hash)), &mut tag).is_ok()
    }
}

/// What the header's seal covers: the header before it, and the SHA-256, which stands in no file.
fn said(header: &[u8; HEADER], hash: &str) -> Vec<u8> {
    header.iter().take(SEALED).copied().chain(hash.bytes()).collect()
}

fn nonce(number: u32, place: Place) -> Nonce {
    let [a, b, c, d] = number.to_be_bytes();
    Nonce::assume_unique_for_key([0, 0, 0, 0, 0, 0, 0, a, b, c, d, place as u8])
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
