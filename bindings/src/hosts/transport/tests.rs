use std::{sync::Mutex, time::Duration};

use linecrew_client::transport::Cleartext;

use super::*;
use crate::hosts::{HostTrouble, Patience};

const SOON: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(30);

/// Answers what it is told to, once; then it never answers.
struct Answers(Mutex<Option<Result<HostAnswer, HostError>>>, Mutex<Vec<HostRequest>>);

#[async_trait::async_trait]
impl HostTransport for Answers {
    async fn post(&self, request: HostRequest) -> Result<HostAnswer, HostError> {
        self.1.lock().unwrap().push(request);
        let answer = self.0.lock().unwrap().take();
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

async fn post(answer: Option<Result<HostAnswer, HostError>>) -> (Result<Vec<u8>, TransportError>, Vec<HostTrouble>, HostRequest) {
    let patience = Patience { reply: if answer.is_some() { LONG } else { SOON }, ..Patience::default() };
    let (host, desk) = (Arc::new(Answers(Mutex::new(answer), Mutex::default())), Arc::new(Desk::new(patience)));
    let address = ServerAddress::parse("https://crews.example/base", Cleartext::LoopbackOnly).unwrap();
    let transport = HostedTransport::new(Arc::clone(&host) as Arc<dyn HostTransport>, address, Arc::clone(&desk));
    let answer = transport.post(Endpoint::Sync, b"up".to_vec()).await;
    let request = host.1.lock().unwrap().pop().unwrap();
    (answer, desk.troubles(), request)
}

fn answer(status: u16, body: &[u8]) -> Option<Result<HostAnswer, HostError>> {
    Some(Ok(HostAnswer { status, body: body.to_vec() }))
}

#[tokio::test]
async fn an_answer_is_the_servers_only_when_it_says_so() {
    let (down, troubles, request) = post(answer(200, b"down")).await;
    assert_eq!((down.unwrap(), troubles), (b"down".to_vec(), vec![]));
    let expected = HostRequest {
        url: "https://crews.example:443/base/v1/sync".to_owned(),
        content_type: "application/cbor".to_owned(),
        body: b"up".to_vec(),
    };
    assert_eq!(request, expected);
    let busy = br#"{"type":"https://linecrew.dev/problems/busy","title":"Busy","status":503,"code":"busy","retry_after_ms":900}"#;
    let (refused, troubles, _) = post(answer(503, busy)).await;
    let refused = refused.unwrap_err();
    assert_eq!((refused.code(), refused.retry_after_ms(), troubles), (Some("busy"), Some(900), vec![]));
    let (page, ..) = post(answer(302, b"<html>Sign in to the hotel's network</html>")).await;
    assert!(matches!(page, Err(TransportError::NotOurs { status: 302 })));
    let (endless, ..) = post(answer(200, &vec![0; 2 << 20])).await;
    assert!(matches!(endless, Err(TransportError::TooLarge)));
}

#[tokio::test]
async fn what_fails_is_told_from_what_was_never_sent() {
    let (unsent, troubles, _) = post(Some(Err(HostError::Unavailable))).await;
    assert!(matches!(unsent, Err(TransportError::Connect { .. })));
    assert_eq!(troubles[0].how, HostFault::Unavailable);
    let (failed, troubles, _) = post(Some(Err(HostError::Failed))).await;
    assert!(matches!(failed, Err(TransportError::Broken(_))));
    assert_eq!((troubles[0].callback.as_str(), troubles[0].how), (POST, HostFault::Failed));
}

#[tokio::test]
async fn whoever_never_answers_is_not_waited_for_for_ever() {
    let (late, troubles, _) = post(None).await;
    assert!(matches!(late, Err(TransportError::TimedOut(Stage::Answering))));
    assert_eq!(troubles[0].how, HostFault::TimedOut);
}
