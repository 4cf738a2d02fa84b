import Foundation
import Linecrew

/// What a verb answers that answers nothing.
let nothing: Any = Void()

/// One store, and what it gave out.
final class Phone: @unchecked Sendable {
    let name: String
    let folder: URL
    private var opened: Linecrew?
    private var installation: String?
    private var changes: Changes?
    private var link: LinkWatch?
    private var token: CancelToken?
    private var file: FileReader?

    init(name: String, folder: URL) {
        self.name = name
        self.folder = folder
    }

    var core: Linecrew {
        get throws {
            guard let opened else { throw Unplayable("the phone \(name) was not opened") }
            return opened
        }
    }

    func open() async throws {
        opened = try await Linecrew.open(OpenRequest(folder: folder.path, appVersion: "1.0"))
    }

    func end() async throws {
        try await opened?.shutDown()
    }

    /// Calls a method by its name; answers what it answered. Verbs that write something else than their answer come first.
    func call(_ verb: String, _ the: Arguments) async throws -> Any {
        switch verb {
        case "installation": return try said(core.installation())
        case "sync_once": return try await synced(the)
        case "attach": return try await core.attach(item: the.text("item"), file: newFile(the))
        case "observe":
            changes = try core.observe()
            _ = try await given(changes).next()
            return nothing
        case "changes.next":
            _ = try await given(changes).next()
            return "changed"
        case "changes.cancel":
            try given(changes).cancel()
            return nothing
        case "watch_link":
            link = try core.watchLink()
            return nothing
        case "link_watch.next": return try await becomes(the.text("until"))
        case "link_watch.cancel":
            try given(link).cancel()
            return nothing
        case "cancel_token.cancel":
            token = try CancelToken()
            try given(token).cancel()
            return nothing
        case "open_file":
            file = try await core.openFile(hash: the.text("hash"))
            return file == nil ? "none" : nothing
        case "file_reader.content_bytes": return try given(file).contentBytes()
        case "file_reader.read": return String(decoding: try await given(file).read(bytes: the.number("bytes")), as: UTF8.self)
        default: return try await lives(verb, the)
        }
    }

    private func given<Thing>(_ thing: Thing?) throws -> Thing {
        guard let thing else { throw Unplayable("the phone \(name) gave out no \(Thing.self)") }
        return thing
    }

    private func said(_ now: String) -> String {
        guard let first = installation else {
            installation = now
            return "first"
        }
        return first == now ? "same" : "other"
    }

    private func synced(_ the: Arguments) async throws -> SyncOutcome {
        let deadline: TimeInterval = try the.maybeNumber("deadline") ?? 30
        return try await core.syncOnce(deadline: deadline, token: the.values["token"] == nil ? nil : token)
    }

    private func becomes(_ wanted: String) async throws -> String {
        let link = try given(self.link)
        while true {
            let now = snake(Variant(try await link.next()).name)
            if now == wanted { return now }
        }
    }

    private func newFile(_ the: Arguments) throws -> NewFile {
        let bytes = Data(try the.text("text").utf8)
        var content = FileContent.bytes(bytes: bytes)
        if the.values["as"] == "path" {
            let path = folder.appendingPathComponent("attached")
            try bytes.write(to: path)
            content = .path(path: path.path)
        }
        let (kind, mime): (AttachmentKind, String) = (try the.choice("kind"), try the.text("mime"))
        return NewFile(kind: kind, mime: mime, content: content, caption: the.maybe("caption") ?? "", takenAt: try the.maybeNumber("taken_at"))
    }
}
