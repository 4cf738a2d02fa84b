import Foundation
import Linecrew
import XCTest

/// An id that no phone knows.
let nobodys: DocumentId = "00000000000000000000000000000001"

/// A folder of its own, which exists.
func newFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("linecrew-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// Does something with a phone of its own, which is shut down and gone then.
func withPhone(lease: TimeInterval? = nil, _ use: (Linecrew) async throws -> Void) async throws {
    let folder = try newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let phone = try await Linecrew.open(OpenRequest(folder: folder.path, appVersion: "1.2.3", lease: lease))
    do {
        try await use(phone)
    } catch {
        try? await phone.shutDown()
        throw error
    }
    try await phone.shutDown()
}

/// It did not come.
struct TooLate: Error {}

/// Waits for what ends with its task, and fails when it takes longer.
func within<Answer: Sendable>(_ seconds: TimeInterval = 30, _ work: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(nanoseconds: UInt64(seconds * 1_000_000_000))
            throw TooLate()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TooLate() }
        return first
    }
}

/// What a call fails with.
func failure<Answer>(of call: () async throws -> Answer, file: StaticString = #filePath, line: UInt = #line) async -> (any Error)? {
    do {
        _ = try await call()
        XCTFail("it did not fail", file: file, line: line)
        return nil
    } catch {
        return error
    }
}

/// Fails unless a call does, with this.
func assertFails<Answer>(
    _ expected: LinecrewError,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ call: () async throws -> Answer
) async {
    let failed = await failure(of: call, file: file, line: line)
    XCTAssertEqual(failed as? LinecrewError, expected, "\(String(describing: failed))", file: file, line: line)
}
