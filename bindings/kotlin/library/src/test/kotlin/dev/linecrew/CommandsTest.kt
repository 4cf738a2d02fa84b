package dev.linecrew

import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Proxy
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.startCoroutineUninterceptedOrReturn
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** What waits for a server is cancelled with its coroutine; every other function that suspends answers once it began. */
class CommandsTest {
    private val waitsForAServer = setOf("enrol", "syncOnce")

    @TestFactory
    fun `whoever cancels a command still hears its answer`(): List<DynamicTest> {
        val suspending = LinecrewCoreInterface::class.java.methods.filter { it.parameterTypes.lastOrNull() == Continuation::class.java }
        assertTrue(suspending.size >= 50) { "only ${suspending.size} were found" }
        assertEquals(waitsForAServer, waitsForAServer intersect suspending.map { it.name }.toSet())
        return suspending.map { method -> dynamicTest(method.name) { cancelled(method, answers = method.name !in waitsForAServer) } }
    }

    private fun cancelled(method: Method, answers: Boolean) = within {
        val core = Waiting()
        var answer: Any? = null
        val call = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { answer = called(method, Commands(core.asCore())) }
        call.cancel()
        assertEquals(answers, !core.began.isCancelled)
        if (answers) core.began.resume(Unit)
        call.cancelAndJoin()
        assertEquals(if (answers) Unit else null, answer)
    }

    @Test
    fun `whoever is cancelled before begins nothing`() = within {
        val core = Waiting()
        launch(Dispatchers.Unconfined) {
            cancel()
            runCatching { Commands(core.asCore()).accept(NOBODYS) }
        }.join()
        assertFalse(core.hasBegun)
    }
}

/** A library in which every call waits until the test answers it. */
private class Waiting {
    lateinit var began: CancellableContinuation<Any?>
    val hasBegun: Boolean get() = ::began.isInitialized

    fun asCore(): LinecrewCoreInterface {
        val kind = LinecrewCoreInterface::class.java
        return Proxy.newProxyInstance(kind.classLoader, arrayOf(kind)) { _, _, arguments ->
            @Suppress("UNCHECKED_CAST")
            val caller = arguments.last() as Continuation<Any?>
            suspend { suspendCancellableCoroutine { began = it } }.startCoroutineUninterceptedOrReturn(caller)
        } as LinecrewCoreInterface
    }
}

private suspend fun called(method: Method, on: Any): Any? = suspendCoroutineUninterceptedOrReturn { caller ->
    val arguments = method.parameterTypes.dropLast(1).map { exampleOf(it) }
    try {
        method.invoke(on, *arguments.toTypedArray(), caller)
    } catch (failed: InvocationTargetException) {
        throw failed.targetException
    }
}
