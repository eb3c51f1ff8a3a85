//! Resends that change nothing as one row.

use ike::Sides;

use super::{Arrow, Row, What};

/// Rows that repeat what stands above are left out and counted.
pub(crate) fn fold(rows: Vec<Row>) -> Vec<Row> {
    // Rows have no order and no hash, and a ladder has few different ones.
    let mut seen: Vec<What> = Vec::new();
    let mut out: Vec<Row> = Vec::new();
    for row in rows {
        let key = shape(&row.what);
        if !seen.contains(&key) {
            seen.push(key);
            out.push(row);
            continue;
        }
        // Of a repeated note or answer the resend that brought it about is counted.
        let What::Arrow(Arrow { resend: true, from, .. }) = row.what else { continue };
        // Anything new between two resends begins another count, so that the order in time stays.
        if let Some(Row { what: What::Fold(resends), .. }) = out.last_mut() {
            resends[from] += 1;
        } else {
            let mut resends = Sides::default();
            resends[from] = 1;
            out.push(Row { at: row.at, what: What::Fold(resends) });
        }
    }
    out
}

/// A row without what changes from one resend to the next.
fn shape(what: &What) -> What {
    match what {
        What::Arrow(arrow) if arrow.resend => What::Arrow(Arrow { text: "resend".into(), ..arrow.clone() }),
        // Wrong keys make another junk of each copy: the numbers in it mean nothing.
        What::Note { role, text, trouble } => {
            let text = text.chars().filter(|c| !c.is_ascii_digit()).collect();
            What::Note { role: *role, text, trouble: *trouble }
        }
        other @ (What::Arrow(_) | What::Enters { .. } | What::Network { .. } | What::Fold(_)) => {
            other.clone()
        }
    }
}
