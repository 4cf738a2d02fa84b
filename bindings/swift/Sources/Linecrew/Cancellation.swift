import Foundation
import LinecrewCore

// A task that is cancelled is told so and goes on: what waits in the library has to be told by whoever waits for it.

/// Waits for a call that a token ends, and ends it when the task is cancelled. A task that was cancelled before begins nothing.
func endingWithItsTask<Answer>(_ token: CancelToken, _ call: () async throws -> Answer) async throws -> Answer {
    try await ending(call) { _ = try? token.cancel() }
}

private func ending<Answer>(_ call: () async throws -> Answer, by cancel: @escaping @Sendable () -> Void) async throws -> Answer {
    do {
        return try await withTaskCancellationHandler(operation: call, onCancel: cancel)
    } catch LinecrewError.Cancelled {
        throw CancellationError()
    }
}

/// An observer whose `next` ends with its task.
final class ChangesOfTasks: Changes, @unchecked Sendable {
    public override func next() async throws -> UInt64 {
        try await ending({ try await waits() }, by: { _ = try? self.cancel() })
    }

    private func waits() async throws -> UInt64 {
        try await super.next()
    }
}

/// A watch whose `next` ends with its task.
final class LinkWatchOfTasks: LinkWatch, @unchecked Sendable {
    public override func next() async throws -> LiveLink {
        try await ending({ try await waits() }, by: { _ = try? self.cancel() })
    }

    private func waits() async throws -> LiveLink {
        try await super.next()
    }
}

/// The watches of a phone that end with it.
final class Watches: @unchecked Sendable {
    // Held only to look and to note, never while anybody waits.
    private let lock = NSLock()
    private var begun: [ObjectIdentifier: LinkWatch] = [:]
    private var isOver = false

    /// Ends the watch when the phone is shut down, or at once when it was.
    func begin(_ watch: LinkWatch) {
        lock.lock()
        begun[ObjectIdentifier(watch)] = watch
        let isOver = self.isOver
        lock.unlock()
        if isOver {
            endAll()
        }
    }

    /// Nobody watches by it any more.
    func end(_ watch: LinkWatch) {
        lock.lock()
        defer { lock.unlock() }
        begun[ObjectIdentifier(watch)] = nil
    }

    /// The phone was shut down.
    func endAll() {
        lock.lock()
        let ended = begun.values
        isOver = true
        begun = [:]
        lock.unlock()
        for watch in ended {
            _ = try? watch.cancel()
        }
    }
}

/// A year: more than any deadline or lease, and less than what timers count to.
private let longest: TimeInterval = 365 * 86_400

/// Whether the library takes it as a length of time. Generated code ends the app at one below zero, at infinity and at what is no number.
func isDuration(_ seconds: TimeInterval) -> Bool {
    seconds >= 0 && seconds <= longest
}

/// The nearest length of time that the library takes.
func asDuration(_ seconds: TimeInterval) -> TimeInterval {
    seconds.isNaN ? 0 : min(max(seconds, 0), longest)
}
