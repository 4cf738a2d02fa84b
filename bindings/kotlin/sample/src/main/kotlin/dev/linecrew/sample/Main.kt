package dev.linecrew.sample

import dev.linecrew.Linecrew
import dev.linecrew.LinecrewException
import dev.linecrew.OpenRequest
import dev.linecrew.liveItems
import dev.linecrew.liveLink
import dev.linecrew.words
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/**
 * Today's work in a terminal: a table that follows what the crew and the office do, and a line to type in.
 *
 * `linecrew-sample FOLDER` keeps the phone in that folder.
 */
public fun main(arguments: Array<String>) {
    val folder = arguments.singleOrNull()
    if (folder == null) {
        System.err.println("Which folder holds the phone? linecrew-sample FOLDER")
        return
    }
    runBlocking {
        Linecrew.open(OpenRequest(folder = folder, appVersion = "1.0")).use { phone -> work(phone) }
    }
}

private suspend fun work(phone: Linecrew): Unit = coroutineScope {
    show(phone)
    if (phone.account() != null) phone.start()
    println(HELP)
    while (true) {
        val line = withContext(Dispatchers.IO) { readlnOrNull() } ?: break
        if (line.trim() == "quit") break
        try {
            obey(phone, line)
        } catch (failed: LinecrewException) {
            println(failed.words())
        } catch (unclear: IllegalArgumentException) {
            println(unclear.message)
        }
    }
    coroutineContext.cancelChildren()
}

/** The table, each time that something in it is new, whoever did it. */
private fun CoroutineScope.show(phone: Linecrew) {
    combine(phone.liveItems(), phone.liveLink()) { items, link -> today(phone.account(), items, link) }
        .onEach(::println)
        .launchIn(this)
}
