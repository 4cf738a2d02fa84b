package dev.linecrew

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** One phone, and no server. */
class SurfaceTest {
    @Test
    fun `a phone that nobody enrolled has nothing and says what it needs`() = withPhone { phone ->
        assertNull(phone.account())
        assertEquals(emptyList<WorkItem>(), phone.items())
        assertEquals(0uL, phone.status().savedHere)
        within {
            val needed = assertThrows<LinecrewException.NeedsSignIn> { phone.syncOnce(SOON) }
            assertEquals("nobody_signed_in", needed.code)
            assertThrows<LinecrewException.NeedsSignIn> { phone.accept(NOBODYS) }
        }
    }

    @Test
    fun `what is no value is named and not repeated`() = withPhone { phone ->
        val wrong = listOf<Pair<String, suspend () -> Unit>>(
            "document_id" to { phone.accept("customer Huang") },
            "json" to { phone.step(NOBODYS, "noted", "customer Huang {") },
            "server_address" to { phone.enrol("customer Huang", "RC8S3-QVG7R", "phone") },
            "invitation" to { phone.enrol("http://127.0.0.1:1", "customer Huang", "phone") },
            "kind" to { phone.items(kind = "customer Huang") },
        )
        for ((code, call) in wrong) {
            within {
                val invalid = assertThrows<LinecrewException.Invalid> { call() }
                assertEquals(code, invalid.code)
                assertFalse(invalid.toString().contains("Huang"))
            }
        }
    }

    @Test
    fun `nothing travels in the clear and no server is offline`() = withPhone { phone ->
        within {
            assertThrows<LinecrewException.Untrusted> { phone.enrol("http://linecrew.example", "RC8S3-QVG7R", "phone") }
            val offline = assertThrows<LinecrewException.Offline> { phone.enrol("http://127.0.0.1:1", "RC8S3-QVG7R", "phone") }
            assertEquals("no_connection", offline.code)
            assertTrue(offline.isRetryable)
        }
    }

    @Test
    fun `a phone that was closed says so and opens again as the same`() = inFolder { folder ->
        within {
            val phone = opened(folder)
            val installation = phone.use { it.installation() }
            phone.close()
            assertThrows<LinecrewException.Closed> { phone.status() }
            assertThrows<LinecrewException.Closed> { phone.accept(NOBODYS) }
            assertEquals(installation, opened(folder).use { it.installation() })
        }
    }

    @Test
    fun `a lease that is over locks what it must`() = withPhone(lease = java.time.Duration.ZERO) { phone ->
        assertThrows<LinecrewException.Locked> { phone.items() }
        assertTrue(phone.status().locked)
    }
}
