package dev.linecrew.android

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged

/** What the system says about the network that apps use now. */
public data class NetworkState(
    /** Whether there is one at all. Whether the system has reached the internet through it says nothing of a utility's own network. */
    val reachable: Boolean,
    /** Whether every byte may cost money. */
    val metered: Boolean,
)

/** The network that apps use, now and after every change. Needs `ACCESS_NETWORK_STATE`, which this library's manifest asks for. */
public fun Context.networkStates(): Flow<NetworkState> = callbackFlow {
    val networks = getSystemService(ConnectivityManager::class.java)
    val callback = object : ConnectivityManager.NetworkCallback() {
        // Comes after each `onAvailable`, with what is known then.
        override fun onCapabilitiesChanged(network: Network, networkCapabilities: NetworkCapabilities) {
            trySend(
                NetworkState(
                    reachable = networkCapabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET),
                    metered = !networkCapabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED),
                ),
            )
        }

        override fun onLost(network: Network) {
            trySend(NetworkState(reachable = false, metered = false))
        }
    }
    // Without a network nothing is called back: that is the state to begin with.
    if (networks.activeNetwork == null) trySend(NetworkState(reachable = false, metered = false))
    networks.registerDefaultNetworkCallback(callback)
    awaitClose { networks.unregisterNetworkCallback(callback) }
}.conflate().distinctUntilChanged()
