//! Reports that customers make: real places, invented people and faults.

use linecrew_protocol::model::{
    kinds,
    work::{Customer, NewOrder, Priority, Site},
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use crate::{
    office::NewReport,
    organisation::{District, Organisation},
    seed::Seed,
};

const CUSTOMERS: [&str; 10] = ["陈秀英", "林国栋", "黄丽萍", "郑成文", "吴美珠", "王德福", "刘淑贞", "张家辉", "杨春生", "何玉兰"];
const ROADS: [&str; 8] = ["解放路", "建设路", "中山路", "新村路", "滨江路", "学府路", "站前路", "古田路"];
const FAULTS: [(&str, &str); 9] = [
    ("no_power", "整栋楼没电"),
    ("no_power", "家里突然停电，邻居有电"),
    ("low_voltage", "电压低，空调启动不了"),
    ("line_down", "台风后电线掉在路上"),
    ("meter_fault", "电表黑屏"),
    ("meter_fault", "电表烧焦味"),
    ("fire_or_smoke", "配电箱冒烟"),
    ("no_power", "路灯和店铺都没电"),
    ("other", "电杆倾斜"),
];

/// An endless series of reports.
#[derive(Debug, Clone)]
pub struct Reports {
    districts: Vec<District>,
    random: StdRng,
    taken: u64,
    run: u64,
}

impl Reports {
    /// The series of this seed.
    #[must_use]
    pub fn new(organisation: &Organisation, seed: Seed) -> Self {
        Self { districts: organisation.districts.clone(), random: seed.random("reports"), taken: 0, run: seed.0 }
    }

    /// The next repair, and the key under which it is taken once.
    ///
    /// # Panics
    /// There is no district.
    pub fn draw(&mut self) -> (String, NewReport) {
        let (category, description) = *FAULTS.choose(&mut self.random).expect("a fault");
        let about = json!({"fault": {"category": category, "description": description}});
        let (key, mut report) = self.order(kinds::REPAIR, about);
        if matches!(category, "line_down" | "fire_or_smoke") {
            report.order.priority = Priority::Urgent;
        }
        (key, report)
    }

    /// The next work of any kind but a disconnection, which needs a notice: more than half of it repairs.
    ///
    /// # Panics
    /// As [`draw`](Self::draw).
    pub fn draw_any(&mut self) -> (String, NewReport) {
        let (forms, services) = (["usage_advice", "identity_check", "complaint_intake"], ["meter_test", "removal", "sealing", "restoring"]);
        match self.random.random_range(0..20) {
            0..=3 => {
                let about = self.rotation();
                self.order(kinds::ROTATION, about)
            }
            4 | 5 => {
                let form = *forms.choose(&mut self.random).expect("a form");
                self.order(kinds::SURVEY, json!({"form": {"form": form, "version": 1}, "supply": "household"}))
            }
            6 | 7 => self.order(kinds::NOTICE, json!({"purpose": "arrears", "text": "请于七日内缴清电费"})),
            8 => {
                let service = *services.choose(&mut self.random).expect("a service");
                self.order(kinds::METER_SERVICE, json!({"service": service}))
            }
            _ => self.draw(),
        }
    }

    /// A planned exchange of a meter with one register.
    fn rotation(&mut self) -> Value {
        let (serial, last) = (self.random.random_range(100_000..999_999), self.random.random_range(1_000..90_000));
        json!({"meter": {"serial": format!("FZ{serial}"), "multiplier": 1, "registers": {"1": {"digits": 6, "last_index": last}}}})
    }

    /// Work of this kind at some place.
    ///
    /// # Panics
    /// As [`draw`](Self::draw).
    pub fn order(&mut self, kind: &str, about: Value) -> (String, NewReport) {
        self.taken += 1;
        let random = &mut self.random;
        let district = self.districts.choose(random).expect("a district");
        let street = district.area.streets.choose(random).expect("a street");
        let (road, number) = (ROADS.choose(random).expect("a road"), random.random_range(1..300));
        let order = NewOrder {
            kind: kind.to_owned(),
            customer: Customer {
                name: (*CUSTOMERS.choose(random).expect("a customer")).to_owned(),
                phone: Some(format!("0591-{}", random.random_range(80_000_000..89_999_999))),
                account: None,
                arrears_fen: None,
            },
            site: Site {
                address: format!("福州市{}{}{road}{number}号", district.area.name, street.name),
                street_code: Some(street.code.to_owned()),
            },
            area_class: street.class(),
            priority: Priority::Normal,
            on_road: false,
            at_height: false,
            about: about.as_object().cloned().unwrap_or_default(),
        };
        let report = NewReport { district: district.record.id, order, reported_at: None };
        (format!("report-{}-{}", self.run, self.taken), report)
    }
}
