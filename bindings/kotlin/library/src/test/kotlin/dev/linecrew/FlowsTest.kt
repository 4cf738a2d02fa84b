package dev.linecrew

import java.lang.reflect.Proxy
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.produce
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Hearing of changes. Forgetting a sign-in is the change that a phone without a server can make. */
class FlowsTest {
    @Test
    fun `the first look is at once and every change is followed by another`() = withPhone { phone ->
        within {
            val looks = launchedIn(this, phone.changes)
            looks.receive()
            phone.signOut()
            looks.receive()
            looks.cancel()
        }
    }

    @Test
    fun `a slow collector misses looks and no news`() = withPhone { phone ->
        within {
            val made = AtomicInteger()
            val seen = mutableListOf<Int>()
            val begun = CompletableDeferred<Unit>()
            val goOn = CompletableDeferred<Unit>()
            val slow = launch {
                phone.live(whileLocked = -1) { made.get() }.collect { count ->
                    seen += count
                    begun.complete(Unit)
                    goOn.await()
                }
            }
            begun.await()
            repeat(50) {
                made.incrementAndGet()
                phone.signOut()
            }
            goOn.complete(Unit)
            phone.live(whileLocked = -1) { made.get() }.first { it == 50 }
            while (seen.last() != 50) yield()
            assertTrue(seen.size < 10) { "$seen" }
            slow.cancelAndJoin()
        }
    }

    @Test
    fun `only what differs is emitted and it is not read on the collector's thread`() = withPhone { phone ->
        within {
            val reads = AtomicInteger()
            val seen = launchedIn(this, phone.live(whileLocked = "locked") { "${reads.incrementAndGet() / 3}" })
            assertEquals("0", seen.receive())
            while (reads.get() < 3) {
                val before = reads.get()
                phone.signOut()
                while (reads.get() == before) yield()
            }
            assertEquals("1", seen.receive())
            seen.cancel()
            assertNotEquals(Thread.currentThread(), phone.live(whileLocked = null) { Thread.currentThread() }.first())
        }
    }

    @Test
    fun `a flow ends when the phone is shut down`() = withPhone { phone ->
        within {
            val begun = Channel<Unit>(Channel.CONFLATED)
            val whole = launch { phone.changes.collect { begun.send(Unit) } }
            val read = launch { phone.liveItems().collect { begun.send(Unit) } }
            val link = launch { phone.liveLink().collect { begun.send(Unit) } }
            begun.receive()
            phone.shutDown()
            val all = listOf(whole, read, link)
            all.joinAll()
            assertTrue(all.none { it.isCancelled })
            assertEquals(emptyList<Unit>(), phone.changes.toList())
        }
    }

    @Test
    fun `a collector's own failure is not taken for the phone's`() = withPhone { phone ->
        within {
            assertThrows<LinecrewException.Closed> { phone.changes.collect { throw LinecrewException.Closed() } }
            assertThrows<LinecrewException.Locked> { phone.changes.collect { throw LinecrewException.Locked() } }
        }
    }

    @Test
    fun `a locked phone shows nothing and says so`() = withPhone(lease = Duration.ZERO) { phone ->
        within {
            phone.changes.first()
            assertTrue(phone.liveStatus().first().locked)
            assertEquals("locked", phone.live(whileLocked = "locked") { items().size.toString() }.first())
        }
    }

    @Test
    fun `a phone that is suspended is looked at again when it is resumed`() = withPhone { phone ->
        within {
            val reads = AtomicInteger()
            val seen = launchedIn(this, phone.live(whileLocked = -1) { installation().length + reads.incrementAndGet() })
            val before = seen.receive()
            phone.suspend()
            assertThrows<LinecrewException.Suspended> { phone.items() }
            phone.resume()
            assertTrue(seen.receive() > before)
            seen.cancel()
        }
    }

    @Test
    fun `what a wiped phone showed is gone`() = within {
        val looks = Looks(null, LinecrewException.Wiped())
        val seen = Linecrew(looks.asCore()).live(whileLocked = "nothing") { "items" }
        assertEquals(listOf("items", "nothing"), seen.onEach { looks.goOn.send(Unit) }.toList())
    }

    @Test
    fun `the link is the one that there is`() = withPhone { phone ->
        within { assertEquals(Link.Stopped, phone.liveLink().first()) }
    }

    @Test
    fun `a lock is one look among others`() = within {
        val looks = Looks(LinecrewException.Locked(), null, LinecrewException.Locked(), null)
        val seen = Linecrew(looks.asCore()).live(whileLocked = "locked") { if (looks.lockedNow) throw LinecrewException.Locked() else "open" }
        assertEquals(listOf("locked", "open", "locked", "open"), seen.onEach { looks.goOn.send(Unit) }.take(4).toList())
    }

    @Test
    fun `nothing is observed once nobody collects`() = within {
        val looks = Looks()
        val collecting = launch(Dispatchers.Default) { Linecrew(looks.asCore()).changes.collect() }
        looks.waits.await()
        collecting.cancelAndJoin()
        looks.isClosed.await()
    }

    private fun <T> launchedIn(scope: CoroutineScope, flow: Flow<T>): ReceiveChannel<T> =
        @OptIn(ExperimentalCoroutinesApi::class)
        scope.produce(capacity = Channel.UNLIMITED) { flow.collect { send(it) } }
}

/** A library that finds something new as the test says, each time when the collector has seen what was before. */
private class Looks(private vararg val finds: Exception?) : Changes(NoHandle) {
    val waits = CompletableDeferred<Unit>()
    val goOn = Channel<Unit>(Channel.UNLIMITED)
    val isClosed = CompletableDeferred<Unit>()
    var lockedNow = false
    private val next = AtomicInteger()

    override suspend fun next(): ULong {
        val find = next.getAndIncrement()
        if (find >= finds.size) {
            waits.complete(Unit)
            awaitCancellation()
        }
        if (find > 0) goOn.receive()
        lockedNow = finds[find] is LinecrewException.Locked
        finds[find]?.let { throw it }
        return find.toULong()
    }

    override fun destroy() {
        isClosed.complete(Unit)
    }

    fun asCore(): LinecrewCoreInterface {
        val kind = LinecrewCoreInterface::class.java
        return Proxy.newProxyInstance(kind.classLoader, arrayOf(kind)) { _, method, _ ->
            check(method.name == "observe") { method.name }
            this
        } as LinecrewCoreInterface
    }
}
