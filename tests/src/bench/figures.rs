//! Figures that vary.

use serde_json::{Value, json};

/// The median and the extremes of at least one figure, with `digits` behind the point.
pub(super) fn summary(mut figures: Vec<f64>, digits: i32) -> Value {
    figures.sort_by(f64::total_cmp);
    let round = |figure: f64| (figure * 10_f64.powi(digits)).round() / 10_f64.powi(digits);
    let at = |place: usize| round(figures[place]);
    json!({"median": at(figures.len() / 2), "min": at(0), "max": at(figures.len() - 1), "runs": figures.len()})
}
