package dev.linecrew.scenario

import java.util.concurrent.TimeUnit

/** What is learnt in a scenario, and what it is called there. */
internal class Labels {
    private val ids = mutableMapOf<String, String>()
    private val names = linkedMapOf<String, String>()

    fun learn(label: String, value: String) {
        ids[label] = value
        names[value] = label
    }

    fun idOf(text: String): String = ids[text] ?: text

    fun within(text: String): String = names.entries.fold(text) { rest, (id, label) -> rest.replace(id, label) }
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
