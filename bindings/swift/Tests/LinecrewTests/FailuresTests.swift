import Foundation
@testable import Linecrew
import XCTest

final class FailuresTests: XCTestCase {
    /// One of each; that none is missing, the compiler sees in `isRetryable`.
    private let everyFailure: [LinecrewError] = [
        .Offline(code: "a_code", retryAfterMs: nil), .Untrusted(code: "a_code"), .NeedsSignIn(code: "a_code"), .UpgradeRequired(code: "a_code"),
        .NotPermitted(code: "a_code"), .NotFound(code: "a_code"), .Ambiguous(found: []), .OthersEditsWait(pending: 1), .StorageFull, .Locked,
        .KeyUnavailable(code: "a_code"), .Host(callback: "a_code", how: .failed), .Store(code: "a_code"), .Unanswered(pending: 1), .Wiped,
        .Suspended, .Closed, .Cancelled, .Invalid(code: "a_code"), .Bug(code: "a_code", place: nil),
    ]

    func testOnlyWhatPassesByItselfIsTriedAgain() {
        XCTAssertTrue(LinecrewError.Offline(code: "timed_out", retryAfterMs: nil).isRetryable)
        XCTAssertTrue(LinecrewError.Store(code: "busy").isRetryable)
        XCTAssertFalse(LinecrewError.Store(code: "damaged").isRetryable)
        XCTAssertFalse(LinecrewError.NotPermitted(code: "state_not_permitted").isRetryable)
        XCTAssertTrue(SyncStopped(code: "no_connection", retryAfterMs: nil).isRetryable)
        XCTAssertFalse(SyncStopped(code: "needs_sign_in", retryAfterMs: nil).isRetryable)
    }

    func testTheServerSaysWhenToComeBack() {
        XCTAssertEqual(LinecrewError.Offline(code: "busy", retryAfterMs: 1_500).retryAfter, 1.5)
        XCTAssertNil(LinecrewError.Offline(code: "timed_out", retryAfterMs: nil).retryAfter)
        XCTAssertNil(LinecrewError.Locked.retryAfter)
    }

    func testEverythingThatFailsHasASentenceOfItsOwnInBothLanguages() {
        for language in ["zh-Hans", "en"] {
            let sentences = everyFailure.map { $0.words(in: Locale(identifier: language)) }
            XCTAssertEqual(Set(sentences).count, everyFailure.count, language)
            XCTAssertFalse(sentences.contains { $0.contains("a_code") || $0.isEmpty }, language)
        }
        XCTAssertTrue(LinecrewError.Locked.words(in: Locale(identifier: "zh-Hant")).contains("锁定"))
        XCTAssertEqual(LinecrewError.Locked.words(in: Locale(identifier: "de")), LinecrewError.Locked.inEnglish)
        XCTAssertEqual((LinecrewError.Locked as any Error).localizedDescription, LinecrewError.Locked.words())
    }

    func testALibraryOfAnotherVersionIsRefusedEachTime() throws {
        XCTAssertEqual(versionOfLibrary(), try Linecrew.version())
        let loading = Loading(expected: "9.9.9", found: versionOfLibrary)
        for _ in 0..<2 {
            XCTAssertThrowsError(try loading.require()) { error in
                XCTAssertEqual(error as? LinecrewLoadError, LinecrewLoadError(expected: "9.9.9", found: versionOfLibrary()))
                XCTAssertTrue(error.localizedDescription.contains("9.9.9"))
            }
        }
        XCTAssertThrowsError(try Loading(expected: "9.9.9", found: { nil }).require())
    }
}
