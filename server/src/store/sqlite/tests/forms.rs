use linecrew_protocol::{
    Reason,
    model::{
        form, kinds,
        reference::{self, Reference},
        work::{Phase, WorkCommand, WorkEvent},
    },
    wire::Feed,
};
use linecrew_sqlite::{Execution, Options};
use serde_json::json;

use super::{
    super::SqliteStore,
    world::{CREW_A, FEED_A, REFERENCE, World, organisation, verdicts},
};
use crate::store::{DistrictRecord, FormPublished, Organisation, Store as _};

const ELSEWHERE: linecrew_protocol::ids::DistrictId = linecrew_protocol::ids::DistrictId::from_bytes([0xE; 16]);

/// A small form.
fn definition(version: u32, question: &str) -> String {
    json!({"form": "pole_check", "version": version, "title": {"en": "Pole", "zh": "电杆检查"}, "items": [
        {"name": "leaning", "label": {"en": question, "zh": "是否倾斜"}, "type": "flag", "required": true}
    ]})
    .to_string()
}

#[tokio::test]
async fn forms_reach_the_phones_of_every_district_and_of_those_that_come_later() {
    let world = World::inline().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, REFERENCE).await;
    let held = &phone.feeds[&REFERENCE].documents;
    let forms = held.values().map(|document| reference::read(document).expect("a form"));
    let shipped = form::shipped();
    assert_eq!(Reference::of(forms).forms().count(), shipped.len());
    let later = DistrictRecord { id: ELSEWHERE, name: "台江供电所".into() };
    world.store.import(Organisation { districts: vec![later], ..Organisation::default() }).await.unwrap();
    let heads = world.store.database.read(|connection| {
        let head = |feed| super::super::feeds::head(connection, feed);
        Ok::<_, rusqlite::Error>((head(REFERENCE)?, head(Feed::Reference(ELSEWHERE))?))
    });
    let (here, there) = heads.unwrap();
    assert_eq!((here.digest, here.seq), (there.digest, there.seq));
}

#[tokio::test]
async fn a_start_with_nothing_new_writes_nothing() {
    let world = World::inline().await;
    let revision = world.store.revision().await.unwrap();
    world.store.import(organisation()).await.unwrap();
    world.store.close().unwrap();
    let written = std::fs::read(world.path()).unwrap();
    for _ in 0..3 {
        let again = SqliteStore::open(&world.path(), Options { execution: Execution::Inline, ..Options::default() }).unwrap();
        assert_eq!(again.revision().await.unwrap(), revision);
        again.close().unwrap();
    }
    assert!(std::fs::read(world.path()).unwrap() == written, "the file is as it was");
}

#[tokio::test]
async fn a_form_is_published_once_and_never_changed() {
    let world = World::inline().await;
    let publish = |text: String| world.store.publish_form(text, world.now());
    assert!(matches!(publish(definition(1, "Leaning")).await.unwrap(), FormPublished::New(record, _) if record.form == "pole_check"));
    assert!(matches!(publish(definition(1, "Leaning")).await.unwrap(), FormPublished::Known(_)));
    assert!(matches!(publish(definition(1, "Rotten")).await.unwrap(), FormPublished::Differs(_)));
    assert!(matches!(publish(definition(2, "Rotten")).await.unwrap(), FormPublished::New(..)));
    let Ok(FormPublished::Refused(refusal)) = publish("{\"form\": 5}".into()).await else { panic!("refused") };
    assert_eq!(refusal.reason, Reason::InvalidValue);
    assert!(refusal.detail.contains("line 1"), "{}", refusal.detail);
    let listed = world.store.forms().await.unwrap();
    assert_eq!(listed.len(), form::shipped().len() + 2);
    let survey = world.order(kinds::SURVEY, json!({"form": {"form": "pole_check", "version": 2}})).await;
    assert_eq!(world.row(survey).await.row.state, "requested");
}

#[tokio::test]
async fn a_survey_is_filled_in_by_its_form_and_checked_by_the_office() {
    let world = World::inline().await;
    world.store.publish_form(definition(1, "Leaning"), world.now()).await.unwrap();
    let item = world.order(kinds::SURVEY, json!({"form": {"form": "pole_check", "version": 1}})).await;
    world.assign(item, CREW_A).await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.reference.add(form::Form::parse(&definition(1, "Leaning")).unwrap());
    let answer = |value| WorkEvent::ValueRecorded { path: "leaning".into(), value };
    for event in [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived, answer(json!(true))] {
        phone.record(item, event);
    }
    phone.record(item, WorkEvent::own("submitted", json!({})));
    let acked = world.send(&phone, 1).await;
    assert_eq!(verdicts(&acked), [None; 5]);
    phone.store_acked(FEED_A, &acked);
    let own = |step: &str, body| WorkEvent::own(step, body);
    assert_eq!(world.decide(item, own("returned", json!({"issues": "缺照片"}))).await.row.state, "returned");
    let refused = world.refused(item, crate::store::OfficeCommand::Other(WorkCommand::Record(own("approved", json!(null))))).await;
    assert_eq!(refused.reason, Reason::StateNotPermitted);
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, own("submitted", json!({})));
    assert_eq!(verdicts(&world.send(&phone, 6).await), [None]);
    assert_eq!(world.decide(item, own("approved", json!(null))).await.row.phase, Phase::FollowedUp);
}
