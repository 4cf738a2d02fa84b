#if canImport(Network)
import Foundation
import LinecrewCore
import Network

/// Tells a phone what the system says about the network, now and after every change, for as long as this object lives.
public final class NetworkFollower: @unchecked Sendable {
    private let monitor = NWPathMonitor()

    /// Begins. The phone is not kept alive by it.
    public init(_ phone: Linecrew) {
        monitor.pathUpdateHandler = { [weak phone] path in
            // A hint: the library tries by itself, and a phone that was shut down has no use for it.
            try? phone?.network(hint: NetworkHint(path))
        }
        monitor.start(queue: DispatchQueue(label: "dev.linecrew.network"))
    }

    deinit {
        monitor.cancel()
    }
}

extension NetworkHint {
    /// What a path says. One that a connection would open first, such as a VPN on demand, is tried.
    init(_ path: NWPath) {
        self.init(reachable: path.status != .unsatisfied, metered: path.isExpensive || path.isConstrained)
    }
}
#endif
