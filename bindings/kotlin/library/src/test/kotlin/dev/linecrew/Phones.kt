package dev.linecrew

import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** Long enough for anything that happens at all. */
internal val SOON: Duration = Duration.ofSeconds(30)

/** An id that no phone knows. */
internal const val NOBODYS: DocumentId = "00000000000000000000000000000001"

/** A test that waits for conditions, and fails when one never comes. */
internal fun within(limit: Duration = Duration.ofMinutes(1), test: suspend CoroutineScope.() -> Unit): Unit =
    runBlocking { withTimeout(limit.toMillis()) { test() } }

/** A folder that is gone after its use. */
internal inline fun <T> inFolder(use: (Path) -> T): T {
    val folder = Files.createTempDirectory("linecrew")
    try {
        return use(folder)
    } finally {
        folder.toFile().deleteRecursively()
    }
}

internal suspend fun opened(folder: Path, lease: Duration? = null, hosts: Hosts = Hosts()): Linecrew =
    Linecrew.open(OpenRequest(folder = folder.toString(), appVersion = "1.2.3", lease = lease), hosts)

/** A phone of its own, shut down after its use. */
internal inline fun <T> withPhone(lease: Duration? = null, use: (Linecrew) -> T): T =
    inFolder { folder -> runBlocking { opened(folder, lease) }.use { use(it) } }
