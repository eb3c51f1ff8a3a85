//! What is written reads back; no bytes make the reader panic; a cut file keeps what it has.

#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use capture::{Error, Writer, read};
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
    ];
    for (link, frame) in framings {
        let mut file =
            [0xa1b2_c3d4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4], [0xff, 0xff, 0, 0]].concat();
        file.extend(u32::to_le_bytes(link));
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        file.extend([[1, 0, 0, 0], [2, 0, 0, 0], length, length].concat());
        file.extend(frame);
        let capture = read(&file).unwrap();
        assert_eq!(capture.datagrams.len(), 1, "link type {link}: {:?}", capture.notes);
        assert_eq!(capture.datagrams[0].payload, b"abcd", "link type {link}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_bytes_make_the_reader_panic(magic in 0..5_usize, junk in vec(any::<u8>(), 0..300)) {
        let magics = [&[][..], &[0x0a, 0x0d, 0x0d, 0x0a], &[0xd4, 0xc3, 0xb2, 0xa1], &[0xa1, 0xb2, 0x3c, 0x4d], &[0x1f, 0x8b]];
        let _ = read(&[magics[magic], &junk].concat());
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
    let mut file =
        [0xa1b2_c3d4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4], [0xff, 0xff, 0, 0], [101, 0, 0, 0]]
            .concat();
    for frame in frames {
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        file.extend([[1, 0, 0, 0], [2, 0, 0, 0], length, length].concat());
        file.extend(frame);
    }
    let capture = read(&file).unwrap();
    assert_eq!((capture.frames, capture.datagrams.len()), (2, 1));
    assert_eq!((capture.datagrams[0].frame, &capture.datagrams[0].payload), (2, &payload));
}
