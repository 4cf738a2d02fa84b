package dev.linecrew

/** What to tell the person at the phone. */
internal fun LinecrewException.inEnglish(): String = when (this) {
    is LinecrewException.Offline -> "No connection to the office. Everything is saved on this phone and will be sent later."
    is LinecrewException.Untrusted -> "This is not the office's server, or the connection is not secure. Nothing was sent."
    is LinecrewException.NeedsSignIn -> "Ask the office for a new invitation for this phone. Work goes on meanwhile."
    is LinecrewException.UpgradeRequired -> "This app needs an update. What was saved stays."
    is LinecrewException.NotPermitted -> "This step is not permitted now."
    is LinecrewException.NotFound -> "This is not on this phone any more."
    is LinecrewException.Ambiguous -> "Several items are meant. Choose one."
    is LinecrewException.OthersEditsWait -> "Work of another person waits on this phone. It has to be sent first."
    is LinecrewException.StorageFull -> "This phone is full. Delete something else, then try again."
    is LinecrewException.Locked -> "This phone was without contact for too long. Connect it to open it."
    is LinecrewException.KeyUnavailable -> "Unlock this phone, then try again."
    is LinecrewException.Host -> "This phone does not answer the app. Restart it, then try again."
    is LinecrewException.Store -> if (isRetryable) "The phone is busy. Try again." else "What is stored on this phone cannot be read. Call the office."
    is LinecrewException.Unanswered -> "Some work is only on this phone. Connect it first."
    is LinecrewException.Wiped -> "This phone was wiped. Ask the office for an invitation."
    is LinecrewException.Suspended -> "The app is in the background."
    is LinecrewException.Closed -> "The app is being closed."
    is LinecrewException.Cancelled -> "Stopped."
    is LinecrewException.Invalid -> "Something that was entered is not valid."
    is LinecrewException.Bug -> "A fault in the app. What was saved is safe; please report it."
}

/** The same in Chinese. */
internal fun LinecrewException.inChinese(): String = when (this) {
    is LinecrewException.Offline -> "无法连接到服务器。内容已保存在本机，稍后自动上传。"
    is LinecrewException.Untrusted -> "对方不是本单位的服务器，或连接不安全。没有发送任何内容。"
    is LinecrewException.NeedsSignIn -> "请向班组调度索取新的邀请码。期间可继续工作。"
    is LinecrewException.UpgradeRequired -> "应用需要更新。已保存的内容不受影响。"
    is LinecrewException.NotPermitted -> "当前不允许此操作。"
    is LinecrewException.NotFound -> "本机上已没有该内容。"
    is LinecrewException.Ambiguous -> "有多个工单符合，请选择。"
    is LinecrewException.OthersEditsWait -> "本机上还有他人未上传的内容，须先上传。"
    is LinecrewException.StorageFull -> "手机存储空间已满。请先清理，再重试。"
    is LinecrewException.Locked -> "本机离线时间过长，已锁定。请联网后继续。"
    is LinecrewException.KeyUnavailable -> "请先解锁手机，再重试。"
    is LinecrewException.Host -> "手机没有响应，请重启手机后再试。"
    is LinecrewException.Store -> if (isRetryable) "手机正忙，请重试。" else "无法读取本机保存的内容，请联系调度。"
    is LinecrewException.Unanswered -> "有内容只保存在本机。请先联网上传。"
    is LinecrewException.Wiped -> "本机数据已清除。请索取邀请码。"
    is LinecrewException.Suspended -> "应用在后台。"
    is LinecrewException.Closed -> "应用正在关闭。"
    is LinecrewException.Cancelled -> "已停止。"
    is LinecrewException.Invalid -> "输入的内容无效。"
    is LinecrewException.Bug -> "应用出现故障。已保存的内容不受影响，请报告此问题。"
}
