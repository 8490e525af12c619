//! libFuzzer's way into [`vigie_fuzz::fold`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigie_fuzz::fold(data));
