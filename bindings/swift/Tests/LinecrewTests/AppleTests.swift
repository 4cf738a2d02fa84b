#if canImport(Security) && canImport(CryptoKit) && canImport(Darwin)
import CryptoKit
import Foundation
@testable import Linecrew
import Security
import XCTest

/// What only Apple's systems have.
final class AppleTests: XCTestCase {
    private let service = "dev.linecrew.tests.\(UUID().uuidString)"

    override func tearDown() {
        for name in ["database", "device.enclave", "device.software"] {
            try? KeychainItem(service: service, name: name).remove()
        }
    }

    func testTheClockGoesOnAndNamesTheBoot() throws {
        let clock = AppleClock()
        let (first, second) = (try clock.sample(), try clock.sample())
        XCTAssertGreaterThanOrEqual(second.monotonicMs, first.monotonicMs)
        XCTAssertEqual(try XCTUnwrap(first.boot), second.boot)
        XCTAssertEqual(Double(first.wall), Date().timeIntervalSince1970 * 1_000, accuracy: 60_000)
    }

    func testTheKeyOfTheStoreIsDrawnOnceAndDestroyed() throws {
        try skipWithoutKeychain()
        let key = KeychainDatabaseKey(service: service)
        XCTAssertNil(try key.findKey().key)
        let made = try key.createKey().key
        XCTAssertEqual(made.count, 32)
        XCTAssertEqual(try key.createKey().key, made)
        XCTAssertEqual(try KeychainDatabaseKey(service: service).findKey().key, made)
        XCTAssertTrue(try key.destroyKey().done)
        XCTAssertTrue(try key.destroyKey().done)
        XCTAssertNil(try key.findKey().key)
    }

    func testTheKeyOfThePhoneStaysAndSignsWhatItIsGivenAsAMessage() throws {
        try skipWithoutKeychain()
        let point = try KeychainDeviceKey(service: service).publicKey().point
        let again = KeychainDeviceKey(service: service)
        XCTAssertEqual(try again.publicKey().point, point)
        let message = Data(repeating: 7, count: 32)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: again.sign(message: message).signature)
        XCTAssertTrue(try P256.Signing.PublicKey(x963Representation: point).isValidSignature(signature, for: message))
    }

    func testTheFolderIsInNoBackup() throws {
        let folder = try Linecrew.folder(named: service)
        defer { try? FileManager.default.removeItem(at: folder) }
        XCTAssertEqual(try folder.resourceValues(forKeys: [.isExcludedFromBackupKey]).isExcludedFromBackup, true)
        XCTAssertEqual(try Linecrew.folder(named: service), folder)
    }

    /// A program that is not signed as an app, such as `swift test` on a Mac, has no Keychain of this kind.
    private func skipWithoutKeychain() throws {
        do {
            _ = try KeychainItem(service: service, name: "database").find()
        } catch {
            throw XCTSkip("no Keychain for a program that is not an app")
        }
    }
}
#endif
