//! Whom this phone believes when a server says who it is.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject},
    },
    version::{TLS12, TLS13},
};

use super::limits::{MAX_CA_CERTIFICATES, MAX_CA_PEM_BYTES, RESUMABLE_SESSIONS};

/// Whose signature makes a server's certificate good.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// Any of the certificate authorities that browsers trust (Mozilla's list, as of this build).
    #[default]
    PublicCas,
    /// This one and no other: the company's own. A public authority that was deceived opens no way in.
    Pinned(PrivateCa),
}

/// A certificate authority of one's own, checked once.
#[derive(Debug, Clone)]
pub struct PrivateCa {
    roots: RootCertStore,
}

/// Why a file is no certificate authority.
#[derive(Debug, thiserror::Error)]
pub enum PrivateCaError {
    /// It is no PEM.
    #[error("the CA is not in PEM form")]
    NotPem(#[source] pem::Error),
    /// There is no certificate in it.
    #[error("there is no certificate in it (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// There is far more in it than one authority and its successor: the list of a whole system, which is no pin.
    #[error("there are more than {MAX_CA_CERTIFICATES} certificates in it; give the company's own CA alone")]
    TooMany,
    /// What it calls a certificate is none.
    #[error("the certificate in it cannot be understood")]
    BadCertificate(#[source] rustls::Error),
}

impl PrivateCa {
    /// Reads an authority's certificate, and its successor's while one replaces the other.
    ///
    /// # Errors
    /// [`PrivateCaError`].
    pub fn from_pem(text: &[u8]) -> Result<Self, PrivateCaError> {
        if text.len() > MAX_CA_PEM_BYTES {
            return Err(PrivateCaError::TooMany);
        }
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text) {
            if roots.len() >= MAX_CA_CERTIFICATES {
                return Err(PrivateCaError::TooMany);
            }
            roots.add(certificate.map_err(PrivateCaError::NotPem)?).map_err(PrivateCaError::BadCertificate)?;
        }
        if roots.is_empty() { Err(PrivateCaError::NoCertificate) } else { Ok(Self { roots }) }
    }
}

impl Trust {
    /// What a connection is encrypted with. One for each transport: sessions are resumed only under the trust that they began under.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let roots = match self {
            Self::PublicCas => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
            Self::Pinned(ca) => ca.roots.clone(),
        };
        // The provider is named: in a process that holds several, none is installed for all.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_protocol_versions(&[&TLS13, &TLS12])?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // TLS 1.3 takes one round trip either way; a resumed session spares the certificates. No early data: it can be replayed.
        config.resumption = Resumption::in_memory_sessions(RESUMABLE_SESSIONS);
        Ok(Arc::new(config))
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    fn ca() -> String {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn an_authority_and_its_successor_are_taken_and_a_list_is_not() {
        assert_eq!(PrivateCa::from_pem(ca().as_bytes()).unwrap().roots.len(), 1);
        assert_eq!(PrivateCa::from_pem((ca() + &ca()).as_bytes()).unwrap().roots.len(), 2);
        let list: String = (0..=MAX_CA_CERTIFICATES).map(|_| ca()).collect();
        assert!(matches!(PrivateCa::from_pem(list.as_bytes()), Err(PrivateCaError::TooMany)));
        assert!(matches!(PrivateCa::from_pem(&vec![b' '; MAX_CA_PEM_BYTES + 1]), Err(PrivateCaError::TooMany)));
    }

    #[test]
    fn what_is_no_certificate_is_said() {
        assert!(matches!(PrivateCa::from_pem(b""), Err(PrivateCaError::NoCertificate)));
        let key = KeyPair::generate().unwrap().serialize_pem();
        assert!(matches!(PrivateCa::from_pem(key.as_bytes()), Err(PrivateCaError::NoCertificate)));
        let cut = ca().replace("-----END CERTIFICATE-----", "");
        assert!(matches!(PrivateCa::from_pem(cut.as_bytes()), Err(PrivateCaError::NotPem(_))));
        let nonsense = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(PrivateCa::from_pem(nonsense), Err(PrivateCaError::BadCertificate(_))));
    }
}
