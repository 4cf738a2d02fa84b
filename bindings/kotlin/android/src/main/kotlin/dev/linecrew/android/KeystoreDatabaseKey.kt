package dev.linecrew.android

import android.content.Context
import android.security.keystore.KeyProperties
import dev.linecrew.FoundDatabaseKey
import dev.linecrew.HostDatabaseKey
import dev.linecrew.HostDone
import dev.linecrew.MadeDatabaseKey
import java.io.File
import java.security.SecureRandom
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/**
 * The key of the store: 32 random bytes, on disk only encrypted with a key that Android's keystore made and keeps. Destroying that one destroys both.
 *
 * The file is left out of backups: on another phone it would open nothing.
 */
public class KeystoreDatabaseKey(
    private val context: Context,
    private val alias: String = "linecrew.database",
    file: File = File(context.noBackupFilesDir, "linecrew.key"),
) : HostDatabaseKey {
    private val sealed = SealedFile(file)

    override fun findKey(): FoundDatabaseKey = answered { FoundDatabaseKey(find()) }

    override fun createKey(): MadeDatabaseKey = answered { MadeDatabaseKey(find() ?: make()) }

    override fun destroyKey(): HostDone = answered {
        // The keystore's first: what is left of the file is noise from then on.
        Keystore.open().deleteEntry(alias)
        sealed.delete()
        HostDone(done = true)
    }

    /** None when either half is gone: nothing opens the store any more then, and the library says so. */
    private fun find(): ByteArray? {
        if (!sealed.exists()) return null
        val wrapping = Keystore.open().getKey(alias, null) as SecretKey? ?: return null
        return sealed.read(wrapping)
    }

    private fun make(): ByteArray {
        val key = ByteArray(KEY_BYTES).also { SecureRandom().nextBytes(it) }
        sealed.write(key, wrapping())
        return key
    }

    private fun wrapping(): SecretKey = Keystore.open().getKey(alias, null) as SecretKey? ?: Keystore.make(
        context,
        alias,
        KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT,
        {
            setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            setKeySize(WRAPPING_BITS)
        },
    ) { spec ->
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, Keystore.NAME)
        generator.init(spec)
        generator.generateKey()
    }

    private companion object {
        const val KEY_BYTES = 32
        const val WRAPPING_BITS = 256
    }
}
