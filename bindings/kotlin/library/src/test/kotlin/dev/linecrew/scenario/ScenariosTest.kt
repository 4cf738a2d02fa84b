package dev.linecrew.scenario

import dev.linecrew.within
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.time.Duration
import kotlin.io.path.extension
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readLines
import kotlin.io.path.readText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** What is played in Rust and in Python, played in Kotlin: against a real server, with the same result to the byte. */
class ScenariosTest {
    private val folder = Path.of(System.getProperty("linecrew.scenarios"))
    private val stage = Path.of(System.getProperty("linecrew.binaries"), "linecrew-stage").toString()

    @TestFactory
    fun `every scenario gives what is expected`(): List<DynamicTest> {
        val played = Files.list(folder).use { files -> files.filter { it.extension == "txt" }.sorted().toList() }
        assertTrue(played.size >= 3) { "only ${played.size} were found" }
        return played.map { file -> dynamicTest(file.nameWithoutExtension) { play(file) } }
    }

    private fun play(file: Path) = within(Duration.ofMinutes(5)) {
        val transcript = Player(stage).use { it.play(file.readLines()) }
        val digest = MessageDigest.getInstance("SHA-256").digest(transcript.toByteArray()).joinToString("") { "%02x".format(it) }
        println("${file.nameWithoutExtension} sha256=$digest")
        assertEquals(file.resolveSibling("${file.nameWithoutExtension}.expected").readText(), transcript)
    }

    @Test
    fun `a line is read as it was written`() {
        val step = Step("""phone A note item=fault text="fuse \"A\"\n\\" body={"a":"b=c"} flag=""")
        assertEquals(listOf("phone", "A", "note"), step.words)
        val values = mapOf("item" to "fault", "text" to "fuse \"A\"\n\\", "body" to """{"a":"b=c"}""", "flag" to "")
        assertEquals(values, step.values)
        assertEquals("fuse \"A\"\n\\", Step("text=${quoted("fuse \"A\"\n\\")}").values["text"])
        assertEquals("arrears_fen" to "arrearsFen", snake("arrearsFen") to camel("arrears_fen"))
    }
}
