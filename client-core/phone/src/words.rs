//! Words of the phone's own in both languages; those of the kinds stand in their descriptions.

use linecrew_client::{
    EditStatus, EnrolError, OpenError, SignInError,
    collection::{CollectionError, Custody},
    protocol::{
        Reason, Refusal,
        model::{
            person::Role,
            work::{AreaClass, Priority},
        },
        wire::{LeaveReason, Withdrawal},
    },
};

use crate::{
    lang::Lang,
    page::{Ink, Page},
    view,
};

pub(crate) fn priority(lang: Lang, priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => lang.of("urgent", "紧急"),
        Priority::Normal => lang.of("normal", "普通"),
    }
}

pub(crate) fn area(lang: Lang, area: AreaClass) -> &'static str {
    match area {
        AreaClass::Urban => lang.of("urban", "城区"),
        AreaClass::Rural => lang.of("rural", "农村"),
        AreaClass::Remote => lang.of("remote", "特殊边远"),
    }
}

/// Why an edit was refused: the code in the person's language, the server's own words in its.
pub(crate) fn refusal(lang: Lang, refusal: &Refusal) -> String {
    let Lang::Zh = lang else { return refusal.detail.clone() };
    let chinese = match refusal.reason {
        Reason::RoleNotPermitted => "角色不允许",
        Reason::NotYourItem => "不是本班工单",
        Reason::StateNotPermitted => "工单状态不允许",
        Reason::SectionNotPermitted => "无权修改此部分",
        Reason::InvalidValue => "填写内容有误",
        Reason::DependsOnRefused => "依赖的修改被退回",
        Reason::Revoked => "设备或人员已停用",
        Reason::RuleViolated => "违反规则",
        Reason::DocumentLimit => "工单内容超限",
        Reason::UnknownDocument => "服务器没有此工单",
        Reason::TicketTaken => "票号或流水号已被占用",
        Reason::AlreadyRecorded => "同一操作已被记录",
        _ => "未被接受",
    };
    format!("{chinese}（{}）", refusal.detail)
}

/// Why an item is no longer this phone's, by whom and when.
pub(crate) fn withdrawal(page: &Page, gone: &Withdrawal) -> String {
    let (english, chinese) = match gone.reason {
        LeaveReason::Reassigned => ("given to another crew", "已改派"),
        LeaveReason::Cancelled => ("cancelled", "已撤销"),
        LeaveReason::Linked => ("linked to another item", "已关联到其他工单"),
        LeaveReason::Archived => ("archived", "已归档"),
        LeaveReason::WorkStandsElsewhere => ("another crew was already on site", "另一班组已在现场"),
        LeaveReason::AccessEnded => ("no longer this phone's to hold", "本机无权持有"),
        _ => ("no longer on the crew's list", "已不在本班列表"),
    };
    let mut text = page.of(english, chinese).to_owned();
    if let Some(to) = &gone.to {
        text.push_str(&page.of(format!(" → {to}"), format!(" → {to}")));
    }
    let when = page.clock.moment(gone.at);
    let by = gone.by.as_deref().map(|by| page.of(format!(" by {by}"), format!("，{by}"))).unwrap_or_default();
    text + &by + &page.of(format!(", {when}"), format!("，{when}"))
}

/// A role's name.
pub(crate) fn role(lang: Lang, role: Role) -> &'static str {
    let (english, chinese) = match role {
        Role::Dispatcher => ("dispatcher", "调度员"),
        Role::RepairCrew => ("repair crew", "抢修人员"),
        Role::MeterTechnician => ("meter technician", "装表接电工"),
        Role::Surveyor => ("surveyor", "勘查员"),
        Role::Collector => ("collector", "收费员"),
        Role::Cashier => ("cashier", "出纳"),
        Role::Auditor => ("auditor", "稽查员"),
        Role::Integrator => ("integrator", "集成系统"),
        Role::Admin => ("admin", "管理员"),
    };
    lang.of(english, chinese)
}

/// What a journal entry records; none when it is no act of a journal.
pub(crate) fn act(lang: Lang, name: &str) -> Option<&'static str> {
    let (english, chinese) = match name {
        "book_taken" => ("Book drawn", "领取票据"),
        "session_opened" => ("Session opened", "开班"),
        "receipt" => ("Receipt", "开票"),
        "voided" => ("Receipt voided", "作废"),
        "refunded" => ("Money refunded", "退款"),
        "deposited" => ("Money deposited", "解款"),
        "session_closed" => ("Session closed", "交班"),
        "book_returned" => ("Book returned", "退回票据"),
        "attested" => ("Entries attested", "补签"),
        _ => return None,
    };
    Some(lang.of(english, chinese))
}

/// Where a receipt is, with its colour.
pub(crate) fn custody(page: &Page, custody: Custody) -> (Ink, &'static str) {
    match custody {
        Custody::SavedHere => (Ink::Warn, page.of("saved here", "仅存本机")),
        Custody::SafeOnServer => (Ink::Good, page.of("safe on the server", "服务器已确认")),
        Custody::Settled => (Ink::Dim, page.of("settled", "已结算")),
        Custody::Refused => (Ink::Bad, page.of("not taken: see inbox", "未被接受：见 inbox")),
    }
}

/// Why money could not be recorded, and what to do.
pub(crate) fn collection(lang: Lang, error: &CollectionError) -> String {
    let Lang::Zh = lang else { return error.to_string() };
    match error {
        CollectionError::NotSignedIn => "本机尚未登记：请向调度索取邀请，再执行 `linecrew-phone enrol`".to_owned(),
        CollectionError::RoleMissing(role) => format!("只有{}可以执行：请联系营业厅", self::role(lang, *role)),
        CollectionError::NoSession => "尚未开班：先执行 `linecrew-phone session open`".to_owned(),
        CollectionError::NoBook => "本机没有票据本：请营业厅发放后同步".to_owned(),
        CollectionError::NoTickets => "票据已用完：请营业厅发放后同步".to_owned(),
        CollectionError::BookFrozen { reason } => format!("票据本已冻结（{reason}）：请营业厅另行发放"),
        CollectionError::ReceivableClosed { account, period } => format!("户号 {account} 账期 {period} 无欠费"),
        CollectionError::StorageFull(_) => "本机存储已满：未开出任何票据".to_owned(),
        other => other.to_string(),
    }
}

/// Why this phone could not be enrolled, and what to do.
pub(crate) fn enrolment(page: &Page, error: &EnrolError) -> String {
    let chinese = match error {
        EnrolError::InvitationInvalid => "邀请无效、已过期或已被使用：请向调度索取新的邀请".to_owned(),
        EnrolError::OfAnother => "本机已登记给他人".to_owned(),
        EnrolError::KeyDiffers => "服务器记录的本机密钥不同".to_owned(),
        EnrolError::Revoked => "本机已被停用：请联系调度".to_owned(),
        EnrolError::KeyUnavailable(_) => "本机密钥不可用，无法登记".to_owned(),
        EnrolError::Transport(error) => {
            let why = view::transport(page, error);
            return page.of(format!("enrolling needs the server: {why}"), format!("登记需要连接服务器：{why}"));
        }
        EnrolError::NotOurs(_) => "回应不是服务器的（可能需要网络认证）".to_owned(),
        EnrolError::SignIn(SignInError::OthersEditsWait { name, pending }) => {
            format!("{name} 在本机还有 {pending} 项修改未上传：须先上传，他人才能使用本机")
        }
        other => other.to_string(),
    };
    page.of(error.to_string(), chinese)
}

/// Where an edit is, with its colour.
pub(crate) fn whereabouts(page: &Page, status: &EditStatus) -> (Ink, String) {
    match status {
        EditStatus::SavedHere => (Ink::Warn, page.of("saved on this phone", "已存本机").to_owned()),
        EditStatus::Sent => (Ink::Warn, page.of("sent, no answer yet", "已发送，未确认").to_owned()),
        EditStatus::Safe { received_at } => {
            let when = page.clock.moment(*received_at);
            (Ink::Good, page.of(format!("safe {when}"), format!("已安全 {when}")))
        }
        EditStatus::NeedsAttention { refusal: why } => {
            let why = refusal(page.lang, why);
            (Ink::Bad, page.of(format!("not taken: {why}"), format!("未被接受：{why}")))
        }
        EditStatus::Withdrawn { refusal: why } => {
            let why = refusal(page.lang, why);
            (Ink::Dim, page.of(format!("given up: {why}"), format!("已放弃：{why}")))
        }
    }
}

/// Why this phone's store cannot be opened, where somebody can do something about it.
pub(crate) fn opening(lang: Lang, error: &OpenError) -> Option<String> {
    let (english, chinese) = match error {
        OpenError::WrongKey(_) => (
            "the store on this phone is of another key than store.key: nothing was changed; put the right key back",
            "本机数据不是用 store.key 加密的：未作任何改动；请放回正确的密钥",
        ),
        OpenError::KeyLost => (
            "the key of this phone's store is gone: nothing was changed; put store.key back, or tell the office that what was not sent is lost",
            "本机数据的密钥已丢失：未作任何改动；请放回 store.key，否则请告知调度：未上传的内容已无法恢复",
        ),
        OpenError::KeyUnavailable(_) => ("the key of this phone's store cannot be used now", "本机数据的密钥暂时无法使用"),
        OpenError::Wiped => (
            "this phone was wiped: ask the office for an invitation, then `linecrew-phone enrol`",
            "本机已被清除：请向调度索取邀请，再执行 `linecrew-phone enrol`",
        ),
        OpenError::Wiping(_) => ("this phone is being wiped, and not everything is gone yet: try again", "本机正在清除，尚未完成：请重试"),
        _ => return None,
    };
    Some(lang.of(english, chinese).to_owned())
}

/// What somebody with a locked phone does.
pub(crate) fn locked(lang: Lang) -> &'static str {
    lang.of(
        "this phone is locked: for days it was without contact to its server. Nothing on it is lost. Go where there is a network and do \
         `linecrew-phone sync`; if the sign-in has ended, ask the office for an invitation",
        "本机已锁定：已多日未与服务器联系。本机内容全部保留。请到有网络处执行 `linecrew-phone sync`；如登录已失效，请向调度索取邀请",
    )
}
