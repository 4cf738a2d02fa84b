//! Opening a session: whose phone it is, and which feeds it follows.

use linecrew_protocol::{
    ids::{InstallationId, PersonId, StoreEpoch},
    model::person::Principal,
    wire::{Feed, FeedDigest, HandIn},
};
use rusqlite::Connection;

use super::{feeds, installations, people};
use crate::store::{Account, SessionOpening};

/// Everything a session begins with; none when this phone is not this person's. One that may work no longer gets nothing, and can still hand in
/// what somebody confirmed on it.
pub(super) fn open(
    connection: &Connection,
    store: StoreEpoch,
    installation: InstallationId,
    person: PersonId,
) -> rusqlite::Result<Option<SessionOpening>> {
    let Some(phone) = installations::find(connection, installation)? else { return Ok(None) };
    if phone.person != person {
        return Ok(None);
    }
    let Some(key) = phone.key else { return Ok(None) };
    let account = people::account(connection, person)?;
    let hand_in = match &account {
        _ if phone.revoked => Some(HandIn::Revoked),
        None => Some(HandIn::Suspended),
        Some(_) => None,
    };
    let account = account.filter(|_| hand_in.is_none());
    let heads = account.iter().flat_map(feeds_of).map(|feed| feeds::head(connection, feed));
    let mut feeds = heads.collect::<rusqlite::Result<Vec<FeedDigest>>>()?;
    // A feed of one's own that never held anything is not worth its 100 bytes in every reconnect; when it does, the next ping tells.
    feeds.retain(|head| head.seq > 0 || !matches!(head.feed, Feed::Person(_)));
    let nobody = Principal { person, installation, grants: Vec::new(), crew: None };
    let principal = account.map_or(nobody, |account| account.principal(installation));
    Ok(Some(SessionOpening { principal, key, store, next_device_seq: phone.next_device_seq, feeds, hand_in }))
}

/// Whether this phone follows `feed` at this moment.
pub(super) fn follows(connection: &Connection, installation: InstallationId, feed: Feed) -> rusqlite::Result<bool> {
    let Some(phone) = installations::find(connection, installation)?.filter(|phone| !phone.revoked) else { return Ok(false) };
    let account = people::account(connection, phone.person)?;
    Ok(account.is_some_and(|account| feeds_of(&account).contains(&feed)))
}

fn feeds_of(account: &Account) -> Vec<Feed> {
    let crew = account.crew.iter().flat_map(|crew| [Feed::Crew(crew.id), Feed::Reference(crew.district)]);
    crew.chain([Feed::Person(account.id)]).collect()
}
