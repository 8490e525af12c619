//! libFuzzer's way into [`vigie_fuzz::feed`].

#![no_main]

libfuzzer_sys::fuzz_target!(init: vigie_fuzz::let_caught_panics_pass(), |data: &[u8]| vigie_fuzz::feed(data));
