//! Signing in: a name and a password become a token that is bound to this installation (docs/api.md).

use linecrew_protocol::{
    ids::{CrewId, InstallationId, PersonId},
    model::person::Grant,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    account::SignIn,
    transport::{Endpoint, Transport, TransportError},
};

/// What a person types, and the phone they type it on.
#[derive(Clone, Serialize)]
pub struct Credentials {
    /// The name they sign in with.
    pub username: String,
    /// The password. Never stored, never shown.
    pub password: String,
    /// The phone that the token will be bound to.
    pub device: Device,
}

/// A phone, as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// Its installation.
    pub installation: InstallationId,
    /// What people call it.
    pub name: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("username", &self.username).field("device", &self.device).finish_non_exhaustive()
    }
}

/// Why signing in failed. What waits on the phone is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// No such person, or another password; the server does not say which.
    #[error("the name or the password is wrong")]
    WrongCredentials,
    /// The server could not be asked, or refused for another reason.
    #[error("signing in needs the server")]
    Transport(#[source] TransportError),
    /// Somebody answered, in words that are not the server's.
    #[error("the answer is not the server's; a sign-in page of the network may stand in between")]
    NotOurs(#[source] serde_json::Error),
    /// The server gave no token for a phone.
    #[error("the server gave no token for this phone")]
    NoToken,
}

impl From<TransportError> for LoginError {
    fn from(error: TransportError) -> Self {
        if error.code() == Some("wrong_credentials") { Self::WrongCredentials } else { Self::Transport(error) }
    }
}

/// A token and whose it is, and the server's clock, for a sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// What [`Client::sign_in`](crate::Client::sign_in) stores.
    pub sign_in: SignIn,
    /// What the server's clock said when it answered.
    pub server_time: Timestamp,
}

/// Asks the server at `server_url` (which `transport` reaches) for a token.
///
/// # Errors
/// See [`LoginError`].
///
/// # Cancellation
/// Dropping the future stores nothing.
pub async fn login(transport: &dyn Transport, server_url: &str, credentials: &Credentials) -> Result<LoggedIn, LoginError> {
    let body = serde_json::to_vec(credentials).map_err(LoginError::NotOurs)?;
    let answer = transport.post(Endpoint::Login, body).await?;
    let answer: LoginAnswer = serde_json::from_slice(&answer).map_err(LoginError::NotOurs)?;
    let server_time = answer.server_time;
    let sign_in = answer.into_sign_in(server_url).ok_or(LoginError::NoToken)?;
    Ok(LoggedIn { sign_in, server_time })
}

#[derive(Deserialize)]
struct LoginAnswer {
    access_token: Option<String>,
    expires_at: Timestamp,
    server_time: Timestamp,
    person: PersonAnswer,
}

#[derive(Deserialize)]
struct PersonAnswer {
    id: PersonId,
    name: String,
    username: String,
    roles: Vec<Grant>,
    crew: Option<CrewAnswer>,
}

#[derive(Deserialize)]
struct CrewAnswer {
    id: CrewId,
    name: String,
}

impl LoginAnswer {
    fn into_sign_in(self, server_url: &str) -> Option<SignIn> {
        Some(SignIn {
            server_url: server_url.to_owned(),
            person: self.person.id,
            name: self.person.name,
            username: self.person.username,
            grants: self.person.roles,
            crew: self.person.crew.map(|crew| (crew.id, crew.name)),
            token: self.access_token?,
            token_expires_at: self.expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::{FutureExt, future::BoxFuture};
    use linecrew_protocol::model::person::Role;

    use super::*;
    use crate::transport::{MessageStream, Problem};

    const ANSWER: &str = r#"{"access_token": "t.o.k", "expires_at": 1790000900000, "server_time": 1790000000000,
        "person": {"id": "01931c6e-7d00-7000-8000-000000000001", "name": "林建国", "username": "lin", "roles": [{"role": "repair_crew", "district": null}],
        "crew": {"id": "01931c6e-7d00-7000-8000-000000000002", "name": "抢修一班", "district": "01931c6e-7d00-7000-8000-000000000003"}}}"#;

    /// Answers once, and remembers what was asked.
    struct Once(Mutex<Option<Result<Vec<u8>, TransportError>>>, Mutex<Vec<u8>>);

    impl Transport for Once {
        fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
            unreachable!("a login needs no socket")
        }

        fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
            assert_eq!(endpoint, Endpoint::Login);
            *self.1.lock().unwrap() = body;
            let answer = self.0.lock().unwrap().take().unwrap();
            async move { answer }.boxed()
        }
    }

    fn credentials() -> Credentials {
        let device = Device { installation: InstallationId::from_bytes([5; 16]), name: "lin's phone".to_owned() };
        Credentials { username: "lin".to_owned(), password: "s3cret".to_owned(), device }
    }

    async fn log_in(answer: Result<Vec<u8>, TransportError>) -> (Result<LoggedIn, LoginError>, Vec<u8>) {
        let once = Once(Mutex::new(Some(answer)), Mutex::default());
        let logged_in = login(&once, "http://127.0.0.1:8080", &credentials()).await;
        (logged_in, once.1.into_inner().unwrap())
    }

    #[tokio::test]
    async fn a_token_comes_with_its_person() {
        let (logged_in, asked) = log_in(Ok(ANSWER.into())).await;
        let LoggedIn { sign_in, server_time } = logged_in.unwrap();
        assert_eq!(
            (sign_in.token.as_str(), sign_in.name.as_str(), sign_in.server_url.as_str()),
            ("t.o.k", "林建国", "http://127.0.0.1:8080")
        );
        assert_eq!(sign_in.grants, [Grant { role: Role::RepairCrew, district: None }]);
        assert_eq!(sign_in.crew.map(|(_, name)| name).as_deref(), Some("抢修一班"));
        assert_eq!(server_time, Timestamp::from_unix_millis(1_790_000_000_000));
        let asked: serde_json::Value = serde_json::from_slice(&asked).unwrap();
        assert_eq!(asked["device"]["installation"], "05050505-0505-0505-0505-050505050505");
        assert_eq!(asked["password"], "s3cret");
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let wrong = TransportError::Refused(Box::new(Problem::new(401, "wrong_credentials", "Wrong name or password")));
        assert!(matches!(log_in(Err(wrong)).await.0, Err(LoginError::WrongCredentials)));
        let portal = log_in(Err(TransportError::NotOurs { status: 401 })).await.0;
        assert!(matches!(portal, Err(LoginError::Transport(_))), "a portal's 401 says nothing about the password");
        assert!(matches!(log_in(Ok(b"<html>".to_vec())).await.0, Err(LoginError::NotOurs(_))));
        let cookie = ANSWER.replace("\"t.o.k\"", "null");
        assert!(matches!(log_in(Ok(cookie.into())).await.0, Err(LoginError::NoToken)));
    }

    #[test]
    fn a_password_is_never_shown() {
        assert!(!format!("{:?}", credentials()).contains("s3cret"));
    }
}
