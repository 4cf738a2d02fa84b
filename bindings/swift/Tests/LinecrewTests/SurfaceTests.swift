import Foundation
import Linecrew
import XCTest

/// One phone, and no server.
final class SurfaceTests: XCTestCase {
    func testAPhoneThatNobodyEnrolledHasNothingAndSaysWhatItNeeds() async throws {
        try await withPhone { phone in
            XCTAssertNil(try phone.account())
            XCTAssertEqual(try phone.items(), [])
            XCTAssertEqual(try phone.status().savedHere, 0)
            XCTAssertEqual(try phone.link(), .stopped)
            await assertFails(.NeedsSignIn(code: "nobody_signed_in")) { try await phone.syncOnce(deadline: 30) }
            await assertFails(.NeedsSignIn(code: "nobody_signed_in")) { try await phone.accept(item: nobodys) }
        }
    }

    func testWhatIsNoValueIsNamedAndNotRepeated() async throws {
        try await withPhone { phone in
            await assertFails(.Invalid(code: "document_id")) { try await phone.accept(item: "customer Huang") }
            await assertFails(.Invalid(code: "json")) { try await phone.step(item: nobodys, name: "noted", body: "customer Huang {") }
            await assertFails(.Invalid(code: "kind")) { try phone.items(kind: "customer Huang") }
            await assertFails(.Invalid(code: "invitation")) {
                try await phone.enrol(serverUrl: "http://127.0.0.1:1", code: "customer Huang", deviceName: "phone")
            }
        }
    }

    func testNothingTravelsInTheClearAndNoServerIsOffline() async throws {
        try await withPhone { phone in
            let clear = await failure {
                try await phone.enrol(serverUrl: "http://linecrew.example", code: "RC8S3-QVG7R", deviceName: "phone")
            }
            guard case .Untrusted? = clear as? LinecrewError else { return XCTFail("\(String(describing: clear))") }
            let offline = await failure {
                try await phone.enrol(serverUrl: "http://127.0.0.1:1", code: "RC8S3-QVG7R", deviceName: "phone")
            }
            XCTAssertEqual(offline as? LinecrewError, .Offline(code: "no_connection", retryAfterMs: nil))
        }
    }

    func testAPhoneThatWasShutDownSaysSoAndOpensAgainAsTheSame() async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let request = OpenRequest(folder: folder.path, appVersion: "1.2.3")
        let phone = try await Linecrew.open(request)
        let installation = try phone.installation()
        try await phone.shutDown()
        try await phone.shutDown()
        await assertFails(.Closed) { try phone.status() }
        await assertFails(.Closed) { try await phone.accept(item: nobodys) }
        let again = try await Linecrew.open(request)
        XCTAssertEqual(try again.installation(), installation)
        try await again.shutDown()
    }

    func testASuspendedPhoneComesBack() async throws {
        try await withPhone { phone in
            try await phone.suspend()
            await assertFails(.Suspended) { try phone.status() }
            try await phone.resume()
            XCTAssertEqual(try phone.status().savedHere, 0)
        }
    }

    func testALeaseThatIsOverLocksWhatItMust() async throws {
        try await withPhone(lease: 0) { phone in
            await assertFails(.Locked) { try phone.items() }
            XCTAssertTrue(try phone.status().locked)
        }
    }

    func testWhatIsNoLengthOfTimeEndsNoApp() async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let noLengths: [TimeInterval] = [-1, .infinity, .nan]
        for lease in noLengths {
            await assertFails(.Invalid(code: "lease")) {
                try await Linecrew.open(OpenRequest(folder: folder.path, appVersion: "1.2.3", lease: lease))
            }
        }
        try await withPhone { phone in
            for deadline in noLengths {
                await assertFails(.NeedsSignIn(code: "nobody_signed_in")) { try await phone.syncOnce(deadline: deadline) }
            }
        }
    }

    func testAHostThatFailsIsAnErrorOfItsOwn() async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let request = OpenRequest(folder: folder.path, appVersion: "1.2.3")
        let failures: [(any Error, HostFault)] = [(HostError.Unavailable, .unavailable), (TooLate(), .failed)]
        for (throwing, how) in failures {
            await assertFails(.Host(callback: "clock.sample", how: how)) {
                try await Linecrew.open(request, hosts: Hosts(clock: BrokenClock(failure: throwing)))
            }
        }
    }
}

/// A clock that never shows anything.
private final class BrokenClock: HostClock {
    private let failure: any Error

    init(failure: any Error) {
        self.failure = failure
    }

    func sample() throws -> ClockSample {
        throw failure
    }
}
