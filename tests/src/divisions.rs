//! Real places: the areas and streets of Fuzhou with their national codes (tests/data/divisions, with its licence).

use std::sync::LazyLock;

use linecrew_protocol::model::work::AreaClass;

/// The prefix of all codes of Fuzhou.
const FUZHOU: &str = "3501";

/// A county or city district, such as 鼓楼区.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Six digits.
    pub code: &'static str,
    /// The name.
    pub name: &'static str,
    /// Its streets and townships.
    pub streets: Vec<Street>,
}

impl Area {
    /// The service station of this area: 鼓楼区 has 鼓楼供电所.
    #[must_use]
    pub fn station(&self) -> String {
        format!("{}供电所", self.name.trim_end_matches(['区', '县', '市']))
    }
}

/// A street or township, such as 温泉街道.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Street {
    /// Nine digits.
    pub code: &'static str,
    /// The name.
    pub name: &'static str,
}

impl Street {
    /// How far it is, by the kind of its place: 街道 lie in the city, 镇 in the country, 乡 and farms far out.
    #[must_use]
    pub fn class(&self) -> AreaClass {
        if self.name.ends_with("街道") {
            AreaClass::Urban
        } else if self.name.ends_with('镇') {
            AreaClass::Rural
        } else {
            AreaClass::Remote
        }
    }
}

/// The areas of Fuzhou, by code.
pub static FUZHOU_AREAS: LazyLock<Vec<Area>> = LazyLock::new(|| {
    let streets = rows(include_str!("../data/divisions/streets.csv"));
    let areas = rows(include_str!("../data/divisions/areas.csv")).filter(|row| row.code.starts_with(FUZHOU));
    areas
        .map(|area| {
            let inside = streets.clone().filter(|street| street.parent == area.code);
            Area { code: area.code, name: area.name, streets: inside.map(|Row { code, name, .. }| Street { code, name }).collect() }
        })
        .collect()
});

/// The area with this name.
///
/// # Panics
/// There is none.
#[must_use]
pub fn area(name: &str) -> &'static Area {
    FUZHOU_AREAS.iter().find(|area| area.name == name).expect("an area of Fuzhou")
}

#[derive(Clone, Copy)]
struct Row {
    code: &'static str,
    name: &'static str,
    parent: &'static str,
}

/// `code,name,parent,…` after a line of headings. The files have no quotes.
fn rows(csv: &'static str) -> impl Iterator<Item = Row> + Clone {
    csv.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        Some(Row { code: fields.next()?, name: fields.next()?, parent: fields.next()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzhou_is_there_with_its_streets() {
        assert_eq!(FUZHOU_AREAS.len(), 13);
        assert!(FUZHOU_AREAS.iter().all(|area| !area.streets.is_empty()));
        let gulou = area("鼓楼区");
        assert_eq!((gulou.code, gulou.station()), ("350102", "鼓楼供电所".to_owned()));
        assert_eq!(gulou.streets[2], Street { code: "350102003", name: "温泉街道" });
        let classes: Vec<_> = area("闽侯县").streets.iter().map(Street::class).collect();
        assert!([AreaClass::Urban, AreaClass::Rural, AreaClass::Remote].iter().all(|class| classes.contains(class)));
    }
}
