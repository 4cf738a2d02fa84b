#if canImport(BackgroundTasks) && !os(macOS)
@preconcurrency import BackgroundTasks
import Foundation
import LinecrewCore

/// Syncs while the app is not on the screen: when something was confirmed (``soon()``), and every quarter of an hour or so (``regularly()``), as the system
/// sees fit. What a person confirmed leaves the phone also when they never open the app again.
///
/// The app's Info.plist names both tasks under `BGTaskSchedulerPermittedIdentifiers` (`dev.linecrew.sync.soon` and `dev.linecrew.sync.regularly`,
/// unless the app calls them otherwise), and has `fetch` and `processing` among its `UIBackgroundModes`.
///
/// ```swift
/// let sync = BackgroundSync { try await App.phone() }
/// sync.register()             // in application(_:didFinishLaunchingWithOptions:), before it returns
/// try? sync.regularly()       // when the app goes to the background
/// try? sync.soon()            // after a command
/// ```
public struct BackgroundSync: Sendable {
    /// The system gives a refresh some 30 seconds; the rest is for saying farewell and for closing the file.
    private static let refreshDeadline: TimeInterval = 20
    /// A phone that was away for days needs a minute or two.
    private static let processingDeadline: TimeInterval = 300
    private static let every: TimeInterval = 15 * 60

    private let name: String
    private let phone: @Sendable () async throws -> Linecrew
    private let afterwards: @Sendable (Linecrew) async -> Void

    /// - Parameters:
    ///   - name: what the names of both tasks begin with.
    ///   - phone: the one open phone of the process, opened or resumed: a store is opened once.
    ///   - afterwards: what is to be done with it then. An app that suspends its phone in the background does it here, unless it is on the screen again: the
    ///     system ends apps that hold a file's lock while they sleep.
    public init(
        name: String = "dev.linecrew.sync",
        phone: @escaping @Sendable () async throws -> Linecrew,
        afterwards: @escaping @Sendable (Linecrew) async -> Void = { _ in }
    ) {
        self.name = name
        self.phone = phone
        self.afterwards = afterwards
    }

    /// Tells the system who does it: once, before the app has finished launching. Whether the system takes both names.
    @discardableResult
    public func register() -> Bool {
        let taken = [soonName, regularlyName].map { identifier in
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in run(task) }
        }
        return taken.allSatisfy { $0 }
    }

    /// As soon as the system gives the app time and there is a network: to be called after a command. Calling it again moves nothing back.
    ///
    /// - Throws: what the system says when it takes no requests, such as in the simulator.
    public func soon() throws {
        let request = BGProcessingTaskRequest(identifier: soonName)
        request.requiresNetworkConnectivity = true
        try BGTaskScheduler.shared.submit(request)
    }

    /// Every quarter of an hour at most, as the system sees fit: to be called when the app goes to the background.
    ///
    /// - Throws: what the system says when it takes no requests.
    public func regularly() throws {
        let request = BGAppRefreshTaskRequest(identifier: regularlyName)
        request.earliestBeginDate = Date(timeIntervalSinceNow: Self.every)
        try BGTaskScheduler.shared.submit(request)
    }

    /// Nothing more in the background: for a phone that was signed out or wiped.
    public func never() {
        for identifier in [soonName, regularlyName] {
            BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: identifier)
        }
    }

    private var soonName: String { "\(name).soon" }
    private var regularlyName: String { "\(name).regularly" }

    private func run(_ task: BGTask) {
        let isRefresh = task is BGAppRefreshTask
        if isRefresh {
            // The system forgets a request once it has begun.
            try? regularly()
        }
        let deadline = isRefresh ? Self.refreshDeadline : Self.processingDeadline
        let syncing = Task {
            let done = await isSynced(within: deadline)
            task.setTaskCompleted(success: done)
        }
        // What was not acknowledged by then is still on the phone.
        task.expirationHandler = { syncing.cancel() }
    }

    private func isSynced(within deadline: TimeInterval) async -> Bool {
        guard let phone = try? await self.phone() else { return false }
        let done = (try? await sync(phone, within: deadline)) ?? false
        await afterwards(phone)
        return done
    }

    private func sync(_ phone: Linecrew, within deadline: TimeInterval) async throws -> Bool {
        let end = Date(timeIntervalSinceNow: deadline)
        var outcome = try await phone.syncOnce(deadline: deadline)
        // What was confirmed while it ran goes with it.
        while outcome.stopped == nil, try phone.status().savedHere > 0 {
            outcome = try await phone.syncOnce(deadline: end.timeIntervalSinceNow)
        }
        return outcome.stopped == nil
    }
}
#endif
