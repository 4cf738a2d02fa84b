//! The surface of the library as a text: one line for each function, field, variant and type that apps can name, without its documentation.
//!
//! It is committed as `bindings/surface.txt`, so that a change of it is seen when it is reviewed. Its first line is its own hash, which
//! CHANGELOG.md has to name: apps break with what nobody told them.

use std::{collections::BTreeSet, fs};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use uniffi_bindgen::macro_metadata::extract_from_bytes;
use uniffi_meta::{
    DefaultValueMetadata, EnumMetadata, FieldMetadata, FnParamMetadata, LiteralMetadata, Metadata, ObjectImpl, Type, VariantMetadata,
};

/// Functions that Kotlin has another meaning for: generated code with them does not compile, or hides what it should not.
const TAKEN_FUNCTIONS: &[&str] = &["close", "destroy"];
/// Fields of errors that Kotlin has another meaning for.
const TAKEN_IN_ERRORS: &[&str] = &["cause", "message"];
/// What every function of the library fails with.
const ERROR: &str = "LinecrewError";
/// What every function of a host fails with.
const HOST_ERROR: &str = "HostError";

/// The listing of a library that was not stripped.
pub(crate) fn of(library: &str) -> Result<String> {
    let bytes = fs::read(library).context("cannot read it")?;
    let lines = lines(&extract_from_bytes(&bytes).context("no metadata in it")?)?;
    let body = lines.into_iter().fold(String::new(), |body, line| body + &line + "\n");
    let hash: String = Sha256::digest(&body).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("surface {hash}\n{body}"))
}

fn lines(metadata: &[Metadata]) -> Result<BTreeSet<String>> {
    let mut lines = BTreeSet::new();
    for item in metadata {
        match item {
            Metadata::Func(one) => {
                lines.insert(function("", &one.name, one.is_async, &one.inputs, one.return_type.as_ref(), one.throws.as_ref(), ERROR)?);
            }
            Metadata::Constructor(one) => {
                let owner = format!("{}.", one.self_name);
                let made = Type::Record { module_path: one.module_path.clone(), name: one.self_name.clone() };
                lines.insert(function(&owner, &one.name, one.is_async, &one.inputs, Some(&made), one.throws.as_ref(), ERROR)?);
            }
            Metadata::Method(one) => {
                let owner = format!("{}.", one.self_name);
                lines.insert(function(&owner, &one.name, one.is_async, &one.inputs, one.return_type.as_ref(), one.throws.as_ref(), ERROR)?);
            }
            Metadata::TraitMethod(one) => {
                let owner = format!("{}.", one.trait_name);
                lines.insert(function(
                    &owner,
                    &one.name,
                    one.is_async,
                    &one.inputs,
                    one.return_type.as_ref(),
                    one.throws.as_ref(),
                    HOST_ERROR,
                )?);
            }
            Metadata::Record(one) => {
                // With its place: languages make records from their fields in this order.
                lines.extend(
                    one.fields.iter().enumerate().map(|(place, field)| format!("record {} {place:02} {}", one.name, described(field))),
                );
            }
            Metadata::Enum(one) => lines.extend(variants(one)?),
            Metadata::Object(one) => {
                lines.insert(format!("{} {}", if one.imp == ObjectImpl::Struct { "object" } else { "host" }, one.name));
            }
            Metadata::CustomType(one) => {
                lines.insert(format!("type {} = {}", one.name, typed(&one.builtin)));
            }
            Metadata::Namespace(_) => {}
            other => bail!("this listing has no words for {other:?}"),
        }
    }
    Ok(lines)
}

fn function(
    owner: &str,
    name: &str,
    is_async: bool,
    inputs: &[FnParamMetadata],
    answer: Option<&Type>,
    throws: Option<&Type>,
    error: &str,
) -> Result<String> {
    allowed(name, TAKEN_FUNCTIONS)?;
    let inputs = inputs.iter().map(|input| format!("{}: {}{}", input.name, typed(&input.ty), preset(input.default.as_ref())));
    let inputs = inputs.collect::<Vec<_>>().join(", ");
    let throws = throws.map(typed).with_context(|| format!("{owner}{name} cannot fail: a fault in it would end the app"))?;
    if throws != error {
        bail!("{owner}{name} fails with {throws}, and not with {error}");
    }
    let (how, answer) = (if is_async { "async fn" } else { "fn" }, answer.map(|answer| format!(" -> {}", typed(answer))));
    Ok(format!("{how} {owner}{name}({inputs}){}", answer.unwrap_or_default()))
}

fn variants(one: &EnumMetadata) -> Result<Vec<String>> {
    let what = if one.shape.is_error() { "error" } else { "enum" };
    let line = |(place, variant): (usize, &VariantMetadata)| {
        if one.shape.is_error() {
            variant.fields.iter().try_for_each(|field| allowed(&field.name, TAKEN_IN_ERRORS))?;
        }
        let fields = variant.fields.iter().map(described).collect::<Vec<_>>();
        let fields = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) };
        Ok(format!("{what} {} {place:02} {}{fields}", one.name, variant.name))
    };
    one.variants.iter().enumerate().map(line).collect()
}

fn described(field: &FieldMetadata) -> String {
    format!("{}: {}{}", field.name, typed(&field.ty), preset(field.default.as_ref()))
}

fn allowed(name: &str, taken: &[&str]) -> Result<()> {
    if taken.contains(&name) { bail!("{name} is a name that Kotlin has another meaning for") } else { Ok(()) }
}

fn preset(default: Option<&DefaultValueMetadata>) -> String {
    match default {
        None => String::new(),
        Some(DefaultValueMetadata::Default) => " = default".to_owned(),
        Some(DefaultValueMetadata::Literal(LiteralMetadata::None)) => " = none".to_owned(),
        Some(DefaultValueMetadata::Literal(LiteralMetadata::Boolean(value))) => format!(" = {value}"),
        Some(DefaultValueMetadata::Literal(LiteralMetadata::UInt(value, ..))) => format!(" = {value}"),
        Some(DefaultValueMetadata::Literal(LiteralMetadata::Int(value, ..))) => format!(" = {value}"),
        Some(DefaultValueMetadata::Literal(literal)) => format!(" = {literal:?}"),
    }
}

fn typed(ty: &Type) -> String {
    match ty {
        Type::Optional { inner_type } => format!("{}?", typed(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", typed(inner_type)),
        Type::Map { key_type, value_type } => format!("{{{}: {}}}", typed(key_type), typed(value_type)),
        named => named.name().map_or_else(|| format!("{named:?}"), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Type {
        Type::Enum { module_path: "linecrew_ffi".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_function_is_a_line() {
        let item = FnParamMetadata::simple("item", Type::Optional { inner_type: Box::new(Type::String) });
        let (answer, error) = (Type::Sequence { inner_type: Box::new(Type::UInt64) }, named(ERROR));
        let line = function("Core.", "look", true, &[item], Some(&answer), Some(&error), ERROR).unwrap();
        assert_eq!(line, "async fn Core.look(item: String?) -> [UInt64]");
    }

    #[test]
    fn what_cannot_fail_and_what_kotlin_cannot_say_is_refused() {
        let error = named(ERROR);
        for (name, throws, why) in [
            ("look", None, "cannot fail"),
            ("look", Some(named("OtherError")), "fails with OtherError"),
            ("close", Some(error), "another meaning"),
        ] {
            let refused = function("", name, false, &[], None, throws.as_ref(), ERROR).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
