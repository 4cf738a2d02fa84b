//! A collector's morning: a ticket book with its journal.

use linecrew_protocol::{
    ids::{BootId, DistrictId, EventId, InstallationId, PersonId},
    model::{
        collection::{Amounts, BOOK_KIND, Fen, Method, OfficeAct, book},
        command::Author,
        document::Meta,
        person::{Grant, Principal, Role},
        reference::Reference,
    },
    time::{Evidence, Timestamp},
};

use crate::{
    stories::Story,
    till::{START, Till, yuan},
};

const DISTRICT: DistrictId = DistrictId::from_bytes([9; 16]);

fn author(principal: &Principal, number: u64) -> Author {
    let evidence = Evidence::of_server(Timestamp::from_unix_millis(START), BootId::from_bytes([7; 16]));
    let event = EventId::new(evidence.wall.plus_ms(number), [principal.installation.as_bytes()[0]; 10]);
    Author { principal: principal.clone(), name: None, device_seq: number, evidence, event, generation: 0 }
}

fn person(person: PersonId, installation: InstallationId, roles: &[Role]) -> Principal {
    let grants = roles.iter().map(|role| Grant { role: *role, district: Some(DISTRICT) }).collect();
    Principal { person, installation, grants, crew: None }
}

pub(crate) fn all() -> Vec<Story> {
    let office = person(PersonId::from_bytes([0xEE; 16]), InstallationId::from_bytes([0xFF; 16]), &[Role::Admin]);
    let mut till = Till::new(1);
    let collector = person(till.collector, till.device, &[Role::Collector]);
    let id = till.is_leased(10);
    let meta = Meta { id, kind: BOOK_KIND.into(), schema: 1, district: DISTRICT, created: Timestamp::from_unix_millis(START) };
    let mut document = book::lease(&meta, &till.facts.leases[&id], &author(&office, 1)).unwrap().document;
    till.takes(id).unwrap();
    let session = till.opens(yuan("200"));
    let first = till.collects(yuan("86.40"), Method::Cash).unwrap();
    till.collects(yuan("5"), Method::Cash).unwrap();
    till.voids(&first).unwrap();
    till.closes(Amounts::cash(yuan("205")), yuan("200"), None).unwrap();
    till.deposits(session, "S-1", Amounts::cash(yuan("5"))).unwrap();
    for (number, (_, sealed, _)) in (5..).zip(&till.sealed) {
        document = book::append(&document, sealed, &author(&collector, number)).unwrap().document;
    }
    let act = OfficeAct::Frozen { reason: "lost".to_owned() };
    document = book::record(&document, &act, &author(&office, 2)).unwrap().document;
    assert!(till.ledger().head.turnover > Fen::ZERO);
    vec![Story { document, phones: vec![collector], reference: Reference::default() }]
}
