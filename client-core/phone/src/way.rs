//! The way to the server: its address, and whose word this phone takes for who is there.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use linecrew_client::transport::{Cleartext, PrivateCa, ServerAddress, TcpTransport, Trust};

use crate::failure::Failure;

/// The company's own CA in the phone's folder, for the server that it is signed in to.
const CA: &str = "server-ca.pem";
/// More than the library takes, so that it says what is wrong with a longer file.
const MOST_BYTES: u64 = 128 * 1024;

/// The way to one server.
pub(crate) struct Way {
    pub(crate) address: ServerAddress,
    trust: Trust,
    kept: Kept,
}

/// What to do with the CA in the phone's folder once the phone belongs to this server.
enum Kept {
    /// It is this server's, or there is none.
    AsItIs,
    /// It was another server's.
    Dropped,
    /// This one takes its place.
    Replaced(Vec<u8>),
}

/// The server as somebody typed it.
pub(crate) struct Typed<'a> {
    /// Its address.
    pub(crate) server: &'a str,
    /// Whether it may be unencrypted.
    pub(crate) allow_cleartext: bool,
    /// A file with the company's own CA.
    pub(crate) ca: Option<PathBuf>,
}

impl Way {
    /// To a server that somebody typed, on a phone in `folder` that belongs to the server `known`.
    pub(crate) fn typed(folder: &Path, typed: Typed<'_>, known: Option<&str>) -> Result<Self, Failure> {
        let known = known.and_then(|known| ServerAddress::parse(known, Cleartext::Anywhere).ok());
        let anywhere = ServerAddress::parse(typed.server, Cleartext::Anywhere)?;
        if known.as_ref() == Some(&anywhere) && typed.ca.is_none() {
            // Whoever signed in there before has decided about cleartext then.
            return Self::of(folder, anywhere);
        }
        let cleartext = if typed.allow_cleartext { Cleartext::Anywhere } else { Cleartext::LoopbackOnly };
        let address = ServerAddress::parse(typed.server, cleartext)?;
        let Some(path) = typed.ca else { return Ok(Self { address, trust: Trust::PublicCas, kept: Kept::Dropped }) };
        if !address.is_encrypted() {
            return Err(Failure::CaWithoutTls);
        }
        let pem = read(&path).map_err(|source| Failure::NoFile { path: path.clone(), source })?;
        Ok(Self { address, trust: pinned(&path, &pem)?, kept: Kept::Replaced(pem) })
    }

    /// To the server that a phone in `folder` belongs to. Whoever signed in has decided about cleartext then.
    pub(crate) fn known(folder: &Path, server: &str) -> Result<Self, Failure> {
        Self::of(folder, ServerAddress::parse(server, Cleartext::Anywhere)?)
    }

    /// A CA that is there and cannot be read is never passed over: the public ones would take its place.
    fn of(folder: &Path, address: ServerAddress) -> Result<Self, Failure> {
        let path = folder.join(CA);
        let trust = match read(&path) {
            Ok(pem) => pinned(&path, &pem)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Trust::PublicCas,
            Err(source) => return Err(Failure::NoFile { path, source }),
        };
        Ok(Self { address, trust, kept: Kept::AsItIs })
    }

    pub(crate) fn transport(&self) -> TcpTransport {
        TcpTransport::new(self.address.clone()).trusting(&self.trust)
    }

    /// Keeps the CA, or drops another server's: the phone belongs to this server now.
    pub(crate) fn keep(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(CA);
        let kept = match &self.kept {
            Kept::AsItIs => Ok(()),
            Kept::Dropped => {
                fs::remove_file(&path).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
            }
            Kept::Replaced(pem) => replace(&path, pem),
        };
        kept.map_err(|source| Failure::Write { path, source })
    }
}

fn pinned(path: &Path, pem: &[u8]) -> Result<Trust, Failure> {
    let ca = PrivateCa::from_pem(pem).map_err(|source| Failure::Ca { path: path.to_owned(), source })?;
    Ok(Trust::Pinned(ca))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut pem = Vec::new();
    fs::File::open(path)?.take(MOST_BYTES).read_to_end(&mut pem)?;
    Ok(pem)
}

/// The whole file or none of it.
fn replace(path: &Path, pem: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    fs::write(&draft, pem)?;
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    const SERVER: &str = "https://crews.intranet";

    fn ca(folder: &Path) -> PathBuf {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let path = folder.join("company.pem");
        fs::write(&path, params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()).unwrap();
        path
    }

    fn typed(folder: &Path, server: &str, ca: Option<PathBuf>, known: Option<&str>) -> Result<Way, Failure> {
        Way::typed(folder, Typed { server, allow_cleartext: false, ca }, known)
    }

    fn is_pinned(way: &Way) -> bool {
        matches!(way.trust, Trust::Pinned(_))
    }

    #[test]
    fn a_ca_is_kept_for_its_server_and_dropped_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let file = ca(folder);
        let way = typed(folder, SERVER, Some(file.clone()), None).unwrap();
        assert!(is_pinned(&way) && !is_pinned(&Way::known(folder, SERVER).unwrap()), "nobody belongs to it yet");
        way.keep(folder).unwrap();
        // The file that was given may go.
        fs::remove_file(&file).unwrap();
        assert!(is_pinned(&Way::known(folder, SERVER).unwrap()));
        // The same server again, as it is stored and as it is typed.
        let again = typed(folder, SERVER, None, Some("https://crews.intranet:443")).unwrap();
        again.keep(folder).unwrap();
        assert!(is_pinned(&again) && is_pinned(&Way::known(folder, SERVER).unwrap()));
        // A newer one takes its place.
        let old = fs::read(folder.join(CA)).unwrap();
        typed(folder, SERVER, Some(ca(folder)), Some(SERVER)).unwrap().keep(folder).unwrap();
        assert_ne!(fs::read(folder.join(CA)).unwrap(), old);
        let other = typed(folder, "https://crews.example", None, Some(SERVER)).unwrap();
        assert!(!is_pinned(&other) && is_pinned(&Way::known(folder, SERVER).unwrap()), "it was only typed");
        other.keep(folder).unwrap();
        assert!(!folder.join(CA).exists());
        other.keep(folder).unwrap();
    }

    #[test]
    fn a_kept_ca_that_cannot_be_read_is_never_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CA), "nonsense").unwrap();
        assert!(matches!(Way::known(folder.path(), SERVER), Err(Failure::Ca { .. })));
        fs::remove_file(folder.path().join(CA)).unwrap();
        fs::create_dir(folder.path().join(CA)).unwrap();
        assert!(matches!(Way::known(folder.path(), SERVER), Err(Failure::NoFile { .. })));
    }

    #[test]
    fn cleartext_was_decided_about_once_for_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let known = Some("http://192.0.2.7:80");
        assert!(typed(folder.path(), "http://192.0.2.7", None, known).is_ok());
        assert!(matches!(typed(folder.path(), "http://192.0.2.8", None, known), Err(Failure::Address(_))));
        assert!(matches!(typed(folder.path(), "http://127.0.0.1", Some(ca(folder.path())), None), Err(Failure::CaWithoutTls)));
    }
}
