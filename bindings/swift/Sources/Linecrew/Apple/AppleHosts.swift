#if canImport(Security) && canImport(CryptoKit) && canImport(Darwin) && canImport(os)
import Foundation
import LinecrewCore

extension Hosts {
    /// What the library takes from iOS and macOS: both keys from the Keychain and the Secure Enclave, the system's clocks, and its log. For
    /// ``Linecrew/open(_:hosts:)``.
    ///
    /// - Parameters:
    ///   - service: the app's own name for what it keeps in the Keychain, and for its lines in the log.
    ///   - transport: a network of the system's, when only that finds the server; without, the library's own connections, which can be live.
    public static func apple(service: String = "dev.linecrew", transport: SystemTransport? = nil) -> Hosts {
        Hosts(
            databaseKey: KeychainDatabaseKey(service: service),
            deviceKey: KeychainDeviceKey(service: service),
            clock: AppleClock(),
            log: AppleLog(subsystem: service),
            transport: transport
        )
    }
}

extension Linecrew {
    /// A folder for the store among the app's own files: made if it does not exist, and left out of backups, because its keys are in none. On another phone
    /// nothing would open it.
    ///
    /// - Parameter name: the store's; an app with two stores has two.
    /// - Throws: what the file system says.
    public static func folder(named name: String = "linecrew") throws -> URL {
        let files = FileManager.default
        let support = try files.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = support.appendingPathComponent(name, isDirectory: true)
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }
}
#endif
