package dev.linecrew.android

import android.util.AtomicFile
import java.io.File
import java.io.FileNotFoundException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A few bytes on disk, encrypted with a key of the keystore: AES-GCM, the nonce (12 bytes) in front. The keystore draws the nonce. */
internal class SealedFile(file: File) {
    // Written beside itself, flushed and renamed: after a loss of power there is the old content or the new one.
    private val file = AtomicFile(file)

    /** Asked by opening: before Android 11, a file that was being replaced is found only so. */
    fun exists(): Boolean = try {
        file.openRead().close()
        true
    } catch (_: FileNotFoundException) {
        false
    }

    fun read(key: SecretKey): ByteArray {
        val sealed = file.readFully()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES))
        return cipher.doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
    }

    fun write(content: ByteArray, key: SecretKey) {
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.ENCRYPT_MODE, key)
        check(cipher.iv.size == NONCE_BYTES) { "a nonce of ${cipher.iv.size} bytes" }
        val stream = file.startWrite()
        try {
            stream.write(cipher.iv)
            stream.write(cipher.doFinal(content))
            file.finishWrite(stream)
        } catch (failed: Exception) {
            file.failWrite(stream)
            throw failed
        }
    }

    fun delete() = file.delete()

    private companion object {
        const val CIPHER = "AES/GCM/NoPadding"
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
    }
}
