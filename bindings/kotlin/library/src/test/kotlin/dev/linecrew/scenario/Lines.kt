package dev.linecrew.scenario

/** One step: its plain words, and its keys with their values. */
internal class Step(val line: String) {
    val words = mutableListOf<String>()
    val values = mutableMapOf<String, String>()

    init {
        var rest = line.trim()
        while (rest.isNotEmpty()) {
            val end = rest.indexOfAny(charArrayOf(' ', '=')).takeIf { it >= 0 } ?: rest.length
            val word = rest.take(end)
            rest = rest.drop(end)
            if (rest.startsWith("=")) rest = valueOf(rest.drop(1)) { values[word] = it } else words += word
            rest = rest.trimStart(' ')
        }
    }

    /** Hands out the value that [text] begins with; answers what follows it. */
    private fun valueOf(text: String, give: (String) -> Unit): String {
        if (!text.startsWith('"')) {
            give(text.substringBefore(' '))
            return text.substringAfter(' ', "")
        }
        val value = StringBuilder()
        var at = 1
        while (text[at] != '"') {
            val escaped = text[at] == '\\'
            if (escaped) at++
            value.append(if (escaped && text[at] == 'n') '\n' else text[at])
            at++
        }
        give(value.toString())
        return text.drop(at + 1)
    }
}

/** A text as it stands in a line. */
internal fun quoted(text: String): String =
    if (text.isNotEmpty() && !text.startsWith('"') && ' ' !in text && '\n' !in text) {
        text
    } else {
        "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\""
    }

/** `arrearsFen` as `arrears_fen`, `NotDone` as `not_done`. */
internal fun snake(camel: String): String =
    camel.replace(Regex("[A-Z]")) { "_" + it.value.lowercase() }.removePrefix("_")

/** `sync_once` as `syncOnce`. */
internal fun camel(snake: String): String = snake.replace(Regex("_([a-z0-9])")) { it.groupValues[1].uppercase() }
