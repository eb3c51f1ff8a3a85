//! Products of which no more is known than how to tell them: ike-scan's tables of observed ids and schedules.

/// Beginnings of their vendor ids.
pub(crate) const IDS: &[(&[u8], &str)] = &[
    (b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61", "Microsoft Windows"),
    (b"\xf4\xed\x19\xe0\xc1\x14\xeb\x51\x6f\xaa\xac\x0e\xe3\x7d\xaf\x28", "Check Point"),
    (b"\x5b\x36\x2b\xc8\x20\xf6", "SonicWall"),
    (b"\x5b\x36\x2b\xc8\x20\xf7", "SonicWall"),
    (b"\x40\x4b\xf4\x39\x52\x2c\xa3\xf6", "SonicWall"),
    (b"BNES", "Nortel Contivity"),
    (b"\x62\x50\x27\x74\x9d\x5a\xb9\x7f\x56\x16\xc1\x60\x27\x65\xcf\x48", "ZyXEL ZyWALL"),
    (b"\xb8\x58\xd1\xad\xdd\x08\xc1\xe8\xad\xaf\xea\x15\x06\x08\xaa\x44", "ZyXEL ZyWALL"),
    (b"OE", "Openswan"),
];

/// When they resend, in milliseconds after the first sending.
pub(crate) const SCHEDULES: &[(&[u64], &str)] = &[
    (&[5000, 10_000, 15_000, 20_000, 25_000], "Cisco PIX 6.3"),
    (&[1000, 3000, 7000, 15_000, 31_000, 63_000], "Microsoft Windows"),
    (&[10_000, 30_000], "Openswan or an older strongSwan"),
];
