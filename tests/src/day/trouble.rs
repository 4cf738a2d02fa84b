//! What goes wrong.

use std::time::Duration;

use super::deed::Outcome;
use crate::{
    fleet::Fleet,
    link::{LinkState, Quality, Way},
    phone::Phone,
    server::Place,
};

impl Fleet {
    pub(super) fn loses_network(&mut self, phone: usize) -> Outcome {
        let phone = self.online(phone)?;
        phone.go_offline();
        Some(format!("{} is offline", phone.person.name))
    }

    pub(super) fn has_network(&mut self, phone: usize) -> Outcome {
        let phone = self.phones.get(phone).filter(|phone| phone.link.state() != LinkState::Up)?;
        phone.come_back();
        Some(format!("{} is back with {} edits", phone.person.name, phone.pending()))
    }

    pub(super) fn cut(&mut self, phone: usize, way: Way, bytes: u64) -> Outcome {
        let phone = self.online(phone)?;
        phone.link.cut_after(way, bytes);
        Some(format!("{} will be cut off after {bytes} bytes {way:?}", phone.person.name))
    }

    pub(super) fn black_hole(&mut self, phone: usize) -> Outcome {
        let phone = self.online(phone)?;
        phone.link.black_hole().expect("our own port");
        Some(format!("{} drives through a tunnel", phone.person.name))
    }

    pub(super) fn link_changes(&mut self, phone: usize, quality: Quality) -> Outcome {
        self.phones.get(phone)?.link.set_quality(quality);
        None
    }

    pub(super) async fn phone_restarts(&mut self, phone: usize) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        phone.restart().await;
        Some(format!("{} opens the app again", phone.person.name))
    }

    pub(super) async fn phone_reboots(&mut self, phone: usize) -> Outcome {
        let phone = self.phones.get_mut(phone)?;
        phone.reboot().await;
        Some(format!("{} switches the phone off and on", phone.person.name))
    }

    pub(super) fn clock_is_set(&mut self, phone: usize, ahead_ms: i64) -> Outcome {
        let phone = self.phones.get(phone)?;
        phone.clock.set_ahead_ms(ahead_ms);
        Some(format!("{} has a clock {} hours ahead", phone.person.name, ahead_ms / 3_600_000))
    }

    pub(super) fn time_passes(&mut self, time: Duration) -> Outcome {
        assert_eq!(*self.server.place(), Place::Inside, "a server in another process keeps the machine's time");
        self.world.pass(time);
        Some(format!("{} minutes pass", time.as_secs() / 60))
    }

    pub(super) async fn server_restarts(&mut self, killed: bool) -> Outcome {
        if killed {
            self.server.kill().await;
        } else {
            self.server.stop().await;
        }
        self.server.start().await;
        Some(format!("the server was {} and started again", if killed { "killed" } else { "stopped" }))
    }

    fn online(&self, phone: usize) -> Option<&Phone> {
        self.phones.get(phone).filter(|phone| phone.link.state() == LinkState::Up)
    }
}
