package dev.linecrew.android

import android.content.Context
import dev.linecrew.HostException
import dev.linecrew.Hosts
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.ProviderException

/** What the library takes from Android: both keys from its keystore, and its clocks. For `Linecrew.open`. */
public fun Context.androidHosts(): Hosts = Hosts(
    databaseKey = KeystoreDatabaseKey(applicationContext),
    deviceKey = KeystoreDeviceKey(applicationContext),
    clock = AndroidClock(applicationContext),
)

/** What the keystore answers. That it does not now is no loss: the library asks again. */
internal fun <T> answered(ask: () -> T): T = try {
    ask()
} catch (_: GeneralSecurityException) {
    throw HostException.Unavailable()
} catch (_: ProviderException) {
    throw HostException.Unavailable()
} catch (_: IOException) {
    throw HostException.Unavailable()
}
