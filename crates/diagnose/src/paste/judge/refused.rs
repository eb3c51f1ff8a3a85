//! What an error notify is about.

use ike::NotifyType;
use sim::Cause;

use crate::paste::Issue;

/// What the sender of an error notify may dislike in phase 1, likeliest first; `key_exchanged`: message 3 was sent.
pub(crate) fn refused_for(notify: NotifyType, key_exchanged: bool) -> &'static [Issue] {
    match notify {
        // charon says so, too, when it has no connection for the caller, or one for IKEv2 alone.
        NotifyType::NO_PROPOSAL_CHOSEN => &[
            Issue::Phase1(Cause::PolicyMismatch),
            Issue::IkeVersion,
            Issue::Phase1(Cause::MissingTunnelGroup),
        ],
        // An ASA that removed its SA for want of a group or a key says so to every resend of message 3.
        NotifyType::INVALID_COOKIE => {
            &[Issue::Phase1(Cause::MissingTunnelGroup), Issue::Phase1(Cause::MissingPsk)]
        }
        NotifyType::INVALID_ID_INFORMATION => &[Issue::Phase1(Cause::IdentityMismatch)],
        // charon says so when no connection takes this identity, or none takes this method.
        NotifyType::AUTHENTICATION_FAILED => {
            &[Issue::Phase1(Cause::IdentityMismatch), Issue::XauthMissing, Issue::Phase1(Cause::PskMismatch)]
        }
        NotifyType::PAYLOAD_MALFORMED
        | NotifyType::INVALID_HASH_INFORMATION
        | NotifyType::UNEQUAL_PAYLOAD_LENGTHS => &[Issue::Phase1(Cause::PskMismatch)],
        // charon says so when it finds no secret to make keys with.
        NotifyType::INVALID_KEY_INFORMATION if key_exchanged => &[Issue::Phase1(Cause::MissingPsk)],
        NotifyType::INVALID_KEY_INFORMATION => {
            &[Issue::Phase1(Cause::PolicyMismatch), Issue::Phase1(Cause::MissingPsk)]
        }
        // charon says so of a first message that lacks what it must have, or has a value of another group.
        NotifyType::INVALID_PAYLOAD_TYPE => {
            &[Issue::Phase1(Cause::MessageCorrupted), Issue::Phase1(Cause::PolicyMismatch)]
        }
        NotifyType::INVALID_EXCHANGE_TYPE | NotifyType::UNSUPPORTED_EXCHANGE_TYPE => {
            &[Issue::Phase1(Cause::AggressiveModeDisabled), Issue::IkeVersion]
        }
        NotifyType::INVALID_MAJOR_VERSION => &[Issue::IkeVersion],
        _ => &[],
    }
}
