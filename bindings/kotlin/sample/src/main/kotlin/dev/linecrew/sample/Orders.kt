package dev.linecrew.sample

import dev.linecrew.DocumentId
import dev.linecrew.EditState
import dev.linecrew.Linecrew
import dev.linecrew.RepairReport
import dev.linecrew.SavedEdit

internal const val HELP = """enrol URL CODE        be a crew member's phone, with an invitation of the office
accept N              and depart, arrive, start: the item whose number ends with N
done N CAUSE / REMEDY a repair is done
note N TEXT           a line for whoever reads the item
edits                 what of yours is where
inbox                 what was refused, and why
offline, online       leave coverage, come back
quit"""

/** Does what a line says. */
internal suspend fun obey(phone: Linecrew, line: String) {
    val words = line.trim().split(Regex("\\s+"), limit = 3)
    when (words.first()) {
        "" -> Unit
        "enrol" -> {
            phone.enrol(serverUrl = words.at(1), code = words.at(2), deviceName = "terminal")
            phone.start()
        }
        "offline" -> phone.stop()
        "online" -> phone.start()
        "accept" -> saved(phone.accept(item(phone, words)))
        "depart" -> saved(phone.depart(item(phone, words)))
        "arrive" -> saved(phone.arrive(item(phone, words)))
        "start" -> saved(phone.startWork(item(phone, words)))
        "note" -> saved(phone.note(item(phone, words), words.at(2)))
        "done" -> {
            val (cause, remedy) = words.at(2).split('/').map(String::trim).also { require(it.size == 2) { "done N CAUSE / REMEDY" } }
            saved(phone.completeRepair(item(phone, words), RepairReport(cause, remedy)))
        }
        "edits" -> phone.edits(newest = 20u).forEach { println("${it.number ?: "?"}  ${it.kind}: ${whereIs(it.state)}") }
        "inbox" -> phone.inbox().forEach { println("${it.number ?: "?"}  ${it.body}") }
        else -> println(HELP)
    }
}

private fun List<String>.at(index: Int): String = getOrNull(index) ?: throw IllegalArgumentException(HELP)

private fun item(phone: Linecrew, words: List<String>): DocumentId {
    val count = words.at(1)
    val found = phone.items().filter { it.number.endsWith(count) }
    return found.singleOrNull()?.id ?: throw IllegalArgumentException(if (found.isEmpty()) "No open item ends with $count." else "Several items end with $count.")
}

private fun saved(edit: SavedEdit) = println("Saved on this phone: ${edit.kind}.")

private fun whereIs(state: EditState): String = when (state) {
    is EditState.SavedHere -> "only on this phone"
    is EditState.Sent -> "on its way"
    is EditState.Safe -> "safe in the office"
    is EditState.NeedsAttention -> "refused (${state.reason})"
    is EditState.Withdrawn -> "given up (${state.reason})"
}
