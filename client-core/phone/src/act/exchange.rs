//! The exchange of a meter, from its flags.

use linecrew_client::{Exchange, FinalReading, InitialReading, InstalledMeter, RemovedMeter};
use serde_json::Value;

use super::{Typed, files};
use crate::{args, failure::Failure};

pub(super) fn exchanged(said: args::Exchange) -> Typed {
    Typed::new(said.item.clone(), "exchanged", move |client, item| {
        let known = client.item(item)?.and_then(|item| item.view.row.about.get("meter").cloned()).unwrap_or_default();
        let exchange = exchange(said, &known, |photo| files::hash_of(client, item, &photo))?;
        Ok(client.exchange_meter(item, exchange)?)
    })
}

fn exchange(said: args::Exchange, known: &Value, photo: impl Fn(String) -> Result<String, Failure>) -> Result<Exchange, Failure> {
    let digits = said.digits;
    let digits_of = |register: &str| {
        let typed = digits.iter().find(|(name, _)| name == register).map(|(_, digits)| *digits);
        // A new meter shows what the old one showed, unless somebody says otherwise.
        let digits = typed.or_else(|| known.get("registers")?.get(register)?.get("digits")?.as_u64());
        digits.and_then(|digits| u8::try_from(digits).ok()).ok_or_else(|| Failure::NoDigits(register.to_owned()))
    };
    let begin = |(register, index): (String, u64)| {
        let digits = digits_of(&register)?;
        Ok((register, InitialReading { index, digits }))
    };
    let finals = said.readings.into_iter().map(|(register, index)| (register, FinalReading { index }));
    Ok(Exchange {
        removed: RemovedMeter { serial: said.removed, registers: finals.collect() },
        installed: InstalledMeter {
            serial: said.installed,
            multiplier: said.multiplier,
            registers: said.initials.into_iter().map(begin).collect::<Result<_, Failure>>()?,
        },
        photo_removed: said.photo_removed.map(&photo).transpose()?,
        photo_installed: said.photo_installed.map(&photo).transpose()?,
        no_photo: said.no_photo,
        explanation: said.explanation,
        seals: said.seals,
    })
}
