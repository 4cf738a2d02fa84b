package dev.linecrew

import java.lang.reflect.Constructor
import java.lang.reflect.Modifier
import java.time.Duration
import java.time.Instant

/** A value of any generated type: what is new among them is tested without anybody adding it. */
internal fun exampleOf(type: Class<*>): Any? = when {
    type == String::class.java -> "a_code"
    type == Boolean::class.javaPrimitiveType || type == Boolean::class.javaObjectType -> false
    type == Int::class.javaPrimitiveType || type == Int::class.javaObjectType -> 7
    type == Long::class.javaPrimitiveType || type == Long::class.javaObjectType -> 7L
    type == Short::class.javaPrimitiveType -> 7.toShort()
    type == Byte::class.javaPrimitiveType -> 7.toByte()
    type == Double::class.javaPrimitiveType -> 7.0
    type == ByteArray::class.java -> ByteArray(0)
    type == List::class.java -> emptyList<Any>()
    type == Map::class.java -> emptyMap<Any, Any>()
    type == Duration::class.java -> Duration.ZERO
    type == Instant::class.java -> Instant.EPOCH
    type.isEnum -> type.enumConstants.first()
    Modifier.isAbstract(type.modifiers) -> exampleOf(variantsOf(type).first())
    else -> made(type)
}

/** The classes of a sealed class. */
internal fun variantsOf(type: Class<*>): List<Class<*>> =
    type.declaredClasses.filter { it != type && type.isAssignableFrom(it) }

private fun made(type: Class<*>): Any? {
    val single = type.declaredFields.firstOrNull { it.name == "INSTANCE" && Modifier.isStatic(it.modifiers) }
    if (single != null) return single.get(null)
    val maker = type.declaredConstructors.minBy { it.parameterCount }
    maker.isAccessible = true
    return maker.newInstance(*argumentsFor(maker))
}

private fun argumentsFor(maker: Constructor<*>): Array<Any?> =
    maker.parameterTypes.map { if (it.simpleName == "DefaultConstructorMarker") null else exampleOf(it) }.toTypedArray()
