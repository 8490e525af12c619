//! Bars, lines and shades as SVG, for pages. Owns the shapes; letters stand beside them in HTML, so that a
//! drawing stretches to any width and its words stay readable. Only numbers of ours go into the markup.

use std::fmt::Write as _;

use super::figures::{Point, Tones};
use crate::mention::Polarity;

/// From the ground up.
const ORDER: [Polarity; 5] =
    [Polarity::Negative, Polarity::Uncertain, Polarity::Unknown, Polarity::Neutral, Polarity::Positive];

/// Units of a drawing's height.
const HEIGHT: f64 = 100.0;

/// Stacked bars, one a point; `names` are shown where the pointer rests.
#[must_use]
pub fn bars(points: &[Point], names: &[String]) -> String {
    let most = points.iter().map(|point| point.tones.total()).max().unwrap_or(0).max(1);
    let width = points.len().max(1) * 10;
    let mut svg = format!("<svg viewBox=\"0 0 {width} 100\" preserveAspectRatio=\"none\" role=\"presentation\">");
    for (place, point) in points.iter().enumerate() {
        let name = names.get(place).map_or("", String::as_str);
        let _ = write!(svg, "<g><title>{}</title>", escaped(name));
        let left = place as f64 * 10.0 + 1.0;
        // The whole height answers the pointer.
        let _ = write!(svg, "<rect x=\"{left}\" y=\"0\" width=\"8\" height=\"100\" fill=\"transparent\"/>");
        stack(&mut svg, left, &point.tones, most);
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

fn stack(svg: &mut String, left: f64, tones: &Tones, most: u64) {
    let mut below = 0;
    for polarity in ORDER {
        let mentions = tones.of(polarity);
        if mentions == 0 {
            continue;
        }
        below += mentions;
        let height = mentions as f64 / most as f64 * HEIGHT;
        let top = HEIGHT - below as f64 / most as f64 * HEIGHT;
        let word = polarity.word();
        let _ = write!(svg, "<rect class=\"{word}\" x=\"{left}\" y=\"{top:.2}\" width=\"8\" height=\"{height:.2}\"/>");
    }
}

/// The net tone of each point that has one, between −100 and 100, as a line with its zero.
#[must_use]
pub fn tone(points: &[Point]) -> Option<String> {
    let known: Vec<(usize, f64)> =
        points.iter().enumerate().filter_map(|(place, point)| Some((place, point.tones.net()?))).collect();
    if known.len() < 2 {
        return None;
    }
    let width = points.len() * 10;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} 100\" preserveAspectRatio=\"none\" role=\"presentation\">\
         <line class=\"zero\" x1=\"0\" x2=\"{width}\" y1=\"50\" y2=\"50\"/><polyline class=\"tone\" points=\""
    );
    for (place, net) in known {
        let _ = write!(svg, "{},{:.2} ", place * 10 + 5, 50.0 - net / 2.0);
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}

/// The hours of a weekday, the darker the more; `most` is the week's busiest hour.
#[must_use]
pub fn hours(day: &[u64; 24], most: u64) -> String {
    let mut svg = "<svg viewBox=\"0 0 240 10\" preserveAspectRatio=\"none\" role=\"presentation\">".to_owned();
    for (hour, mentions) in day.iter().enumerate() {
        let shade = if *mentions == 0 { 0.06 } else { 0.2 + 0.8 * *mentions as f64 / most.max(1) as f64 };
        let _ = write!(
            svg,
            "<rect class=\"hour\" x=\"{}\" y=\"0\" width=\"9\" height=\"10\" fill-opacity=\"{shade:.2}\">\
             <title>{mentions}</title></rect>",
            hour * 10
        );
    }
    svg.push_str("</svg>");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn point(negative: u64, positive: u64) -> Point {
        Point { at: Timestamp::UNIX_EPOCH, tones: Tones { negative, positive, ..Tones::default() } }
    }

    #[test]
    fn a_bar_is_stacked_from_the_ground_and_named_without_markup() {
        let svg = bars(&[point(1, 3), point(0, 0)], &["<b>lun.</b>: 4".to_owned()]);
        assert!(svg.contains("&lt;b&gt;lun.&lt;/b&gt;: 4"), "{svg}");
        assert!(svg.contains("class=\"negative\" x=\"1\" y=\"75.00\" width=\"8\" height=\"25.00\""), "{svg}");
        assert!(svg.contains("class=\"positive\" x=\"1\" y=\"0.00\" width=\"8\" height=\"75.00\""), "{svg}");
        assert_eq!(svg.matches("<g>").count(), 2);
    }

    #[test]
    fn a_line_of_tones_needs_two_points_and_leaves_out_silence() {
        assert_eq!(tone(&[point(1, 0), point(0, 0)]), None);
        let svg = tone(&[point(1, 0), point(0, 0), point(0, 1)]).unwrap();
        assert!(svg.contains("points=\"5,100.00 25,0.00 \""), "{svg}");
    }
}
