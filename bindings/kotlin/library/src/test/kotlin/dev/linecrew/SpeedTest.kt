package dev.linecrew

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a call costs that does nothing: the bridge alone. With a release build it is 20 µs at most; one that is not optimised may take longer. */
class SpeedTest {
    private val microseconds = System.getProperty("linecrew.microseconds").toLong()

    @Test
    fun `a call takes no longer than it may`() = withPhone { phone ->
        val method = measured("a method without work") { phone.installation() }
        measured("a free function") { libraryVersion() }
        measured("status, which reads the store") { phone.status() }
        assertTrue(method < microseconds * 1000) { "$method ns" }
    }

    /** The best of the batches: others work on this machine, too. */
    private fun measured(what: String, call: () -> Unit): Long {
        repeat(20_000) { call() }
        val batches = List(60) {
            val start = System.nanoTime()
            repeat(500) { call() }
            (System.nanoTime() - start) / 500
        }.sorted()
        println("$what: best ${batches.first()} ns, median ${batches[30]} ns")
        return batches.first()
    }
}
