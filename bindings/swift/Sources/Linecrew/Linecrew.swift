import Foundation
@_exported import LinecrewCore

/// One open store on one phone: what a crew member sees and does, with or without a network.
///
/// Reads answer at once, from the phone's disk. Commands return when they are on it, whether or not their task is cancelled meanwhile: an edit of which
/// nobody knows whether it was saved would be worse than a screen that closes a moment later. Whatever waits for a server ends with its task, by
/// `CancellationError`, and the next call goes on from there. Every other failure is a `LinecrewError`. Safe to use from any thread.
///
/// ```swift
/// let phone = try await Linecrew.open(OpenRequest(folder: folder.path, appVersion: "1.0"))
/// _ = try await phone.syncOnce(deadline: 10)
/// if let first = try phone.items().first {
///     _ = try await phone.accept(item: first.id)
/// }
/// try await phone.shutDown()
/// ```
///
/// It is a `LinecrewCore`, whose methods are its own; what this class adds are a check of the library, cancellation as tasks have it, and sequences
/// (``changes``, ``liveItems(openOnly:kind:)``, ``liveStatus()``, ``liveLink()``, ``live(whileLocked:read:)``).
public final class Linecrew: LinecrewCore, @unchecked Sendable {
    /// What ends when this phone is shut down. The library itself watches the link for longer: it has one as long as there is an object.
    let watches = Watches()

    /// Opens the store in a folder, and makes one if there is none. What the phone has of its own (keystores, a clock) is given along in `hosts`; keys lie in
    /// files beside the store without.
    ///
    /// Cancelled, it opens the store all the same and closes it again.
    ///
    /// - Throws: `LinecrewError` when the store cannot be opened, which is left as it is; ``LinecrewLoadError`` when the library is not the one that this
    ///   code was generated from; `CancellationError`.
    public static func open(_ request: OpenRequest, hosts: Hosts? = nil) async throws -> Linecrew {
        try Loading.ofThisProcess.require()
        if let lease = request.lease, !isDuration(lease) {
            throw LinecrewError.Invalid(code: "lease")
        }
        let core = try await openLinecrew(request: request, hosts: hosts)
        if Task.isCancelled {
            try? await core.shutDown()
            throw CancellationError()
        }
        return Linecrew(unsafeFromHandle: core.uniffiCloneHandle())
    }

    /// The version of this code and of the library, which are the same.
    ///
    /// - Throws: ``LinecrewLoadError`` when they are not.
    public static func version() throws -> String {
        try Loading.ofThisProcess.require()
        return try libraryVersion()
    }

    /// Sends what waits and fetches what is new, until both ends hold the same or the time is over. Cancelling the task ends it at any moment; what was
    /// not acknowledged is still on the phone.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take, in seconds; one that has passed already (below zero) is none at all.
    ///   - token: ends it as well, when somebody else than the task has to. The task's cancellation cancels the token.
    /// - Throws: `LinecrewError.NeedsSignIn` when nobody has enrolled this phone yet, `CancellationError`; everything else is in the outcome.
    public override func syncOnce(deadline: TimeInterval, token: CancelToken? = nil) async throws -> SyncOutcome {
        let token = try token ?? CancelToken()
        return try await endingWithItsTask(token) { try await syncs(within: deadline, token) }
    }

    /// Enrols this phone with a one-time code from the office: it is this person's from now on. A lost answer costs nothing; the same code again gives the
    /// same. Cancelling the task ends it; enrolling again with the same code goes on from there.
    ///
    /// - Throws: `LinecrewError.NeedsSignIn` when the code is not good; `LinecrewError.OthersEditsWait` while another person's edits wait here;
    ///   `LinecrewError.Offline`, `LinecrewError.Untrusted`, `LinecrewError.Invalid`, `CancellationError`.
    public override func enrol(serverUrl: String, code: String, deviceName: String, token: CancelToken? = nil) async throws -> Account {
        let token = try token ?? CancelToken()
        return try await endingWithItsTask(token) { try await enrols(serverUrl, code, deviceName, token) }
    }

    /// Closes the file, so that no lock is left, and ends the live connection and what waits. Doing it again does nothing; calls after it fail with
    /// `LinecrewError.Closed`. It goes on to its end when its task is cancelled.
    ///
    /// - Throws: `LinecrewError.Store` when the log could not be copied; everything confirmed is durable all the same.
    public override func shutDown() async throws {
        defer { watches.endAll() }
        try await super.shutDown()
    }

    /// Begins to observe: the first look returns at once. ``changes`` and its likes do this by themselves. `next` ends with its task, and its observer
    /// with it: observe anew then.
    ///
    /// - Throws: `LinecrewError.Closed`.
    public override func observe() throws -> Changes {
        try ChangesOfTasks(unsafeFromHandle: super.observe().uniffiCloneHandle())
    }

    /// Begins to watch the live connection: the first look returns at once, with how it is. ``liveLink()`` does this by itself. `next` ends with its task,
    /// and its watch with it: watch anew then.
    public override func watchLink() throws -> LinkWatch {
        try LinkWatchOfTasks(unsafeFromHandle: super.watchLink().uniffiCloneHandle())
    }

    private func syncs(within deadline: TimeInterval, _ token: CancelToken) async throws -> SyncOutcome {
        try await super.syncOnce(deadline: asDuration(deadline), token: token)
    }

    private func enrols(_ serverUrl: String, _ code: String, _ deviceName: String, _ token: CancelToken) async throws -> Account {
        try await super.enrol(serverUrl: serverUrl, code: code, deviceName: deviceName, token: token)
    }
}
