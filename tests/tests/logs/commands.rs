//! Commands of an operator that fail, on files with customers' data and secrets in them: what they complain of ends in somebody's mail or log.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use linecrew_tests::server::program;
use serde_json::json;

use crate::{TALKATIVE, refusals::Told};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/samples");

/// All of them; what each printed.
pub(crate) fn everything(data: &Path, folder: &Path, told: &Told) -> Vec<Vec<u8>> {
    let run = |arguments: &[&str], input: &str| failed(data, arguments, input);
    let written = |name: &str, text: String| {
        let path: PathBuf = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut said: Vec<_> = organisations(told)
        .into_iter()
        .enumerate()
        .map(|(number, text)| run(&["admin", "import", &written(&format!("people-{number}.json"), text)], ""))
        .collect();
    said.push(run(&["admin", "passwd", "nobody"], &told.password));
    said.push(run(&["admin", "passwd", &told.username], "kurz123"));
    said.push(run(&["admin", "exposure", &told.item], ""));
    let mapping = format!("{SAMPLES}/rotation-plan.mapping.json");
    for (number, text) in plans(told).into_iter().enumerate() {
        let file = written(&format!("plan-{number}.csv"), text);
        said.push(run(&["plan", "import", "--district", &told.district, "--mapping", &mapping, &file], ""));
        said.push(run(&["plan", "nem13", "--district", &told.district, "--plan", "Q4", &file], ""));
        said.push(run(&["plan", "import", "--district", &told.district, "--mapping", &file, &file], ""));
    }
    for (number, text) in receivables(told).into_iter().enumerate() {
        said.push(run(&["receivables", "import", "--district", &told.district, &written(&format!("due-{number}.csv"), text)], ""));
    }
    said
}

fn failed(data: &Path, arguments: &[&str], input: &str) -> Vec<u8> {
    let mut command = Command::new(program());
    command.args(arguments).env("LINECREW_DATA", data).env("LINECREW_LOG", TALKATIVE);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that reads nothing may be gone already.
    process.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    let output = process.wait_with_output().unwrap();
    assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?} did not fail");
    [output.stdout, output.stderr].concat()
}

fn organisations(told: &Told) -> Vec<String> {
    let Told { customer, telephone, password, wrong_password, .. } = told;
    let person = json!({"id": told.installation, "name": customer, "username": "new", "password": password, "roles": []});
    let with = |name: &str, value: serde_json::Value| {
        let mut person = person.clone();
        person[name] = value;
        json!({"people": [person]}).to_string()
    };
    let digits: u64 = telephone.replace('-', "").parse().unwrap();
    vec![
        with("password", json!(digits)),
        with("password", json!([password])),
        with("crew", json!(password)),
        with("id", json!(customer)),
        with("roles", json!([{"role": password}])),
        with("roles", json!(wrong_password)),
        with("password_hash", json!(password)),
        with(password, json!(1)),
        with(customer, json!(1)),
        with("name", json!(customer)).replace("}]", &format!("\"{password}\"")),
    ]
}

/// Rows that came into the wrong columns, and a file without its heading.
fn plans(told: &Told) -> Vec<String> {
    let heading =
        "序号,资产编号,户号,户名,联系电话,用电地址,街道,地区类别,综合倍率,表计位数,正向有功总,正向有功峰,正向有功谷,优先级,预约时间,备注";
    let Told { customer, telephone, address, account, note, .. } = told;
    let digits = telephone.replace('-', "");
    let rows = [
        format!("1,350102600101,{account},{customer},{telephone},{address},{address},{customer},{digits},6,{account},,,{customer},{note},"),
        format!("2,350102600102,{account},{customer},{telephone},{address},鼓东街道,城区,{customer},6,{telephone},,,急,{telephone},"),
        format!("3,350102600103,{account},{customer},{telephone},{address},鼓东街道,城区,1,6,{digits},,,急,,"),
        format!("4,350102600104,{account},{customer},{telephone},{address},鼓东街道,城区,1,{digits},123.45,5.91E+11,,急,,"),
        format!("5,350102600105,{account},{customer},{telephone},{address}"),
    ];
    let body = rows.join("\n");
    vec![format!("{heading}\n{body}\n"), format!("{body}\n"), format!("{heading}\n6,\"{customer}\"{telephone},{address}\n")]
}

fn receivables(told: &Told) -> Vec<String> {
    let Told { customer, telephone, address, account, note, .. } = told;
    let heading = "reference,account,customer,address,period,amount_yuan,collector";
    let rows = [
        format!("B-1,{account},{customer},{address},2026-10,{telephone},{customer}"),
        format!("B-2,{customer},{account},{address},{note},{customer},{telephone}"),
        format!("B-3,{account},{customer},{address},2026-10,0,{note}"),
    ];
    let body = rows.join("\n");
    vec![format!("{heading}\n{body}\n"), format!("{body}\n")]
}
