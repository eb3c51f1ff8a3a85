//! Lines of Quick Mode. `node` is the message id in decimal digits.

use crate::{Line, Phase2, Says, Source};

/// `node`
pub const BEGINNING: Line =
    printed!("ISAKMP", "beginning Quick Mode exchange, M-ID of {node}", Says::Phase2Begins);
/// The peer asks. `node`
pub const NEW_NODE: Line = printed!("ISAKMP", "set new node {node} to QM_IDLE", Says::Detail);
/// What moves a node: a message, the operator, the IPsec engine. `node`, `input`
pub const NODE: Line = printed!("ISAKMP", "Node {node}, Input = {input}", Says::Detail);
/// Behind the one before. `old`, `state`
pub const MOVED: Line = printed!("ISAKMP", "Old State = {old}  New State = IKE_QM_{state}", Says::Detail);
/// The child is up. `old`
pub const COMPLETE: Line =
    printed!("ISAKMP", "Old State = {old}  New State = IKE_QM_PHASE2_COMPLETE", Says::Phase2Done);
/// `number`
pub const CHECKING: Line = printed!("ISAKMP", "Checking IPSec proposal {number}", Says::Phase2Begins);
/// Behind the one before.
pub const ACCEPTABLE: Line = printed!("ISAKMP", "atts are acceptable.", Says::Chosen);
/// `node`, `reason`
pub const DONE: Line =
    printed!("ISAKMP", "deleting node {node} error FALSE reason \"{reason}\"", Says::Detail);
/// A refusal was obeyed. `node`
pub const LARVAL: Line =
    printed!("ISAKMP-ERROR", "deleting node {node} error TRUE reason \"Delete Larval\"", Says::Phase2Failed);
/// The peer's Delete of the child. `spi`
pub const DELETED: Line = printed!(
    "ISAKMP",
    "Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x{spi})",
    Says::ChildDeleted,
    Source::Recalled
);
/// Protocol 3 is ESP; with 1 the same words are phase 1's.
pub const NOT_CHOSEN: Line = printed!(
    "ISAKMP",
    "processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3",
    Says::Phase2Refused(Phase2::Unsaid)
);
