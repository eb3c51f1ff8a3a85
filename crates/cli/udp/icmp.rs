//! ICMP errors about what a socket sent. Linux keeps them in a queue of their own, with who said what about which datagram;
//! elsewhere there is none, and silence has to say it.

#[cfg(target_os = "linux")]
pub use linux::{prepare, refusals};
#[cfg(not(target_os = "linux"))]
pub use other::{prepare, refusals};

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSliceMut};
    use std::net::{IpAddr, SocketAddr, UdpSocket};
    use std::os::fd::AsRawFd;

    use capture::Unreached;
    use nix::libc::{sock_extended_err, sockaddr_in6};
    use nix::sys::socket::{
        ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrStorage, recvmsg, setsockopt, sockopt,
    };

    use crate::udp::Refusal;

    /// Bytes that the kernel may hold for a socket: a flood comes in bursts. It gives less where it allows less.
    const BUFFER: usize = 4 << 20;
    /// What an ICMP error quotes at most (RFC 1812 section 4.3.2.3).
    const QUOTED: usize = 576;
    /// `SO_EE_ORIGIN_ICMP` and "destination unreachable" (RFC 792); the same of ICMPv6 (RFC 4443).
    const UNREACHABLE: (u8, u8) = (2, 3);
    const UNREACHABLE_V6: (u8, u8) = (3, 1);

    /// Asks for room, and for ICMP errors if they are wanted.
    pub fn prepare(socket: &UdpSocket, errors: bool) -> io::Result<()> {
        setsockopt(socket, sockopt::RcvBuf, &BUFFER)?;
        if errors {
            match socket.local_addr()? {
                SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
                SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
            }
        }
        Ok(())
    }

    /// Every error that waits.
    pub fn refusals(socket: &UdpSocket) -> Vec<Refusal> {
        let mut all = Vec::new();
        while let Some(refusal) = next(socket) {
            all.extend(refusal);
        }
        all
    }

    /// The next error, and whether it is one about reaching; `None`: no more wait.
    fn next(socket: &UdpSocket) -> Option<Option<Refusal>> {
        let (mut quoted, mut control) = (vec![0; QUOTED], nix::cmsg_space!(sock_extended_err, sockaddr_in6));
        let mut parts = [IoSliceMut::new(&mut quoted)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message =
            recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags).ok()?;
        // The address is where the datagram went; who complains stands in the control message.
        let (to, length) = (message.address.as_ref().and_then(address), message.bytes);
        let said = message.cmsgs().ok().and_then(|mut all| all.find_map(|one| said(&one)));
        quoted.truncate(length);
        Some(to.zip(said).map(|(to, (what, by))| Refusal { to, quoted, what, by }))
    }

    fn said(message: &ControlMessageOwned) -> Option<(Unreached, IpAddr)> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the list of control messages is not ours, and grows"
        )]
        match message {
            // "Time exceeded" is a word on the path, and errors of this host have an origin of their own.
            ControlMessageOwned::Ipv4RecvErr(error, Some(by)) if kind(error) == UNREACHABLE => {
                Some((Unreached::from_code(error.ee_code, false)?, SockaddrIn::from(*by).ip().into()))
            }
            ControlMessageOwned::Ipv6RecvErr(error, Some(by)) if kind(error) == UNREACHABLE_V6 => {
                Some((Unreached::from_code(error.ee_code, true)?, SockaddrIn6::from(*by).ip().into()))
            }
            _ => None,
        }
    }

    fn kind(error: &sock_extended_err) -> (u8, u8) {
        (error.ee_origin, error.ee_type)
    }

    fn address(to: &SockaddrStorage) -> Option<SocketAddr> {
        let v4 = to.as_sockaddr_in().map(|to| SocketAddr::new(to.ip().into(), to.port()));
        v4.or_else(|| to.as_sockaddr_in6().map(|to| SocketAddr::new(to.ip().into(), to.port())))
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;
    use std::net::UdpSocket;

    use crate::udp::Refusal;

    pub fn prepare(_: &UdpSocket, _: bool) -> io::Result<()> {
        Ok(())
    }

    pub fn refusals(_: &UdpSocket) -> Vec<Refusal> {
        Vec::new()
    }
}
