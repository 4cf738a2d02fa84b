//! Reports that customers make: real places, invented people and faults.

use linecrew_protocol::model::repair::{Customer, Fault, FaultCategory, Priority, Site};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use crate::{
    office::NewReport,
    organisation::{District, Organisation},
    seed::Seed,
};

const CUSTOMERS: [&str; 10] = ["陈秀英", "林国栋", "黄丽萍", "郑成文", "吴美珠", "王德福", "刘淑贞", "张家辉", "杨春生", "何玉兰"];
const ROADS: [&str; 8] = ["解放路", "建设路", "中山路", "新村路", "滨江路", "学府路", "站前路", "古田路"];
const FAULTS: [(FaultCategory, &str); 9] = [
    (FaultCategory::NoPower, "整栋楼没电"),
    (FaultCategory::NoPower, "家里突然停电，邻居有电"),
    (FaultCategory::LowVoltage, "电压低，空调启动不了"),
    (FaultCategory::LineDown, "台风后电线掉在路上"),
    (FaultCategory::MeterFault, "电表黑屏"),
    (FaultCategory::MeterFault, "电表烧焦味"),
    (FaultCategory::FireOrSmoke, "配电箱冒烟"),
    (FaultCategory::NoPower, "路灯和店铺都没电"),
    (FaultCategory::Other, "电杆倾斜"),
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

    /// The next report, and the key under which it is taken once.
    ///
    /// # Panics
    /// There is no district.
    pub fn draw(&mut self) -> (String, NewReport) {
        self.taken += 1;
        let random = &mut self.random;
        let district = self.districts.choose(random).expect("a district");
        let street = district.area.streets.choose(random).expect("a street");
        let (category, description) = *FAULTS.choose(random).expect("a fault");
        let (road, number) = (ROADS.choose(random).expect("a road"), random.random_range(1..300));
        let danger = matches!(category, FaultCategory::LineDown | FaultCategory::FireOrSmoke);
        let report = NewReport {
            district: district.record.id,
            customer: Customer {
                name: (*CUSTOMERS.choose(random).expect("a customer")).to_owned(),
                phone: Some(format!("0591-{}", random.random_range(80_000_000..89_999_999))),
            },
            site: Site {
                address: format!("福州市{}{}{road}{number}号", district.area.name, street.name),
                street_code: Some(street.code.to_owned()),
            },
            area_class: street.class(),
            fault: Fault { category, description: description.to_owned() },
            priority: if danger { Priority::Urgent } else { Priority::Normal },
            reported_at: None,
        };
        (format!("report-{}-{}", self.run, self.taken), report)
    }
}
