#if canImport(Security) && canImport(CryptoKit) && canImport(Darwin)
import LinecrewCore

extension Hosts {
    /// What the library takes from iOS and macOS: both keys from the Keychain and the Secure Enclave, and the system's clocks. For
    /// ``Linecrew/open(_:hosts:)``.
    ///
    /// - Parameter service: the app's own name for what it keeps in the Keychain.
    public static func apple(service: String = "dev.linecrew") -> Hosts {
        Hosts(
            databaseKey: KeychainDatabaseKey(service: service),
            deviceKey: KeychainDeviceKey(service: service),
            clock: AppleClock()
        )
    }
}
#endif
