package dev.linecrew

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class LoadingTest {
    @Test
    fun `code and library are of one version`() {
        assertEquals(VERSION, versionOfLibrary())
        assertEquals(VERSION, Linecrew.version())
    }

    @Test
    fun `a library of another version is refused before anything of it is used, each time`() {
        var used = 0
        val loading = Loading("9.9.9", ::versionOfLibrary) { used++ }
        repeat(2) {
            val refused = assertThrows<LinecrewLoadException> { loading.require() }
            assertEquals("9.9.9" to VERSION, refused.expected to refused.found)
            assertTrue("9.9.9" in refused.message!! && VERSION in refused.message!!)
            assertEquals(0, used)
        }
    }

    @Test
    fun `a library that is absent, or of another build, is told apart`() {
        val absent = Loading("9.9.9", { throw UnsatisfiedLinkError("no such file") }) {}
        assertNull(assertThrows<LinecrewLoadException> { absent.require() }.found)
        val anotherBuild = Loading(VERSION, ::versionOfLibrary) { throw ExceptionInInitializerError("checksum") }
        repeat(2) {
            val refused = assertThrows<LinecrewLoadException> { anotherBuild.require() }
            assertEquals(VERSION, refused.found)
            assertTrue("another build" in refused.message!!)
        }
    }
}
