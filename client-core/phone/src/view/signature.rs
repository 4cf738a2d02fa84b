//! A signature in braille dots: 2 by 4 of them in one character.

use linecrew_client::protocol::model::work::files::Strokes;

/// Characters of a picture, when the terminal has room for them.
const COLUMNS: usize = 40;
const DOTS_ACROSS: usize = 2;
const DOTS_DOWN: usize = 4;

/// The bits of a braille character, row by row (Unicode Standard, block U+2800).
const BITS: [[u8; DOTS_ACROSS]; DOTS_DOWN] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The strokes as lines of text, at most `columns` wide.
pub(super) fn picture(strokes: &Strokes, columns: usize) -> Vec<String> {
    let columns = columns.clamp(1, COLUMNS);
    let mut canvas = Canvas::new(columns);
    for line in &strokes.0 {
        for pair in line.windows(2) {
            if let [from, to] = pair {
                canvas.draw(*from, *to);
            }
        }
    }
    canvas.lines()
}

struct Canvas {
    columns: usize,
    /// Units of the signature to one dot.
    scale: f64,
    cells: Vec<u8>,
}

impl Canvas {
    fn new(columns: usize) -> Self {
        let dots = u32::try_from(columns.saturating_mul(DOTS_ACROSS)).unwrap_or(1);
        let scale = f64::from(Strokes::WIDTH) / f64::from(dots);
        let rows = (1..).find(|rows| f64::from(*rows) * scale * 4.0 >= f64::from(Strokes::HEIGHT)).unwrap_or(1_u32);
        let cells = usize::try_from(rows).unwrap_or(1).saturating_mul(columns);
        Self { columns, scale, cells: vec![0; cells] }
    }

    /// Sets the dots between two points.
    fn draw(&mut self, from: (u16, u16), to: (u16, u16)) {
        let [x0, y0, x1, y1] = [from.0, from.1, to.0, to.1].map(|unit| f64::from(unit) / self.scale);
        // Every dot is passed at least once when no step is longer than one.
        let steps = (1..=u16::MAX).find(|steps| f64::from(*steps) >= (x1 - x0).abs().max((y1 - y0).abs())).unwrap_or(1);
        for step in 0..=steps {
            let way = f64::from(step) / f64::from(steps);
            self.set(x0 + (x1 - x0) * way, y0 + (y1 - y0) * way);
        }
    }

    fn set(&mut self, x: f64, y: f64) {
        let (x, y) = (dot(x, self.columns * DOTS_ACROSS), dot(y, self.cells.len() / self.columns * DOTS_DOWN));
        let cell = y / DOTS_DOWN * self.columns + x / DOTS_ACROSS;
        let bit = BITS.get(y % DOTS_DOWN).and_then(|row| row.get(x % DOTS_ACROSS)).copied().unwrap_or_default();
        if let Some(cell) = self.cells.get_mut(cell) {
            *cell |= bit;
        }
    }

    fn lines(&self) -> Vec<String> {
        let character = |bits: &u8| char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' ');
        let lines = self.cells.chunks(self.columns).map(|row| row.iter().map(character).collect::<String>());
        let blank = '\u{2800}';
        lines.map(|line| line.trim_end_matches(blank).to_owned()).collect()
    }
}

/// The dot that a place falls on; the far edge belongs to the last one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the canvas first")]
fn dot(place: f64, dots: usize) -> usize {
    (place.max(0.0) as usize).min(dots.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::columns;

    #[test]
    fn a_stroke_shows_where_it_was_drawn() {
        let across = picture(&Strokes(vec![vec![(0, 0), (400, 160)]]), 20);
        assert_eq!(across.len(), 4);
        assert!(across[0].starts_with('⠉') && across[3].chars().count() == 20, "{across:#?}");
        let dot_free = picture(&Strokes(vec![vec![(0, 0)], vec![(400, 0), (400, 160)]]), 20);
        assert!(dot_free.iter().all(|line| line.chars().count() == 20 && line.ends_with('⢸')), "{dot_free:#?}");
    }

    #[test]
    fn a_picture_fits_any_terminal() {
        let strokes = Strokes(vec![vec![(0, 0), (400, 160), (0, 160), (400, 0)]]);
        for width in [0, 1, 7, 40, 200] {
            assert!(picture(&strokes, width).iter().all(|line| columns(line) <= width.clamp(1, COLUMNS)), "{width}");
        }
    }
}
