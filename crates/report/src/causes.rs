//! What a cause is called on the device at fault.

use diagnose::{Finding, Remedy};
use sim::Cause;
use vendor::Vendor;

/// A cause in the words of a device; `None`: of no one device.
pub(crate) fn meaning(cause: Cause, device: Option<Vendor>) -> &'static str {
    match (cause, device) {
        (Cause::MissingTunnelGroup, Some(Vendor::Ios)) => {
            "no key for the peer's address, in no keyring either"
        }
        (Cause::MissingTunnelGroup, Some(Vendor::Strongswan)) => "no connection for the peer's address",
        (Cause::MissingTunnelGroup, Some(Vendor::Libreswan)) => "no conn for the peer's address",
        (Cause::MissingPsk, Some(Vendor::Strongswan | Vendor::Libreswan)) => "no secret for the peer",
        // Tunnel-groups are an ASA's.
        (Cause::MissingTunnelGroup, other) if other != Some(Vendor::Asa) => {
            "no tunnel-group, key or connection for the peer's address"
        }
        (Cause::MissingPsk, other) if other != Some(Vendor::Asa) => "no pre-shared key for the peer",
        (cause, _) => cause.meaning(),
    }
}

/// The same, where the remedy tells whose device it is.
pub(crate) fn found(finding: &Finding) -> &'static str {
    match &finding.remedy {
        Some(Remedy::Do(task)) => meaning(finding.cause, Some(task.vendor)),
        _ => finding.cause.meaning(),
    }
}
