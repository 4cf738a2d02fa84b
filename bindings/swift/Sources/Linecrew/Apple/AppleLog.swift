#if canImport(os)
import LinecrewCore
import os

/// Writes what the library logs into the system's log, where Console and `log stream` show it. Nothing of a customer's is in it, so nothing is hidden.
public final class AppleLog: HostLog {
    private let log: Logger

    /// - Parameter subsystem: whose lines they are, by the app's own name.
    public init(subsystem: String = "dev.linecrew") {
        log = Logger(subsystem: subsystem, category: "linecrew")
    }

    /// Writes a line.
    public func write(line: LogLine) throws -> HostDone {
        let fields = line.fields.map { " \($0.name)=\($0.value)" }.joined()
        let lost = line.dropped > 0 ? " (\(line.dropped) lines before it were lost)" : ""
        let text = "\(line.place): \(line.words)\(fields)\(lost)"
        log.log(level: line.level.ofSystem, "\(text, privacy: .public)")
        return HostDone(done: true)
    }
}

extension LogLevel {
    /// As the system's log calls it. A fault of the library's is a fault.
    var ofSystem: OSLogType {
        switch self {
        case .error: return .fault
        case .warn: return .error
        case .info: return .info
        }
    }
}
#endif
