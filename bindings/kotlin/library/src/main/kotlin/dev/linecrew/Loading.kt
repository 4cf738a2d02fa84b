package dev.linecrew

import com.sun.jna.Function
import com.sun.jna.NativeLibrary

/**
 * The native library cannot be used by this app: it is absent, or it is not the one that this code was generated from. Take both from one release.
 */
public class LinecrewLoadException internal constructor(
    /** The version of this code. */
    public val expected: String,
    /** The version of the native library; null when there is none, or it cannot say. */
    public val found: String?,
    cause: Throwable?,
) : RuntimeException(sentence(expected, found), cause)

private fun sentence(expected: String, found: String?): String = when (found) {
    null -> "This app needs the native library of Linecrew $expected, which cannot be loaded."
    expected -> "This app needs the native library of Linecrew $expected as it was released; the one that was loaded is another build."
    else -> "This app needs the native library of Linecrew $expected; the one that was loaded is $found."
}

/**
 * Checks the native library before anything of it is used, once: generated code would fail in a class initialiser, with an error that names no version the
 * first time and none at all later.
 */
internal class Loading(private val expected: String, private val found: () -> String, private val touch: () -> Unit) {
    private val failure: LinecrewLoadException? by lazy(::check)

    /** Throws what is wrong with the library, each time anew. */
    fun require() {
        failure?.let { throw LinecrewLoadException(it.expected, it.found, it.cause) }
    }

    private fun check(): LinecrewLoadException? {
        val version = try {
            found()
        } catch (absent: Throwable) {
            return LinecrewLoadException(expected, null, absent)
        }
        if (version != expected) return LinecrewLoadException(expected, version, null)
        return try {
            touch()
            null
        } catch (differs: Throwable) {
            LinecrewLoadException(expected, version, differs)
        }
    }

    companion object {
        /** The library of this process. */
        val ofThisProcess = Loading(VERSION, ::versionOfLibrary) { libraryVersion() }
    }
}

/** Asks the library itself, past generated code: that would refuse one of another version before it could say which. */
internal fun versionOfLibrary(): String {
    val name = System.getProperty("uniffi.component.linecrew.libraryOverride") ?: "linecrew_ffi"
    val library = NativeLibrary.getInstance(name)
    val status = UniffiRustCallStatus()
    val text = library.getFunction("uniffi_linecrew_ffi_fn_func_library_version").asks<RustBuffer.ByValue>(status)
    try {
        check(status.code == 0.toByte()) { "the library does not say its version" }
        return text.data?.getByteArray(0, text.len.toInt())?.toString(Charsets.UTF_8).orEmpty()
    } finally {
        library.getFunction("ffi_linecrew_ffi_rustbuffer_free").invoke(arrayOf(text, UniffiRustCallStatus()))
    }
}

private inline fun <reified T> Function.asks(status: UniffiRustCallStatus): T = invoke(T::class.java, arrayOf(status)) as T
