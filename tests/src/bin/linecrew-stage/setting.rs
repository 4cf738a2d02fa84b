//! The stage and what stands on it.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    str::FromStr,
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use linecrew_protocol::ids::CrewId;
use linecrew_tests::{
    clock::World,
    fleet::PASSWORD,
    link::Link,
    office::Office,
    organisation::{Organisation, Person, Shape},
    scenario::Step,
    seed::Seed,
    server::{Place, Server, program},
};

use crate::answer::Answer;

/// The same people with the same ids in every run.
const SEED: Seed = Seed(1);

/// Empty until there is a server.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    setting: Option<Setting>,
}

/// A server, its office, and the ways to it.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) office: Office,
    pub(crate) cashier: Office,
    pub(crate) organisation: Organisation,
    server: Server,
    is_up: bool,
    ways: BTreeMap<String, Way>,
    labels: BTreeMap<String, String>,
}

/// A phone's way to the server.
#[derive(Debug)]
struct Way {
    link: Link,
    is_on: bool,
}

impl Stage {
    /// Takes one step.
    pub(crate) async fn act(&mut self, line: &str) -> Result<Answer> {
        let step = Step::read(line)?;
        if step.words() == ["stage", "serve"] {
            return self.serve(&step).await;
        }
        let setting = self.setting.as_mut().context("stage serve comes first")?;
        let answer = setting.act(&step).await?;
        setting.labels.extend(answer.learnt.iter().cloned());
        Ok(answer)
    }

    async fn serve(&mut self, step: &Step) -> Result<Answer> {
        ensure!(self.setting.is_none(), "there is a server already");
        let (crews, people_per_crew) = (step.parsed("crews")?.unwrap_or(1), step.parsed("people")?.unwrap_or(2));
        let organisation = Organisation::new(Shape { districts: 1, crews, people_per_crew }, PASSWORD, SEED);
        let server = Server::found(Place::Child(program()), &organisation, &World::begin()).await;
        let setting = Setting::around(server, organisation).await?;
        let answer = setting.labels.iter().fold(Answer::default(), |answer, (label, id)| answer.learn(label, id));
        self.setting = Some(setting);
        Ok(answer)
    }
}

impl Setting {
    async fn around(server: Server, organisation: Organisation) -> Result<Self> {
        let office = Office::sign_in(server.address(), &organisation.dispatcher.username, PASSWORD).await?;
        let cashier = Office::sign_in(server.address(), &organisation.cashier.username, PASSWORD).await?;
        let labels = labels(&organisation);
        Ok(Self { office, cashier, organisation, server, is_up: true, ways: BTreeMap::new(), labels })
    }

    async fn act(&mut self, step: &Step) -> Result<Answer> {
        match step.words().as_slice() {
            ["stage", "invite"] => self.invite(step).await,
            ["server", "kill"] => {
                self.server.kill().await;
                self.is_up = false;
                self.connect()
            }
            ["server", "start"] => {
                self.server.start().await;
                self.is_up = true;
                self.connect()
            }
            ["link", phone, way @ ("on" | "off")] => {
                self.way(phone)?.is_on = *way == "on";
                self.connect()
            }
            ["office", "disable"] => self.admin("disable", step),
            ["office", "enable"] => self.admin("enable", step),
            ["office", "move"] => self.transfer(step).await,
            ["office", what] => self.in_office(what, step).await,
            ["counter", what] => self.at_counter(what, step).await,
            words => bail!("nobody does `{}`", words.join(" ")),
        }
    }

    async fn invite(&mut self, step: &Step) -> Result<Answer> {
        let (phone, person) = (step.text("phone")?, self.person(step.text("person")?)?);
        let invited = self.office.invite(&person.username).await?;
        if !self.ways.contains_key(phone) {
            let link = Link::to(self.server.address(), SEED.child(phone))?;
            self.ways.insert(phone.to_owned(), Way { link, is_on: true });
        }
        Ok(Answer::default().learn("url", self.way(phone)?.link.url()).learn("code", invited.code))
    }

    /// The machine of the server's operators.
    fn admin(&self, what: &str, step: &Step) -> Result<Answer> {
        let person = self.person(step.text("person")?)?;
        let mut command = Command::new(program());
        command.args(["admin", what, "--data"]).arg(self.server.data()).arg(&person.username);
        let ended = command.env("LINECREW_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).status()?;
        ensure!(ended.success(), "`linecrew admin {what}` failed");
        Ok(Answer::default())
    }

    async fn transfer(&mut self, step: &Step) -> Result<Answer> {
        let (id, crew): (_, CrewId) = (self.person(step.text("person")?)?.id, self.id(step, "crew")?);
        let mut people = self.organisation.crews.iter_mut().flat_map(|crew| &mut crew.people);
        people.find(|person| person.id == id).context("nobody of a crew")?.crew = Some(crew);
        self.server.reorganise(&self.organisation).await;
        Ok(Answer::default())
    }

    fn way(&mut self, phone: &str) -> Result<&mut Way> {
        self.ways.get_mut(phone).with_context(|| format!("nobody enrolled the phone {phone}"))
    }

    /// A proxy would accept what a server that is dead refuses: then it depends on chance how far a phone comes.
    fn connect(&self) -> Result<Answer> {
        for way in self.ways.values() {
            if way.is_on && self.is_up { way.link.up()? } else { way.link.down() }
        }
        Ok(Answer::default())
    }

    /// Somebody of a crew, by their label.
    pub(crate) fn person(&self, label: &str) -> Result<&Person> {
        let id = self.labels.get(label).with_context(|| format!("nobody is called {label}"))?;
        self.organisation.people().find(|person| person.id.to_string() == *id).with_context(|| format!("{label} is no person"))
    }

    /// The id that a key's label stands for.
    pub(crate) fn id<T: FromStr>(&self, step: &Step, key: &str) -> Result<T> {
        let label = step.text(key)?;
        let id = self.labels.get(label).with_context(|| format!("nothing is called {label}"))?;
        id.parse().map_err(|_| anyhow!("{label} cannot be {key}="))
    }
}

fn labels(organisation: &Organisation) -> BTreeMap<String, String> {
    let districts = organisation.districts.iter().enumerate();
    let mut labels: BTreeMap<_, _> = districts.map(|(at, known)| (format!("district{}", at + 1), known.record.id.to_string())).collect();
    for (at, crew) in organisation.crews.iter().enumerate() {
        let name = format!("crew{}", at + 1);
        let people = crew.people.iter().enumerate();
        labels.extend(people.map(|(at, person)| (format!("{name}.{}", at + 1), person.id.to_string())));
        labels.insert(name, crew.record.id.to_string());
    }
    labels
}
