//! One of `objectives:`: from its shape to an [`Objective`].

use super::brand::choice;
use super::rule::Known;
use super::shape::ObjectiveShape;
use crate::config::findings::Findings;
use crate::config::places::Node;
use crate::config::yaml::Written;
use crate::report::{Figure, Objective};

/// Reads an objective; without one, the findings say why. Without `brands`, its brand is not looked up.
pub(super) fn read(
    findings: &mut Findings,
    node: &Node,
    shape: &ObjectiveShape,
    brands: Option<&Known<'_>>,
) -> Option<Objective> {
    let missing = |findings: &mut Findings, key: &str| {
        findings.error(node.span, "config-missing-key", &[("block", "objectives"), ("key", key)], None);
    };
    match (&shape.brand, node.get("brand"), brands) {
        (Some(Written(id)), Some(at), Some(known)) => known.look_up(findings, id, at.span),
        (None, ..) => missing(findings, "brand"),
        _ => {}
    }
    let figure = if let (Some(Written(word)), Some(at)) = (&shape.figure, node.get("figure")) {
        let figure = Figure::from_word(word);
        if figure.is_none() {
            choice(findings, at.span, "figure", word, Figure::ALL.iter().map(|figure| figure.word()));
        }
        figure
    } else {
        missing(findings, "figure");
        None
    }?;
    let mut bound = |key: &str, written: Option<&Written>| {
        let Written(text) = written?;
        let (least, most) = figure.range();
        let value = text.parse::<f64>().ok().filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let span = node.get(key).unwrap_or(node).span;
            let (least, most) = (least.to_string(), most.to_string());
            let arguments = [
                ("text", text.as_str()),
                ("figure", figure.word()),
                ("least", least.as_str()),
                ("most", most.as_str()),
            ];
            findings.error(span, "config-objective-number", &arguments, None);
        }
        value
    };
    let (at_least, at_most) = (bound("at_least", shape.at_least.as_ref()), bound("at_most", shape.at_most.as_ref()));
    if shape.at_least.is_none() && shape.at_most.is_none() {
        findings.error(node.span, "config-objective-bounds", &[], None);
    }
    if at_least.zip(at_most).is_some_and(|(least, most)| least > most) {
        let span = node.get("at_least").unwrap_or(node).span;
        findings.error(span, "config-objective-order", &[], None);
    }
    let brand = shape.brand.as_ref()?.0.clone();
    Some(Objective { brand, figure, at_least, at_most, place: findings.place(node.span) })
}
