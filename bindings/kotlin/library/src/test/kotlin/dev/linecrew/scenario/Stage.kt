package dev.linecrew.scenario

import java.util.concurrent.TimeUnit

/** Hashes, UUIDs, times. */
private val DRAWN = Regex("[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{13}")
private val ITEM_NUMBER = Regex("[0-9]{8}-([0-9]{4})")

/** What is learnt in a scenario, and what it is called there. */
internal class Labels {
    private val values = mutableMapOf<String, String>()

    fun learn(label: String, value: String) {
        values[label] = value
    }

    fun idOf(text: String): String = values[text] ?: text

    /** With labels for what was learnt, the longest first; what was drawn and has none is a question mark, and no day stands in an item's number. */
    fun within(text: String): String {
        val longestFirst = values.entries.sortedByDescending { it.value.length }
        return longestFirst.fold(text) { rest, (label, value) -> rest.replace(value, label) }.replace(DRAWN, "?").replace(ITEM_NUMBER, "$1")
    }
}

/** The program that plays everybody but the phones. */
internal class Stage(program: String) : AutoCloseable {
    private val process = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val says = process.inputStream.bufferedReader()
    private val hears = process.outputStream.bufferedWriter()

    /** Learns what there is to learn; answers what is to be written. */
    fun act(line: String, labels: Labels): List<String> {
        hears.write(line + "\n")
        hears.flush()
        val words = says.readLine()?.split(' ') ?: error("$line: the stage has ended")
        check(words.first() == "ok") { "$line: ${words.drop(1).joinToString(" ")}" }
        val (learnt, said) = words.drop(1).partition { ":=" in it }
        learnt.forEach { labels.learn(it.substringBefore(":="), it.substringAfter(":=")) }
        return if (said.isEmpty()) emptyList() else listOf(said.joinToString(" "))
    }

    override fun close() {
        hears.close()
        check(process.waitFor(30, TimeUnit.SECONDS)) { "the stage does not end" }
        check(process.exitValue() == 0) { "the stage ended with ${process.exitValue()}" }
    }
}
