package dev.linecrew

import java.time.Duration
import java.util.Locale
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class FailuresTest {
    @Test
    fun `only what passes by itself is tried again`() {
        assertTrue(LinecrewException.Offline("timed_out", null).isRetryable)
        assertTrue(LinecrewException.Store("busy").isRetryable)
        assertFalse(LinecrewException.Store("damaged").isRetryable)
        assertFalse(LinecrewException.NotPermitted("state_not_permitted").isRetryable)
    }

    @Test
    fun `a sync that somebody has to help is not tried again`() {
        assertTrue(SyncStopped("no_connection", null).isRetryable)
        assertTrue(SyncStopped("deadline", null).isRetryable)
        assertFalse(SyncStopped("needs_sign_in", null).isRetryable)
        assertFalse(SyncStopped("upgrade_required", null).isRetryable)
    }

    @Test
    fun `the server says when to come back`() {
        assertEquals(Duration.ofMillis(1500), LinecrewException.Offline("busy", 1500uL).retryAfter)
        assertNull(LinecrewException.Offline("timed_out", null).retryAfter)
        assertNull(LinecrewException.Locked().retryAfter)
    }

    @Test
    fun `everything that fails has a sentence of its own in both languages`() {
        val failures = everyFailure()
        for (locale in listOf(Locale.SIMPLIFIED_CHINESE, Locale.ENGLISH)) {
            val sentences = failures.map { it.words(locale) }
            assertEquals(sentences.size, sentences.toSet().size)
            assertTrue(sentences.none { "a_code" in it || it.isBlank() })
        }
        assertTrue(LinecrewException.Locked().words(Locale.TRADITIONAL_CHINESE).contains("锁定"))
        assertEquals(LinecrewException.Locked().words(Locale.ENGLISH), LinecrewException.Locked().words(Locale.GERMAN))
    }

    /** One of each: a new one is among them by itself. */
    private fun everyFailure(): List<LinecrewException> {
        val failures = variantsOf(LinecrewException::class.java).map { exampleOf(it) as LinecrewException }
        assertTrue(failures.size >= 16) { "only ${failures.size} were found" }
        return failures
    }
}
