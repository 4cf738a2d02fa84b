package dev.linecrew.scenario

import java.lang.reflect.InvocationTargetException
import java.time.Duration
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import kotlin.reflect.KType
import kotlin.reflect.full.callSuspendBy
import kotlin.reflect.full.primaryConstructor

/** Calls a method by what a line says: what is absent there is the parameter's default, or nothing. */
internal class Arguments(private val values: Map<String, String>, private val labels: Labels, private val phone: Phone) {
    private val shapes = Shapes(values, phone)

    suspend fun call(method: KFunction<*>, on: Any): Any? {
        val given = method.parameters.associateWith { if (it.kind == KParameter.Kind.INSTANCE) on else argument(it) }
        return try {
            method.callSuspendBy(given.filter { (parameter, value) -> value != null || !parameter.isOptional })
        } catch (failed: InvocationTargetException) {
            throw failed.targetException
        }
    }

    private fun argument(parameter: KParameter): Any? {
        val kind = parameter.type.classifier as KClass<*>
        if (shapes.know(parameter.type)) return shapes.read(parameter.type)
        if (kind.isData) return record(kind, optional = parameter.isOptional || parameter.type.isMarkedNullable)
        return values[snake(parameter.name!!)]?.let { read(it, parameter.type) }
    }

    /** A record, of the keys that are its fields; none when no key is and there need not be one. */
    private fun record(kind: KClass<*>, optional: Boolean): Any? {
        val maker = kind.primaryConstructor!!
        val fields = maker.parameters.associateWith { argument(it) }.filter { (field, value) -> value != null || !field.isOptional }
        return if (optional && fields.values.all { it == null }) null else maker.callBy(fields)
    }

    private fun read(text: String, type: KType): Any {
        val kind = type.classifier as KClass<*>
        return when (kind) {
            String::class -> labels.idOf(text)
            Boolean::class -> text == "true"
            Int::class -> text.toInt()
            Long::class -> text.toLong()
            Double::class -> text.toDouble()
            UByte::class -> text.toUByte()
            UShort::class -> text.toUShort()
            UInt::class -> text.toUInt()
            ULong::class -> text.toULong()
            Duration::class -> Duration.ofSeconds(text.toLong())
            List::class -> text.split(',').map { read(it, type.arguments.single().type!!) }
            else -> kind.java.enumConstants?.firstOrNull { (it as Enum<*>).name.lowercase() == text } ?: error("no $kind is called $text")
        }
    }
}
