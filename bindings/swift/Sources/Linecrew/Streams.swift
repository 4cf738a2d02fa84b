import Foundation
import LinecrewCore

extension Linecrew {
    /// Has an element at once, and then one after every change to the store, by this process or another: also when the phone locks itself, and when it is
    /// open again.
    ///
    /// It says that something is new and not what: whoever is slow misses elements and no news. It ends when the store is shut down, and costs nothing once
    /// nobody iterates over it.
    public var changes: AsyncThrowingStream<Void, any Error> {
        let observing = Result { try observe() }
        return newest { emit in
            try await looks(observing.get()) { emit(Void()) }
        }
    }

    /// What `read` answers, now and after every change, when it differs from before. Read on a thread for that, never on the caller's actor.
    ///
    /// It ends when the store is shut down. While it is suspended there is nothing to read; it goes on when the store is resumed.
    ///
    /// - Parameters:
    ///   - whileLocked: what there is while the phone has locked itself (see `Status.locked`), and last when it is wiped: what is on the screen has to go.
    ///   - read: looks at this phone. It is asked often, so it only reads.
    public func live<Value: Equatable & Sendable>(
        whileLocked: Value,
        read: @escaping @Sendable (Linecrew) throws -> Value
    ) -> AsyncThrowingStream<Value, any Error> {
        news(lastly: whileLocked) { phone in
            do {
                return try read(phone)
            } catch LinecrewError.Locked {
                return whileLocked
            }
        }
    }

    /// The items as `items` lists them, now and after every change; none while the phone is locked.
    public func liveItems(openOnly: Bool = true, kind: String? = nil) -> AsyncThrowingStream<[WorkItem], any Error> {
        live(whileLocked: []) { try $0.items(openOnly: openOnly, kind: kind) }
    }

    /// How the phone stands with the server, now and after every change, locked or not.
    public func liveStatus() -> AsyncThrowingStream<Status, any Error> {
        news(lastly: nil) { try $0.status() }
    }

    /// How the live connection is, now and whenever it is otherwise. It costs nothing of the store's.
    public func liveLink() -> AsyncThrowingStream<LiveLink, any Error> {
        let (watching, watches) = (Result { try watchLink() }, self.watches)
        return newest { emit in
            let link = try watching.get()
            watches.begin(link)
            defer { watches.end(link) }
            while true {
                emit(try await link.next())
            }
        }
    }

    /// What a read answers, when it differs from before; and what there is when nothing can be read any more.
    private func news<Value: Equatable & Sendable>(
        lastly: Value?,
        _ read: @escaping @Sendable (Linecrew) throws -> Value
    ) -> AsyncThrowingStream<Value, any Error> {
        let observing = Result { try observe() }
        return newest { emit in
            var last: Value?
            do {
                try await looks(observing.get()) {
                    let value = try read(self)
                    if value != last {
                        last = value
                        emit(value)
                    }
                }
            } catch LinecrewError.Wiped {
                if let lastly, lastly != last {
                    emit(lastly)
                }
            }
        }
    }
}

/// One look for each time that something is new. The library keeps the level: whoever looks late sees all of it at once.
private func looks(_ seen: Changes, _ look: () throws -> Void) async throws {
    while true {
        do {
            _ = try await seen.next()
        } catch LinecrewError.Locked {
            // One look among others: what it reads says the same.
        }
        do {
            try look()
        } catch LinecrewError.Suspended {
            // Between hearing and reading. The store is looked at again once it is resumed.
        }
    }
}

/// A sequence that keeps only its newest element, made by a task of its own, which ends when nobody iterates any more. That the store was shut down, or is
/// no more, is its end: nothing will change any more.
private func newest<Element: Sendable>(
    _ produce: @escaping @Sendable (_ emit: (Element) -> Void) async throws -> Void
) -> AsyncThrowingStream<Element, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
        let producing = Task.detached {
            do {
                try await produce { _ = continuation.yield($0) }
                continuation.finish()
            } catch LinecrewError.Closed {
                continuation.finish()
            } catch LinecrewError.Wiped {
                continuation.finish()
            } catch is CancellationError {
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in producing.cancel() }
    }
}

#if compiler(<6)
// Generated code says so of its records from Swift 6 on; they are made of values only.
extension LiveLink: @unchecked Sendable {}
extension Status: @unchecked Sendable {}
extension WorkItem: @unchecked Sendable {}
#endif
