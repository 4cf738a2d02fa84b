//! The counter, where books come from and money goes to.

use anyhow::{Context as _, Result, bail};
use linecrew_protocol::model::collection::Fen;
use linecrew_server::store::collection::SessionState;
use linecrew_tests::{office::Bill, scenario::Step};

use crate::{answer::Answer, setting::Setting};

impl Setting {
    pub(crate) async fn at_counter(&self, what: &str, step: &Step) -> Result<Answer> {
        match what {
            "lease" => self.lease(step).await,
            "bill" => self.bill(step).await,
            "confirm" => self.confirm(step.text("slip")?).await,
            "settle" => self.settle(step.find("reason")).await,
            "show" => self.sessions().await,
            _ => bail!("no counter does `{what}`"),
        }
    }

    async fn lease(&self, step: &Step) -> Result<Answer> {
        let (label, name) = (step.text("label")?, step.text("phone")?);
        let phones = self.office.phones().await?;
        let phone = phones.iter().find(|phone| phone.name == name).with_context(|| format!("nobody enrolled the phone {name}"))?;
        let book = self.cashier.lease(phone.person.id, phone.installation, step.parsed("count")?.unwrap_or(20)).await?;
        Ok(Answer::default().learn(label, book.book))
    }

    async fn bill(&self, step: &Step) -> Result<Answer> {
        let label = step.text("label")?;
        let text = |key, usual: &str| step.find(key).unwrap_or(usual).to_owned();
        let bill = Bill {
            reference: label.to_owned(),
            account: text("account", "3501000001"),
            customer: text("customer", "林国栋"),
            address: text("address", "福州市鼓楼区温泉街道五四路2号"),
            amount: Fen(step.parsed("amount")?.context("amount= is missing")?),
            collector: self.person(step.text("person")?)?.username.clone(),
        };
        let district = self.organisation.districts.first().context("a district")?.record.id;
        self.cashier.bill(district, &[bill]).await?;
        let known = self.cashier.receivables().await?.into_iter().find(|known| known.due.reference == label);
        Ok(Answer::default().learn(label, known.context("the bill was not taken")?.receivable))
    }

    async fn confirm(&self, slip: &str) -> Result<Answer> {
        for session in self.cashier.sessions().await? {
            let Some(deposit) = session.deposits.iter().find(|deposit| deposit.slip == slip) else { continue };
            self.cashier.confirm_deposit(session.session, slip, deposit.declared.context("nobody declared it")?).await?;
            return Ok(Answer::default());
        }
        bail!("there is no slip {slip}")
    }

    async fn settle(&self, reason: Option<&str>) -> Result<Answer> {
        for session in self.cashier.sessions().await?.iter().filter(|session| session.state == SessionState::Closed) {
            self.cashier.settle(session.session, reason).await?;
        }
        Ok(Answer::default())
    }

    async fn sessions(&self) -> Result<Answer> {
        let sessions = self.cashier.sessions().await?;
        let count = |state| sessions.iter().filter(|session| session.state == state).count();
        let answer = Answer::default().say("open", count(SessionState::Open)).say("closed", count(SessionState::Closed));
        Ok(answer.say("settled", count(SessionState::Settled)))
    }
}
