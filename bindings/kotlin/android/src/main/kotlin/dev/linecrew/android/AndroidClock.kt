package dev.linecrew.android

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import dev.linecrew.ClockSample
import dev.linecrew.HostClock

/**
 * Android's clocks. What the kernel says about a boot is closed to apps since Android 8: the setting that counts boots is what names one.
 */
public class AndroidClock(private val context: Context) : HostClock {
    override fun sample(): ClockSample = ClockSample(
        wall = System.currentTimeMillis(),
        // Counts through sleep, and never steps.
        monotonicMs = SystemClock.elapsedRealtime().toULong(),
        boot = Settings.Global.getString(context.contentResolver, Settings.Global.BOOT_COUNT),
    )
}
