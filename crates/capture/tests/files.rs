//! What is written reads back; no bytes make the reader panic; a cut file keeps what it has.

#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use capture::{Capture, Error, Unreached, Unread, Writer, read, read_some};
use proptest::collection::vec;
use proptest::prelude::*;

fn end(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

fn sample() -> Vec<u8> {
    let mut writer = Writer::new(&["initiator", "responder"]);
    let (i, r) = (end("203.0.113.1:500"), end("198.51.100.1:500"));
    assert!(writer.datagram(0, Duration::from_millis(5), (i, r), b"hello", Some("lost: drop")));
    assert!(writer.datagram(1, Duration::from_millis(15), (r, i), b"", None));
    let (six, seven) = (end("[2001:db8::6]:4500"), end("[2001:db8::7]:4500"));
    assert!(writer.datagram(0, Duration::from_secs(3600), (six, seven), &[7; 1400], None));
    assert!(!writer.datagram(0, Duration::ZERO, (i, seven), b"two families", None));
    writer.finish()
}

#[test]
fn what_is_written_reads_back() {
    let capture = read(&sample()).unwrap();
    assert_eq!((capture.frames, capture.notes.len()), (3, 0));
    let [one, two, three] = &capture.datagrams[..] else { panic!("{capture:?}") };
    assert_eq!((one.frame, one.at, one.payload.as_slice()), (1, Duration::ZERO, &b"hello"[..]));
    assert_eq!((one.from, one.to), (end("203.0.113.1:500"), end("198.51.100.1:500")));
    assert_eq!((two.at, two.payload.len(), two.cut), (Duration::from_millis(10), 0, false));
    assert_eq!((three.at, three.from), (Duration::from_millis(3_599_995), end("[2001:db8::6]:4500")));
}

#[test]
fn a_cut_file_keeps_what_it_has() {
    let whole = sample();
    for length in 0..whole.len() {
        match read(&whole[..length]) {
            Ok(capture) => assert!(capture.datagrams.len() <= 3),
            Err(error) => assert!(length < 80, "{length}: {error}"),
        }
    }
    let cut = read(&whole[..whole.len() - 10]).unwrap();
    assert_eq!((cut.datagrams.len(), cut.notes.len()), (2, 1), "{:?}", cut.notes);
}

#[test]
fn what_is_no_capture_is_told() {
    assert_eq!(read(b"GIF89a"), Err(Error::Magic(b"GIF8".to_vec())));
    assert_eq!(read(b""), Err(Error::Magic(Vec::new())));
    assert_eq!(read(&[0x1f, 0x8b, 1, 2]), Err(Error::Gzip));
}

/// A frame in each framing, built by hand from the formats' own descriptions.
#[test]
fn every_framing_is_read() {
    // IPv4, UDP 500 to 500, "abcd".
    let mut ip = vec![0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    ip.extend([1, 244, 1, 244, 0, 12, 0, 0]);
    ip.extend(b"abcd");
    let ethernet = |kinds: &[u8]| [&[2; 12][..], kinds, &ip].concat();
    let mut cooked = vec![0; 16];
    cooked[14] = 8;
    let mut cooked2 = vec![0; 20];
    cooked2[0] = 8;
    let framings = [
        (1, ethernet(&[8, 0])),
        (1, ethernet(&[0x81, 0, 0, 5, 8, 0])),
        (101, ip.clone()),
        (12, ip.clone()),
        (228, ip.clone()),
        (0, [&[2, 0, 0, 0][..], &ip].concat()),
        (108, [&[0, 0, 0, 2][..], &ip].concat()),
        (113, [cooked, ip.clone()].concat()),
        (276, [cooked2, ip.clone()].concat()),
        // Above the type's 16 bits: a frame check sequence of four bytes.
        (0x5000_0001, [ethernet(&[8, 0]), vec![0; 4]].concat()),
    ];
    for (link, frame) in framings {
        let capture = read(&one_frame(link, &frame, frame.len())).unwrap();
        assert_eq!(capture.datagrams.len(), 1, "link type {link}: {:?}", capture.notes);
        assert_eq!(capture.datagrams[0].payload, b"abcd", "link type {link}");
        assert_eq!(capture.unread, 0, "link type {link}");
        // Up to UDP's ports and length nobody knows what was sent.
        let ports = frame.windows(4).position(|four| four == [1, 244, 1, 244]).unwrap();
        for length in 0..ports + 8 {
            let cut = read(&one_frame(link, &frame[..length], frame.len())).unwrap();
            let seen = (cut.unread, &cut.notes[..], cut.datagrams.len());
            assert_eq!(seen, (1, &[Unread::Headers][..], 0), "link type {link}, {length} bytes of it");
        }
    }
}

/// A pcap of one frame, of which `sent` bytes were on the link.
fn one_frame(link: u32, frame: &[u8], sent: usize) -> Vec<u8> {
    let mut file = [0xa1b2_c3d4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4], [0xff, 0xff, 0, 0]].concat();
    file.extend(u32::to_le_bytes(link));
    let [captured, sent] = [frame.len(), sent].map(|length| u32::try_from(length).unwrap().to_le_bytes());
    file.extend([[1, 0, 0, 0], [2, 0, 0, 0], captured, sent].concat());
    file.extend(frame);
    file
}

/// What cannot hold a datagram is no loss, however short it is cut; what cannot be looked into at all is counted.
#[test]
fn frames_that_are_not_read_are_counted() {
    let tcp = [0x45, 0, 0, 60, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 1, 2, 3, 4];
    let arp = [&[2; 12][..], &[8, 6, 0, 1]].concat();
    for (link, frame) in [(101, &tcp[..]), (1, &arp)] {
        let capture = read(&one_frame(link, frame, 60)).unwrap();
        assert_eq!((capture.frames, capture.unread, capture.notes.len()), (1, 0, 0), "link type {link}");
    }
    let unknown = read(&one_frame(200, &tcp, tcp.len())).unwrap();
    assert_eq!((unknown.unread, unknown.notes), (1, vec![Unread::LinkType(200)]));
    // The first frame's interface, as the block names it.
    let mut nowhere = sample();
    let packet = nowhere.windows(4).position(|kind| kind == [6, 0, 0, 0]).unwrap();
    nowhere[packet + 8] = 9;
    let nowhere = read(&nowhere).unwrap();
    assert_eq!((nowhere.unread, nowhere.notes), (1, vec![Unread::NoInterface(1)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_bytes_make_the_reader_panic(magic in 0..5_usize, junk in vec(any::<u8>(), 0..300)) {
        let magics = [&[][..], &[0x0a, 0x0d, 0x0d, 0x0a], &[0xd4, 0xc3, 0xb2, 0xa1], &[0xa1, 0xb2, 0x3c, 0x4d], &[0x1f, 0x8b]];
        let file = [magics[magic], &junk].concat();
        if let Ok(capture) = read(&file) {
            prop_assert!(capture.datagrams.len() as u64 <= capture.frames);
            // gzip alone may hold more than its file.
            let held: usize = capture.datagrams.iter().map(|datagram| datagram.payload.len()).sum();
            prop_assert!(magic == 4 || held <= file.len(), "{}", held);
        }
    }

    #[test]
    fn a_damaged_capture_is_read_as_far_as_it_goes(edits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut file = sample();
        for (at, value) in edits {
            let at = at.index(file.len());
            file[at] = value;
        }
        if let Ok(capture) = read(&file) {
            prop_assert!(capture.datagrams.len() as u64 <= capture.frames);
        }
    }
}

/// Found by fuzzing: a process information block of 11 bytes made the reader subtract below zero.
#[test]
fn a_block_shorter_than_its_own_header_is_damage() {
    let mut file = sample();
    file.extend([1, 0, 0, 0x80, 11, 0, 0, 0, 0, 0, 0, 0]);
    let capture = read(&file).unwrap();
    assert_eq!((capture.datagrams.len(), capture.notes.len()), (3, 1));
    let pib = [&[1, 0, 0, 0x80][..], &16_u32.to_le_bytes(), &[0; 4], &16_u32.to_le_bytes()].concat();
    let with_pib = [sample(), pib].concat();
    assert!(read(&with_pib).unwrap().notes.is_empty(), "a whole block of another kind is skipped");
}

/// A datagram in two IPv4 fragments, the later one first: it belongs to the frame that completes it.
#[test]
fn fragments_are_put_together() {
    let payload: Vec<u8> = (0..2000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let length = u16::try_from(payload.len() + 8).unwrap().to_be_bytes();
    let udp = [&[1, 244, 1, 244, length[0], length[1], 0, 0][..], &payload].concat();
    let fragment = |offset: usize, part: &[u8], more: bool| {
        let total = u16::try_from(part.len() + 20).unwrap().to_be_bytes();
        let place = u16::try_from(offset / 8).unwrap() | if more { 0x2000 } else { 0 };
        let place = place.to_be_bytes();
        let header =
            [0x45, 0, total[0], total[1], 7, 7, place[0], place[1], 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        [&header[..], part].concat()
    };
    let frames = [fragment(1480, &udp[1480..], false), fragment(0, &udp[..1480], true)];
    let capture = read(&raw(&frames)).unwrap();
    assert_eq!((capture.frames, capture.datagrams.len()), (2, 1));
    assert_eq!((capture.datagrams[0].frame, &capture.datagrams[0].payload), (2, &payload));
}

/// A pcap file of raw IP.
fn raw(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file =
        [0xa1b2_c3d4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4], [0xff, 0xff, 0, 0], [101, 0, 0, 0]]
            .concat();
    for frame in frames {
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        file.extend([[1, 0, 0, 0], [2, 0, 0, 0], length, length].concat());
        file.extend(frame);
    }
    file
}

/// IPv4 without options, from 10.0.0.`from` to 10.0.0.`to`.
fn ipv4(protocol: u8, [from, to]: [u8; 2], payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(payload.len() + 20).unwrap().to_be_bytes();
    let header = [0x45, 0, total[0], total[1], 7, 7, 0, 0, 64, protocol, 0, 0, 10, 0, 0, from, 10, 0, 0, to];
    [&header[..], payload].concat()
}

fn ipv6(next: u8, [from, to]: [u8; 2], payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let address = |last| [&[0x20, 1, 0x0d, 0xb8][..], &[0; 11], &[last]].concat();
    [&[0x60, 0, 0, 0, length[0], length[1], next, 64][..], &address(from), &address(to), payload].concat()
}

/// UDP 500 to 500 with "abcd"; and an ICMP error of this type and code that quotes so much of a packet.
const UDP: [u8; 12] = [1, 244, 1, 244, 0, 12, 0, 0, b'a', b'b', b'c', b'd'];

fn icmp(kind: u8, code: u8, quote: &[u8]) -> Vec<u8> {
    [&[kind, code, 0, 0, 0, 0, 0, 0][..], quote].concat()
}

#[test]
fn icmp_errors_are_read() {
    let (v4, v6) = (ipv4(17, [1, 2], &UDP), ipv6(17, [1, 2], &UDP));
    let about = |capture: &Capture| {
        capture.unreachables.iter().map(|one| (one.frame, one.what, one.quoted.clone())).collect::<Vec<_>>()
    };
    let read_one = |frame: Vec<u8>| read(&raw(&[frame])).unwrap();
    let cases = [
        (3, Some(Unreached::Port)),
        (1, Some(Unreached::Host)),
        (0, Some(Unreached::Network)),
        (13, Some(Unreached::Prohibited)),
        (4, None),
    ];
    for (code, expected) in cases {
        let capture = read_one(ipv4(1, [9, 1], &icmp(3, code, &v4)));
        assert_eq!(about(&capture).first().map(|(_, what, _)| *what), expected, "code {code}");
        assert!(capture.datagrams.is_empty());
    }
    for (code, expected) in
        [(4, Unreached::Port), (3, Unreached::Host), (0, Unreached::Network), (1, Unreached::Prohibited)]
    {
        let capture = read_one(ipv6(58, [9, 1], &icmp(1, code, &v6)));
        assert_eq!(about(&capture), [(1, expected, b"abcd".to_vec())], "code {code}");
        assert_eq!(capture.unreachables[0].about.1, end("[2001:db8::2]:500"));
    }
    // RFC 792 demands eight bytes behind the IP header: the ports.
    let capture = read(&raw(&[v4.clone(), ipv4(1, [9, 1], &icmp(3, 3, &v4[..28]))])).unwrap();
    assert_eq!(about(&capture), [(2, Unreached::Port, Vec::new())]);
    let only = &capture.unreachables[0];
    assert_eq!(
        (only.by.to_string(), only.about),
        ("10.0.0.9".into(), (end("10.0.0.1:500"), end("10.0.0.2:500")))
    );
    // An echo request, a quote without ports, and a quote of TCP say nothing of a datagram.
    for quiet in [icmp(8, 0, &v4), icmp(3, 3, &v4[..27]), icmp(3, 3, &ipv4(6, [1, 2], &[0; 20]))] {
        assert!(read_one(ipv4(1, [9, 1], &quiet)).unreachables.is_empty());
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

/// Packed files are read as plain ones; what is damaged inside keeps what came before.
#[test]
fn packed_files_are_read_as_they_unpack() {
    for plain in [sample(), raw(&vec![ipv4(17, [1, 2], &UDP); 1000])] {
        let packed = gzip(&plain);
        assert_eq!(read(&packed), read(&plain));
        let cut = read(&packed[..packed.len() - 12]).unwrap();
        assert_eq!(cut.notes.len(), 1, "{cut:?}");
        let with_rubbish = read(&[&packed[..], b"rubbish"].concat()).unwrap();
        assert_eq!(with_rubbish.datagrams, read(&plain).unwrap().datagrams);
        assert_eq!(with_rubbish.notes.len(), 1);
    }
}

/// Only what is wanted is kept, however long the file is: here 64 MiB of blocks that nobody reads and of datagrams that
/// nobody wants.
#[test]
fn what_is_not_wanted_is_not_kept() {
    let mut secrets = [[0x0a, 0, 0, 0], (16_u32 << 20).to_le_bytes()].concat();
    secrets.resize((16 << 20) - 4, 0);
    secrets.extend((16_u32 << 20).to_le_bytes());
    let blocks = [sample(), secrets.repeat(2)].concat();
    let capture = read_some(&gzip(&blocks)[..], |datagram| {
        datagram.payload.truncate(4);
        datagram.from.port() == 4500
    })
    .unwrap();
    assert_eq!((capture.frames, capture.datagrams.len(), capture.notes.len()), (3, 1, 0));
    assert_eq!(capture.datagrams[0].payload, [7; 4]);
    let long = Writer::new(&["one"]).finish();
    let said = [[6, 0, 0, 0], (1_u32 << 31).to_le_bytes()].concat();
    let endless = std::io::Read::chain(&*long, std::io::Read::chain(&*said, std::io::repeat(1)));
    let capture = read_some(endless, |_| true).unwrap();
    assert_eq!(capture.notes, [Unread::Behind(0)], "2 GiB in one block");
}

struct Broken;

impl std::io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn a_file_that_cannot_be_read_on_is_no_damaged_one() {
    let failed = Err(Error::Read(std::io::ErrorKind::PermissionDenied));
    assert_eq!(read_some(Broken, |_| true), failed);
    let whole = sample();
    assert_eq!(read_some(std::io::Read::chain(&whole[..100], Broken), |_| true), failed);
}
