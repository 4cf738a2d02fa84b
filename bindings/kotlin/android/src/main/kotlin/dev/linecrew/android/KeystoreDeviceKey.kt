package dev.linecrew.android

import android.content.Context
import android.security.keystore.KeyProperties
import dev.linecrew.HostDeviceKey
import dev.linecrew.HostPublicKey
import dev.linecrew.HostSignature
import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/**
 * The key of this phone, in Android's keystore: made there the first time it is asked for, and never outside of it. It vouches for what this phone
 * sends, and signs receipts.
 */
public class KeystoreDeviceKey(private val context: Context, private val alias: String = "linecrew.device") : HostDeviceKey {
    override fun publicKey(): HostPublicKey = answered { HostPublicKey(pointOf(find() ?: make())) }

    override fun sign(message: ByteArray): HostSignature = answered {
        val key = Keystore.open().getKey(alias, null) as PrivateKey
        val signer = Signature.getInstance("SHA256withECDSA")
        signer.initSign(key)
        signer.update(message)
        HostSignature(signer.sign())
    }

    private fun find(): PublicKey? = Keystore.open().getCertificate(alias)?.publicKey

    // Two threads that make one at once would each hold the public half of another key.
    @Synchronized
    private fun make(): PublicKey = find() ?: Keystore.make(
        context,
        alias,
        KeyProperties.PURPOSE_SIGN,
        {
            setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            setDigests(KeyProperties.DIGEST_SHA256)
        },
    ) { spec ->
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, Keystore.NAME)
        generator.initialize(spec)
        generator.generateKeyPair().public
    }
}

/** As X9.63 writes a point of P-256: 4, x, y, each of 32 bytes. */
private fun pointOf(key: PublicKey): ByteArray {
    val point = (key as ECPublicKey).w
    return byteArrayOf(4) + coordinate(point.affineX) + coordinate(point.affineY)
}

/** Java writes a number as short as it can, and with a zero in front when its first bit is set. */
private fun coordinate(number: BigInteger): ByteArray {
    val bytes = number.toByteArray()
    return if (bytes.size > COORDINATE_BYTES) bytes.copyOfRange(bytes.size - COORDINATE_BYTES, bytes.size) else ByteArray(COORDINATE_BYTES - bytes.size) + bytes
}

private const val COORDINATE_BYTES = 32
