package dev.linecrew.sample

import dev.linecrew.Account
import dev.linecrew.Link
import dev.linecrew.Priority
import dev.linecrew.WorkItem

private val COLUMNS = listOf("no." to 6, "kind" to 16, "stands" to 12, "customer" to 10, "address" to 24, "here" to 5, "next" to 0)

/** The steps that this sample can take, as the library names them. */
private val STEPS = setOf("accepted", "departed", "arrived", "work_started", "completed", "noted")

/** Today's work as a table. */
internal fun today(account: Account?, items: List<WorkItem>, link: Link): String {
    val who = account?.let { "${it.crewName ?: "no crew"} · ${it.name}" } ?: "nobody yet"
    val rows = items.map { item ->
        val urgent = if (item.priority == Priority.URGENT) "!" else ""
        listOf(
            urgent + item.number.substringAfterLast('-'),
            item.kind,
            item.phase.name.lowercase(),
            item.customer.name,
            item.site.address,
            // What only this phone has is the crew's first question in a basement.
            (item.edits.savedHere + item.edits.sent).takeIf { it > 0uL }?.toString().orEmpty(),
            item.next.filter { it in STEPS }.joinToString(" "),
        )
    }
    val lines = (listOf(COLUMNS.map { it.first }) + rows).map { cells -> cells.zip(COLUMNS) { cell, (_, width) -> padded(cell, width) }.joinToString("") }
    return "\n$who · ${connection(link)}\n" + lines.joinToString("\n")
}

private fun connection(link: Link): String = when (link) {
    is Link.Live -> "online"
    is Link.Connecting -> "connecting"
    is Link.Stopped -> "offline by choice"
    is Link.Offline -> "no network" + (link.why?.let { " ($it)" } ?: "")
    is Link.NeedsSignIn -> "needs an invitation"
    is Link.UpgradeRequired -> "needs an update"
    is Link.Suspended -> "may not work at the moment"
    is Link.Revoked -> "revoked by the office"
}

/** Terminals give a Chinese character two columns. */
private fun padded(text: String, width: Int): String = text + " ".repeat((width - columns(text)).coerceAtLeast(1))

private fun columns(text: String): Int = text.codePoints().map { if (it >= FIRST_WIDE) 2 else 1 }.sum()

/** Hangul Jamo: everything narrower comes before. */
private const val FIRST_WIDE = 0x1100
