//! The connection, in words.

use linecrew_client::{
    driver::{LinkState, SyncStop},
    transport::{Distrust, TransportError},
};

use crate::page::{Ink, Page};

/// One line: how the live connection is.
pub(crate) fn link(page: &Page, link: &LinkState) -> String {
    let (ink, text) = match link {
        LinkState::Live { since } => {
            let since = page.clock.moment(*since);
            (Ink::Good, page.of(format!("● connected since {since}"), format!("● 已连接，自 {since}")))
        }
        LinkState::Connecting => (Ink::Warn, page.of("○ connecting …", "○ 连接中…").to_owned()),
        LinkState::Offline { since, next_try, why } => {
            let since = page.clock.moment(*since);
            let mut text = page.of(format!("○ offline since {since}"), format!("○ 离线，自 {since}"));
            if let Some(next) = next_try {
                let seconds = next.since_ms(page.clock.now).div_ceil(1_000);
                text += &page.of(format!(", next try in {seconds} s"), format!("，{seconds} 秒后重试"));
            }
            if let Some(why) = why {
                text += &format!(" ({})", stop(page, why));
            }
            (Ink::Warn, text)
        }
        LinkState::NeedsSignIn => (
            Ink::Bad,
            page.of(
                "! the sign-in has ended: ask the office for a new invitation; edits wait here",
                "! 登录已失效：请向调度索取新的邀请；修改保留在本机",
            )
            .to_owned(),
        ),
        LinkState::Suspended => (
            Ink::Bad,
            page.of(
                "! you may not work here at the moment; what you confirmed is with the office: ask there",
                "! 您目前不能在此作业；已确认的内容已交给单位，请向调度询问",
            )
            .to_owned(),
        ),
        LinkState::Revoked => (
            Ink::Bad,
            page.of(
                "! the office has revoked this phone; what you confirmed is handed in, and it is wiped",
                "! 本机已被单位注销；已确认的内容已交回，本机数据已清除",
            )
            .to_owned(),
        ),
        LinkState::UpgradeRequired => {
            (Ink::Bad, page.of("! this app needs an update to sync; edits wait here", "! 需升级后才能同步，修改保留在本机").to_owned())
        }
    };
    page.ink(ink, text)
}

/// Why syncing stopped, for the person on the phone.
pub(crate) fn stop(page: &Page, stop: &SyncStop) -> String {
    let chinese = match stop {
        SyncStop::Deadline => "时间已到，下次继续",
        SyncStop::NeedsSignIn | SyncStop::InstallationRenewed { .. } => "登录已失效：请向调度索取新的邀请；本机内容保留，届时上传",
        SyncStop::TokenRefused => "服务器拒绝了刚签发的凭证，稍后自动重试",
        SyncStop::Revoked => "本机已被单位注销；已确认的内容已交回，本机数据已清除",
        SyncStop::NotWiped(_) => "本机已被单位注销；已确认的内容已交回，但数据未能清除，稍后重试",
        SyncStop::Suspended => "您目前不能在此作业；已确认的内容已交给单位，请向调度询问",
        SyncStop::KeyUnavailable(_) => "本机密钥暂时不可用，修改保留在本机",
        SyncStop::UpgradeRequired => "版本不兼容，需要升级",
        SyncStop::Transport(error) => return transport(page, error),
        SyncStop::Silent => "服务器没有回应",
        SyncStop::NotOurs(_) | SyncStop::NotTokens(_) => "回应不是服务器的（可能需要网络认证）",
        SyncStop::Goodbye(_) | SyncStop::Closed => "服务器结束了连接",
        SyncStop::Store(_) => "本机存储出错",
        SyncStop::Diverged => "两端内容不一致，请上报",
        _ => "连接中断",
    };
    page.of(stop.to_string(), chinese.to_owned())
}

/// Why the server was not reached, for the person on the phone.
pub(crate) fn transport(page: &Page, error: &TransportError) -> String {
    use TransportError as E;
    let chinese = match error {
        E::Connect { .. } => "连不上服务器",
        E::TimedOut(_) => "服务器没有回应",
        E::NotOurs { .. } => "回应不是服务器的（可能需要网络认证）",
        E::Untrusted { why, .. } => return untrusted(page, *why, error),
        E::NotEncrypted { .. } => "对方不支持 TLS 1.2 以上的加密连接，或网络中间有阻挡",
        E::Refused(_) => "服务器拒绝了请求",
        _ => "连接中断",
    };
    page.of(error.to_string(), chinese.to_owned())
}

fn untrusted(page: &Page, why: Distrust, error: &TransportError) -> String {
    let chinese = match why {
        Distrust::UnknownIssuer => "服务器证书不受信任（可能需要网络认证）；单位自有 CA：`linecrew-phone enrol … --ca FILE`",
        Distrust::Expired => "服务器证书已过期，或本机时间不对",
        Distrust::NotYetValid => "服务器证书尚未生效，本机时间可能不对",
        Distrust::OtherName => "服务器证书属于别的名称（可能需要网络认证）",
        _ => "服务器证书不能使用",
    };
    let hint = if why == Distrust::UnknownIssuer { " (`linecrew-phone enrol … --ca FILE`)" } else { "" };
    page.of(format!("{error}{hint}"), chinese.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io;

    use linecrew_client::protocol::time::Timestamp;

    use super::*;
    use crate::{UtcOffset, clock::Clock, lang::Lang};

    #[test]
    fn who_is_not_trusted_is_told_apart_from_who_is_not_there() {
        let clock = Clock { now: Timestamp::from_unix_millis(0), offset: UtcOffset::CHINA };
        let page = |lang| Page { lang, clock, columns: 80, coloured: false };
        let untrusted = |why| {
            let source = io::ErrorKind::InvalidData.into();
            SyncStop::Transport(TransportError::Untrusted { server: "https://crews.example:443".to_owned(), why, source })
        };
        for (why, english, chinese) in [
            (Distrust::UnknownIssuer, "--ca FILE", "--ca FILE"),
            (Distrust::Expired, "has expired, unless the clock", "已过期，或本机时间不对"),
            (Distrust::NotYetValid, "not valid yet", "尚未生效"),
            (Distrust::OtherName, "for another name; a sign-in page", "属于别的名称"),
            (Distrust::Unusable, "cannot be used", "不能使用"),
        ] {
            let said = stop(&page(Lang::En), &untrusted(why));
            assert!(said.starts_with("https://crews.example:443 is not trusted") && said.contains(english), "{said}");
            let said = stop(&page(Lang::Zh), &untrusted(why));
            assert!(said.starts_with("服务器证书") && said.contains(chinese), "{said}");
        }
    }
}
