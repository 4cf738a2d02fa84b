//! The surface as Rust sees it: what opens, what is refused, and what a fault becomes.

use std::{path::Path, sync::Arc, time::Duration};

use linecrew_ffi::{Changes, LinecrewError, Link, OpenRequest, open_linecrew};
use tempfile::tempdir;

fn request(folder: &Path) -> OpenRequest {
    OpenRequest { folder: folder.display().to_string(), app_version: "1.0".to_owned(), ca_pem: None, lease: None }
}

#[tokio::test]
async fn a_store_opens_again_as_the_same_phone() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let installation = phone.installation().unwrap();
    Arc::clone(&phone).shut_down().await.unwrap();
    assert_eq!(phone.installation(), Err(LinecrewError::Closed));
    let again = open_linecrew(request(folder.path()), None).await.unwrap();
    assert_eq!(again.installation(), Ok(installation));
}

#[tokio::test]
async fn a_store_whose_key_is_gone_is_left_as_it_is() {
    let folder = tempdir().unwrap();
    open_linecrew(request(folder.path()), None).await.unwrap().shut_down().await.unwrap();
    let store = folder.path().join("linecrew.db");
    let before = std::fs::read(&store).unwrap();
    std::fs::remove_file(folder.path().join("database.key")).unwrap();
    let lost = open_linecrew(request(folder.path()), None).await.map(drop);
    assert_eq!(lost, Err(LinecrewError::Store { code: "key_lost".to_owned() }));
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[tokio::test]
async fn a_lease_that_is_over_locks_what_it_must() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(OpenRequest { lease: Some(Duration::ZERO), ..request(folder.path()) }, None).await.unwrap();
    assert_eq!(phone.items(true, None), Err(LinecrewError::Locked));
    assert!(phone.status().unwrap().locked);
}

#[tokio::test]
async fn a_wrong_ca_is_said_before_anything_is_made() {
    let folder = tempdir().unwrap();
    let wrong = OpenRequest { ca_pem: Some("no certificate".to_owned()), ..request(&folder.path().join("new")) };
    assert_eq!(open_linecrew(wrong, None).await.map(drop), Err(LinecrewError::Invalid { code: "ca_pem".to_owned() }));
    assert!(!folder.path().join("new").exists());
}

#[tokio::test]
async fn whoever_stops_waiting_for_news_hears_it_the_next_time() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let changes = phone.observe().unwrap();
    let first = changes.next().await.unwrap();
    let gave_up = tokio::time::timeout(Duration::ZERO, changes.next()).await;
    assert!(gave_up.is_err());
    phone.sign_out().await.unwrap();
    assert!(changes.next().await.unwrap() > first);
    Arc::clone(&phone).shut_down().await.unwrap();
    assert!(changes.next().await.is_err());
}

#[tokio::test]
async fn a_suspended_store_lets_go_of_its_file_and_whoever_watches_hears_of_what_comes_after() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let installation = phone.installation().unwrap();
    let changes = phone.observe().unwrap();
    let first = changes.next().await.unwrap();
    for _ in 0..2 {
        Arc::clone(&phone).suspend().await.unwrap();
        assert_eq!(phone.installation(), Err(LinecrewError::Suspended));
        assert_eq!(phone.sign_out().await, Err(LinecrewError::Suspended));
    }
    assert!(tokio::time::timeout(Duration::ZERO, changes.next()).await.is_err(), "nothing is new");
    let later = phone.observe().unwrap();
    for _ in 0..2 {
        Arc::clone(&phone).resume().await.unwrap();
        assert_eq!(phone.installation(), Ok(installation));
    }
    assert!(later.next().await.is_ok());
    phone.sign_out().await.unwrap();
    assert!(newer(&changes, first).await);
    Arc::clone(&phone).shut_down().await.unwrap();
    assert_eq!(Arc::clone(&phone).suspend().await, Err(LinecrewError::Closed));
    assert_eq!(Arc::clone(&phone).resume().await, Err(LinecrewError::Closed));
    assert_eq!(changes.next().await, Err(LinecrewError::Closed));
}

/// Whether a later look saw something newer. The same may be said twice: who looks again after a pause hears first what there is.
async fn newer(changes: &Changes, than: u64) -> bool {
    loop {
        match changes.next().await {
            Ok(seen) if seen > than => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

#[tokio::test]
async fn ten_who_observe_hear_the_same_and_each_can_stop() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let all: Vec<_> = (0..10).map(|_| phone.observe().unwrap()).collect();
    let mut firsts = Vec::new();
    for changes in &all {
        firsts.push(changes.next().await.unwrap());
    }
    assert!(firsts.iter().all(|first| *first == firsts[0]));
    all[0].cancel().unwrap();
    assert_eq!(all[0].next().await, Err(LinecrewError::Cancelled));
    phone.sign_out().await.unwrap();
    for changes in all.iter().skip(1) {
        assert!(newer(changes, firsts[0]).await);
    }
}

#[tokio::test]
async fn nobody_syncs_before_a_phone_is_enrolled_and_the_link_says_that_it_is_stopped() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let needed = LinecrewError::NeedsSignIn { code: "nobody_signed_in".to_owned() };
    assert_eq!(phone.start(), Err(needed));
    assert_eq!(phone.watch_link().unwrap().next().await, Ok(Link::Stopped));
    phone.nudge().unwrap();
    Arc::clone(&phone).stop().await.unwrap();
    assert_eq!(phone.link(), Ok(Link::Stopped));
    let watch = phone.watch_link().unwrap();
    assert_eq!(watch.next().await, Ok(Link::Stopped));
    let waiting = tokio::spawn(async move { watch.next().await });
    Arc::clone(&phone).shut_down().await.unwrap();
    assert_eq!(waiting.await.unwrap(), Err(LinecrewError::Closed), "there is nothing left to watch");
}

#[tokio::test]
async fn a_phone_that_was_wiped_says_so_until_it_is_opened_again() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let (installation, changes) = (phone.installation().unwrap(), phone.observe().unwrap());
    changes.next().await.unwrap();
    phone.wipe().await.unwrap();
    assert_eq!(phone.status(), Err(LinecrewError::Wiped));
    assert_eq!(phone.sign_out().await, Err(LinecrewError::Wiped));
    assert_eq!(changes.next().await, Err(LinecrewError::Wiped));
    assert_eq!(phone.wipe().await, Ok(()), "there is nothing left to do");
    Arc::clone(&phone).suspend().await.unwrap();
    assert_eq!(Arc::clone(&phone).resume().await, Err(LinecrewError::Wiped), "an empty phone is another one");
    assert_eq!(phone.status(), Err(LinecrewError::Wiped));
    assert_eq!(Arc::clone(&phone).shut_down().await, Ok(()));
    assert_eq!(phone.status(), Err(LinecrewError::Closed));
    let empty = open_linecrew(request(folder.path()), None).await.unwrap();
    assert_ne!(empty.installation(), Ok(installation));
}

#[tokio::test]
async fn a_wipe_that_failed_is_gone_on_with() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    // A folder is not deleted as a file is.
    let stuck = folder.path().join("linecrew.db.set-aside-1");
    std::fs::create_dir(&stuck).unwrap();
    assert_eq!(phone.wipe().await, Err(LinecrewError::Store { code: "file".to_owned() }));
    assert_eq!(phone.status(), Err(LinecrewError::Wiped));
    std::fs::remove_dir(&stuck).unwrap();
    assert_eq!(phone.wipe().await, Ok(()));
    assert!(!folder.path().join("linecrew.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_suspended_again_and_again_is_over_for_nobody() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    let changes = phone.observe().unwrap();
    let watched = Arc::clone(&phone);
    let watching = tokio::spawn(async move {
        loop {
            match changes.next().await {
                Ok(_) => {}
                Err(over) => return (over, watched.installation()),
            }
        }
    });
    for _ in 0..100 {
        let (reads, writes) = (Arc::clone(&phone), Arc::clone(&phone));
        let reading = tokio::task::spawn_blocking(move || reads.status().map(drop));
        let writing = tokio::spawn(async move { writes.sign_out().await });
        Arc::clone(&phone).suspend().await.unwrap();
        for answer in [reading.await.unwrap(), writing.await.unwrap()] {
            assert!(matches!(answer, Ok(()) | Err(LinecrewError::Suspended)), "{answer:?}");
        }
        Arc::clone(&phone).resume().await.unwrap();
    }
    phone.sign_out().await.unwrap();
    Arc::clone(&phone).shut_down().await.unwrap();
    assert_eq!(watching.await.unwrap(), (LinecrewError::Closed, Err(LinecrewError::Closed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_server_ends_with_the_store_and_says_how() {
    let folder = tempdir().unwrap();
    let phone = open_linecrew(request(folder.path()), None).await.unwrap();
    // It takes connections, and says nothing.
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    for ending in [LinecrewError::Suspended, LinecrewError::Closed] {
        let enrols = Arc::clone(&phone).enrol(url.clone(), "RC8S3-QVG7R".to_owned(), "phone".to_owned(), None);
        let enrolling = tokio::spawn(enrols);
        // It is on the wire.
        let (held, _) = server.accept().unwrap();
        if ending == LinecrewError::Suspended {
            Arc::clone(&phone).suspend().await.unwrap();
        } else {
            Arc::clone(&phone).resume().await.unwrap();
            Arc::clone(&phone).shut_down().await.unwrap();
        }
        assert_eq!(enrolling.await.unwrap().map(drop), Err(ending.clone()));
        drop(held);
        if ending == LinecrewError::Suspended {
            Arc::clone(&phone).resume().await.unwrap();
        }
    }
}
