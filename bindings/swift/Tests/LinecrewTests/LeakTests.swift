import Foundation
import Linecrew
import XCTest

/// What is opened and shut down, and what is begun and cancelled, leaves no threads and no open files behind. `LINECREW_ROUNDS` says how often it is tried.
final class LeakTests: XCTestCase {
    private let rounds = ProcessInfo.processInfo.environment["LINECREW_ROUNDS"].flatMap { Int($0) } ?? 200
    /// The library's own threads come and go, eight at most; whatever leaks comes once for each round.
    private let slack = 20

    func testAStoreCanBeOpenedAndShutDownAgainAndAgain() async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let request = OpenRequest(folder: folder.path, appVersion: "1.2.3")
        try await assertFlat {
            let phone = try await Linecrew.open(request)
            _ = try phone.status()
            try await phone.shutDown()
        }
    }

    func testWhatWaitsCanBeCancelledAgainAndAgain() async throws {
        try await withPhone { phone in
            try await assertFlat {
                let waiting = Task {
                    let changes = try phone.observe()
                    while true { _ = try await changes.next() }
                }
                let watching = Task {
                    for try await _ in phone.liveLink() {}
                }
                waiting.cancel()
                watching.cancel()
                let ended: Void? = try? await waiting.value
                XCTAssertNil(ended)
                try await watching.value
            }
        }
    }

    /// Does something often, and fails when threads or open files have become more.
    private func assertFlat(_ once: () async throws -> Void) async throws {
        for _ in 0..<10 { try await once() }
        let (threads, files) = (count("task"), count("fd"))
        for _ in 0..<rounds { try await once() }
        XCTAssertLessThanOrEqual(count("task"), threads + slack, "threads")
        XCTAssertLessThanOrEqual(count("fd"), files + slack, "open files")
    }

    /// What Linux counts of this process; nothing elsewhere.
    private func count(_ what: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count) ?? 0
    }
}
