package dev.linecrew

import java.time.Duration
import java.util.Locale

/** Whether the same call may succeed by itself a little later. Nothing is lost meanwhile. */
public val LinecrewException.isRetryable: Boolean
    get() = when (this) {
        is LinecrewException.Offline, is LinecrewException.KeyUnavailable, is LinecrewException.Cancelled -> true
        is LinecrewException.Host -> how == HostFault.UNAVAILABLE || how == HostFault.TIMED_OUT || how == HostFault.STUCK
        is LinecrewException.Store -> code == "busy"
        is LinecrewException.Untrusted, is LinecrewException.NeedsSignIn, is LinecrewException.UpgradeRequired,
        is LinecrewException.NotPermitted, is LinecrewException.Ambiguous, is LinecrewException.Suspended,
        is LinecrewException.NotFound, is LinecrewException.OthersEditsWait, is LinecrewException.StorageFull,
        is LinecrewException.Locked, is LinecrewException.Unanswered, is LinecrewException.Wiped,
        is LinecrewException.Closed, is LinecrewException.Invalid, is LinecrewException.Bug,
        -> false
    }

/** When the server asked to come back, if it did. */
public val LinecrewException.retryAfter: Duration?
    get() = (this as? LinecrewException.Offline)?.retryAfterMs?.let { Duration.ofMillis(it.toLong()) }

/**
 * A sentence for the person at the phone: what to do about it, in Chinese or in English. It names nobody and repeats nothing that was typed, and is made
 * from the kind of failure alone; apps that know more say more, by [LinecrewException]'s codes.
 */
public fun LinecrewException.words(locale: Locale = Locale.getDefault()): String =
    if (locale.language == Locale.CHINESE.language) inChinese() else inEnglish()

/**
 * Whether the next sync may get further by itself. If not, somebody has to do something first: ask the office for an invitation, or update the app. Nothing
 * is lost in either case.
 */
public val SyncStopped.isRetryable: Boolean
    get() = code !in NEEDS_SOMEBODY

private val NEEDS_SOMEBODY = setOf("needs_sign_in", "revoked", "suspended", "installation_renewed", "upgrade_required")
