//! Names of people, with what they type. Nobody in particular.

const FAMILY: [(&str, &str); 16] = [
    ("林", "lin"),
    ("陈", "chen"),
    ("黄", "huang"),
    ("郑", "zheng"),
    ("王", "wang"),
    ("张", "zhang"),
    ("李", "li"),
    ("吴", "wu"),
    ("刘", "liu"),
    ("蔡", "cai"),
    ("杨", "yang"),
    ("许", "xu"),
    ("叶", "ye"),
    ("苏", "su"),
    ("江", "jiang"),
    ("何", "he"),
];

const GIVEN: [(&str, &str); 12] = [
    ("建国", "jianguo"),
    ("志强", "zhiqiang"),
    ("秀英", "xiuying"),
    ("海燕", "haiyan"),
    ("国平", "guoping"),
    ("晓东", "xiaodong"),
    ("美玲", "meiling"),
    ("伟明", "weiming"),
    ("丽娟", "lijuan"),
    ("文辉", "wenhui"),
    ("小红", "xiaohong"),
    ("永福", "yongfu"),
];

/// Every combination: the name, and what is typed.
pub(super) fn all() -> Vec<(String, String)> {
    let pairs = FAMILY.iter().flat_map(|family| GIVEN.iter().map(move |given| (family, given)));
    pairs.map(|((family, latin), (given, typed))| (format!("{family}{given}"), format!("{latin}.{typed}"))).collect()
}
