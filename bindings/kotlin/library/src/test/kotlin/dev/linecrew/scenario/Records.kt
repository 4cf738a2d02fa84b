package dev.linecrew.scenario

import dev.linecrew.LinecrewException
import kotlin.reflect.KClass
import kotlin.reflect.full.memberProperties
import kotlin.reflect.full.primaryConstructor
import kotlin.reflect.full.superclasses

/** Fields that hold what only chance decides. */
private val CHANCE = setOf("digest", "cursor", "retryAfterMs", "storeBytes", "serverUrl", "svg", "evidence", "nextTry")
private val TICKET = Regex("[A-Z0-9]+-([0-9]{8})")
private val RECEIPT_CODE = Regex("[A-Z0-9]{4}-[A-Z0-9]{4}")
/** Whole numbers from here on are times, in milliseconds since 1970. */
private const val TIMES_FROM = 1_000_000_000_000

/** Writes what a call answered from the fields that Kotlin has of it, as the scenarios' README says: what is mixed up on the way shows. */
internal class Records(private val labels: Labels) {
    fun linesOf(answer: Any?): List<String> = when {
        answer == Unit -> emptyList()
        answer is List<*> -> answer.flatMap { linesOf(it) }.ifEmpty { listOf("none") }
        answer != null && isRecord(answer) -> record(answer)
        else -> listOf(written(answer))
    }

    /** The record's own line, and one for each element of its lists of records. */
    private fun record(it: Any): List<String> {
        val (below, beside) = fieldsOf(it).partition { (_, value) -> value is List<*> && value.firstOrNull()?.let(::isRecord) == true }
        val elements = below.flatMap { (name, list) -> (list as List<*>).map { "  ${snake(name)} ${fields(fieldsOf(it!!))}" } }
        return if (beside.isEmpty()) elements else listOf(fields(beside)) + elements
    }

    private fun fields(fields: List<Pair<String, Any?>>): String =
        fields.joinToString(" ") { (name, value) -> "${snake(name)}=${if (name in CHANCE) set(value) else written(value)}" }

    private fun set(value: Any?): String = if (value == null) "none" else "set"

    private fun written(value: Any?): String = when (value) {
        null -> "none"
        is String -> text(value)
        is Boolean, is UByte, is UShort -> value.toString()
        is Double -> if (value % 1 == 0.0) value.toLong().toString() else value.toString()
        is ULong -> whole(value.toLong())
        is UInt -> value.toString()
        is Number -> whole(value.toLong())
        is Enum<*> -> value.name.lowercase()
        is List<*> -> value.joinToString(",", "[", "]") { written(it) }
        is Map<*, *> -> value.entries.sortedBy { it.key.toString() }.joinToString(" ", "{", "}") { "${it.key}=${written(it.value)}" }
        else -> if (isRecord(value)) "{${fields(fieldsOf(value))}}" else variant(value)
    }

    /** An enum with fields: `safe{received_at=set}`. */
    private fun variant(value: Any): String {
        val own = fieldsOf(value)
        return snake(value::class.simpleName!!) + if (own.isEmpty()) "" else "{${fields(own)}}"
    }

    private fun whole(number: Long): String = if (number >= TIMES_FROM) "set" else number.toString()

    private fun text(value: String): String {
        val known = labels.within(value)
        return TICKET.matchEntire(known)?.groupValues?.get(1) ?: if (RECEIPT_CODE.matches(known)) "?" else quoted(known)
    }
}

/** `NotPermitted:state_not_permitted`, or `Closed`. */
internal fun named(failure: LinecrewException): String =
    listOfNotNull(failure::class.simpleName, fieldsOf(failure).firstOrNull()?.second?.toString()).joinToString(":")

/** A field of a record by its name; null when it has none of it. */
internal fun field(record: Any, name: String): Any? = fieldsOf(record).firstOrNull { it.first == name }?.second

private fun isRecord(value: Any): Boolean = value::class.isData && value::class.superclasses.none { it.isSealed }

/** In the order of their declaration. */
private fun fieldsOf(record: Any): List<Pair<String, Any?>> {
    @Suppress("UNCHECKED_CAST")
    val kind = record::class as KClass<Any>
    val values = kind.memberProperties.associateBy { it.name }
    return kind.primaryConstructor?.parameters.orEmpty().map { it.name!! to values.getValue(it.name!!).get(record) }
}
