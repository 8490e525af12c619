//! Between a poll's mentions and the index of stories: rebuilt at start, asked for each new mention. Owns the
//! order of asking; what is one story is `story`'s.

use jiff::Timestamp;

use super::Context;
use crate::clock::Clock;
use crate::entry::Entry;
use crate::mention::{Field, Mention};
use crate::store::{Store, StoreError};
use crate::story::{Index, Origin, Piece, Print, SPAN};

/// The stories of the last days, as the store has them.
pub(super) async fn remembered<S: Store, C: Clock>(context: &Context<S, C>) -> Result<Index, StoreError> {
    let since = context.clock.now().saturating_sub(SPAN).unwrap_or(Timestamp::MIN);
    let mut index = Index::default();
    for row in context.patience().ask(|| context.store.prints(since)).await? {
        // A print of another version is not understood: its story is told anew at worst.
        if let Ok(print) = Print::from_bytes(&row.print)
            && row.since > since
        {
            let origin = Origin { source: row.source, entry: row.entry, site: &row.site };
            index.restore((&row.team, &row.brand), origin, &print, row.story, row.since);
        }
    }
    Ok(index)
}

/// Finds each mention's story. Of a poll the longest texts come first: a short one is found in a long one
/// wherever it was cut, but two short ones have nothing in common.
pub(super) fn place(stories: &mut Index, told: &mut [(Mention, Print)]) {
    let mut order: Vec<usize> = (0..told.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(told[*place].1.len()));
    for number in order {
        let (mention, print) = &mut told[number];
        // What was edited stays in its story.
        if mention.revision > 1 {
            continue;
        }
        let origin = Origin { source: mention.source, entry: mention.entry, site: &mention.site };
        let brand = (mention.team.as_str(), mention.brand.as_str());
        let placed = stories.place(brand, origin, print, mention.story, mention.found);
        (mention.story, mention.repeat) = (placed.story, placed.repeat);
    }
}

/// What an entry looks like where it speaks of a brand.
pub(super) fn print_of(entry: &Entry, mention: &Mention) -> Print {
    let first = mention.hits.iter().find(|hit| hit.field == Field::Text);
    Print::of(&Piece {
        title: &entry.title,
        text: &entry.text,
        url: entry.url.as_deref(),
        author: entry.author.as_deref(),
        around: first.map(|hit| hit.start as usize),
    })
}
