#if os(macOS) || os(Linux)
import Foundation
import Linecrew

/// Plays one scenario with `Linecrew`, as apps have it (bindings/scenarios/README.md).
final class Player: @unchecked Sendable {
    private let folder: URL
    private let stage: Stage
    private let labels = Labels()
    private let records: Records
    private var phones: [String: Phone] = [:]

    init(stage program: URL) throws {
        folder = try newFolder()
        records = Records(labels: labels)
        stage = try Stage(program)
    }

    /// Answers the transcript.
    func play(_ lines: [String]) async throws -> String {
        var transcript = ""
        for line in lines where !line.isEmpty && !line.hasPrefix("#") {
            do {
                let seen = try await step(Step(line))
                transcript += "> \(line)\n" + seen.map { "  \($0)\n" }.joined()
            } catch {
                throw Unplayable("\(line)\n\(error)\nafter\n\(transcript)")
            }
        }
        return transcript
    }

    func end() async throws {
        for phone in phones.values {
            try await phone.end()
        }
        try stage.end()
        try FileManager.default.removeItem(at: folder)
    }

    private func step(_ step: Step) async throws -> [String] {
        guard step.words.first == "phone", step.words.count == 3 else { return try stage.act(step.line, labels) }
        let phone = self.phone(step.words[1])
        var failed: String?
        var seen: [String] = []
        do {
            seen = try await within(30) { try await self.act(phone, step.words[2], step.values) }
        } catch let unplayable as Unplayable {
            throw unplayable
        } catch {
            failed = named(error)
            seen = ["error \(named(error))"]
        }
        guard failed == step.values["expect"] else {
            throw Unplayable("failed with \(failed ?? "nothing"), expected \(step.values["expect"] ?? "nothing")")
        }
        return seen
    }

    private func phone(_ name: String) -> Phone {
        let phone = phones[name] ?? Phone(name: name, folder: folder.appendingPathComponent(name))
        phones[name] = phone
        return phone
    }

    private func act(_ phone: Phone, _ verb: String, _ values: [String: String]) async throws -> [String] {
        let the = Arguments(values: values, labels: labels)
        switch verb {
        case "open":
            try await phone.open()
            return []
        case "enrol":
            _ = try stage.act("stage invite phone=\(phone.name) person=\(try the.text("person"))", labels)
            let (url, code) = (labels.id("url"), labels.id("code"))
            return records.lines(try await phone.core.enrol(serverUrl: url, code: code, deviceName: phone.name))
        case "agree":
            return ["crew=\(try agreement(phone, self.phone(try the.text("with"))))"]
        case "await":
            try await becomes(phone, values)
            return []
        default:
            let answer = try await phone.call(verb, the)
            if let label = values["label"] {
                labels.learn(label, try learnt(of: answer))
            }
            return (answer as? Paper)?.lines ?? records.lines(answer)
        }
    }

    /// What a label learns of an answer.
    private func learnt(of answer: Any) throws -> String {
        var found = (answer as? [Any])?.first ?? answer
        if let session = (answer as? Ledger)?.sessions.last {
            found = session
        }
        for name in ["ticket", "hash", "event", "id", "session"] {
            if let value = field(name, of: found) as? String { return value }
        }
        throw Unplayable("nothing in \(answer) can be learnt")
    }

    /// Whether two phones hold the same of their crews' work.
    private func agreement(_ one: Phone, _ other: Phone) throws -> String {
        let feeds = try [one, other].map { phone in
            let ofCrews = try phone.core.status().feeds.filter { $0.feed.hasPrefix("crew/") }
            return Dictionary(uniqueKeysWithValues: ofCrews.map { ($0.feed, $0.digest) })
        }
        return !feeds[0].isEmpty && feeds[0] == feeds[1] ? "equal" : "unequal"
    }

    /// The status is asked for, not told: this is the step of a clock, not a guess at how long something takes.
    private func becomes(_ phone: Phone, _ wanted: [String: String]) async throws {
        while true {
            let now = Step(records.lines(try phone.core.status()).first ?? "").values
            if wanted.allSatisfy({ now[$0.key] == $0.value }) { return }
            try await Task.sleep(nanoseconds: 50_000_000)
        }
    }
}
#endif
