package dev.linecrew.android

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.ForegroundInfo
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequestBuilder
import androidx.work.OutOfQuotaPolicy
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.linecrew.Linecrew
import dev.linecrew.LinecrewException
import dev.linecrew.isRetryable
import java.time.Duration
import java.util.concurrent.TimeUnit

/** What the app's `Application` is, so that work in the background finds the one open phone of the process: a store is opened once. */
public interface PhoneOwner {
    /** The phone, opened the first time. */
    public suspend fun phone(): Linecrew
}

/**
 * Syncs while the app is not on the screen: at once when something was confirmed ([soon]), and every quarter of an hour ([regularly]), whenever there is a
 * network. What a person confirmed leaves the phone also when they never open the app again.
 */
public class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val owner = applicationContext as? PhoneOwner ?: return Result.failure()
        return try {
            sync(owner.phone())
        } catch (failed: LinecrewException) {
            if (failed.isRetryable) Result.retry() else Result.failure()
        }
    }

    private suspend fun sync(phone: Linecrew): Result {
        var outcome = phone.syncOnce(DEADLINE)
        // What was confirmed while it ran found this work under way, and goes with it.
        while (outcome.stopped == null && phone.status().savedHere > 0uL) outcome = phone.syncOnce(DEADLINE)
        val stopped = outcome.stopped ?: return Result.success()
        // What was not acknowledged is still on the phone: nothing that a failure here could lose.
        return if (stopped.isRetryable) Result.retry() else Result.failure()
    }

    /** Before Android 12, work that has to begin at once is a service with a notification. */
    override suspend fun getForegroundInfo(): ForegroundInfo {
        val notifications = applicationContext.getSystemService(NotificationManager::class.java)
        val name = applicationContext.applicationInfo.loadLabel(applicationContext.packageManager)
        notifications.createNotificationChannel(NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_LOW))
        val shown = Notification.Builder(applicationContext, CHANNEL)
            .setSmallIcon(android.R.drawable.stat_notify_sync)
            .setContentTitle(name)
            .setOngoing(true)
            .build()
        return ForegroundInfo(NOTIFICATION, shown)
    }

    public companion object {
        /** The system stops a worker after ten minutes; a phone that was away for days needs one or two. */
        private val DEADLINE = Duration.ofMinutes(5)
        private const val SOON = "dev.linecrew.sync"
        private const val REGULARLY = "dev.linecrew.sync.regularly"
        private const val CHANNEL = "dev.linecrew.sync"
        private const val NOTIFICATION = 0x4C43
        /** What the system permits. */
        private const val EVERY_MINUTES = 15L
        private const val FIRST_BACKOFF_SECONDS = 30L

        private val needsNetwork = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()

        /**
         * As soon as there is a network: to be called after a command. While such a sync waits or runs, another call does nothing: before it ends it looks
         * for what was confirmed meanwhile, and [regularly] finds the rest.
         */
        public fun soon(context: Context) {
            val request = OneTimeWorkRequestBuilder<SyncWorker>()
                .setConstraints(needsNetwork)
                .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, FIRST_BACKOFF_SECONDS, TimeUnit.SECONDS)
                .setExpedited(OutOfQuotaPolicy.RUN_AS_NON_EXPEDITED_WORK_REQUEST)
                .build()
            WorkManager.getInstance(context).enqueueUniqueWork(SOON, ExistingWorkPolicy.KEEP, request)
        }

        /** Every quarter of an hour with a network: to be called once, at the start of the app. */
        public fun regularly(context: Context) {
            val request = PeriodicWorkRequestBuilder<SyncWorker>(EVERY_MINUTES, TimeUnit.MINUTES)
                .setConstraints(needsNetwork)
                .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, FIRST_BACKOFF_SECONDS, TimeUnit.SECONDS)
                .build()
            WorkManager.getInstance(context).enqueueUniquePeriodicWork(REGULARLY, ExistingPeriodicWorkPolicy.KEEP, request)
        }

        /** Nothing more in the background: for a phone that was signed out or wiped. */
        public fun never(context: Context) {
            val work = WorkManager.getInstance(context)
            work.cancelUniqueWork(SOON)
            work.cancelUniqueWork(REGULARLY)
        }
    }
}
