//! A host: an endpoint as a world, a socket or the explorer drives it.

use std::net::SocketAddr;
use std::sync::Arc;

use ike::{Config, Endpoint, Event, Input, Instant, Output, Powers, Role, Streams, TimerName};

use crate::trace::Datagram;

/// One side's IKE service and its place. Copies share the endpoint until one of them changes.
#[derive(Clone, Debug)]
pub struct Host {
    role: Role,
    endpoint: Arc<Endpoint>,
}

/// What a host gives back, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It explains something.
    Said(Event),
    /// It sends something.
    Sent(Datagram),
}

impl Host {
    /// Its configuration.
    pub fn config(&self) -> &Config {
        self.endpoint.config()
    }

    /// A host with this configuration; nothing has happened yet.
    pub fn new(role: Role, config: impl Into<Arc<Config>>, streams: Streams, powers: Powers) -> Host {
        Host { role, endpoint: Arc::new(Endpoint::new(config.into(), streams, powers)) }
    }

    pub(crate) fn from_endpoint(role: Role, endpoint: Arc<Endpoint>) -> Host {
        Host { role, endpoint }
    }

    /// Which side it is.
    pub fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// Hands it an input; what follows. Whoever drives the host carries it out.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Vec<Effect> {
        let role = self.role;
        // Copied only where somebody else holds it: the explorer's worlds share endpoints by the thousand.
        let outputs = Arc::make_mut(&mut self.endpoint).handle(now, input);
        let effect = |output| match output {
            Output::Event(event) => Effect::Said(event),
            Output::Transmit { from, to, bytes, label } => {
                Effect::Sent(Datagram { from, to, bytes: bytes.into(), label, sender: role })
            }
        };
        outputs.into_iter().map(effect).collect()
    }

    /// A datagram reaches it.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Effect> {
        self.handle(now, Input::Datagram { from, to, bytes })
    }

    /// When it next wants an [`Input::Timeout`].
    pub fn next_timeout(&self) -> Option<(Instant, TimerName)> {
        self.endpoint.next_timeout()
    }
}
