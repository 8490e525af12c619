//! libFuzzer's way into [`vigie_fuzz::feed`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::feed(data));
