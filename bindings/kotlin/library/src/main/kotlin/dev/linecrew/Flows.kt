package dev.linecrew

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.transform
import kotlinx.coroutines.launch

/**
 * Emits once when it is collected, and then after every change to the store, by this process or another: also when the phone locks itself, and when it
 * is open again.
 *
 * It says that something is new and not what: a collector that is slow misses emissions and no news. It ends when the store is shut down, and costs nothing
 * once nobody collects it.
 */
public val Linecrew.changes: Flow<Unit>
    get() = looks().endsWithThePhone().conflate()

/**
 * What [read] answers, now and after every change, when it differs from before. Read on a thread for that, never on the collector's.
 *
 * It ends when the store is shut down. While it is suspended there is nothing to read; it goes on when the store is resumed.
 *
 * @param whileLocked what is emitted while the phone has locked itself (see [Status.locked]), and last when it is wiped: what is on the screen has to go.
 */
public fun <T> Linecrew.live(whileLocked: T, read: Linecrew.() -> T): Flow<T> =
    looks().readings { unlessLocked(whileLocked) { read() } }
        .catch { failed -> if (failed is LinecrewException.Wiped) emit(whileLocked) else throw failed }
        .news()

/** The items as [LinecrewCoreInterface.items] lists them, now and after every change; none while the phone is locked. */
public fun Linecrew.liveItems(openOnly: Boolean = true, kind: String? = null): Flow<List<WorkItem>> =
    live(whileLocked = emptyList()) { items(openOnly, kind) }

/** How the phone stands with the server, now and after every change, locked or not. */
public fun Linecrew.liveStatus(): Flow<Status> = looks().readings { status() }.news()

/** How the live connection is, now and whenever it is otherwise. It costs nothing of the store's. */
public fun Linecrew.liveLink(): Flow<Link> = channelFlow {
    val watching = launch {
        watchLink().use { link -> while (true) send(link.next()) }
    }
    over.join()
    watching.cancel()
}.news()

/** One emission for each look that found something new. The library keeps the level: whoever looks late sees all of it at once. */
private fun Linecrew.looks(): Flow<Unit> = flow {
    observe().use { seen ->
        while (true) {
            unlessLocked(Unit) { seen.next() }
            emit(Unit)
        }
    }
}

private inline fun <T> unlessLocked(whileLocked: T, read: () -> T): T = try {
    read()
} catch (_: LinecrewException.Locked) {
    whileLocked
}

/** A phone that is suspended has nothing to read: it is looked at again when it is resumed. */
private fun <T> Flow<Unit>.readings(read: () -> T): Flow<T> = transform {
    val reading = try {
        read()
    } catch (_: LinecrewException.Suspended) {
        return@transform
    }
    emit(reading)
}

/** Only what differs, only the newest, and never read on the collector's thread. */
private fun <T> Flow<T>.news(): Flow<T> = endsWithThePhone().distinctUntilChanged().conflate().flowOn(Dispatchers.IO)

/** The store was shut down, or is no more: nothing will change any more. */
private fun <T> Flow<T>.endsWithThePhone(): Flow<T> = catch { failed ->
    if (failed !is LinecrewException.Closed && failed !is LinecrewException.Wiped) throw failed
}
