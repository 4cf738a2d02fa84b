//! A phone and its server speak TLS under the company's own CA: enrolment, sync socket and single requests, through a link that breaks.

use std::path::Path;

use linecrew_client::{
    EnrolError,
    driver::SyncStop,
    transport::{Distrust, PrivateCa, TransportError, Trust},
};
use linecrew_server::TlsFiles;
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    link::Way,
    organisation::Shape,
    phone::Phone,
    seed::Seed,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::on_server;

type Ca = CertifiedIssuer<'static, KeyPair>;

fn ca() -> Ca {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn pinned(ca: &Ca) -> Trust {
    Trust::Pinned(PrivateCa::from_pem(ca.pem().as_bytes()).unwrap())
}

/// A certificate for this machine.
fn issue(ca: &Ca, folder: &Path) -> TlsFiles {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, ca).unwrap();
    let files = TlsFiles::new(folder.join("server.pem"), folder.join("server.key"));
    std::fs::write(&files.certificate, certificate.pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&files.key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_was_given_the_companys_ca_works_through_tls_and_one_that_was_not_says_nothing() {
    let options = FleetOptions { shape: Shape { people_per_crew: 2, ..FleetOptions::small(1, 1).shape }, ..FleetOptions::small(1, 1) };
    let mut fleet = Fleet::assemble(Seed(31), options).await;
    let item = fleet.dispatch(0).await;
    let person = fleet.organisation.crews[0].people[1].clone();
    let code = fleet.office.invite(&person.username).await.unwrap().code;
    let (ca, folder) = (ca(), tempfile::tempdir().unwrap());
    fleet.server.stop().await;
    fleet.server.secure(Some(issue(&ca, folder.path())));
    fleet.server.start().await;

    let new =
        |name: &str, trust| Phone::new(&person, fleet.server.address(), &folder.path().join(name), &fleet.world, Seed(32)).trusting(trust);
    let mut stranger = new("stranger", Trust::PublicCas);
    let refused = stranger.enrol_by(&code).await.unwrap_err();
    let untrusted = |error: &TransportError| matches!(error, TransportError::Untrusted { why: Distrust::UnknownIssuer, .. });
    assert!(matches!(&refused, EnrolError::Transport(error) if untrusted(error)), "{refused:?}");

    // The code was shown to nobody: it is still good.
    let mut phone = new("phone", pinned(&ca));
    phone.enrol_by(&code).await.unwrap();
    phone.receives(item).await;
    let accepted = phone.accept(item).unwrap();
    phone.is_answered().await;

    // Cut in the middle of a record, then single requests instead of the socket.
    phone.rest().await;
    phone.link.cut_after(Way::Up, 700);
    phone.note(item, "电表箱上锁").unwrap();
    assert!(phone.sync().await.stopped.is_some(), "a cut sync is not complete");
    phone.come_back();
    assert!(phone.sync().await.is_complete());

    // Somebody else takes the server's place in the middle of the day.
    fleet.server.stop().await;
    let others = tempfile::tempdir().unwrap();
    fleet.server.secure(Some(issue(&self::ca(), others.path())));
    fleet.server.start().await;
    phone.note(item, "等门卫").unwrap();
    let stopped = phone.sync().await.stopped;
    assert!(matches!(&stopped, Some(SyncStop::Transport(error)) if untrusted(error)), "{stopped:?}");
    assert_eq!(phone.pending(), 1, "what could not be sent waits");

    fleet.server.stop().await;
    fleet.server.secure(None);
    fleet.server.start().await;
    fleet.must_settle().await;
    assert!(on_server(&fleet, item, accepted.event).await.is_some(), "it arrived through TLS");
    let notes = crate::detail(&fleet, item).await.view.notes;
    assert!(notes.contains("电表箱上锁") && !notes.contains("等门卫"), "{notes}");
}
