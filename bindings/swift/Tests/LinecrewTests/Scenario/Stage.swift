#if os(macOS) || os(Linux)
import Foundation

/// The program that plays everybody but the phones.
final class Stage: @unchecked Sendable {
    private static let endsWithin: TimeInterval = 30
    private let process = Process()
    private let hears = Pipe()
    private let says = Pipe()
    private var unread = Data()

    init(_ program: URL) throws {
        // A stage that has ended is a step that fails, and not the end of all tests.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = program
        process.standardInput = hears
        process.standardOutput = says
        try process.run()
    }

    /// Learns what there is to learn; answers what is to be written.
    func act(_ line: String, _ labels: Labels) throws -> [String] {
        try hears.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
        let words = try readLine().split(separator: " ").map(String.init)
        guard words.first == "ok" else { throw Unplayable("\(line): \(words.dropFirst().joined(separator: " "))") }
        var said: [String] = []
        for word in words.dropFirst() {
            if let sign = word.range(of: ":=") {
                labels.learn(String(word[..<sign.lowerBound]), String(word[sign.upperBound...]))
            } else {
                said.append(word)
            }
        }
        return said.isEmpty ? [] : [said.joined(separator: " ")]
    }

    /// The end of what it hears is its end.
    func end() throws {
        try hears.fileHandleForWriting.close()
        DispatchQueue.global().asyncAfter(deadline: .now() + Stage.endsWithin) { [process] in
            if process.isRunning { process.terminate() }
        }
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Unplayable("the stage ended with \(process.terminationStatus)")
        }
    }

    private func readLine() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[unread.startIndex..<end], as: UTF8.self)
                unread = Data(unread[unread.index(after: end)...])
                return line
            }
            let more = says.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Unplayable("the stage has ended") }
            unread.append(more)
        }
    }
}
#endif
