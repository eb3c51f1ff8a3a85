//! What is known of each vendor: behaviour, names of states, commands, vendor ids, schedules, and the lines that it prints,
//! each defined once, as a pattern with named fields and what it says.
//!
//! One file per vendor, and one line in the list of [`Vendor`]. What follows from the lines together is decided elsewhere: a line says what its device saw, did
//! or decided, and no more.

#[macro_use]
mod printed;

pub mod asa;
mod commands;
mod fortios;
mod generic;
mod ids;
mod index;
pub mod ios;
mod junos;
pub mod libreswan;
mod looks;
mod panos;
mod pattern;
mod products;
pub mod profile;
mod routeros;
mod says;
pub mod simulated;
pub mod strongswan;

pub use commands::Act;
pub use looks::Look;
pub use pattern::Fields;
pub use printed::{Printed, SIMULATED, Wording};
pub use says::{Cover, Phase2, Says, Way};

use std::fmt;

use ike::{Profile, Role, State};

/// What is known of one vendor: its file's one entry.
pub struct About {
    /// The word in JSON and on the command line.
    pub name: &'static str,
    /// What people call the device.
    pub title: &'static str,
    /// The lines that it prints; of two that fit, the first counts.
    pub lines: &'static [Line],
    /// What it does where the RFCs leave a choice, if that is known.
    pub profile: Option<&'static Profile>,
    /// What it calls a state that a peer of this role rests in; empty where it has no word.
    pub state_name: fn(State, Role) -> &'static str,
    /// What an operator types there; `None`: nobody's commands are known here.
    pub commands: Option<fn(&Act) -> Vec<String>>,
    /// What an operator types to look at something; `None`: nobody's commands are known here.
    pub look: Option<fn(Look) -> &'static str>,
    /// Beginnings of vendor ids that give it away beyond its profile's, each with the product.
    pub ids: &'static [(&'static [u8], &'static str)],
    /// When its products without a profile resend, in milliseconds after the first sending, each with the product.
    pub schedules: &'static [(&'static [u64], &'static str)],
}

impl About {
    /// A vendor of which lines are known and nothing else.
    const fn lines(name: &'static str, title: &'static str, lines: &'static [Line]) -> About {
        let (ids, schedules): (&[_], &[_]) = (&[], &[]);
        let (profile, commands, look) = (None, None, None);
        About { name, title, lines, profile, state_name: |_, _| "", commands, look, ids, schedules }
    }
}

macro_rules! vendors {
    ($($(#[$doc:meta])* $vendor:ident = $file:ident;)*) => {
        /// Whose words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Vendor {
            $($(#[$doc])* $vendor,)*
        }

        impl Vendor {
            /// Every vendor; lines are looked up in this order.
            pub const ALL: [Vendor; [$(Vendor::$vendor),*].len()] = [$(Vendor::$vendor),*];

            /// What is known of it.
            pub fn about(self) -> &'static About {
                match self {
                    $(Vendor::$vendor => &$file::ABOUT,)*
                }
            }
        }
    };
}

vendors! {
    /// Cisco ASA, PIX and VPN 3000.
    Asa = asa;
    /// Cisco IOS and IOS XE.
    Ios = ios;
    /// charon.
    Strongswan = strongswan;
    /// pluto.
    Libreswan = libreswan;
    /// FortiGate.
    Fortios = fortios;
    /// MikroTik, and what else grew from racoon.
    Routeros = routeros;
    /// SRX.
    Junos = junos;
    /// Palo Alto.
    Panos = panos;
    /// The RFCs, and nothing inferred.
    Generic = generic;
}

impl Vendor {
    /// See [`About::name`].
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// See [`About::title`].
    pub fn title(self) -> &'static str {
        self.about().title
    }

    /// See [`About::lines`].
    pub fn lines(self) -> &'static [Line] {
        self.about().lines
    }

    /// Whose behaviour this is.
    pub fn of(profile: &Profile) -> Vendor {
        let owner = Vendor::ALL.into_iter().find(|vendor| vendor.about().profile == Some(profile));
        owner.unwrap_or(Vendor::Generic)
    }
}

/// Beginnings of vendor ids of products that have no profile here, each with the product.
pub fn ids() -> impl Iterator<Item = (&'static [u8], &'static str)> {
    Vendor::ALL.into_iter().flat_map(|vendor| vendor.about().ids).chain(products::IDS).copied()
}

/// Resend schedules of products that have no profile here, in milliseconds after the first sending.
pub fn schedules() -> impl Iterator<Item = (&'static [u64], &'static str)> {
    Vendor::ALL.into_iter().flat_map(|vendor| vendor.about().schedules).chain(products::SCHEDULES).copied()
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// How the wording of a line is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A run of the daemon printed it.
    Run,
    /// A published log, message reference or source has it.
    Published,
    /// Recalled, no source found: read, never printed as the device's own.
    Recalled,
}

/// One kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// In lower case: literal text, `{field}`, and `*` for what does not matter, beginning anywhere in the line; or `#` and
    /// the number of a syslog message.
    pub pattern: &'static str,
    /// What it says.
    pub says: Says,
    /// How its wording is known.
    pub source: Source,
    /// The same line as its device writes it, where look-alikes print it.
    pub wording: Option<Wording>,
}

const fn run(pattern: &'static str, says: Says) -> Line {
    Line { pattern, says, source: Source::Run, wording: None }
}

const fn published(pattern: &'static str, says: Says) -> Line {
    Line { pattern, says, source: Source::Published, wording: None }
}

const fn recalled(pattern: &'static str, says: Says) -> Line {
    Line { pattern, says, source: Source::Recalled, wording: None }
}

/// What one line of a paste says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'t> {
    /// Who prints it.
    pub vendor: Vendor,
    /// Which line it is.
    pub line: &'static Line,
    /// The values in it.
    pub fields: Fields<'t>,
}

/// The line of any vendor that this text is; of several, `first`'s own counts.
pub fn read(text: &str, first: Option<Vendor>) -> Option<Statement<'_>> {
    // ASCII alone: another letter may change its length, and places in both texts must agree.
    let lower = text.to_ascii_lowercase();
    // Any vendor's line is read anywhere: people paste the logs of both ends into one file.
    let (own, others): (Vec<_>, Vec<_>) =
        index::candidates(&lower).into_iter().partition(|(vendor, _)| Some(*vendor) == first);
    found(text, &lower, first.unwrap_or(Vendor::Asa), own.into_iter().chain(others))
}

/// The line of this vendor that this text is.
pub fn read_as(text: &str, vendor: Vendor) -> Option<Statement<'_>> {
    let lower = text.to_ascii_lowercase();
    let own = index::candidates(&lower).into_iter().filter(|(of, _)| *of == vendor);
    found(text, &lower, vendor, own)
}

/// A line that is marked as simulated is one of ikesim's own, or one that a look-alike prints where no trace has it.
fn found<'t>(
    text: &'t str,
    lower: &str,
    vendor: Vendor,
    mut candidates: impl Iterator<Item = (Vendor, &'static Line)>,
) -> Option<Statement<'t>> {
    if !lower.contains(SIMULATED) {
        return candidates.find_map(|(of, line)| statement(of, line, text, lower));
    }
    let own = || simulated::LINES.iter().map(|line| (vendor, line));
    let printed = candidates.filter(|(_, line)| line.wording.is_some());
    let rest = std::iter::once((vendor, &simulated::OTHER));
    own().chain(printed).chain(rest).find_map(|(of, line)| statement(of, line, text, lower))
}

fn statement<'t>(vendor: Vendor, line: &'static Line, text: &'t str, lower: &str) -> Option<Statement<'t>> {
    let fields = pattern::fields(line.pattern, text, lower)?;
    Some(Statement { vendor, line, fields })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern with its holes filled is read back as that very line: no line further up takes what is its own.
    #[test]
    fn every_line_is_found() {
        let mut hidden = Vec::new();
        for vendor in Vendor::ALL {
            for line in vendor.lines() {
                assert_eq!(line.pattern, line.pattern.to_ascii_lowercase(), "{vendor}");
                let text = pattern::example(line.pattern);
                let found = read(&text, Some(vendor)).map(|statement| statement.line.pattern);
                if found != Some(line.pattern) {
                    hidden.push((vendor, line.pattern, found));
                }
            }
        }
        assert!(hidden.is_empty(), "{hidden:#?}");
    }

    /// Each hole gets a value of its own, and every value comes back under its name.
    #[test]
    fn what_is_printed_is_read_back() {
        let own =
            Vendor::ALL.into_iter().flat_map(|vendor| vendor.lines().iter().map(move |line| (vendor, line)));
        let marked = simulated::LINES.iter().map(|line| (Vendor::Asa, line));
        let mut printed = 0;
        for (vendor, line) in own.chain(marked) {
            let Some(wording) = line.wording else { continue };
            let names: Vec<&str> = wording.holes().collect();
            let values: Vec<String> = names.iter().map(|name| format!("a-{name}")).collect();
            let pairs: Vec<(&str, &dyn fmt::Display)> =
                names.iter().zip(&values).map(|(name, value)| (*name, value as &dyn fmt::Display)).collect();
            let text = line.print(&pairs).text;
            let statement = read(&text, Some(vendor)).unwrap();
            assert_eq!(statement.line, line, "{text}");
            for (name, value) in pairs {
                assert_eq!(statement.fields.get(name), Some(value.to_string().as_str()), "{name} in {text}");
            }
            printed += 1;
        }
        assert!(printed > 50, "{printed}");
    }

    #[test]
    fn fields_come_as_they_are_written() {
        let text = "05[IKE] IDir 'GW.Example.com' does not match to 'b'";
        let statement = read(text, None).unwrap();
        assert_eq!(statement.line.says, Says::IdentityRefused);
        assert_eq!(statement.fields.get("id"), Some("GW.Example.com"));
        assert_eq!(statement.fields.get("wanted"), Some("b"));
        assert_eq!(read("nothing of IKE", None), None);
    }
}
