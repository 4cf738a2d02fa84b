//! A provider on this machine that is right, until a test makes it wrong.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, header::AUTHORIZATION, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use linecrew_server::auth::{ClientSecret, OidcSettings};
use rcgen::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

pub(crate) const CLIENT: &str = "linecrew";
pub(crate) const SECRET: &str = "s+cret: 密";
pub(crate) const PUBLIC: &str = "https://crews.example";

/// How it answers one of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Fails,
    Hangs,
    Endless,
    Nonsense,
}

type Change = Box<dyn Fn(&mut Value) + Send>;
/// What came to the token endpoint: the form, and who asked.
type Exchange = (HashMap<String, String>, Option<String>);
type Sign = Box<dyn Fn(&Signer, &Value) -> String + Send>;

/// What a test may turn.
pub(crate) struct Behaviour {
    pub(crate) moods: BTreeMap<&'static str, Mood>,
    pub(crate) describe: Change,
    pub(crate) claims: Change,
    pub(crate) sign: Sign,
    pub(crate) signer: Signer,
    pub(crate) published: Vec<Value>,
    /// Whether it looks at PKCE, and takes a code once only.
    pub(crate) careful: bool,
}

/// A key of the provider.
#[derive(Clone)]
pub(crate) struct Signer {
    key: EncodingKey,
    pub(crate) kid: String,
}

impl Signer {
    pub(crate) fn new(kid: &str) -> Self {
        Self { key: EncodingKey::from_ec_der(&KeyPair::generate().unwrap().serialize_der()), kid: kid.to_owned() }
    }

    pub(crate) fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, Algorithm::ES256).unwrap()).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        encode(&Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) }, claims, &self.key).unwrap()
    }
}

struct Grant {
    subject: String,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct State {
    issuer: String,
    behaviour: Mutex<Behaviour>,
    grants: Mutex<HashMap<String, Grant>>,
    asked: Mutex<Vec<String>>,
    exchanges: Mutex<Vec<Exchange>>,
}

#[derive(Clone)]
pub(crate) struct Provider(Arc<State>);

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let signer = Signer::new("k1");
        let behaviour = Behaviour {
            moods: BTreeMap::new(),
            describe: Box::new(|_| {}),
            claims: Box::new(|_| {}),
            sign: Box::new(Signer::token),
            published: vec![signer.public()],
            signer,
            careful: true,
        };
        let state = State {
            issuer: format!("http://{address}/realms/grid"),
            behaviour: Mutex::new(behaviour),
            grants: Mutex::default(),
            asked: Mutex::default(),
            exchanges: Mutex::default(),
        };
        let provider = Self(Arc::new(state));
        let serving = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = serving.clone();
                let service = service_fn(move |request| {
                    let provider = provider.clone();
                    async move { Ok::<_, Infallible>(provider.answer(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        provider
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(crate) fn turn(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.0.behaviour.lock().unwrap());
    }

    pub(crate) fn feel(&self, path: &'static str, mood: Mood) {
        self.turn(|behaviour| {
            behaviour.moods.insert(path, mood);
        });
    }

    /// How often this was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.0.asked.lock().unwrap().iter().filter(|asked| asked.ends_with(path)).count()
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.0.exchanges.lock().unwrap().clone()
    }

    /// This server's settings for it: a confidential client.
    pub(crate) fn settings(&self, folder: &Path) -> OidcSettings {
        let path = folder.join("secret");
        std::fs::write(&path, SECRET).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        self.public_client().with_secret(ClientSecret::read(&path).unwrap())
    }

    pub(crate) fn public_client(&self) -> OidcSettings {
        let settings = OidcSettings::new(self.issuer().parse().unwrap(), CLIENT.to_owned(), PUBLIC.parse().unwrap()).unwrap();
        settings.with_label("统一认证").unwrap()
    }

    /// What a person does there: signs in as `subject`. Gives the query with which the browser goes back.
    pub(crate) fn authorize(&self, url: &str, subject: &str) -> String {
        let asked = query_of(url);
        assert_eq!((asked["response_type"].as_str(), asked["scope"].as_str()), ("code", "openid"));
        assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), (CLIENT, "S256"));
        let (mut grants, given) = (self.0.grants.lock().unwrap(), |name: &str| asked[name].clone());
        let code = format!("code-{}-{subject}", grants.len());
        let grant = Grant {
            subject: subject.to_owned(),
            nonce: given("nonce"),
            challenge: given("code_challenge"),
            redirect_uri: given("redirect_uri"),
        };
        grants.insert(code.clone(), grant);
        written(&[("code", &code), ("state", &given("state"))])
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        self.0.asked.lock().unwrap().push(path.clone());
        let mood = self.0.behaviour.lock().unwrap().moods.iter().find(|(named, _)| path.ends_with(**named)).map(|(_, mood)| *mood);
        match mood.unwrap_or(Mood::Well) {
            Mood::Well => {}
            Mood::Fails => return reply(500, "no"),
            Mood::Hangs => std::future::pending().await,
            Mood::Endless => return reply(200, "x".repeat(10_000_000)),
            Mood::Nonsense => return reply(200, "<html>hotel wifi</html>"),
        }
        match path.rsplit('/').next().unwrap() {
            "openid-configuration" => reply(200, self.description().to_string()),
            "keys" => reply(200, json!({"keys": self.0.behaviour.lock().unwrap().published}).to_string()),
            "token" => self.exchange(request).await,
            _ => reply(404, "nothing here"),
        }
    }

    fn description(&self) -> Value {
        let issuer = self.issuer();
        let mut description = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"), "code_challenge_methods_supported": ["S256"], "userinfo_endpoint": format!("{issuer}/me"),
        });
        (self.0.behaviour.lock().unwrap().describe)(&mut description);
        description
    }

    async fn exchange(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let authorization = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
        self.0.exchanges.lock().unwrap().push((form.clone(), authorization));
        let behaviour = self.0.behaviour.lock().unwrap();
        let mut grants = self.0.grants.lock().unwrap();
        let refused = || reply(400, json!({"error": "invalid_grant"}).to_string());
        let Some(grant) = grants.get(&form["code"]) else { return refused() };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
        if behaviour.careful && (challenge != grant.challenge || form["redirect_uri"] != grant.redirect_uri) {
            return refused();
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({
            "iss": self.issuer(), "sub": grant.subject, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": grant.nonce,
            "email": "lin@grid.example", "email_verified": true, "preferred_username": "lin",
        });
        (behaviour.claims)(&mut claims);
        let token = (behaviour.sign)(&behaviour.signer, &claims);
        if behaviour.careful {
            grants.remove(&form["code"]);
        }
        reply(200, json!({"access_token": "never read", "token_type": "Bearer", "id_token": token}).to_string())
    }
}

/// The id and the secret of `Authorization: Basic`, as a provider reads them.
pub(crate) fn basic(authorization: &str) -> (String, String) {
    let joined = String::from_utf8(STANDARD.decode(authorization.strip_prefix("Basic ").unwrap()).unwrap()).unwrap();
    let (id, secret) = joined.split_once(':').unwrap();
    let read = |text: &str| form_urlencoded::parse(format!("x={text}").as_bytes()).next().unwrap().1.into_owned();
    (read(id), read(secret))
}

pub(crate) fn query_of(url: &str) -> HashMap<String, String> {
    form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
}

pub(crate) fn written(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn reply(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::from(body.into())).unwrap()
}
