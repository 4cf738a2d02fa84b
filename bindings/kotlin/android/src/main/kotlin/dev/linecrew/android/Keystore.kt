package dev.linecrew.android

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import java.security.KeyStore
import java.security.ProviderException

/** The system's keystore: what it keeps never comes into this process. */
internal object Keystore {
    const val NAME = "AndroidKeyStore"

    /** Opened anew for each question: it is a handle on a service and holds nothing. */
    fun open(): KeyStore = KeyStore.getInstance(NAME).apply { load(null) }

    /**
     * Makes a key in the phone's secure element (StrongBox) if it has one, else in the trusted environment of its processor. It needs no fingerprint and no
     * unlocked screen: phones sync in a pocket.
     */
    fun <T> make(context: Context, alias: String, purposes: Int, details: KeyGenParameterSpec.Builder.() -> Unit, generate: (KeyGenParameterSpec) -> T): T {
        fun spec(inStrongBox: Boolean): KeyGenParameterSpec {
            val spec = KeyGenParameterSpec.Builder(alias, purposes).apply(details).setUserAuthenticationRequired(false)
            if (inStrongBox && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
            return spec.build()
        }
        if (!hasStrongBox(context)) return generate(spec(inStrongBox = false))
        return try {
            generate(spec(inStrongBox = true))
        } catch (_: ProviderException) {
            // `StrongBoxUnavailableException` is one, and a class that Android 8 does not know. A secure element may be full, or not know the curve.
            generate(spec(inStrongBox = false))
        }
    }

    private fun hasStrongBox(context: Context): Boolean =
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.P && context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)
}
