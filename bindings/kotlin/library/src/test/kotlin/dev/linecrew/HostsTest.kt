package dev.linecrew

import dev.linecrew.scenario.Labels
import dev.linecrew.scenario.Stage
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.math.BigInteger
import java.nio.file.Path
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Apps that answer badly: every call ends in its time with an error of ours, nothing of what they threw is printed, and the store opens afterwards. */
class HostsTest {
    /** What an app may do wrong, and how it hears of it. */
    private fun bad(other: Linecrew, third: Path): Map<HostFault, List<() -> Unit>> = mapOf(
        HostFault.UNAVAILABLE to listOf { throw HostException.Unavailable() },
        HostFault.FAILED to listOf(
            { throw HostException.Failed() },
            { throw IllegalStateException("customer Huang") },
            // These are errors, and no exceptions.
            { throw NotImplementedError("customer Huang") },
            { throw StackOverflowError("customer Huang") },
        ),
        HostFault.REENTERED to listOf(
            { other.status() },
            { runBlocking { other.accept(NOBODYS) } },
            { runBlocking { opened(third) } },
        ),
    )

    @Test
    fun `a store whose key does not come opens when it comes`() = inFolder { folder ->
        within {
            val keys = Keys()
            val hosts = Hosts(databaseKey = keys)
            val first = opened(folder.resolve("phone"), hosts = hosts).use { it.installation() }
            opened(folder.resolve("other")).use { other ->
                val printed = printedWhile {
                    for ((how, acts) in bad(other, folder.resolve("third"))) {
                        for (act in acts) {
                            keys.act = act
                            assertEquals(how, faultOf("database_key") { runBlocking { opened(folder.resolve("phone"), hosts = hosts) } })
                        }
                    }
                }
                assertFalse("Huang" in printed) { printed }
            }
            keys.act = {}
            opened(folder.resolve("phone"), hosts = hosts).use { phone ->
                assertEquals(first, phone.installation())
                phone.wipe()
            }
            assertNull(keys.key)
        }
    }

    @Test
    fun `an app that hangs for half a minute is left behind in its time`() = inFolder { folder ->
        within {
            val hangs = CountDownLatch(1)
            val clock = Clock { hangs.await(30, TimeUnit.SECONDS) }
            val hosts = Hosts(clock = clock)
            val start = System.nanoTime()
            assertEquals(HostFault.TIMED_OUT, faultOf("clock") { runBlocking { opened(folder, hosts = hosts) } })
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(15))
            clock.act = {}
            opened(folder, hosts = hosts).use { assertEquals(emptyList<HostTrouble>(), it.status().hostTrouble) }
            hangs.countDown()
        }
    }

    @Test
    fun `a network that fails with no exception is heard of at once`() = inFolder { folder ->
        val network = object : HostTransport {
            override suspend fun post(request: HostRequest): HostAnswer = throw NotImplementedError("customer Huang")
        }
        within {
            opened(folder, hosts = Hosts(transport = network)).use { phone ->
                val printed = printedWhile {
                    assertThrows<LinecrewException.Offline> { runBlocking { phone.enrol("https://linecrew.example", "RC8S3-QVG7R", "phone") } }
                }
                assertFalse("Huang" in printed) { printed }
            }
        }
    }

    @Test
    fun `a key that only Java has signs for this phone`() = inFolder { folder ->
        val labels = Labels()
        Stage(Path.of(System.getProperty("linecrew.binaries"), "linecrew-stage").toString()).use { stage ->
            stage.act("stage serve", labels)
            stage.act("stage invite phone=A person=crew1.1", labels)
            within {
                val key = JavaKey()
                opened(folder, hosts = Hosts(deviceKey = key)).use { phone ->
                    phone.enrol(labels.idOf("url"), labels.idOf("code"), "A")
                    assertEquals(true, phone.syncOnce(SOON).equal)
                }
                assertTrue(key.signatures > 0)
            }
        }
    }

    /** How the app failed, as the one who called hears of it. */
    private fun faultOf(callback: String, call: () -> Unit): HostFault = try {
        call()
        error("nothing failed")
    } catch (failed: LinecrewException.Host) {
        assertTrue(failed.callback.startsWith(callback)) { failed.callback }
        assertFalse("Huang" in failed.toString())
        failed.how
    } catch (_: LinecrewException.KeyUnavailable) {
        HostFault.UNAVAILABLE
    }

    private fun printedWhile(act: () -> Unit): String {
        val printed = ByteArrayOutputStream()
        val before = System.err
        System.setErr(PrintStream(printed, true))
        try {
            act()
        } finally {
            System.setErr(before)
        }
        return printed.toString()
    }
}

/** A keystore in memory; [act] is what it does before it answers. */
private class Keys : HostDatabaseKey {
    var key: ByteArray? = null
    var act: () -> Unit = {}

    override fun findKey(): FoundDatabaseKey {
        act()
        return FoundDatabaseKey(key)
    }

    override fun createKey(): MadeDatabaseKey {
        act()
        return MadeDatabaseKey(key ?: ByteArray(32) { it.toByte() }.also { key = it })
    }

    override fun destroyKey(): HostDone {
        act()
        key = null
        return HostDone(true)
    }
}

private class Clock(var act: () -> Unit) : HostClock {
    override fun sample(): ClockSample {
        act()
        return ClockSample(wall = System.currentTimeMillis(), monotonicMs = (System.nanoTime() / 1_000_000).toULong(), boot = "7")
    }
}

/** As Android's keystore has it: a point as X9.63 writes it, signatures in DER. */
private class JavaKey : HostDeviceKey {
    private val pair = KeyPairGenerator.getInstance("EC").run {
        initialize(ECGenParameterSpec("secp256r1"))
        generateKeyPair()
    }
    @Volatile
    var signatures = 0

    override fun publicKey(): HostPublicKey {
        val point = (pair.public as ECPublicKey).w
        return HostPublicKey(byteArrayOf(4) + coordinate(point.affineX) + coordinate(point.affineY))
    }

    override fun sign(message: ByteArray): HostSignature {
        signatures++
        val signer = Signature.getInstance("SHA256withECDSA")
        signer.initSign(pair.private)
        signer.update(message)
        return HostSignature(signer.sign())
    }

    private fun coordinate(number: BigInteger): ByteArray = number.toByteArray().let { bytes -> ByteArray(maxOf(0, 32 - bytes.size)) + bytes.takeLast(32) }
}
