//! The address of a server, checked once.

use std::{fmt, net::IpAddr, str::FromStr};

use hyper::Uri;

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
#[non_exhaustive]
pub enum AddressError {
    /// Not `http://host[:port][/prefix]`.
    #[error("{0:?} is not a server address such as http://127.0.0.1:8080")]
    NotAnAddress(String),
    /// TLS is not built in yet.
    #[error("https is not supported yet; connect through a TLS tunnel that ends on this machine")]
    TlsNotSupported,
    /// A password and customers' data would travel readable.
    #[error(
        "{host} is not this machine, and http:// is not encrypted; use a tunnel that ends on this machine, or allow cleartext explicitly"
    )]
    CleartextRefused {
        /// The host that was named.
        host: String,
    },
}

/// A server's address: `http://host:port/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
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
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(AddressError::TlsNotSupported),
            _ => return Err(wrong()),
        }
        // `user:password@host` would otherwise travel in no header and surprise whoever typed it.
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
        let host = authority.host();
        if host.is_empty() || uri.query().is_some() {
            return Err(wrong());
        }
        if cleartext == Cleartext::LoopbackOnly && !is_loopback(host) {
            return Err(AddressError::CleartextRefused { host: host.to_owned() });
        }
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self { host: host.to_owned(), port, prefix: uri.path().trim_end_matches('/').to_owned() })
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
        write!(formatter, "http://{}:{}{}", self.host, self.port, self.prefix)
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
    fn https_says_what_to_do_and_nonsense_is_refused() {
        assert_eq!(parse("https://crews.example"), Err(AddressError::TlsNotSupported));
        for text in ["", "crews.example", "ftp://127.0.0.1", "http://", "http://user:secret@127.0.0.1", "http://127.0.0.1/?a=1", "/v1"] {
            assert!(matches!(parse(text), Err(AddressError::NotAnAddress(_))), "{text}");
        }
    }
}
