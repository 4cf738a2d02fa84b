//! Before the day: the server with its people, the phones, and what a visitor has to know.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use linecrew_tests::{
    clock::World,
    fleet::{Fleet, FleetOptions},
    office::Invited,
    organisation::{Organisation, Shape},
    seed::Seed,
    server::{Place, Server, program},
};

use super::{Options, teller::tell};

/// How long the thirteenth phone is invited.
const INVITATION_MINUTES: u32 = 600;
/// Everybody's password.
const PASSWORD: &str = "linecrew-demo";
/// Where a browser looks first.
const PORT: u16 = 8420;
/// Two districts, four crews of four people, of whom three have a phone: the fourth is the visitor's.
const SHAPE: Shape = Shape { districts: 2, crews: 4, people_per_crew: 4 };
/// Phones of each crew.
const PHONES: usize = 3;

/// Starts the server and signs everybody in.
pub(crate) async fn open(options: &Options, seed: Seed) -> Result<Fleet> {
    let place = Place::Child(options.server_bin.clone().unwrap_or_else(program));
    let (world, organisation) = (World::begin(), Organisation::new(SHAPE, PASSWORD, seed));
    tell(&world, "starting the server with a new store");
    let server = found(options.port, place.clone(), &organisation, &world).await?;
    tell(&world, "signing in 12 phones");
    let options_of_fleet = FleetOptions { shape: SHAPE, phones_per_crew: PHONES, place };
    let fleet = Fleet::around(seed, options_of_fleet, world, organisation, server).await;
    let invited = invitation(&fleet).await;
    welcome(&fleet, options.speed, invited.as_ref());
    Ok(fleet)
}

async fn found(port: Option<u16>, place: Place, organisation: &Organisation, world: &std::sync::Arc<World>) -> Result<Server> {
    if let Some(port) = port {
        return Server::found_at(port, place, organisation, world).await.with_context(|| format!("port {port} is taken"));
    }
    match Server::found_at(PORT, place.clone(), organisation, world).await {
        Ok(server) => Ok(server),
        Err(_) => Ok(Server::found(place, organisation, world).await),
    }
}

fn welcome(fleet: &Fleet, speed: f64, invited: Option<&Invited>) {
    let url = fleet.server.url();
    println!();
    println!("  Linecrew demo · seed {} · speed {speed}", fleet.seed);
    println!();
    println!("  board       {url}");
    println!("  dispatcher  {}  password  {PASSWORD}", fleet.organisation.dispatcher.username);
    println!("  cashier     {}     password  {PASSWORD}", fleet.organisation.cashier.username);
    println!();
    println!("  district      crew        at work with a phone");
    for (at, crew) in fleet.organisation.crews.iter().enumerate() {
        let district = fleet.organisation.districts.iter().find(|district| district.record.id == crew.record.district);
        let district = district.map_or("", |district| &district.record.name);
        let names: Vec<&str> = fleet.phones[fleet.phones_of(at)].iter().map(|phone| phone.person.name.as_str()).collect();
        println!("  {district}    {}  {}", crew.record.name, names.join("  "));
    }
    invite(fleet, invited);
}

/// An invitation for the first crew's person without a phone, good for as long as somebody may read before they try.
async fn invitation(fleet: &Fleet) -> Option<Invited> {
    let person = fleet.organisation.crews.first()?.people.get(PHONES)?;
    fleet.office.invite_for(&person.username, INVITATION_MINUTES).await.ok()
}

/// How to be the thirteenth phone.
fn invite(fleet: &Fleet, invited: Option<&Invited>) {
    println!();
    println!("  without a phone yet (any of them can be the thirteenth)");
    for crew in &fleet.organisation.crews {
        for person in crew.people.iter().skip(PHONES) {
            println!("    {:<18} {}  {}", person.username, person.name, crew.record.name);
        }
    }
    let phone = phone_program();
    let Some(Invited { code, .. }) = invited else { return };
    println!();
    println!("  in a second terminal:");
    println!("    export LINECREW_PHONE_DATA={}", fleet.folder().join("phone-13").display());
    for (arguments, what) in [
        (format!("enrol {code} --server {}", fleet.server.url()), "the code is good once; the board invites the others"),
        ("list".to_owned(), "the crew's items, each with a number"),
        ("accept NUMBER".to_owned(), "on the board within a second"),
        ("--offline arrive NUMBER".to_owned(), "without network: saved on this phone"),
        ("sync".to_owned(), "sent, and merged with what others did"),
    ] {
        let remark = if what.is_empty() { String::new() } else { format!("# {what}") };
        println!("    {}", format!("{phone} {arguments:<26} {remark}").trim_end());
    }
    println!();
    println!("  Some reports are left to you: assign them on the board. Ctrl-C ends the demo.");
    println!();
}

/// The phone's program beside this one, as short as it can be typed.
fn phone_program() -> String {
    let beside = env::current_exe().ok().map(|here| here.with_file_name("linecrew-phone"));
    let program = beside.unwrap_or_else(|| PathBuf::from("linecrew-phone"));
    let here = env::current_dir().unwrap_or_default();
    program.strip_prefix(&here).unwrap_or(&program).display().to_string()
}
