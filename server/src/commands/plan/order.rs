//! A row of a plan as an order.

use linecrew_protocol::{
    ids::DistrictId,
    model::{
        kinds::ROTATION,
        work::{Customer, NewOrder, Site},
    },
    time::Timestamp,
};
use linecrew_server::{
    plan::PlanRow,
    store::{SYSTEM_NAME, Store, TakeOrder, sqlite::SqliteStore, system_principal},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The order of a row. The same row gives the same key and the same content.
pub(super) fn of(row: &PlanRow, store: &SqliteStore, district: DistrictId, now: Timestamp) -> anyhow::Result<TakeOrder> {
    let order = NewOrder {
        kind: ROTATION.to_owned(),
        customer: Customer {
            name: row.customer.name.clone(),
            phone: row.customer.phone.clone(),
            account: row.customer.account.clone(),
            arrears_fen: None,
        },
        site: Site { address: row.site.address.clone(), street_code: row.site.street_code.clone() },
        area_class: serde_json::from_value(row.area_class.clone().into())?,
        priority: serde_json::from_value(row.priority.clone().into())?,
        on_road: false,
        at_height: false,
        about: about(row),
    };
    let content = serde_json::to_vec(&(&order, district, row.appointment))?;
    Ok(TakeOrder {
        by: system_principal(store.epoch()),
        by_name: SYSTEM_NAME.to_owned(),
        idempotency_key: row.key.clone(),
        body_hash: Sha256::digest(&content).into(),
        district,
        order,
        reported_at: now,
        appointment: row.appointment.map(Timestamp::from_unix_millis),
        now,
    })
}

fn about(row: &PlanRow) -> Map<String, Value> {
    let register = |(name, register): (&String, &linecrew_server::plan::PlanRegister)| {
        (name.clone(), json!({"digits": register.digits, "last_index": register.last_index}))
    };
    let registers: Map<String, Value> = row.registers.iter().map(register).collect();
    let meter = json!({"serial": row.serial, "multiplier": row.multiplier, "registers": registers});
    Map::from_iter([("meter".to_owned(), meter)])
}
