//! The payloads, field by field (RFC 2408 section 3.4 to 3.15, RFC 2407 section 4.6, RFC 3947).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Field, Scan, close, hex, named};
use crate::error::Error;
use crate::registry::{
    AttributeType, AuthenticationMethod, Doi, EncryptionAlgorithm, Group, HashAlgorithm, IdType, LifeType,
    NotifyType, PayloadType, ProtocolId, Situation, TransformId,
};

type Result<T> = std::result::Result<T, Error>;

/// Payload after payload; what follows the last one is padding.
pub(super) fn chain(first: PayloadType, scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    let mut kind = first;
    while kind != PayloadType::NONE {
        if scan.reader.is_empty() {
            scan.reader.clone().u8()?;
        }
        kind = one(kind, scan, fields, None)?;
    }
    if !scan.reader.is_empty() {
        let padding = scan.rest("padding");
        let length = padding.range.len();
        fields.push(Field { value: format!("{length} bytes"), ..padding });
    }
    Ok(())
}

/// One payload with its generic header; says which type comes next. `protocol` is the proposal's, for its
/// transforms.
fn one(
    kind: PayloadType,
    scan: &mut Scan<'_>,
    fields: &mut Vec<Field>,
    protocol: Option<ProtocolId>,
) -> Result<PayloadType> {
    let start = scan.reader.offset;
    let next = PayloadType(scan.reader.clone().u8()?);
    let mut children = vec![scan.u8("next payload", |n| named(PayloadType(n), n))?];
    children.push(scan.u8("reserved", |n| n.to_string())?);
    let mut body = Scan { reader: scan.reader.clone().sized(2, 4)? };
    children.push(scan.u16("payload length", |n| n.to_string())?);
    scan.reader.take(body.reader.left())?;
    let result = inside(kind, &mut body, &mut children, protocol);
    close(result, &mut body, &mut children);
    if !body.reader.is_empty() {
        children.push(body.rest("data"));
    }
    let end = scan.reader.offset;
    let name = match kind {
        PayloadType::PROPOSAL => "proposal".into(),
        PayloadType::TRANSFORM => "transform".into(),
        kind => format!("{kind} payload"),
    };
    fields.push(Field { children, ..Field::new(start..end, name, format!("{} bytes", end - start)) });
    Ok(next)
}

fn inside(
    kind: PayloadType,
    scan: &mut Scan<'_>,
    fields: &mut Vec<Field>,
    protocol: Option<ProtocolId>,
) -> Result<()> {
    match kind {
        PayloadType::SA => security_association(scan, fields),
        PayloadType::PROPOSAL => proposal(scan, fields),
        PayloadType::TRANSFORM => transform(scan, fields, protocol),
        PayloadType::ID => identification(scan, fields),
        PayloadType::N => notification(scan, fields),
        PayloadType::D => delete(scan, fields),
        PayloadType::CERT | PayloadType::CR => {
            fields.push(scan.u8("encoding", |n| n.to_string())?);
            rest(scan, "data", fields);
            Ok(())
        }
        PayloadType::NAT_OA => {
            let id_type = IdType(scan.reader.clone().u8()?);
            fields.push(scan.u8("ID type", |n| named(IdType(n), n))?);
            fields.push(scan.hex("reserved", 3)?);
            address(id_type, scan, "address", fields);
            Ok(())
        }
        kind => {
            let name = match kind {
                PayloadType::KE => "public value",
                PayloadType::NONCE => "nonce",
                PayloadType::HASH | PayloadType::NAT_D => "hash",
                PayloadType::SIG => "signature",
                PayloadType::VID => "vendor ID",
                _ => "data",
            };
            rest(scan, name, fields);
            Ok(())
        }
    }
}

/// Everything that is left, if anything is.
fn rest(scan: &mut Scan<'_>, name: &str, fields: &mut Vec<Field>) {
    if !scan.reader.is_empty() {
        fields.push(scan.rest(name));
    }
}

fn security_association(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| named(Doi(n), n))?);
    fields.push(scan.u32("situation", |n| named(Situation(n), n))?);
    let mut next = PayloadType::PROPOSAL;
    while next == PayloadType::PROPOSAL && !scan.reader.is_empty() {
        next = one(next, scan, fields, None)?;
    }
    Ok(())
}

fn proposal(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    fields.push(scan.u8("proposal number", |n| n.to_string())?);
    let protocol = ProtocolId(scan.reader.clone().u8()?);
    fields.push(scan.u8("protocol", |n| named(ProtocolId(n), n))?);
    let spi_size = scan.reader.clone().u8()?;
    fields.push(scan.u8("SPI size", |n| n.to_string())?);
    fields.push(scan.u8("transforms", |n| n.to_string())?);
    if spi_size > 0 {
        fields.push(scan.hex("SPI", usize::from(spi_size))?);
    }
    let mut next = PayloadType::TRANSFORM;
    while next == PayloadType::TRANSFORM && !scan.reader.is_empty() {
        next = one(next, scan, fields, Some(protocol))?;
    }
    Ok(())
}

fn transform(scan: &mut Scan<'_>, fields: &mut Vec<Field>, protocol: Option<ProtocolId>) -> Result<()> {
    let phase_1 = protocol == Some(ProtocolId::ISAKMP);
    fields.push(scan.u8("transform number", |n| n.to_string())?);
    fields.push(scan.u8(
        "transform ID",
        |n| {
            if phase_1 { named(TransformId(n), n) } else { n.to_string() }
        },
    )?);
    fields.push(scan.hex("reserved", 2)?);
    while !scan.reader.is_empty() {
        fields.push(attribute(scan, phase_1)?);
    }
    Ok(())
}

fn attribute(scan: &mut Scan<'_>, phase_1: bool) -> Result<Field> {
    let start = scan.reader.offset;
    let number = scan.reader.clone().u16()?;
    let kind = AttributeType(number & 0x7fff);
    let name = |kind: AttributeType| if phase_1 { named(kind, kind.0) } else { kind.0.to_string() };
    let mut children = vec![scan.u16("attribute type", |n| name(AttributeType(n & 0x7fff)))?];
    let show = |number: u64| if phase_1 { meaning(kind, number) } else { number.to_string() };
    if number & 0x8000 != 0 {
        children.push(scan.u16("value", |n| show(n.into()))?);
    } else {
        let length = usize::from(scan.reader.clone().u16()?);
        children.push(scan.u16("length", |n| n.to_string())?);
        children.push(scan.bytes("value", length, |bytes| match bytes {
            _ if bytes.len() > 8 => hex(bytes),
            bytes => show(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
        })?);
    }
    let value = children.last().map(|value| value.value.clone()).unwrap_or_default();
    let title = if phase_1 { kind.to_string() } else { format!("attribute {}", kind.0) };
    Ok(Field { children, ..Field::new(start..scan.reader.offset, title, value) })
}

fn meaning(kind: AttributeType, number: u64) -> String {
    let Ok(short) = u16::try_from(number) else {
        return number.to_string();
    };
    match kind {
        AttributeType::ENCRYPTION => named(EncryptionAlgorithm(short), short),
        AttributeType::HASH => named(HashAlgorithm(short), short),
        AttributeType::AUTHENTICATION => named(AuthenticationMethod(short), short),
        AttributeType::GROUP => named(Group(short), short),
        AttributeType::LIFE_TYPE => named(LifeType(short), short),
        _ => number.to_string(),
    }
}

fn identification(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    let id_type = IdType(scan.reader.clone().u8()?);
    fields.push(scan.u8("ID type", |n| named(IdType(n), n))?);
    fields.push(scan.u8("protocol", |n| n.to_string())?);
    fields.push(scan.u16("port", |n| n.to_string())?);
    address(id_type, scan, "identification data", fields);
    Ok(())
}

/// Data whose form an identification type tells.
fn address(id_type: IdType, scan: &mut Scan<'_>, name: &str, fields: &mut Vec<Field>) {
    let bytes = scan.rest_bytes();
    let text = match id_type {
        IdType::IPV4_ADDR => bytes.try_into().ok().map(|octets: [u8; 4]| Ipv4Addr::from(octets).to_string()),
        IdType::IPV6_ADDR => bytes.try_into().ok().map(|octets: [u8; 16]| Ipv6Addr::from(octets).to_string()),
        IdType::FQDN | IdType::USER_FQDN | IdType::KEY_ID => {
            std::str::from_utf8(bytes).ok().map(|text| text.escape_debug().to_string())
        }
        _ => None,
    };
    if !bytes.is_empty() {
        let field = scan.rest(name);
        fields.push(match text {
            Some(text) => Field { value: text, ..field },
            None => field,
        });
    }
}

fn notification(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| named(Doi(n), n))?);
    fields.push(scan.u8("protocol", |n| named(ProtocolId(n), n))?);
    let spi_size = scan.reader.clone().u8()?;
    fields.push(scan.u8("SPI size", |n| n.to_string())?);
    fields.push(scan.u16("notify type", |n| named(NotifyType(n), n))?);
    if spi_size > 0 {
        fields.push(scan.hex("SPI", usize::from(spi_size))?);
    }
    rest(scan, "notification data", fields);
    Ok(())
}

fn delete(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| named(Doi(n), n))?);
    fields.push(scan.u8("protocol", |n| named(ProtocolId(n), n))?);
    let spi_size = usize::from(scan.reader.clone().u8()?);
    fields.push(scan.u8("SPI size", |n| n.to_string())?);
    fields.push(scan.u16("SPIs", |n| n.to_string())?);
    // An SPI size of zero would never end: the bytes are shown as they are.
    while spi_size > 0 && !scan.reader.is_empty() {
        fields.push(scan.hex("SPI", spi_size)?);
    }
    Ok(())
}
