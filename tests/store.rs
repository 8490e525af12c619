//! The store: one conformance suite for every engine, then what only a file can suffer. Needs no
//! network and no folder but a temporary one.

#[path = "store/conformance.rs"]
mod conformance;
#[path = "store/crash.rs"]
mod crash;
#[path = "store/file.rs"]
mod file;
#[path = "store/sample.rs"]
mod sample;

use vigie::store::sqlite::Sqlite;

/// A place that a store can be opened at again and again, as over restarts.
trait Engine {
    type Store: vigie::store::Store;
    fn open(&self) -> Self::Store;
}

struct SqliteFile(tempfile::TempDir);

impl SqliteFile {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("vigie.db")
    }
}

impl Engine for SqliteFile {
    type Store = Sqlite;

    fn open(&self) -> Sqlite {
        Sqlite::open(&self.path()).unwrap()
    }
}

macro_rules! conforms {
    ($engine:ident: $($name:ident)+) => {
        mod $engine {
            $(#[tokio::test]
            async fn $name() {
                super::conformance::$name(&super::SqliteFile::new()).await;
            })+
        }
    };
}

conforms! { sqlite:
    a_poll_is_read_back_after_a_restart
    what_a_poll_leaves_out_stays_as_it_was
    the_same_poll_twice_is_one
    keys_of_all_64_bits_are_kept
    revisions_gather_terms_and_end_with_the_last_polarity
    undecided_mentions_come_in_order_until_they_are_decided
    a_mention_comes_back_as_it_went_in
    decisions_without_a_message_wait_over_a_restart
    a_message_takes_its_decisions_out_of_the_window
    the_same_commit_twice_writes_nothing_twice
    a_message_of_a_known_id_takes_nothing_that_it_does_not_list
    a_decision_is_replaced_but_keeps_its_message
    a_commit_that_fails_leaves_no_part_of_it
    coverage_told_is_kept_apart_from_the_poll
    due_deliveries_come_oldest_first_per_channel
    a_retry_waits_and_a_finished_delivery_is_finished
    release_makes_all_due_and_counts_the_pause
    a_mention_says_how_far_its_message_came
    mentions_come_newest_first_and_by_brand
    figures_count_what_they_say
    channels_are_kept_and_replaced
    values_are_kept_found_by_prefix_and_removed
    wishes_wait_for_their_answer
    kept_texts_are_read_back_from_a_time_on
    purge_takes_what_is_old_and_finished_only
    purge_takes_more_than_one_chunk
    many_callers_at_once_are_all_answered
    a_ping_is_answered
}
