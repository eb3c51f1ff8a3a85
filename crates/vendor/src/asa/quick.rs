//! Lines of Quick Mode. `mid` is the message id in eight hexadecimal digits.

use crate::{Line, Says};

/// Whoever runs the device, or traffic, asks for a child.
pub const BEGIN: Line = printed!("7-713906", "Oakley begin quick mode", Says::Phase2Begins);
/// `mid`
pub const ASKS: Line = printed!("7-714002", "IKE Initiator starting QM: msg id = {mid}", Says::Phase2Begins);
/// `mid`
pub const ANSWERS: Line =
    printed!("7-714003", "IKE Responder starting QM: msg id = {mid}", Says::Phase2Begins);
/// `mid`
pub const SENDS_1: Line =
    printed!("7-714004", "IKE Initiator sending 1st QM pkt: msg id = {mid}", Says::Detail);
/// `mid`
pub const SENDS_2: Line =
    printed!("7-714005", "IKE Responder sending 2nd QM pkt: msg id = {mid}", Says::Detail);
/// `mid`
pub const SENDS_3: Line =
    printed!("7-714006", "IKE Initiator sending 3rd QM pkt: msg id = {mid}", Says::Detail);
/// One for each direction.
pub const KEY: Line = printed!("7-715001", "Generating Quick Mode Key!", Says::Detail);
/// Two blanks before the role, as devices have them. `peer`, `who`, `in`, `out`
pub const NEGOTIATED: Line = printed!(
    "5-713049",
    "Security negotiation complete for LAN-to-LAN Group ({peer})  {who}, Inbound SPI = 0x{in}, Outbound SPI = 0x{out}",
    Says::Phase2Done
);
/// An SA of the child: `way` is inbound or outbound. `spi`, `own`, `peer`, `user`
pub const CREATED: Line = printed!(
    "6-602303",
    "IPSEC: An {way} LAN-to-LAN SA (SPI= 0x{spi}) between {own} and {peer} (user= {user}) has been created.",
    Says::Detail
);
/// An SA of the child is gone. `way`, `spi`, `own`, `peer`, `user`
pub const DELETED: Line = printed!(
    "6-602304",
    "IPSEC: An {way} LAN-to-LAN SA (SPI= 0x{spi}) between {own} and {peer} (user= {user}) has been deleted.",
    Says::ChildDeleted
);
/// The child is up. `mid`
pub const COMPLETED: Line = printed!("5-713120", "PHASE 2 COMPLETED (msgid={mid})", Says::Phase2Done);
