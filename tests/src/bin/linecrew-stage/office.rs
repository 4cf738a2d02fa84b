//! The dispatchers' office.

use anyhow::{Context as _, Result, bail};
use linecrew_protocol::{
    ids::{CrewId, DocumentId},
    model::{
        kinds,
        work::{AreaClass, Customer, NewOrder, Phase, Priority, Site},
    },
};
use linecrew_tests::{office::NewReport, scenario::Step};
use serde_json::{Map, Value, json};

use crate::{answer::Answer, setting::Setting};

impl Setting {
    pub(crate) async fn in_office(&self, what: &str, step: &Step) -> Result<Answer> {
        match what {
            "report" => self.report(step).await,
            "assign" => {
                let (item, crew): (DocumentId, CrewId) = (self.id(step, "item")?, self.id(step, "crew")?);
                self.office.assign(item, crew).await?;
                Ok(Answer::default())
            }
            "step" => {
                let body: Value = step.parsed("body")?.unwrap_or_else(|| json!({}));
                self.office.step(self.id(step, "item")?, step.text("name")?, body).await?;
                Ok(Answer::default())
            }
            "show" => self.show(step).await,
            "refused" => self.refused().await,
            "admit" | "dismiss" => self.decide(what == "admit").await,
            _ => bail!("no office does `{what}`"),
        }
    }

    async fn report(&self, step: &Step) -> Result<Answer> {
        let label = step.text("label")?;
        let kind = step.text("kind")?;
        let district = self.organisation.districts.first().context("a district")?.record.id;
        let order = NewOrder {
            kind: kind.to_owned(),
            customer: Customer {
                name: step.find("customer").unwrap_or("陈秀英").to_owned(),
                phone: Some("059188880001".to_owned()),
                account: None,
                arrears_fen: None,
            },
            site: Site {
                address: step.find("address").unwrap_or("福州市鼓楼区温泉街道五四路1号").to_owned(),
                street_code: Some("350102003".to_owned()),
            },
            area_class: AreaClass::Urban,
            priority: if step.find("priority") == Some("urgent") { Priority::Urgent } else { Priority::Normal },
            on_road: false,
            at_height: false,
            about: self.about(kind, step)?,
        };
        let taken = self.office.take_report(label, &NewReport { district, order, reported_at: None }).await?;
        Ok(Answer::default().learn(label, taken.row.id))
    }

    /// What the order is about: as the step says, or something of this kind.
    fn about(&self, kind: &str, step: &Step) -> Result<Map<String, Value>> {
        let usual = match kind {
            kinds::REPAIR => json!({"fault": {"category": "no_power", "description": "整栋楼没电"}}),
            kinds::ROTATION => {
                let register = json!({"digits": 6, "last_index": 4_200});
                json!({"meter": {"serial": "FZ100001", "multiplier": 1, "registers": {"1": register}}})
            }
            kinds::SURVEY => json!({"form": {"form": "usage_advice", "version": 1}, "supply": "household"}),
            kinds::NOTICE => json!({"purpose": "arrears", "text": "请于七日内缴清电费"}),
            kinds::DISCONNECTION => json!({"reason": "arrears", "notice": self.id::<DocumentId>(step, "notice")?}),
            kinds::METER_SERVICE => json!({"service": "meter_test"}),
            _ => bail!("no work is called {kind}"),
        };
        let about: Value = step.parsed("about")?.unwrap_or(usual);
        about.as_object().cloned().context("about= is no JSON object")
    }

    async fn show(&self, step: &Step) -> Result<Answer> {
        let detail = self.office.detail(self.id(step, "item")?).await?;
        let row = &detail.view.row;
        let answer = Answer::default().say("state", &row.state).say("phase", named(row.phase)?);
        Ok(answer.say("questions", row.attention.len()).say("refused", detail.quarantined.len()))
    }

    async fn refused(&self) -> Result<Answer> {
        let batches = self.office.refused().await?;
        let edits: usize = batches.iter().map(|batch| batch.edits.len()).sum();
        Ok(Answer::default().say("batches", batches.len()).say("edits", edits))
    }

    async fn decide(&self, admits: bool) -> Result<Answer> {
        for batch in self.office.refused().await? {
            if admits {
                self.office.admit(batch.id).await?
            } else {
                self.office.dismiss(batch.id).await?
            };
        }
        Ok(Answer::default())
    }
}

fn named(phase: Phase) -> Result<String> {
    serde_json::to_value(phase)?.as_str().map(str::to_owned).context("a phase is a name")
}
