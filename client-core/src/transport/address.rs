//! The address of a server, checked once.

use std::{fmt, net::IpAddr, str::FromStr};

use hyper::Uri;
use rustls::pki_types::ServerName;

/// Whether data may travel unencrypted beyond this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleartext {
    /// Only to this machine itself.
    #[default]
    LoopbackOnly,
    /// Anywhere: a person decided so, on a network they trust (a VPN, a laboratory).
    Anywhere,
}

/// Why a text is no address that this build connects to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `https://host[:port][/prefix]`, nor the same with `http`.
    #[error("{0:?} is not a server address such as https://crews.example or http://127.0.0.1:8080")]
    NotAnAddress(String),
    /// A password and customers' data would travel readable.
    #[error("{host} is not this machine, and http:// is not encrypted; use https://, or allow cleartext explicitly")]
    CleartextRefused {
        /// The host that was named.
        host: String,
    },
}

/// A server's address: `https://host:port/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Whom the certificate has to name; none in the clear.
    certified: Option<ServerName<'static>>,
    host: String,
    port: u16,
    prefix: String,
}

impl ServerAddress {
    /// Reads an address and decides whether it may be used.
    ///
    /// # Errors
    /// [`AddressError`], in words for the person who typed it.
    pub fn parse(text: &str, cleartext: Cleartext) -> Result<Self, AddressError> {
        let wrong = || AddressError::NotAnAddress(text.chars().take(200).collect());
        let uri = Uri::from_str(text.trim()).map_err(|_| wrong())?;
        let encrypted = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        // `user:password@host` would otherwise travel in no header and surprise whoever typed it.
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
        let host = authority.host();
        if host.is_empty() || uri.query().is_some() {
            return Err(wrong());
        }
        if !encrypted && cleartext == Cleartext::LoopbackOnly && !is_loopback(host) {
            return Err(AddressError::CleartextRefused { host: host.to_owned() });
        }
        let certified = encrypted.then(|| ServerName::try_from(bare(host).to_owned())).transpose().map_err(|_| wrong())?;
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        Ok(Self { certified, host: host.to_owned(), port, prefix: uri.path().trim_end_matches('/').to_owned() })
    }

    /// Whether what is said to this address is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.certified.is_some()
    }

    /// Whom the certificate has to name; none in the clear.
    pub(super) fn certified(&self) -> Option<&ServerName<'static>> {
        self.certified.as_ref()
    }

    /// The host without brackets, as name lookup wants it.
    pub(super) fn host(&self) -> &str {
        bare(&self.host)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The `Host` header.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The request target of a path under this address.
    pub(super) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        write!(formatter, "{scheme}://{}:{}{}", self.host, self.port, self.prefix)
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    let host = bare(host);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerAddress, AddressError> {
        ServerAddress::parse(text, Cleartext::LoopbackOnly)
    }

    #[test]
    fn an_address_of_this_machine_is_taken() {
        for (text, shown) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost/", "http://localhost:80"),
            (" http://[::1]:9/base/ ", "http://[::1]:9/base"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), shown);
        }
        let nested = parse("http://[::1]:9/base/").unwrap();
        assert_eq!((nested.host(), nested.port(), nested.target("/v1/sync")), ("::1", 9, "/base/v1/sync".to_owned()));
    }

    #[test]
    fn cleartext_leaves_this_machine_only_when_forced() {
        for text in ["http://192.168.1.4:8080", "http://crews.example", "http://127.0.0.1.example", "http://localhost.example"] {
            assert!(matches!(parse(text), Err(AddressError::CleartextRefused { .. })), "{text}");
            assert!(ServerAddress::parse(text, Cleartext::Anywhere).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_encrypted_address_goes_anywhere() {
        for (text, shown, named) in [
            ("https://crews.example", "https://crews.example:443", "crews.example"),
            ("https://192.0.2.7:8420/base/", "https://192.0.2.7:8420/base", "192.0.2.7"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]:443", "2001:db8::1"),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.certified().unwrap().to_str(), named);
            assert_eq!(parse(shown), Ok(address), "what is stored is read back as the same");
        }
        assert!(parse("http://127.0.0.1").unwrap().certified().is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "https://",
            "https://crews..example",
            "https://user:secret@crews.example",
            "crews.example",
            "ftp://127.0.0.1",
            "http://",
            "http://user:secret@127.0.0.1",
            "http://127.0.0.1/?a=1",
            "/v1",
        ] {
            assert!(matches!(parse(text), Err(AddressError::NotAnAddress(_))), "{text}");
        }
    }
}
