//! The addresses that this server asks, and that it has itself.

use std::{fmt, net::IpAddr, str::FromStr};

use hyper::{Uri, http::uri::InvalidUri};

/// `https://` anywhere, or `http://` on this machine: nothing secret travels readable by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct WebAddress {
    text: String,
    uri: Uri,
    host: String,
}

/// Why a text is no address that may be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebAddressError {
    /// It is no address at all.
    #[error("not an address such as https://login.example")]
    Unreadable(#[source] InvalidUri),
    /// It lacks the host, or has what belongs into no address.
    #[error("not an address such as https://login.example, without a user name and without a #")]
    Incomplete,
    /// What travels there could be read on the way.
    #[error("not an https:// address; http:// is for this machine alone (localhost, 127.0.0.1, [::1])")]
    Readable,
}

impl WebAddress {
    /// As it was written, byte for byte.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether what travels there is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// The name or the address of the machine, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `https://login.example:8443`, when that is all that it says.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let is_all = self.uri.path().trim_end_matches('/').is_empty() && self.uri.query().is_none();
        is_all.then(|| format!("{}://{}", self.uri.scheme_str().unwrap_or_default(), self.authority()))
    }

    pub(super) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_encrypted() { 443 } else { 80 })
    }

    pub(super) fn authority(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    pub(super) fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }
}

impl FromStr for WebAddress {
    type Err = WebAddressError;

    fn from_str(text: &str) -> Result<Self, WebAddressError> {
        let uri: Uri = text.parse().map_err(WebAddressError::Unreadable)?;
        let authority = uri.authority().ok_or(WebAddressError::Incomplete)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if text.contains('#') || authority.as_str().contains('@') || host.is_empty() {
            return Err(WebAddressError::Incomplete);
        }
        let is_here = host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            _ => return Err(WebAddressError::Readable),
        }
        Ok(Self { text: text.to_owned(), uri, host })
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let address: WebAddress = "https://login.example:8443/realms/grid?x=1".parse().unwrap();
        assert_eq!((address.host(), address.port(), address.authority()), ("login.example", 8443, "login.example:8443"));
        assert_eq!((address.path_and_query(), address.origin()), ("/realms/grid?x=1", None));
        let own: WebAddress = "http://[::1]:8420/".parse().unwrap();
        assert_eq!((own.host(), own.origin().as_deref()), ("::1", Some("http://[::1]:8420")));
        assert_eq!("https://crews.example".parse::<WebAddress>().unwrap().port(), 443);
    }

    #[test]
    fn nothing_travels_readable_to_another_machine() {
        for wrong in ["http://login.example", "http://10.0.0.1", "http://localhost.example", "ftp://localhost", "http://127.0.0.1.example"]
        {
            assert!(matches!(wrong.parse::<WebAddress>(), Err(WebAddressError::Readable)), "{wrong}");
        }
        for wrong in ["", "login.example", "/path", "https://", "https://user@login.example", "https://login.example/#x", "https://a b"] {
            assert!(wrong.parse::<WebAddress>().is_err(), "{wrong}");
        }
        for right in ["http://localhost:1", "http://127.8.8.8", "http://[::1]", "https://10.0.0.1"] {
            assert!(right.parse::<WebAddress>().is_ok(), "{right}");
        }
    }
}
