package dev.linecrew

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/**
 * A command that began is carried out, and answers: it takes milliseconds, and an edit of which nobody knows whether it was saved would be worse than a screen that
 * closes a moment later. Reads are passed on, and so is what waits for a server: that is cancelled with its coroutine.
 */
internal class Commands(private val core: LinecrewCoreInterface) : LinecrewCoreInterface by core {
    override suspend fun accept(item: DocumentId) = whole { core.accept(item) }

    override suspend fun arrive(item: DocumentId) = whole { core.arrive(item) }

    override suspend fun completeRepair(item: DocumentId, report: RepairReport) = whole { core.completeRepair(item, report) }

    override suspend fun decline(item: DocumentId, reason: String) = whole { core.decline(item, reason) }

    override suspend fun depart(item: DocumentId) = whole { core.depart(item) }

    override suspend fun forceStart(item: DocumentId, reason: String) = whole { core.forceStart(item, reason) }

    override suspend fun handOver(item: DocumentId, crew: CrewId, reason: String) = whole { core.handOver(item, crew, reason) }

    override suspend fun notDone(item: DocumentId, reason: String) = whole { core.notDone(item, reason) }

    override suspend fun note(item: DocumentId, text: String) = whole { core.note(item, text) }

    override suspend fun restore(item: DocumentId, report: RepairReport) = whole { core.restore(item, report) }

    override suspend fun resumeWork(item: DocumentId) = whole { core.resumeWork(item) }

    override suspend fun shutDown() = whole { core.shutDown() }

    override suspend fun signOut() = whole { core.signOut() }

    override suspend fun startWork(item: DocumentId) = whole { core.startWork(item) }

    override suspend fun step(item: DocumentId, name: String, body: Json) = whole { core.step(item, name, body) }

    override suspend fun suspendWork(item: DocumentId, reason: String) = whole { core.suspendWork(item, reason) }

    override suspend fun wipe() = whole { core.wipe() }
}

/** A coroutine that was cancelled before begins nothing; what has begun answers. */
private suspend fun <T> whole(command: suspend () -> T): T {
    currentCoroutineContext().ensureActive()
    return withContext(NonCancellable) { command() }
}
