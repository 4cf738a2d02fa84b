import LinecrewCore

/// What to tell the person at the phone.
extension LinecrewError {
    var inEnglish: String {
        switch self {
        case .Offline: return "No connection to the office. Everything is saved on this phone and will be sent later."
        case .Untrusted: return "This is not the office's server, or the connection is not secure. Nothing was sent."
        case .NeedsSignIn: return "Ask the office for a new invitation for this phone. Work goes on meanwhile."
        case .UpgradeRequired: return "This app needs an update. What was saved stays."
        case .NotPermitted: return "This step is not permitted now."
        case .NotFound: return "This is not on this phone any more."
        case .Ambiguous: return "Several items are meant. Choose one."
        case .OthersEditsWait: return "Work of another person waits on this phone. It has to be sent first."
        case .StorageFull: return "This phone is full. Delete something else, then try again."
        case .Locked: return "This phone was without contact for too long. Connect it to open it."
        case .KeyUnavailable: return "Unlock this phone, then try again."
        case .Host: return "This phone does not answer the app. Restart it, then try again."
        case .Store: return isRetryable ? "The phone is busy. Try again." : "What is stored on this phone cannot be read. Call the office."
        case .Unanswered: return "Some work is only on this phone. Connect it first."
        case .Wiped: return "This phone was wiped. Ask the office for an invitation."
        case .Suspended: return "The app is in the background."
        case .Closed: return "The app is being closed."
        case .Cancelled: return "Stopped."
        case .Invalid: return "Something that was entered is not valid."
        case .Bug: return "A fault in the app. What was saved is safe; please report it."
        }
    }

    var inChinese: String {
        switch self {
        case .Offline: return "无法连接到服务器。内容已保存在本机，稍后自动上传。"
        case .Untrusted: return "对方不是本单位的服务器，或连接不安全。没有发送任何内容。"
        case .NeedsSignIn: return "请向班组调度索取新的邀请码。期间可继续工作。"
        case .UpgradeRequired: return "应用需要更新。已保存的内容不受影响。"
        case .NotPermitted: return "当前不允许此操作。"
        case .NotFound: return "本机上已没有该内容。"
        case .Ambiguous: return "有多个工单符合，请选择。"
        case .OthersEditsWait: return "本机上还有他人未上传的内容，须先上传。"
        case .StorageFull: return "手机存储空间已满。请先清理，再重试。"
        case .Locked: return "本机离线时间过长，已锁定。请联网后继续。"
        case .KeyUnavailable: return "请先解锁手机，再重试。"
        case .Host: return "手机没有响应，请重启手机后再试。"
        case .Store: return isRetryable ? "手机正忙，请重试。" : "无法读取本机保存的内容，请联系调度。"
        case .Unanswered: return "有内容只保存在本机。请先联网上传。"
        case .Wiped: return "本机数据已清除。请索取邀请码。"
        case .Suspended: return "应用在后台。"
        case .Closed: return "应用正在关闭。"
        case .Cancelled: return "已停止。"
        case .Invalid: return "输入的内容无效。"
        case .Bug: return "应用出现故障。已保存的内容不受影响，请报告此问题。"
        }
    }
}
