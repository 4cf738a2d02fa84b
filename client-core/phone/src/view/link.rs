//! The connection, in words.

use linecrew_client::{
    driver::{LinkState, SyncStop},
    transport::TransportError,
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
        LinkState::NeedsSignIn => {
            (Ink::Bad, page.of("! sign in again to sync; edits wait here", "! 请重新登录，修改保留在本机").to_owned())
        }
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
        SyncStop::NeedsSignIn | SyncStop::InstallationRenewed { .. } => "需要重新登录",
        SyncStop::UpgradeRequired => "版本不兼容，需要升级",
        SyncStop::Transport(TransportError::Connect { .. }) => "连不上服务器",
        SyncStop::Transport(TransportError::TimedOut(_)) | SyncStop::Silent => "服务器没有回应",
        SyncStop::Transport(TransportError::NotOurs { .. }) | SyncStop::NotOurs(_) => "回应不是服务器的（可能需要网络认证）",
        SyncStop::Goodbye(_) | SyncStop::Closed => "服务器结束了连接",
        SyncStop::Store(_) => "本机存储出错",
        SyncStop::Diverged => "两端内容不一致，请上报",
        _ => "连接中断",
    };
    page.of(stop.to_string(), chinese.to_owned())
}
