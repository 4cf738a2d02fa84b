package dev.linecrew

import java.time.Duration
import kotlinx.coroutines.Job
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull

/**
 * One open store on one phone: what a crew member sees and does, with or without a network.
 *
 * Reads answer at once, from the phone's disk. Commands suspend until they are on it. Whatever waits for a server is cancelled with its coroutine, and
 * the next call goes on from there. Every failure is a [LinecrewException]. Safe to use from any thread.
 *
 * ```
 * Linecrew.open(OpenRequest(folder = "phone", appVersion = "1.0")).use { phone ->
 *     phone.syncOnce(Duration.ofSeconds(10))
 *     phone.accept(phone.items().first().id)
 * }
 * ```
 *
 * The functions of [LinecrewCoreInterface] are its own; what this class adds are a lifetime, cancellation as coroutines have it, and flows
 * ([changes], [liveItems], [liveStatus], [liveLink], [live]).
 */
public class Linecrew private constructor(private val core: LinecrewCoreInterface, private val commands: Commands) :
    LinecrewCoreInterface by commands,
    AutoCloseable {
    /** Completes when the phone is shut down. */
    internal val over = Job()

    internal constructor(core: LinecrewCoreInterface) : this(core, Commands(core))

    override suspend fun shutDown() {
        try {
            commands.shutDown()
        } finally {
            over.complete()
        }
    }

    /**
     * Shuts the store down, as [shutDown] does, and waits for it: a few milliseconds, and never longer than two seconds. What goes on after that ends by
     * itself. Never throws: what was confirmed is on disk, whatever becomes of the file's lock. Doing it again does nothing; calls after it
     * fail with [LinecrewException.Closed].
     */
    override fun close() {
        // The object is not destroyed with it: it holds nothing any more, and a call that comes late hears `Closed` and not that a handle is gone.
        runBlocking { withTimeoutOrNull(CLOSES_WITHIN.toMillis()) { runCatching { core.shutDown() } } }
        over.complete()
    }

    public companion object {
        private val CLOSES_WITHIN = Duration.ofSeconds(2)

        /**
         * Opens the store in a folder, and makes one if there is none.
         *
         * Cancelled, it opens the store all the same and closes it again.
         *
         * @param hosts what the app gives of its phone: keystores, a clock, a log, a network. What is absent is this machine's: keys in files beside the store,
         * its clock, no log, connections of the library's own. Whatever hosts throw is a failure of theirs ([LinecrewException.Host]), and nothing else.
         * @throws LinecrewException when the store cannot be opened; it is left as it is.
         * @throws LinecrewLoadException when the native library is absent, or not the one that this code was generated from.
         */
        public suspend fun open(request: OpenRequest, hosts: Hosts = Hosts()): Linecrew {
            Loading.ofThisProcess.require()
            return Linecrew(openLinecrew(request, hosts.guarded()))
        }

        /**
         * The version of this code and of the native library, which are the same.
         *
         * @throws LinecrewLoadException when they are not.
         */
        public fun version(): String {
            Loading.ofThisProcess.require()
            return libraryVersion()
        }
    }
}
