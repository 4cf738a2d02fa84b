//! What a browser is shown when it comes back from the provider without a session: words in both languages, and the way back to the board.
//!
//! Nothing of the request stands in it. The one thing that does not come from here is the subject of who came, as the provider signed it: an
//! admin links what a person reads out, so it must not come from an address that somebody else can write.

use warp::http::{HeaderValue, StatusCode, header::CONTENT_TYPE};

use super::super::reply::{Response, body};

const STYLE: &str = include_str!("page.css");

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Page {
    /// This browser has no such sign-in under way, or no longer.
    Over,
    /// The person, or the provider, did not want to.
    Declined,
    /// The provider's answer is not to be believed.
    Refused,
    /// The provider is down.
    Unavailable,
    /// They are who they are, and nobody here.
    NotLinked {
        /// Who they are there.
        subject: String,
    },
    /// They are somebody here who may not sign in.
    NoDesk,
    /// The server failed.
    Failed,
}

/// In one language.
struct Words {
    title: &'static str,
    text: &'static str,
}

impl Page {
    fn status(&self) -> StatusCode {
        match self {
            Self::Over | Self::Declined => StatusCode::BAD_REQUEST,
            Self::Refused | Self::NotLinked { .. } | Self::NoDesk => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Simplified Chinese and English.
    fn words(&self) -> [Words; 2] {
        let words = |title, text| Words { title, text };
        match self {
            Self::Over => [
                words("登录未完成", "此次登录已过期、已使用过，或不是在本浏览器中开始的。请返回后重新登录。"),
                words(
                    "The sign-in did not finish",
                    "It took too long, was used already, or was begun in another browser. Go back and begin again.",
                ),
            ],
            Self::Declined => [
                words("您未在登录服务中登录", "登录已取消，或登录服务未予通过。请返回后重试，或使用密码登录。"),
                words(
                    "You were not signed in",
                    "The sign-in was cancelled, or the sign-in service declined. Go back and try again, or use your password.",
                ),
            ],
            Self::Refused => [
                words("登录被拒绝", "登录服务的回复未通过校验。请返回后重试；若再次出现，请联系管理员。"),
                words(
                    "The sign-in was refused",
                    "The sign-in service's answer did not pass the checks. Go back and try again; if it happens again, tell the administrator.",
                ),
            ],
            Self::Unavailable => [
                words("无法连接登录服务", "登录服务暂时不可用。请稍后重试，或使用密码登录。"),
                words("The sign-in service cannot be reached", "It is not available at the moment. Try again later, or use your password."),
            ],
            Self::NotLinked { .. } => [
                words("您的账号尚未关联", "登录服务确认了您的身份，但该身份尚未与本系统的人员关联。请将下面的标识告知管理员。"),
                words(
                    "Your account is not linked yet",
                    "The sign-in service knows you, but nobody here is linked to you. Tell the administrator the identifier below.",
                ),
            ],
            Self::NoDesk => [
                words("您无权登录调度台", "与您关联的人员已停用，或没有调度台的角色。请联系管理员。"),
                words(
                    "You may not sign in here",
                    "The person you are linked to is disabled, or has no role at this desk. Ask the administrator.",
                ),
            ],
            Self::Failed => [
                words("服务器出错", "登录未完成。请稍后重试；若再次出现，请联系管理员。"),
                words("The server failed", "You are not signed in. Try again later; if it happens again, tell the administrator."),
            ],
        }
    }

    fn html(&self) -> String {
        let [zh, en] = self.words();
        let subject = match self {
            Self::NotLinked { subject } => format!("<p><code id=\"subject\">{}</code></p>", escaped(subject)),
            _ => String::new(),
        };
        format!(
            "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>Linecrew</title><link rel=\"stylesheet\" href=\"/v1/oidc/page.css\"></head><body><main>\
             <h1>{}</h1><p>{}</p><section lang=\"en\"><h2>{}</h2><p>{}</p></section>{subject}\
             <p><a href=\"/\">返回登录 <span lang=\"en\">Back to the sign-in</span></a></p></main></body></html>",
            zh.title, zh.text, en.title, en.text
        )
    }

    /// The page.
    pub(super) fn into_response(self) -> Response {
        let mut reply = body(self.html());
        *reply.status_mut() = self.status();
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        reply
    }
}

/// Its looks: the content policy permits no styles within a page.
pub(super) fn style() -> Response {
    let mut reply = body(STYLE);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    reply
}

/// A text as text, whatever stands in it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            sign => escaped.push(sign),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_shown_and_can_do_nothing() {
        let page = Page::NotLinked { subject: "<script src=\"//x\">&'".to_owned() };
        assert_eq!(page.status(), 403);
        let html = page.html();
        assert!(html.contains("&lt;script src=&quot;//x&quot;&gt;&amp;&#39;") && !html.contains("<script"), "{html}");
    }

    #[test]
    fn every_page_speaks_both_languages_and_leads_back() {
        for page in [Page::Over, Page::Declined, Page::Refused, Page::Unavailable, Page::NoDesk, Page::Failed] {
            let (status, html) = (page.status(), page.html());
            assert!(status.is_client_error() || status.is_server_error());
            assert!(html.contains("lang=\"en\"") && html.contains("href=\"/\"") && !html.contains("<code"), "{html}");
            assert!(page.words().iter().all(|words| !words.title.is_empty() && !words.text.is_empty()));
        }
    }
}
