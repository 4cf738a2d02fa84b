#if canImport(Darwin)
import Foundation
import LinecrewCore

/// Carries requests over the system's network: through a company's proxy, or a VPN for this app alone, which connections of the library's own do not
/// know. There is no live connection then: the app syncs at times of its own.
///
/// Whom it believes to be the server is the system's business: `OpenRequest.caPem` does not count here.
public final class SystemTransport: HostTransport {
    /// As long as the library waits.
    private static let timeout: TimeInterval = 70
    /// What nothing was sent after.
    private static let unsent: Set<URLError.Code> = [
        .notConnectedToInternet, .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .dataNotAllowed, .internationalRoamingOff,
    ]

    private let session: URLSession

    /// - Parameter session: how; by itself one that writes nothing to disk.
    public init(session: URLSession = URLSession(configuration: .ephemeral)) {
        self.session = session
    }

    /// Sends one request, and gives the whole answer.
    public func post(request: HostRequest) async throws -> HostAnswer {
        guard let url = URL(string: request.url) else { throw HostError.Failed }
        var sent = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: Self.timeout)
        sent.httpMethod = "POST"
        sent.setValue(request.contentType, forHTTPHeaderField: "Content-Type")
        do {
            let (body, response) = try await session.upload(for: sent, from: request.body)
            guard let status = (response as? HTTPURLResponse)?.statusCode else { throw HostError.Failed }
            return HostAnswer(status: UInt16(clamping: status), body: body)
        } catch let error as URLError {
            throw Self.unsent.contains(error.code) ? HostError.Unavailable : HostError.Failed
        }
    }
}
#endif
