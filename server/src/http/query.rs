//! Query parameters: each comes as text, so that a wrong one can be named.

use super::problem::Problem;

/// An optional parameter; an empty one counts as absent.
///
/// # Errors
/// 400 naming the parameter.
pub(super) fn given<T>(text: Option<String>, field: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| parse(&text).ok_or_else(|| Problem::invalid(format!("{field} is not valid")))).transpose()
}
