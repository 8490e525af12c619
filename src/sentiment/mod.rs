//! Tone by lexicon and rules, towards the brand and not the text. Pure.
