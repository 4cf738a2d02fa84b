#if canImport(Security)
import Foundation
import LinecrewCore
import Security

/// The key of the store: 32 random bytes in the Keychain of this phone, which are neither synchronized nor part of a backup that another phone can read.
/// They are there from the first unlock after a boot on, so that work in the background opens the store while the screen is locked.
///
/// iOS keeps them when the app is deleted: a new store of the same app is opened with the same key.
public final class KeychainDatabaseKey: HostDatabaseKey {
    private static let bytes = 32
    private let item: KeychainItem

    /// - Parameters:
    ///   - service: the app's own name for what it keeps in the Keychain.
    ///   - name: the store's; an app with two stores has two.
    public init(service: String = "dev.linecrew", name: String = "database") {
        item = KeychainItem(service: service, name: name)
    }

    /// The key, if there is one.
    public func findKey() throws -> FoundDatabaseKey {
        FoundDatabaseKey(key: try item.find())
    }

    /// Draws a key and keeps it, unless there is one.
    public func createKey() throws -> MadeDatabaseKey {
        if let key = try item.find() {
            return MadeDatabaseKey(key: key)
        }
        var drawn = [UInt8](repeating: 0, count: Self.bytes)
        guard SecRandomCopyBytes(kSecRandomDefault, drawn.count, &drawn) == errSecSuccess else { throw HostError.Failed }
        return MadeDatabaseKey(key: try item.add(Data(drawn)))
    }

    /// Destroys the key: nobody opens the store any more.
    public func destroyKey() throws -> HostDone {
        try item.remove()
        return HostDone(done: true)
    }
}
#endif
