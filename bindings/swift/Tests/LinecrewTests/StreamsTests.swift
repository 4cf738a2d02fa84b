import Foundation
import Linecrew
import XCTest

/// Hearing of changes. Forgetting a sign-in is the change that a phone without a server can make.
final class StreamsTests: XCTestCase {
    func testTheFirstLookIsAtOnceAndEveryChangeIsFollowedByAnother() async throws {
        try await withPhone { phone in
            try await within {
                var looks = phone.changes.makeAsyncIterator()
                _ = try await looks.next()
                try await phone.signOut()
                let another: Void? = try await looks.next()
                XCTAssertNotNil(another)
            }
        }
    }

    func testWhoeverIsSlowMissesElementsAndNoNews() async throws {
        try await withPhone { phone in
            try await within {
                let made = Counter()
                var seen: [Int] = []
                for try await count in phone.live(whileLocked: -1, read: { _ in made.count }) {
                    seen.append(count)
                    if count == 50 { break }
                    while made.count < 50 {
                        made.add()
                        try await phone.signOut()
                    }
                }
                XCTAssertEqual(seen.last, 50)
                XCTAssertLessThan(seen.count, 10)
            }
        }
    }

    func testOnlyWhatDiffersIsAnElement() async throws {
        try await withPhone { phone in
            try await within {
                let reads = Counter()
                let elements = phone.live(whileLocked: "locked") { _ in
                    reads.add()
                    return reads.count < 3 ? "before" : "after"
                }
                var iterator = elements.makeAsyncIterator()
                let first = try await iterator.next()
                XCTAssertEqual(first, "before")
                while reads.count < 3 {
                    let before = reads.count
                    try await phone.signOut()
                    while reads.count == before { await Task.yield() }
                }
                let second = try await iterator.next()
                XCTAssertEqual(second, "after")
            }
        }
    }

    func testASequenceEndsWhenThePhoneIsShutDown() async throws {
        try await withPhone { phone in
            let items = Task { try await all(phone.liveItems()) }
            let status = Task { try await all(phone.liveStatus()) }
            let link = Task { try await all(phone.liveLink()) }
            let begun = phone.changes
            try await within {
                for try await _ in begun { break }
            }
            try await phone.shutDown()
            let lists = try await within { try await items.value }
            let statuses = try await within { try await status.value }
            XCTAssertTrue(lists.allSatisfy { $0.isEmpty })
            XCTAssertTrue(statuses.allSatisfy { $0.savedHere == 0 })
            let links = try await within { try await link.value }
            XCTAssertTrue(links.allSatisfy { $0 == .stopped })
            let after = try await within { try await all(phone.liveItems()) }
            XCTAssertEqual(after, [])
            let linkAfter = try await within { try await all(phone.liveLink()) }
            XCTAssertTrue(linkAfter.allSatisfy { $0 == .stopped })
        }
    }

    func testASequenceEndsWithTheTaskThatIterates() async throws {
        try await withPhone { phone in
            let iterating = Task {
                for try await _ in phone.changes {}
            }
            let watching = Task {
                for try await _ in phone.liveLink() {}
            }
            iterating.cancel()
            watching.cancel()
            try await within {
                try await iterating.value
                try await watching.value
            }
        }
    }

    func testALockedPhoneShowsNothingAndSaysSo() async throws {
        try await withPhone(lease: 0) { phone in
            try await within {
                var status = phone.liveStatus().makeAsyncIterator()
                let first = try await status.next()
                XCTAssertEqual(first?.locked, true)
                var items = phone.live(whileLocked: "locked") { "\(try $0.items().count)" }.makeAsyncIterator()
                let shown = try await items.next()
                XCTAssertEqual(shown, "locked")
            }
        }
    }

    func testASequenceGoesOnAfterThePhoneWasSuspended() async throws {
        try await withPhone { phone in
            try await within {
                let reads = Counter()
                var elements = phone.live(whileLocked: -1) { phone in
                    reads.add()
                    return try phone.status().safe == 0 ? reads.count : -2
                }.makeAsyncIterator()
                _ = try await elements.next()
                try await phone.suspend()
                try await phone.resume()
                let later = try await elements.next()
                XCTAssertGreaterThan(later ?? -1, 1)
            }
        }
    }

    func testAWipedPhoneShowsNothingLast() async throws {
        try await withPhone { phone in
            let shown = Task { try await all(phone.live(whileLocked: "gone") { "\(try $0.items().count)" }) }
            try await within {
                for try await _ in phone.changes { break }
            }
            try await phone.wipe()
            let seen = try await within { try await shown.value }
            XCTAssertEqual(seen.last, "gone")
        }
    }

    func testTheLinkIsSeenAtOnce() async throws {
        try await withPhone { phone in
            try await within {
                var link = phone.liveLink().makeAsyncIterator()
                let first = try await link.next()
                XCTAssertEqual(first, .stopped)
            }
        }
    }
}

private func all<Element>(_ elements: AsyncThrowingStream<Element, any Error>) async throws -> [Element] {
    var seen: [Element] = []
    for try await element in elements {
        seen.append(element)
    }
    return seen
}

/// Counts, from any thread.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var counted = 0

    var count: Int {
        lock.lock()
        defer { lock.unlock() }
        return counted
    }

    func add() {
        lock.lock()
        defer { lock.unlock() }
        counted += 1
    }
}
