import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server on this machine that takes connections and never says a word.
final class SilentServer: @unchecked Sendable {
    private let socket: Int32
    private let port: UInt16

    init() throws {
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        let opened = makeSocket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(opened, address, size) == 0 && listen(opened, 4) == 0 && getsockname(opened, address, &size) == 0
            }
        }
        guard isListening else { throw Unplayable("no socket") }
        socket = opened
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(socket)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Returns when somebody has connected, who is kept waiting from then on.
    func takesAClient() {
        _ = accept(socket, nil, nil)
    }
}

/// The system's function, by a name that is no property's.
private func makeSocket(_ family: Int32, _ kind: Int32, _ protocolNumber: Int32) -> Int32 {
    socket(family, kind, protocolNumber)
}
