package dev.linecrew

import kotlin.coroutines.cancellation.CancellationException

/**
 * The app's hosts, so that whatever they throw is a failure of theirs. Generated code knows exceptions only: an error (a class that is missing, memory
 * that is used up, a failed assertion) would be printed with its words, and a coroutine that ends with one would never be heard of again.
 */
internal fun Hosts.guarded(): Hosts = Hosts(
    databaseKey = databaseKey?.let(::GuardedDatabaseKey),
    deviceKey = deviceKey?.let(::GuardedDeviceKey),
    clock = clock?.let { clock -> GuardedClock(clock) },
    log = log?.let(::GuardedLog),
    transport = transport?.let(::GuardedTransport),
)

private class GuardedDatabaseKey(private val host: HostDatabaseKey) : HostDatabaseKey {
    override fun findKey() = guarded { host.findKey() }

    override fun createKey() = guarded { host.createKey() }

    override fun destroyKey() = guarded { host.destroyKey() }
}

private class GuardedDeviceKey(private val host: HostDeviceKey) : HostDeviceKey {
    override fun publicKey() = guarded { host.publicKey() }

    override fun sign(message: ByteArray) = guarded { host.sign(message) }
}

private class GuardedClock(private val host: HostClock) : HostClock {
    override fun sample() = guarded { host.sample() }
}

private class GuardedLog(private val host: HostLog) : HostLog {
    override fun write(line: LogLine) = guarded { host.write(line) }
}

private class GuardedTransport(private val host: HostTransport) : HostTransport {
    override suspend fun post(request: HostRequest) = guarded { host.post(request) }
}

/** Its words stay here: they may quote a customer. */
private inline fun <T> guarded(ask: () -> T): T = try {
    ask()
} catch (said: HostException) {
    throw said
} catch (cancelled: CancellationException) {
    throw cancelled
} catch (_: Throwable) {
    throw HostException.Failed()
}
