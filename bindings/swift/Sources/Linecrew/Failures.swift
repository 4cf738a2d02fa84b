import Foundation
import LinecrewCore

extension LinecrewError {
    /// Whether the same call may succeed by itself a little later. Nothing is lost meanwhile.
    public var isRetryable: Bool {
        switch self {
        case .Offline, .KeyUnavailable, .Cancelled:
            return true
        case .Store(let code):
            return code == "busy"
        case .Host(_, let how):
            return how == .unavailable || how == .timedOut || how == .stuck
        case .Untrusted, .NeedsSignIn, .UpgradeRequired, .NotPermitted, .NotFound, .Ambiguous, .OthersEditsWait, .StorageFull, .Locked,
            .Unanswered, .Wiped, .Suspended, .Closed, .Invalid, .Bug:
            return false
        }
    }

    /// When the server asked to come back, in seconds from then, if it did.
    public var retryAfter: TimeInterval? {
        guard case .Offline(_, let retryAfterMs?) = self else { return nil }
        return TimeInterval(retryAfterMs) / 1_000
    }

    /// A sentence for the person at the phone: what to do about it, in Chinese or in English. It names nobody and repeats nothing that was typed, and is made
    /// from the kind of failure alone; apps that know more say more, by its codes.
    ///
    /// - Parameter locale: whose language; the one that the person has chosen on this phone, when absent.
    public func words(in locale: Locale? = nil) -> String {
        (locale ?? .ofThePerson).identifier.hasPrefix("zh") ? inChinese : inEnglish
    }
}

extension LinecrewError: LocalizedError {
    /// The sentence for the person at the phone, in the language of the phone.
    public var errorDescription: String? { words() }
}

extension SyncStopped {
    /// Whether the next sync may get further by itself. If not, somebody has to do something first: ask the office for an invitation, or update the app.
    /// Nothing is lost in either case.
    public var isRetryable: Bool {
        !["needs_sign_in", "revoked", "suspended", "installation_renewed", "upgrade_required"].contains(code)
    }
}

extension Locale {
    /// The language that the person has chosen, whatever languages the app has.
    static var ofThePerson: Locale {
        Locale.preferredLanguages.first.map(Locale.init(identifier:)) ?? .current
    }
}
