//! What a dispatcher reads of a refused edit.

use automerge::transaction::Transactable as _;
use linecrew_protocol::{
    Reason,
    ids::{DocumentId, MaterialId},
    model::{
        command,
        document::section,
        work::{WorkCommand, WorkEvent},
    },
    wire::Edit,
};
use serde_json::json;

use super::{
    admission::{damage, world_document},
    world::{Phone, World, out_with_an_item, person, verdicts},
};
use crate::store::{Store as _, register::Register as _};

#[tokio::test]
async fn a_refused_note_and_a_refused_line_of_material_arrive_with_what_they_say() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.record(item, WorkEvent::Accepted);
    phone.note(item, "配电柜门锁已坏");
    let (_, effects) = world.push(&phone, phone.outbox(1)).await.unwrap();
    assert!(!effects.refused, "nobody has anything new to decide");
    world.store.revoke(phone.principal.installation, person(1), "手机丢失".into(), world.now()).await.unwrap();
    phone.note(item, "7号杆电缆带电，勿近");
    let material: MaterialId = "01931c6e-7d00-7000-8000-0000000000aa".parse().unwrap();
    let line = WorkCommand::RecordMaterial { material, name: "铜芯电缆".into(), quantity: 12.5, unit: "m".into() };
    phone.run(item, &line);
    let (acked, effects) = world.push(&phone, phone.outbox(3)).await.unwrap();
    assert_eq!((verdicts(&acked).as_slice(), effects.refused), ([Some(Reason::Revoked); 2].as_slice(), true));
    let (_, again) = world.push(&phone, phone.outbox(3)).await.unwrap();
    assert!(!again.refused, "they wait already");
    let told = [
        (Some("material_recorded"), Some(json!({"material": material, "name": "铜芯电缆", "quantity": 12.5, "unit": "m"}))),
        (Some("noted"), Some(json!({"text": "7号杆电缆带电，勿近"}))),
    ];
    let listed: Vec<_> = world.store.quarantine(None).await.unwrap().into_iter().map(|entry| entry.edit).collect();
    let detail = world.detail(item).await.quarantined;
    for edits in [listed, detail] {
        let seen: Vec<_> = edits.iter().map(|edit| (edit.event_kind.as_deref(), edit.body.clone())).collect();
        assert_eq!(seen, told);
    }
}

#[tokio::test]
async fn a_hostile_note_shows_only_its_reason_or_no_more_than_a_note_may_say() {
    let (world, item, mut phone) = out_with_an_item().await;
    phone.note(item, "7号杆电缆带电");
    damage(&mut phone.edits[0]);
    world.send(&phone, 1).await;
    let mut stranger = world.phone(4).await;
    let event = stranger.author(0).sign(("accepted".to_owned(), serde_json::Value::Null)).event.to_text().unwrap();
    let longest = "字".repeat(5_000);
    for (at, words) in [("end", longest.as_str()), ("start", "安全，"), ("event", event.as_str())] {
        let change = spliced(&world, item, &stranger, (at, words));
        let generation = u32::try_from(stranger.edits.len()).unwrap();
        stranger.edits.push(Edit { document: item, generation, change: change.into(), lost: None });
    }
    assert_eq!(verdicts(&world.send(&stranger, 1).await), [Some(Reason::NotYourItem); 3]);
    let listed = world.store.quarantine(None).await.unwrap();
    let text = |place: usize| listed[place].edit.body.as_ref().map(|body| body["text"].as_str().unwrap().to_owned());
    assert_eq!((listed[0].edit.event_kind.as_deref(), text(0)), (Some("noted"), Some(event)), "what looks like an event is words");
    assert_eq!(text(1).as_deref(), Some("前 … 安全，"), "what does not follow does not look as if it did");
    assert_eq!(text(2).map(|text| (text.chars().count(), text.ends_with("字 …"))), Some((4_002, true)));
    let damaged = &listed[3].edit;
    assert_eq!((damaged.event_kind.as_ref(), damaged.body.as_ref(), damaged.reason), (None, None, Reason::Undecodable));
}

/// A note as only a broken phone writes it.
fn spliced(world: &World, item: DocumentId, phone: &Phone, (at, words): (&str, &str)) -> Vec<u8> {
    let author = phone.author(u32::try_from(phone.edits.len()).unwrap());
    let recorded = author.sign(("noted".to_owned(), serde_json::Value::Null));
    let written = command::write(&world_document(world, item), item, &author, recorded, |transaction| {
        let notes = section(transaction, "notes")?;
        match at {
            "start" => {
                transaction.splice_text(&notes, 0, 0, "前").unwrap();
                transaction.splice_text(&notes, 0, 0, words).unwrap();
            }
            "event" => transaction.insert(&notes, 0, words).unwrap(),
            _ => transaction.splice_text(&notes, 0, 0, words).unwrap(),
        }
        Ok(())
    });
    written.expect("written").change.raw_bytes().to_vec()
}
