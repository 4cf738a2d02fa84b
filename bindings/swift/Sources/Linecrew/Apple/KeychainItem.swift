#if canImport(Security)
import Foundation
import LinecrewCore
import Security

/// A few bytes in the Keychain of this phone: readable from the first unlock after a boot on, also while the phone is in a pocket, and neither
/// synchronized nor restored on another one.
struct KeychainItem: Sendable {
    let service: String
    let name: String

    /// None only when there is none: a Keychain that cannot be asked is `HostError.Unavailable`.
    func find() throws -> Data? {
        var query = self.query
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecItemNotFound: return nil
        case let status: throw failure(status)
        }
    }

    /// Keeps the bytes, unless there are some already; answers what is kept from now on.
    func add(_ bytes: Data) throws -> Data {
        var query = self.query
        query[kSecValueData] = bytes
        query[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        let status = SecItemAdd(query as CFDictionary, nil)
        guard status == errSecSuccess || status == errSecDuplicateItem else { throw failure(status) }
        guard let kept = try find() else { throw HostError.Failed }
        return kept
    }

    /// That there are none is no error.
    func remove() throws {
        let status = SecItemDelete(query as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw failure(status) }
    }

    private var query: [CFString: Any] {
        [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: service,
            kSecAttrAccount: name,
            kSecAttrSynchronizable: false,
            // On macOS the file-based keychain knows no accessibility; on iOS there is no other one than this.
            kSecUseDataProtectionKeychain: true,
        ]
    }
}

/// Before the first unlock the Keychain says that it may not ask for the passcode.
private func failure(_ status: OSStatus) -> HostError {
    switch status {
    case errSecInteractionNotAllowed, errSecNotAvailable: return .Unavailable
    default: return .Failed
    }
}
#endif
