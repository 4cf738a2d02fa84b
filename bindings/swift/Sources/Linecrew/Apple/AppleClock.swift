#if canImport(Darwin)
import Darwin
import Foundation
import LinecrewCore

/// Apple's clocks.
public final class AppleClock: HostClock {
    /// Knows nothing yet.
    public init() {}

    /// What the clocks show now.
    public func sample() throws -> ClockSample {
        ClockSample(
            wall: Timestamp(Date().timeIntervalSince1970 * 1_000),
            // On Apple's kernels this is `mach_continuous_time`: it counts through sleep and never steps. Linux gives the name to a clock that stands
            // still in sleep, which is `CLOCK_UPTIME_RAW` here.
            monotonicMs: clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW) / 1_000_000,
            boot: Self.boot()
        )
    }

    /// The name of this boot: none when the system does not give it, and no other one's then.
    private static func boot() -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        var count = bytes.count
        guard sysctlbyname("kern.bootsessionuuid", &bytes, &count, nil, 0) == 0, count > 1 else { return nil }
        return String(cString: bytes)
    }
}
#endif
