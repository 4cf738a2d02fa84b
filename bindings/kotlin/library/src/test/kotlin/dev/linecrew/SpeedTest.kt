package dev.linecrew

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a call costs that does nothing: the bridge alone. With a release build it is 20 µs at most; one that is not optimised may take longer. */
class SpeedTest {
    private val microseconds = System.getProperty("linecrew.microseconds").toLong()

    @Test
    fun `a call takes no longer than it may`() = withPhone { phone ->
        val nothing = measured("a method that does nothing") { phone.nudge() }
        measured("a method that answers a text") { phone.installation() }
        measured("a free function") { libraryVersion() }
        measured("status, which reads the store") { phone.status() }
        assertTrue(nothing < microseconds * 1000) { "$nothing ns" }
    }

    /** The best of the batches, which are so short that some find a core to themselves: others work on this machine, too. */
    private fun measured(what: String, call: () -> Unit): Long {
        repeat(20_000) { call() }
        val batches = List(BATCHES) {
            val start = System.nanoTime()
            repeat(CALLS) { call() }
            (System.nanoTime() - start) / CALLS
        }.sorted()
        println("$what: best ${batches.first()} ns, median ${batches[BATCHES / 2]} ns")
        return batches.first()
    }

    private companion object {
        const val BATCHES = 400
        const val CALLS = 50
    }
}
