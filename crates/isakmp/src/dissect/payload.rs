//! The payloads, field by field (RFC 2408 section 3.4 to 3.15, RFC 2407 section 4.6, RFC 3947).

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Field, Scan, Value, close};
use crate::error::Error;
use crate::registry::{
    AttributeType, AuthenticationMethod, Doi, EncryptionAlgorithm, Group, HashAlgorithm, IdType, LifeType,
    NotifyType, PayloadType, ProtocolId, Situation, TransformId,
};

type Result<T> = std::result::Result<T, Error>;

/// Payload after payload; what follows the last one is padding.
pub(super) fn chain<'m>(first: PayloadType, scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    let mut kind = first;
    while kind != PayloadType::NONE {
        if scan.reader.is_empty() {
            // Announced and not there: the reader's own error says so.
            scan.reader.clone().u8()?;
        }
        kind = one(kind, scan, fields, None)?;
    }
    if !scan.reader.is_empty() {
        let padding = scan.rest("padding");
        fields.push(Field { value: Value::Bytes(padding.range.len()), ..padding });
    }
    Ok(())
}

/// One payload with its generic header; says which type comes next. `protocol` is the proposal's, for its
/// transforms.
fn one<'m>(
    kind: PayloadType,
    scan: &mut Scan<'m>,
    fields: &mut Vec<Field<'m>>,
    protocol: Option<ProtocolId>,
) -> Result<PayloadType> {
    let start = scan.reader.offset;
    // Read twice: to go on with, and as a field.
    let next = PayloadType(scan.reader.clone().u8()?);
    let mut children = vec![scan.u8("next payload", |n| Value::named(PayloadType(n).name(), n))?];
    children.push(scan.u8("reserved", Value::number)?);
    // Within its own length: damage inside does not spill over to the next payload.
    let mut body = Scan { reader: scan.reader.clone().sized(2, 4)? };
    children.push(scan.u16("payload length", Value::number)?);
    scan.reader.take(body.reader.left())?;
    let result = inside(kind, &mut body, &mut children, protocol);
    close(result, &mut body, &mut children);
    if !body.reader.is_empty() {
        // What the layout does not account for is shown all the same.
        children.push(body.rest("data"));
    }
    let end = scan.reader.offset;
    let name: Cow<'static, str> = match kind {
        PayloadType::PROPOSAL => "proposal".into(),
        PayloadType::TRANSFORM => "transform".into(),
        kind => format!("{kind} payload").into(),
    };
    fields.push(Field { children, ..Field::new(start..end, name, Value::Bytes(end - start)) });
    Ok(next)
}

fn inside<'m>(
    kind: PayloadType,
    scan: &mut Scan<'m>,
    fields: &mut Vec<Field<'m>>,
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
            fields.push(scan.u8("encoding", Value::number)?);
            rest(scan, "data", fields);
            Ok(())
        }
        PayloadType::NAT_OA => {
            let id_type = IdType(scan.reader.clone().u8()?);
            fields.push(scan.u8("ID type", |n| Value::named(IdType(n).name(), n))?);
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
fn rest<'m>(scan: &mut Scan<'m>, name: &'static str, fields: &mut Vec<Field<'m>>) {
    if !scan.reader.is_empty() {
        fields.push(scan.rest(name));
    }
}

fn security_association<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| Value::named(Doi(n).name(), n))?);
    fields.push(scan.u32("situation", |n| Value::named(Situation(n).name(), n))?);
    // The next-payload byte is believed only as long as there are bytes.
    let mut next = PayloadType::PROPOSAL;
    while next == PayloadType::PROPOSAL && !scan.reader.is_empty() {
        next = one(next, scan, fields, None)?;
    }
    Ok(())
}

fn proposal<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    fields.push(scan.u8("proposal number", Value::number)?);
    let protocol = ProtocolId(scan.reader.clone().u8()?);
    fields.push(scan.u8("protocol", |n| Value::named(ProtocolId(n).name(), n))?);
    let spi_size = scan.reader.clone().u8()?;
    fields.push(scan.u8("SPI size", Value::number)?);
    fields.push(scan.u8("transforms", Value::number)?);
    if spi_size > 0 {
        fields.push(scan.hex("SPI", usize::from(spi_size))?);
    }
    let mut next = PayloadType::TRANSFORM;
    while next == PayloadType::TRANSFORM && !scan.reader.is_empty() {
        next = one(next, scan, fields, Some(protocol))?;
    }
    Ok(())
}

fn transform<'m>(
    scan: &mut Scan<'m>,
    fields: &mut Vec<Field<'m>>,
    protocol: Option<ProtocolId>,
) -> Result<()> {
    // In phase 2 the same numbers mean other things.
    let phase_1 = protocol == Some(ProtocolId::ISAKMP);
    fields.push(scan.u8("transform number", Value::number)?);
    fields.push(scan.u8("transform ID", |n| {
        if phase_1 { Value::named(TransformId(n).name(), n) } else { Value::number(n) }
    })?);
    fields.push(scan.hex("reserved", 2)?);
    while !scan.reader.is_empty() {
        fields.push(attribute(scan, phase_1)?);
    }
    Ok(())
}

fn attribute<'m>(scan: &mut Scan<'m>, phase_1: bool) -> Result<Field<'m>> {
    let start = scan.reader.offset;
    let number = scan.reader.clone().u16()?;
    let kind = AttributeType(number & 0x7fff);
    let name = kind.name().filter(|_| phase_1);
    let mut children = vec![scan.u16("attribute type", |_| Value::named(name, kind.0))?];
    let show = |number: u64| if phase_1 { meaning(kind, number) } else { Value::Number(number) };
    if number & 0x8000 != 0 {
        children.push(scan.u16("value", |n| show(n.into()))?);
    } else {
        let length = usize::from(scan.reader.clone().u16()?);
        children.push(scan.u16("length", Value::number)?);
        children.push(scan.bytes("value", length, |bytes| match bytes {
            // No number beyond 64 bits.
            _ if bytes.len() > 8 => Value::Hex(bytes),
            bytes => show(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
        })?);
    }
    let value = children.last().map_or(Value::Hex(&[]), |value| value.value.clone());
    let title: Cow<'static, str> = match name {
        Some(name) => name.into(),
        None if phase_1 => kind.0.to_string().into(),
        None => format!("attribute {}", kind.0).into(),
    };
    Ok(Field { children, ..Field::new(start..scan.reader.offset, title, value) })
}

fn meaning(kind: AttributeType, number: u64) -> Value<'static> {
    let Ok(short) = u16::try_from(number) else {
        return Value::Number(number);
    };
    let name = match kind {
        AttributeType::ENCRYPTION => EncryptionAlgorithm(short).name(),
        AttributeType::HASH => HashAlgorithm(short).name(),
        AttributeType::AUTHENTICATION => AuthenticationMethod(short).name(),
        AttributeType::GROUP => Group(short).name(),
        AttributeType::LIFE_TYPE => LifeType(short).name(),
        _ => None,
    };
    Value::named(name, short)
}

fn identification<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    let id_type = IdType(scan.reader.clone().u8()?);
    fields.push(scan.u8("ID type", |n| Value::named(IdType(n).name(), n))?);
    fields.push(scan.u8("protocol", Value::number)?);
    fields.push(scan.u16("port", Value::number)?);
    match (id_type, scan.reader.left()) {
        (IdType::IPV4_ADDR_SUBNET, 8) => fields.push(subnet(scan, 4, octets::<4>)?),
        (IdType::IPV6_ADDR_SUBNET, 32) => fields.push(subnet(scan, 16, octets::<16>)?),
        _ => address(id_type, scan, "identification data", fields),
    }
    Ok(())
}

/// An address and its mask.
fn subnet<'m>(scan: &mut Scan<'m>, half: usize, show: fn(&'m [u8]) -> Value<'m>) -> Result<Field<'m>> {
    let start = scan.reader.offset;
    let children = vec![scan.bytes("address", half, show)?, scan.bytes("mask", half, show)?];
    let end = scan.reader.offset;
    let whole = Field::new(start..end, "identification data", Value::Bytes(end - start));
    Ok(Field { children, ..whole })
}

/// An address of so many bytes.
fn octets<const N: usize>(bytes: &[u8]) -> Value<'_>
where
    IpAddr: From<[u8; N]>,
{
    let address = <[u8; N]>::try_from(bytes).map(IpAddr::from);
    address.map_or(Value::Hex(bytes), |address| Value::Text(address.to_string().into()))
}

/// Data whose form an identification type tells.
fn address<'m>(id_type: IdType, scan: &mut Scan<'m>, name: &'static str, fields: &mut Vec<Field<'m>>) {
    let bytes = scan.rest_bytes();
    let text = match id_type {
        IdType::IPV4_ADDR => bytes.try_into().ok().map(|octets: [u8; 4]| Ipv4Addr::from(octets).to_string()),
        IdType::IPV6_ADDR => bytes.try_into().ok().map(|octets: [u8; 16]| Ipv6Addr::from(octets).to_string()),
        IdType::FQDN | IdType::USER_FQDN | IdType::KEY_ID => {
            std::str::from_utf8(bytes).ok().map(|text| text.escape_debug().to_string())
        }
        // The other types stay bytes: nobody sends ranges.
        _ => None,
    };
    if !bytes.is_empty() {
        let field = scan.rest(name);
        fields.push(match text {
            Some(text) => Field { value: Value::Text(text.into()), ..field },
            None => field,
        });
    }
}

fn notification<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| Value::named(Doi(n).name(), n))?);
    fields.push(scan.u8("protocol", |n| Value::named(ProtocolId(n).name(), n))?);
    let spi_size = scan.reader.clone().u8()?;
    fields.push(scan.u8("SPI size", Value::number)?);
    let notify_type = NotifyType(scan.reader.clone().u16()?);
    fields.push(scan.u16("notify type", |n| Value::named(NotifyType(n).name(), n))?);
    if spi_size > 0 {
        fields.push(scan.hex("SPI", usize::from(spi_size))?);
    }
    let inside = if notify_type == NotifyType::RESPONDER_LIFETIME { lifetimes(scan) } else { Vec::new() };
    if !scan.reader.is_empty() {
        fields.push(Field { children: inside, ..scan.rest("notification data") });
    }
    Ok(())
}

/// RFC 2407 4.6.3.1: attributes of a transform. What is none stays bytes.
fn lifetimes<'m>(scan: &Scan<'m>) -> Vec<Field<'m>> {
    let mut inside = Scan { reader: scan.reader.clone() };
    let mut fields = Vec::new();
    while !inside.reader.is_empty() {
        match attribute(&mut inside, false) {
            Ok(field) => fields.push(field),
            Err(_) => return Vec::new(),
        }
    }
    fields
}

fn delete<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<()> {
    fields.push(scan.u32("DOI", |n| Value::named(Doi(n).name(), n))?);
    fields.push(scan.u8("protocol", |n| Value::named(ProtocolId(n).name(), n))?);
    let spi_size = usize::from(scan.reader.clone().u8()?);
    fields.push(scan.u8("SPI size", Value::number)?);
    fields.push(scan.u16("SPIs", Value::number)?);
    // An SPI size of zero would never end: the bytes are shown as they are.
    while spi_size > 0 && !scan.reader.is_empty() {
        fields.push(scan.hex("SPI", spi_size)?);
    }
    Ok(())
}
