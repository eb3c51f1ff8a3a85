//! Easy VPN Remote of IOS: a client that calls with a group's name and key, and answers XAUTH.

use crate::cisco::terminal::Line;
use crate::cisco::{Block, Entry, Reader, defaults};
use crate::device::{Connection, Identity, Place, Sourced, Xauth};
use crate::keys::Owner;

/// `crypto ipsec client ezvpn NAME`
#[derive(Clone, Debug, Default)]
struct Client<'l> {
    /// `group NAME key KEY`
    group: Option<(&'l Line, String)>,
    /// Several are tried one after the other.
    peers: Vec<(String, Place)>,
}

impl Reader {
    pub(super) fn clients(&mut self, blocks: &[Block<'_>]) {
        for block in blocks {
            if let ["crypto", "ipsec", "client", "ezvpn", name] = block.head.words().as_slice() {
                let client = self.client(block);
                self.calls_as_client(name, &client);
            }
        }
    }

    fn client<'l>(&mut self, block: &Block<'l>) -> Client<'l> {
        let mut client = Client::default();
        for line in &block.body {
            match line.words().as_slice() {
                ["group", name, "key", ..] => client.group = Some((line, (*name).to_owned())),
                ["peer", peer, ..] => client.peers.push(((*peer).to_owned(), self.place(line))),
                _ => self.device.skipped += 1,
            }
        }
        client
    }

    /// The interface that has the client without `inside` calls its peers.
    fn calls_as_client(&mut self, name: &str, client: &Client<'_>) {
        let (Some((line, group)), Some((peer, at))) = (&client.group, client.peers.first()) else { return };
        let on = self.device.interfaces.iter().find(|interface| interface.client.as_deref() == Some(name));
        let (remote, on) = (self.remote(peer), on.cloned());
        let local = on.as_ref().and_then(|interface| interface.towards(remote.address()));
        let unbound = on.is_none() && !self.device.interfaces.is_empty();
        let owner = remote.address().map_or_else(|| Owner::Name(peer.clone()), Owner::address);
        self.typed_key(line, owner, line.words().get(3..).unwrap_or_default());
        let place = self.device.keys.last().map_or_else(|| at.clone(), |key| key.at.clone());
        let entry = Entry { at: Some(at.clone()), ..Entry::default() };
        let made = Connection {
            by: format!("crypto ipsec client ezvpn {name}"),
            aggressive: Some(place.clone()),
            policies: defaults::easy_vpn(),
            identity: Some(Sourced::new(Identity::KeyId(group.clone()), place.clone())),
            xauth: Some(Sourced::new(Xauth::Client, place)),
            unbound: unbound.then(|| at.clone()),
            children: Vec::new(),
            ..self.bare(&entry, remote, at.clone(), local)
        };
        self.add(made);
    }
}
