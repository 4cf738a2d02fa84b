import Foundation
import Linecrew
import XCTest

/// What waits ends with its task; what is a command does not.
final class CancellationTests: XCTestCase {
    func testEnrollingEndsWithItsTask() async throws {
        let server = try SilentServer()
        try await withPhone { phone in
            let enrolling = Task { try await phone.enrol(serverUrl: server.url, code: "RC8S3-QVG7R", deviceName: "phone") }
            server.takesAClient()
            enrolling.cancel()
            try await assertIsCancelled { _ = try await enrolling.value }
            XCTAssertNil(try phone.account())
        }
    }

    func testATaskThatWasCancelledBeforeBeginsNothing() async throws {
        try await withPhone { phone in
            let enrolling = Task {
                await isCancelled()
                return try await phone.enrol(serverUrl: "http://127.0.0.1:1", code: "RC8S3-QVG7R", deviceName: "phone")
            }
            enrolling.cancel()
            try await assertIsCancelled { _ = try await enrolling.value }
        }
    }

    func testATokenEndsWhatItWasGivenTo() async throws {
        let server = try SilentServer()
        try await withPhone { phone in
            let token = try CancelToken()
            let enrolling = Task {
                try await phone.enrol(serverUrl: server.url, code: "RC8S3-QVG7R", deviceName: "phone", token: token)
            }
            server.takesAClient()
            try token.cancel()
            try await assertIsCancelled { _ = try await enrolling.value }
        }
    }

    func testAnObserverEndsWithItsTask() async throws {
        try await withPhone { phone in
            let changes = try phone.observe()
            _ = try await changes.next()
            try await assertEndsWithItsTask {
                while true { _ = try await changes.next() }
            }
        }
    }

    func testAWatchOfTheLinkEndsWithItsTask() async throws {
        try await withPhone { phone in
            let link = try phone.watchLink()
            let first = try await link.next()
            XCTAssertEqual(first, .stopped)
            try await assertEndsWithItsTask {
                while true { _ = try await link.next() }
            }
        }
    }

    func testACommandAnswersWhoeverCancels() async throws {
        try await withPhone { phone in
            let command = Task {
                await isCancelled()
                try await phone.signOut()
                return Task.isCancelled
            }
            command.cancel()
            let answered = try await command.value
            XCTAssertTrue(answered)
        }
    }

    func testAPhoneThatIsOpenedForNobodyIsClosedAgain() async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let request = OpenRequest(folder: folder.path, appVersion: "1.2.3")
        let opening = Task {
            await isCancelled()
            return try await Linecrew.open(request)
        }
        opening.cancel()
        try await assertIsCancelled { _ = try await opening.value }
        let phone = try await Linecrew.open(request)
        XCTAssertEqual(try phone.items(), [])
        try await phone.shutDown()
    }

    /// Begins to wait, cancels, and fails unless that ends it.
    private func assertEndsWithItsTask(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let waiting = Task { try await work() }
        waiting.cancel()
        try await assertIsCancelled { try await waiting.value }
    }

    private func assertIsCancelled(_ waiting: @escaping @Sendable () async throws -> Void) async throws {
        let failed = await failure { try await within { try await waiting() } }
        XCTAssertTrue(failed is CancellationError, "\(String(describing: failed))")
    }
}

/// Returns once its task is cancelled.
private func isCancelled() async {
    while !Task.isCancelled {
        await Task.yield()
    }
}
