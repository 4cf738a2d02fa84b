import Foundation
import XCTest

/// What is played in Rust, Python and Kotlin, played in Swift: against a real server, with the same result to the byte.
final class ScenarioTests: XCTestCase {
    // Phones start no programs, so the stage is played on computers only.
    #if os(macOS) || os(Linux)
    private static let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../scenarios").standardizedFileURL

    func testEveryScenarioGivesWhatIsExpected() async throws {
        guard let program = ProcessInfo.processInfo.environment["LINECREW_STAGE"] else {
            throw XCTSkip("LINECREW_STAGE does not name a linecrew-stage")
        }
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
        let scenarios = files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
        XCTAssertGreaterThanOrEqual(scenarios.count, 3)
        for scenario in scenarios {
            let name = scenario.deletingPathExtension().lastPathComponent
            let player = try Player(stage: URL(fileURLWithPath: program))
            let transcript = try await player.play(try read(scenario).components(separatedBy: "\n"))
            try await player.end()
            print("\(name) sha256=\(Sha256.hex(of: Array(transcript.utf8)))")
            XCTAssertEqual(transcript, try read(scenario.deletingPathExtension().appendingPathExtension("expected")), name)
        }
    }

    private func read(_ file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
    }
    #endif

    func testALineIsReadAsItWasWritten() {
        let step = Step(#"phone A note item=fault text="fuse \"A\"\n\\" body={"a":"b=c"} flag="#)
        XCTAssertEqual(step.words, ["phone", "A", "note"])
        let values = ["item": "fault", "text": "fuse \"A\"\n\\", "body": #"{"a":"b=c"}"#, "flag": ""]
        XCTAssertEqual(step.values, values)
        XCTAssertEqual(Step("text=\(quoted("fuse \"A\"\n\\"))").values["text"], "fuse \"A\"\n\\")
        XCTAssertEqual([snake("arrearsFen"), snake("notDone"), snake("de")], ["arrears_fen", "not_done", "de"])
    }

    func testADigestIsTheStandards() {
        // FIPS 180-4's own examples: one block, and two.
        XCTAssertEqual(Sha256.hex(of: Array("abc".utf8)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        XCTAssertEqual(Sha256.hex(of: Array(two.utf8)), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }
}
