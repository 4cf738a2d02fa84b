//! What the phones' library logs in this process, at its most talkative.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::TALKATIVE;

/// Everything that was logged since [`listen`](Self::listen).
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    /// Begins to listen. Once in a process.
    pub(crate) fn listen() -> Self {
        let heard = Self::default();
        tracing_subscriber::fmt().with_env_filter(EnvFilter::new(TALKATIVE)).with_writer(heard.clone()).with_ansi(false).init();
        heard
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Heard {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
