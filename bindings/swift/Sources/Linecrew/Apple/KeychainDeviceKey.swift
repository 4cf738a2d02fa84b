#if canImport(Security) && canImport(CryptoKit)
import CryptoKit
import Foundation
import LinecrewCore
import Security

/// The key of this phone, made in its Secure Enclave the first time it is asked for, and never outside of it. It vouches for what this phone sends, and signs
/// receipts.
///
/// The Keychain keeps what only this Enclave can read again. Where there is no Enclave (the simulator, an old Mac), the Keychain keeps the key itself.
public final class KeychainDeviceKey: HostDeviceKey {
    private let inEnclave: KeychainItem
    private let inKeychain: KeychainItem
    // Two threads that make one at once would each hold the public half of another key.
    private let making = NSLock()

    /// - Parameters:
    ///   - service: the app's own name for what it keeps in the Keychain.
    ///   - name: the key's; an app with two stores has two.
    public init(service: String = "dev.linecrew", name: String = "device") {
        inEnclave = KeychainItem(service: service, name: "\(name).enclave")
        inKeychain = KeychainItem(service: service, name: "\(name).software")
    }

    /// The public half, as X9.63 writes a point: 65 bytes.
    public func publicKey() throws -> HostPublicKey {
        HostPublicKey(point: try key().point)
    }

    /// Signs the bytes as a message, with SHA-256.
    public func sign(message: Data) throws -> HostSignature {
        HostSignature(signature: try key().signature(of: message))
    }

    private func key() throws -> SigningKey {
        making.lock()
        defer { making.unlock() }
        do {
            return try found() ?? made()
        } catch let error as HostError {
            throw error
        } catch {
            // An Enclave refuses while the phone has not been unlocked since it was switched on.
            throw HostError.Unavailable
        }
    }

    private func found() throws -> SigningKey? {
        if let kept = try inEnclave.find() {
            return .enclave(try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: kept))
        }
        return try inKeychain.find().map { .software(try P256.Signing.PrivateKey(rawRepresentation: $0)) }
    }

    private func made() throws -> SigningKey {
        guard SecureEnclave.isAvailable else {
            let kept = try inKeychain.add(P256.Signing.PrivateKey().rawRepresentation)
            return .software(try P256.Signing.PrivateKey(rawRepresentation: kept))
        }
        let drawn = try SecureEnclave.P256.Signing.PrivateKey(accessControl: Self.whileLocked())
        let kept = try inEnclave.add(drawn.dataRepresentation)
        return .enclave(try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: kept))
    }

    /// Phones sync in a pocket: no finger and no unlocked screen, as CryptoKit would ask for by itself.
    private static func whileLocked() throws -> SecAccessControl {
        let accessible = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard let access = SecAccessControlCreateWithFlags(nil, accessible, .privateKeyUsage, nil) else { throw HostError.Failed }
        return access
    }
}

/// A key of either home.
private enum SigningKey {
    case enclave(SecureEnclave.P256.Signing.PrivateKey)
    case software(P256.Signing.PrivateKey)

    var point: Data {
        switch self {
        case .enclave(let key): return key.publicKey.x963Representation
        case .software(let key): return key.publicKey.x963Representation
        }
    }

    /// r and s in 64 bytes.
    func signature(of message: Data) throws -> Data {
        switch self {
        case .enclave(let key): return try key.signature(for: message).rawRepresentation
        case .software(let key): return try key.signature(for: message).rawRepresentation
        }
    }
}
#endif
