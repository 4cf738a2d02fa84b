use super::*;
use crate::{Exit, Lang, UtcOffset, clock::Clock};

#[test]
fn a_revoked_phone_says_so_and_asks_its_store_nothing() {
    let page = |lang| {
        let clock = Clock { now: linecrew_client::protocol::time::Timestamp::from_unix_millis(0), offset: UtcOffset::CHINA };
        Page { lang, clock, columns: 80, coloured: false }
    };
    let revoked = unless_revoked(Some(SyncStop::Revoked)).unwrap_err();
    assert_eq!(revoked.exit(), Exit::SignInNeeded);
    let said = revoked.words(&page(Lang::En));
    assert!(said.contains("the office has revoked this phone") && said.contains("handed in") && said.contains("wiped"), "{said}");
    assert!(revoked.words(&page(Lang::Zh)).contains("本机已被单位注销"));
    for other in [None, Some(SyncStop::Deadline), Some(SyncStop::NeedsSignIn), Some(SyncStop::Suspended)] {
        let said = other.as_ref().map(ToString::to_string);
        assert_eq!(unless_revoked(other).unwrap().map(|stop| stop.to_string()), said);
    }
}
