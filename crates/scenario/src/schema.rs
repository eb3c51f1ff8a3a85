//! The JSON Schema of the scenario file: from the very structs that read it, and the table of fault kinds.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use crate::file::File;
use crate::kinds::FaultKind;

/// The JSON Schema of the scenario file, draft 2020-12.
pub fn schema() -> Value {
    // The defaults of the structs are "nothing written"; the descriptions tell what that means.
    let no_defaults = RecursiveTransform(|schema: &mut Schema| {
        schema.remove("default");
    });
    let settings = SchemaSettings::default().with_transform(no_defaults);
    let mut schema = settings.into_generator().into_root_schema_for::<File>().to_value();
    if let Some(fault) = schema.pointer_mut("/$defs/Fault") {
        let properties = fault.get("properties").cloned().unwrap_or_default();
        // The struct has the fields of all kinds; an editor should offer those of one.
        let kinds: Vec<Value> = FaultKind::ALL.map(|kind| of_kind(kind, &properties)).to_vec();
        *fault = json!({ "description": "What goes wrong.", "oneOf": kinds });
    }
    schema
}

/// A table that has this kind's fields and no others.
fn of_kind(kind: FaultKind, properties: &Value) -> Value {
    let mut own = Map::new();
    own.insert("kind".into(), json!({ "const": kind.name() }));
    for field in kind.fields() {
        own.insert(field.name.name().into(), properties.get(field.name.name()).cloned().unwrap_or_default());
    }
    let needed = kind.fields().iter().filter(|field| field.required).map(|field| field.name.name());
    let required: Vec<&str> = ["kind"].into_iter().chain(needed).collect();
    json!({
        "title": kind.name(), "description": kind.meaning(), "type": "object", "properties": own,
        "required": required, "additionalProperties": false,
    })
}
