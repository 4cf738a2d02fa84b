package dev.linecrew.scenario

import dev.linecrew.CancelToken
import dev.linecrew.Changes
import dev.linecrew.Linecrew
import dev.linecrew.LinecrewCoreInterface
import dev.linecrew.LinecrewException
import dev.linecrew.LinkWatch
import dev.linecrew.OpenRequest
import dev.linecrew.SOON
import java.nio.file.Files
import java.nio.file.Path
import kotlin.reflect.full.memberFunctions
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout

/** One store, and what it gave out. */
internal class Phone(val name: String, val folder: Path) {
    lateinit var core: Linecrew
    val objects = mutableMapOf<String, Any>()
    var installation: String? = null

    suspend fun open() {
        core = Linecrew.open(OpenRequest(folder = folder.toString(), appVersion = "1.0"))
    }
}

/** Plays one scenario with [Linecrew], as apps have it (bindings/scenarios/README.md). */
internal class Player(stage: String) : AutoCloseable {
    private val folder = Files.createTempDirectory("linecrew-scenario")
    private val labels = Labels()
    private val records = Records(labels)
    private val phones = mutableMapOf<String, Phone>()
    private val stage = Stage(stage)

    /** Answers the transcript. */
    suspend fun play(lines: List<String>): String {
        val transcript = StringBuilder()
        for (line in lines.filter { it.isNotBlank() && !it.startsWith("#") }) {
            val seen = try {
                step(Step(line))
            } catch (broken: Throwable) {
                throw AssertionError("$line\nafter\n$transcript", broken)
            }
            transcript.append("> $line\n")
            seen.forEach { transcript.append("  $it\n") }
        }
        return transcript.toString()
    }

    private suspend fun step(step: Step): List<String> {
        if (step.words.first() != "phone") return stage.act(step.line, labels)
        val (_, name, verb) = step.words
        val phone = phones.getOrPut(name) { Phone(name, folder.resolve(name)) }
        val expected = step.values.remove("expect")
        val learns = step.values.remove("label")
        var failed: String? = null
        val seen = try {
            withTimeout(SOON.toMillis() * 2) { act(phone, verb, step.values, learns) }
        } catch (failure: LinecrewException) {
            failed = named(failure)
            listOf("error $failed")
        }
        check(failed == expected) { "failed with $failed, expected $expected" }
        return seen
    }

    private suspend fun act(phone: Phone, verb: String, values: Map<String, String>, learns: String?): List<String> = when (verb) {
        "open" -> emptyList<String>().also { phone.open() }
        "enrol" -> enrol(phone, values.getValue("person"))
        "agree" -> listOf("crew=${agreement(phone, phones.getValue(values.getValue("with")))}")
        "await" -> emptyList<String>().also { becomes(phone, values) }
        "installation" -> listOf(installation(phone))
        "cancel_token.cancel" -> emptyList<String>().also { phone.objects["cancel_token"] = CancelToken().apply { cancel() } }
        "sync_once" -> called(phone, verb, mapOf("deadline" to "${SOON.toSeconds()}") + values, learns)
        "changes.next" -> listOf("changed").also { answer(phone, verb, values) }
        "link_watch.next" -> listOf(linkUntil(phone, values.getValue("until")))
        "file_reader.read" -> records.linesOf((answer(phone, verb, values) as ByteArray).decodeToString())
        "print_text" -> inChinese(answer(phone, verb, values) as String)
        "print_png" -> listOf(if (isPng(answer(phone, verb, values) as ByteArray)) "png" else "no png")
        else -> called(phone, verb, values, learns)
    }

    private suspend fun enrol(phone: Phone, person: String): List<String> {
        stage.act("stage invite phone=${phone.name} person=$person", labels)
        return records.linesOf(phone.core.enrol(labels.idOf("url"), labels.idOf("code"), phone.name))
    }

    private suspend fun called(phone: Phone, verb: String, values: Map<String, String>, learns: String?): List<String> {
        val answer = answer(phone, verb, values)
        if (answer is Changes) answer.next()
        if (answer is AutoCloseable) return emptyList<String>().also { phone.objects[snake(answer::class.simpleName!!)] = answer }
        if (learns != null) labels.learn(learns, learnt(answer!!))
        return records.linesOf(answer)
    }

    /** Whatever the library has by that name, by reflection: a new method needs nothing here. */
    private suspend fun answer(phone: Phone, verb: String, values: Map<String, String>): Any? {
        val owner = verb.substringBefore('.', "")
        val on: Any = if (owner.isEmpty()) phone.core else phone.objects.getValue(owner)
        val kind = if (owner.isEmpty()) LinecrewCoreInterface::class else on::class
        val method = kind.memberFunctions.firstOrNull { it.name == camel(verb.substringAfterLast('.')) } ?: error("nothing is called $verb")
        return Arguments(values, labels, phone).call(method, on)
    }

    private fun learnt(answer: Any): String {
        val first = if (answer is List<*>) answer.first()!! else answer
        val found = (field(first, "sessions") as? List<*>)?.last() ?: first
        return listOf("ticket", "hash", "event", "id", "session").firstNotNullOf { field(found, it) } as String
    }

    private suspend fun linkUntil(phone: Phone, wanted: String): String {
        val watch = phone.objects.getValue("link_watch") as LinkWatch
        var now: String
        do now = records.linesOf(watch.next()).single().substringBefore('{') while (now != wanted)
        return now
    }

    private fun installation(phone: Phone): String {
        val now = phone.core.installation()
        val before = phone.installation.also { phone.installation = it ?: now }
        return if (before == null) "first" else if (before == now) "same" else "other"
    }

    private fun agreement(one: Phone, other: Phone): String {
        val (mine, theirs) = listOf(one, other).map { phone ->
            phone.core.status().feeds.filter { it.feed.startsWith("crew/") }.associate { it.feed to it.digest }
        }
        return if (mine.isNotEmpty() && mine == theirs) "equal" else "unequal"
    }

    private suspend fun becomes(phone: Phone, wanted: Map<String, String>) {
        while (true) {
            val now = Step(records.linesOf(phone.core.status()).first()).values
            if (wanted.all { (key, value) -> now[key] == value }) return
            delay(POLLS_MS)
        }
    }

    override fun close() {
        phones.values.forEach { it.core.close() }
        stage.close()
        folder.toFile().deleteRecursively()
    }

    /** The lines without a letter or a digit of ASCII. */
    private fun inChinese(paper: String): List<String> =
        paper.lines().filter { it.isNotEmpty() && it.none { letter -> letter.code < 128 && letter.isLetterOrDigit() } }.map { it.trim(' ') }

    private fun isPng(bytes: ByteArray): Boolean = bytes.take(8) == listOf(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A).map { it.toByte() }

    private companion object {
        const val POLLS_MS = 50L
    }
}
