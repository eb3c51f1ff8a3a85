//! The style sheet's tokens, for pictures: not everything that shows an SVG knows variables.

/// Colours, type scale and space of all pages and pictures.
pub(crate) const TOKENS: &str = include_str!("tokens.css");

/// Rules in which each `var(--name)` is that colour's value on light ground.
pub(crate) fn resolved(rules: &str) -> String {
    let mut parts = rules.split("var(--");
    let mut css = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        css += light(name).unwrap_or("currentColor");
        css += rest;
    }
    css
}

fn light(name: &str) -> Option<&'static str> {
    let (_, rest) = TOKENS.split_once(&format!("--{name}: light-dark("))?;
    rest.split_once(',').map(|(light, _)| light)
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn a_picture_has_values_for_names() {
        assert_eq!(resolved("a{fill:var(--paper)}b{c:d}"), "a{fill:#ffffff}b{c:d}");
    }
}
