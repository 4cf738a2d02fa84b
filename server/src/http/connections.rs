//! How many connections there may be: in all, and from one address.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::mpsc;

/// The places, shared by all connections.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    most_per_address: usize,
    taken: Mutex<Taken>,
    /// Closes with the last holder of the last place, and with the accept loop.
    _open: mpsc::Sender<Infallible>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place; it is free again when the last holder drops it.
#[derive(Debug)]
pub(crate) struct Slot {
    address: IpAddr,
    connections: Arc<Connections>,
}

impl Connections {
    /// No connections yet, and a channel that ends when there are none any more and none can come.
    pub(crate) fn new(most: usize, most_per_address: usize) -> (Arc<Self>, mpsc::Receiver<Infallible>) {
        let (open, last_gone) = mpsc::channel(1);
        (Arc::new(Self { most, most_per_address, taken: Mutex::default(), _open: open }), last_gone)
    }

    /// A place for a connection from `address`; none when everything, or this address's share, is taken.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let address = household(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let here = taken.by_address.get(&address).copied().unwrap_or(0);
        // Behind a proxy on this machine every connection comes from the loopback address: only the total holds there.
        if taken.all >= self.most || (here >= self.most_per_address && !address.is_loopback()) {
            return None;
        }
        taken.all = taken.all.saturating_add(1);
        taken.by_address.insert(address, here.saturating_add(1));
        Some(Slot { address, connections: Arc::clone(self) })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.connections.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(here) = taken.by_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// One customer of a network provider: an IPv4 address, or an IPv6 /64.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let connections = Connections::new(2, 2).0;
        let first = connections.take(address("192.0.2.1")).unwrap();
        let _second = connections.take(address("192.0.2.2")).unwrap();
        assert!(connections.take(address("192.0.2.3")).is_none());
        drop(first);
        assert!(connections.take(address("192.0.2.3")).is_some());
    }

    #[tokio::test]
    async fn the_last_one_to_leave_is_noticed() {
        let (connections, mut last_gone) = Connections::new(2, 2);
        let slot = connections.take(address("192.0.2.1")).unwrap();
        drop(connections);
        assert!(matches!(last_gone.try_recv(), Err(mpsc::error::TryRecvError::Empty)));
        drop(slot);
        assert!(last_gone.recv().await.is_none());
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let connections = Connections::new(100, 2).0;
        let _held = [connections.take(address("2001:db8::1")).unwrap(), connections.take(address("2001:db8::2")).unwrap()];
        assert!(connections.take(address("2001:db8::3")).is_none(), "the same /64");
        assert!(connections.take(address("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn a_proxy_on_this_machine_is_not_one_address() {
        let connections = Connections::new(10, 1).0;
        for loopback in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let _held = [connections.take(address(loopback)).unwrap(), connections.take(address(loopback)).unwrap()];
        }
        assert!(connections.taken.lock().unwrap().by_address.is_empty());
    }
}
