//! The store: one conformance suite for every engine, then what only a file can suffer. Needs no
//! network and no folder but a temporary one.

#[path = "store/conformance.rs"]
mod conformance;
#[path = "store/crash.rs"]
mod crash;
#[path = "store/file.rs"]
mod file;
#[path = "store/policy.rs"]
mod policy;
#[path = "store/replies.rs"]
mod replies;
#[path = "store/reports.rs"]
mod reports;
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
    ($engine:ident: $($suite:ident::$name:ident)+) => {
        mod $engine {
            $(#[tokio::test]
            async fn $name() {
                super::$suite::$name(&super::SqliteFile::new()).await;
            })+
        }
    };
}

conforms! { sqlite:
    conformance::a_poll_is_read_back_after_a_restart
    conformance::what_a_poll_leaves_out_stays_as_it_was
    conformance::unchanged_polls_move_the_times_alone
    conformance::the_same_poll_twice_is_one
    conformance::keys_of_all_64_bits_are_kept
    conformance::revisions_gather_terms_and_end_with_the_last_polarity
    conformance::undecided_mentions_come_in_order_until_they_are_decided
    conformance::a_mention_comes_back_as_it_went_in
    conformance::decisions_without_a_message_wait_over_a_restart
    conformance::a_message_takes_its_decisions_out_of_the_window
    conformance::the_same_commit_twice_writes_nothing_twice
    conformance::a_message_of_a_known_id_takes_nothing_that_it_does_not_list
    conformance::a_decision_is_replaced_but_keeps_its_message
    conformance::a_commit_that_fails_leaves_no_part_of_it
    conformance::coverage_told_is_kept_apart_from_the_poll
    conformance::due_deliveries_come_oldest_first_per_channel
    conformance::a_retry_waits_and_a_finished_delivery_is_finished
    conformance::release_makes_all_due_and_counts_the_pause
    conformance::a_mention_says_how_far_its_message_came
    conformance::mentions_come_newest_first_and_by_brand
    conformance::figures_count_what_they_say
    conformance::channels_are_kept_and_replaced
    conformance::values_are_kept_found_by_prefix_and_removed
    conformance::wishes_wait_for_their_answer
    conformance::a_correction_keeps_the_text_and_changes_the_mention
    conformance::kept_texts_are_read_back_from_a_time_on
    conformance::purge_takes_what_is_old_and_finished_only
    conformance::purge_takes_more_than_one_chunk
    conformance::many_callers_at_once_are_all_answered
    conformance::prints_come_back_with_their_story_and_go_after_three_days
    conformance::a_story_knows_its_sites_and_who_was_told
    conformance::a_ping_is_answered
    reports::figures_count_a_period_and_nothing_else
    reports::words_are_found_until_their_mention_is_purged
    reports::forget_leaves_no_trace_but_its_record
    reports::forget_takes_back_whatever_shows_somebody
    reports::names_and_addresses_are_found_however_they_are_written
    reports::retention_is_on_record_a_line_a_day
    reports::a_wish_to_forget_does_not_remember
    policy::what_waits_for_a_digest_is_told_by_the_digest_of_its_channel
    policy::caps_count_messages_about_mentions_since_a_time
    policy::what_was_told_escalates_once_unless_it_is_handled
    policy::an_escalation_is_shown_with_its_mention
    policy::a_mute_is_kept_until_it_is_lifted
    policy::mentions_are_counted_by_five_minutes_of_their_moment
    replies::a_token_is_asked_for_once_however_often_it_comes
    replies::a_message_is_found_by_the_beginning_of_its_id
    replies::the_first_name_of_who_takes_care_stays
    replies::what_was_told_beside_a_mention_is_of_its_story_and_message
    replies::a_mention_that_is_not_about_the_brand_is_an_example_and_counts_no_more
    replies::the_same_mute_asked_for_twice_is_one
    replies::messages_of_one_sort_come_in_order
}
