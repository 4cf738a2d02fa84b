//! The words on a receipt, in both languages.

use linecrew_protocol::model::collection::Method;

use super::PaperLanguage;

/// What stands on a receipt before a value.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) void_title: &'static str,
    pub(super) number: &'static str,
    pub(super) time: &'static str,
    pub(super) account: &'static str,
    pub(super) customer: &'static str,
    pub(super) period: &'static str,
    pub(super) due: &'static str,
    pub(super) paid: &'static str,
    pub(super) prepaid: &'static str,
    pub(super) still_open: &'static str,
    pub(super) method: &'static str,
    pub(super) collector: &'static str,
    pub(super) code: &'static str,
    pub(super) check: &'static str,
    pub(super) voided: &'static str,
    pub(super) refunded: &'static str,
    pub(super) given_back: &'static str,
    pub(super) reason: &'static str,
    pub(super) keep: &'static str,
}

const ZH: Words = Words {
    title: "收费收据",
    void_title: "＊＊ 作废 ＊＊",
    number: "票号",
    time: "时间",
    account: "户号",
    customer: "户名",
    period: "账期",
    due: "应收",
    paid: "实收",
    prepaid: "其中预存",
    still_open: "尚欠",
    method: "方式",
    collector: "收费员",
    code: "验证码",
    check: "扫码或登录以下网址核验",
    voided: "作废时间",
    refunded: "退款时间",
    given_back: "退还",
    reason: "原因",
    keep: "请妥善保管",
};

const EN: Words = Words {
    title: "RECEIPT",
    void_title: "** VOID **",
    number: "No.",
    time: "Time",
    account: "Account",
    customer: "Customer",
    period: "Period",
    due: "Due",
    paid: "Paid",
    prepaid: "Paid ahead",
    still_open: "Still due",
    method: "By",
    collector: "Collector",
    code: "Code",
    check: "Check this receipt at",
    voided: "Voided",
    refunded: "Refunded",
    given_back: "Given back",
    reason: "Reason",
    keep: "Please keep this receipt",
};

impl Words {
    pub(super) fn in_language(language: PaperLanguage) -> &'static Self {
        match language {
            PaperLanguage::Chinese => &ZH,
            PaperLanguage::English => &EN,
        }
    }
}

/// How it was paid, with what identifies the paper.
pub(super) fn method(language: PaperLanguage, method: &Method) -> String {
    let is_chinese = language == PaperLanguage::Chinese;
    match method {
        Method::Cash => if is_chinese { "现金" } else { "cash" }.to_owned(),
        Method::Cheque { number, bank, date } => format!("{} {number} {bank} {date}", if is_chinese { "支票" } else { "cheque" }),
        Method::Terminal { reference } => format!("{} {reference}", if is_chinese { "POS 终端" } else { "terminal" }),
    }
}
