//! `vigie sentiment`: the tone of a text and the words that decided, or of one JSON line after the other.
//! Owns the command's forms; the scoring is [`crate::sentiment`].

use std::io::{self, BufRead, BufReader, Read, Write};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::terminal::signed;
use super::{Exit, reasons};
use crate::config::language_of_environment;
use crate::locale::{self, Locale};
use crate::mention::Polarity;
use crate::sentiment::{self, Doubt, Genre, Input, Part, Reason, Score, Tuning};
use crate::text::language::{self, Language};

/// Bytes of a text, or of a JSON line.
const LARGEST: u64 = 1 << 20;

/// Show the tone of a text, and the words that decided it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vigie sentiment 'Livraison rapide mais service client injoignable'
  vigie sentiment --target Novalis 'Novalis est bien mieux que Fibrenet, qui est nul'
  vigie sentiment --jsonl < texts.jsonl
  vigie sentiment --evaluate

--jsonl reads {\"id\",\"text\",\"target\"?} and writes {\"id\",\"language\",\"score\",\"label\",\"words\"}, in order.
The label is positive from the threshold on, negative from its minus, uncertain when only irony or a hint
of complaint decides, unknown when the text is in neither French nor English.")]
pub struct Args {
    /// Whose lexicon reads the text; auto detects it and takes French where there is no evidence.
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    pub language: Choice,
    /// Score towards this name, where the text holds it, rather than the whole text.
    #[arg(long, value_name = "NAME", conflicts_with = "jsonl")]
    pub target: Option<String>,
    /// From which score on a text is positive or negative: what the texts are like (reviews: 0.25, posts: 0.1,
    /// news: 0.2), or a number.
    #[arg(long, value_name = "GENRE|NUMBER", default_value = "news", value_parser = threshold)]
    pub threshold: f32,
    /// Read JSON lines on standard input and write one a line.
    #[arg(long, conflicts_with_all = ["json", "text"])]
    pub jsonl: bool,
    /// Score the mentions that `vigie correct` corrected, and propose words for their watchlists.
    #[arg(long, conflicts_with_all = ["json", "jsonl", "target", "threshold", "text"])]
    pub evaluate: bool,
    /// For --evaluate: vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE", requires = "evaluate")]
    pub config: Option<std::path::PathBuf>,
    /// Write one JSON object rather than sentences.
    #[arg(long)]
    pub json: bool,
    /// The text; standard input when absent or `-`.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
}

/// What `--language` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// French.
    Fr,
    /// English.
    En,
    /// Detected, else French.
    Auto,
}

impl Choice {
    fn language(self, text: &str) -> Language {
        match self {
            Self::Fr => Language::FRENCH,
            Self::En => Language::ENGLISH,
            Self::Auto => language::detect(text).unwrap_or(Language::FRENCH),
        }
    }
}

fn threshold(text: &str) -> Result<f32, String> {
    let number = || text.parse().ok().filter(|threshold| *threshold > 0.0 && *threshold < 1.0);
    Genre::from_word(text)
        .map(Genre::threshold)
        .or_else(number)
        .ok_or_else(|| "reviews, posts, news, or a number between 0 and 1".to_owned())
}

/// A line that `--jsonl` reads.
#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default)]
    target: Option<String>,
}

/// A line that `--jsonl` writes, and what `--json` writes but for `id`.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    language: Language,
    score: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_score: Option<f32>,
    label: &'static str,
    words: Vec<Deciding<'a>>,
}

#[derive(Serialize)]
struct Deciding<'a> {
    text: &'a str,
    valence: f32,
}

/// A line that could not be read.
#[derive(Serialize)]
struct Refusal {
    id: Option<()>,
    line: u64,
    error: String,
}

/// Runs the command on standard input and output.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let output = io::BufWriter::new(io::stdout().lock());
    let locale = Locale::of(language_of_environment());
    let done = run_on(args, locale, &mut BufReader::new(io::stdin().lock()), output);
    match done {
        // The reader of the pipe has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) => {
            Ok(Exit::Fine)
        }
        other => other,
    }
}

fn run_on(
    args: &Args,
    locale: Locale,
    input: &mut BufReader<impl Read>,
    mut output: impl Write,
) -> anyhow::Result<Exit> {
    if args.jsonl {
        return lines(args, input, output);
    }
    let read;
    let text = match args.text.as_deref() {
        Some(text) if text != "-" => text,
        _ => {
            let mut bytes = Vec::new();
            input.take(LARGEST + 1).read_to_end(&mut bytes).context(locale.text("sentiment-unreadable"))?;
            anyhow::ensure!(bytes.len() as u64 <= LARGEST, locale.text("sentiment-too-long"));
            read = String::from_utf8_lossy(&bytes).into_owned();
            &read
        }
    };
    let language = args.language.language(text);
    if args.json {
        let score = score(text, args.target.as_deref(), language);
        let document = score.as_ref().map(|score| round(score.document_score));
        let answer =
            Answer { document_score: document, ..answer(None, language, text, score.as_ref(), args.threshold) };
        serde_json::to_writer(&mut output, &answer).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        let explained = explain(text, args.target.as_deref(), language);
        show(locale, args, text, language, explained.as_ref(), &mut output)?;
    }
    output.flush()?;
    Ok(Exit::Fine)
}

fn score(text: &str, target: Option<&str>, language: Language) -> Option<Score> {
    let target = target.map(|target| sentiment::find_target(text, target)).unwrap_or_default();
    sentiment::score(&Input { parts: &[Part { text, target: &target }], language })
}

fn explain(text: &str, target: Option<&str>, language: Language) -> Option<(Score, Vec<Reason>)> {
    let target = target.map(|target| sentiment::find_target(text, target)).unwrap_or_default();
    sentiment::explain(&Input { parts: &[Part { text, target: &target }], language }, &Tuning::default())
}

/// Four decimals: more would only show how floats are printed.
fn round(value: f32) -> f32 {
    (value * 1e4).round() / 1e4
}

fn answer<'t>(
    id: Option<Value>,
    language: Language,
    text: &'t str,
    score: Option<&Score>,
    threshold: f32,
) -> Answer<'t> {
    let parts = [Part { text, target: &[] }];
    Answer {
        id,
        language,
        score: score.map(|score| round(score.score)),
        document_score: None,
        label: score.map_or(Polarity::Unknown, |score| score.polarity(threshold)).word(),
        words: score.map_or_else(Vec::new, |score| {
            score.words.iter().map(|word| Deciding { text: word.text(&parts), valence: round(word.valence) }).collect()
        }),
    }
}

/// Answers line by line; a bad line is answered too, and remembered in the exit code.
fn lines(args: &Args, input: &mut BufReader<impl Read>, mut output: impl Write) -> anyhow::Result<Exit> {
    let mut exit = Exit::Fine;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if input.by_ref().take(LARGEST + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let question = if line.len() as u64 > LARGEST {
            if line.last() != Some(&b'\n') {
                input.skip_until(b'\n')?;
            }
            Err(format!("longer than {LARGEST} bytes"))
        } else if line.trim_ascii().is_empty() {
            continue;
        } else {
            serde_json::from_slice::<Question>(&line).map_err(|error| error.to_string())
        };
        match question {
            Ok(Question { id, text, target }) => {
                let language = args.language.language(&text);
                let score = score(&text, target.as_deref(), language);
                let answer = answer(Some(id), language, &text, score.as_ref(), args.threshold);
                serde_json::to_writer(&mut output, &answer).map_err(io::Error::from)?;
            }
            Err(error) => {
                exit = Exit::Failed;
                serde_json::to_writer(&mut output, &Refusal { id: None, line: number, error })
                    .map_err(io::Error::from)?;
            }
        }
        writeln!(output)?;
        // Who writes a line and waits for its answer gets it; who pipes a file has more in the buffer.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(exit)
}

/// The verdict in a sentence, then a line a word with the rules that changed its valence and its clause.
fn show(
    locale: Locale,
    args: &Args,
    text: &str,
    language: Language,
    explained: Option<&(Score, Vec<Reason>)>,
    output: &mut impl Write,
) -> io::Result<()> {
    let Some((score, reasons)) = explained else {
        let arguments = [("language", locale::Value::from(language.code()))];
        return writeln!(output, "{}", locale.format("sentiment-unknown", &arguments));
    };
    let key = match score.polarity(args.threshold) {
        Polarity::Positive => "sentiment-positive",
        Polarity::Negative => "sentiment-negative",
        Polarity::Uncertain if score.doubt == Some(Doubt::Irony) => "sentiment-irony",
        Polarity::Uncertain if score.doubt == Some(Doubt::Praise) => "sentiment-uncertain-praise",
        Polarity::Uncertain => "sentiment-uncertain",
        Polarity::Neutral | Polarity::Unknown => "sentiment-neutral",
    };
    let figure = |value| locale::Value::from(signed(locale, value));
    writeln!(output, "{}", locale.format(key, &[("score", figure(score.score))]))?;
    if let Some(target) = args.target.as_deref() {
        let key =
            if sentiment::find_target(text, target).is_empty() { "sentiment-no-target" } else { "sentiment-target" };
        let arguments = [("target", locale::Value::from(target)), ("score", figure(score.document_score))];
        writeln!(output, "{}", locale.format(key, &arguments))?;
    }
    if score.words.is_empty() {
        return writeln!(output, "{}", locale.text("sentiment-no-words"));
    }
    writeln!(output, "{}", locale.text("sentiment-words"))?;
    let parts = [Part { text, target: &[] }];
    for line in reasons::lines(&parts, score, reasons, locale) {
        writeln!(output, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::settings::UiLanguage;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn answered(arguments: &[&str], language: UiLanguage, input: &[u8]) -> (Exit, String) {
        let command = Command::try_parse_from([&["sentiment"], arguments].concat()).expect("arguments");
        let mut output = Vec::new();
        let exit = run_on(&command.args, Locale::of(language), &mut BufReader::new(input), &mut output);
        (exit.expect("an exit"), String::from_utf8(output).expect("text"))
    }

    #[test]
    fn the_verdict_and_its_words_are_shown() {
        let text = "Livraison rapide, mais le service client de Novalis est injoignable.";
        let (exit, french) = answered(&["--target", "novalis", text], UiLanguage::French, b"");
        assert_eq!(exit, Exit::Fine);
        insta::assert_snapshot!("shown_in_french", french);
        let (_, english) = answered(&["--target", "Brixo", text], UiLanguage::English, b"");
        insta::assert_snapshot!("shown_in_english_without_the_target", english);
        let (_, ironic) = answered(&["Quelle rapidité, dix jours pour un mail…"], UiLanguage::French, b"");
        insta::assert_snapshot!("shown_with_irony", ironic);
        let (_, nothing) = answered(&[], UiLanguage::French, "Novalis ouvre à Lyon".as_bytes());
        insta::assert_snapshot!("shown_without_words", nothing);
        let (_, unknown) = answered(&["Der Kundendienst war sehr schlecht und langsam."], UiLanguage::English, b"");
        insta::assert_snapshot!("shown_in_another_language", unknown);
    }

    #[test]
    fn one_text_gives_one_json_object() {
        let (_, json) =
            answered(&["--json", "--target", "Novalis", "Novalis est nul, Brixo est super"], UiLanguage::French, b"");
        insta::assert_snapshot!("json", json);
    }

    #[test]
    fn the_threshold_is_a_genre_or_a_number() {
        let label = |threshold: &str| {
            let (_, json) =
                answered(&["--json", "--threshold", threshold, "Un accueil plutôt correct"], UiLanguage::French, b"");
            serde_json::from_str::<Value>(&json).expect("an object")["label"].clone()
        };
        assert_eq!(
            (label("posts"), label("reviews"), label("0.9")),
            ("positive".into(), "neutral".into(), "neutral".into())
        );
        for wrong in ["tweets", "0", "1", "-0.2", "nan"] {
            assert!(Command::try_parse_from(["sentiment", "--threshold", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lines_are_answered_in_order_and_a_bad_one_fails_at_the_end() {
        let long = format!("{{\"id\":9,\"text\":\"{}\"}}", "a".repeat(LARGEST as usize));
        let input = [
            r#"{"id":"a","text":"Service nul, à fuir"}"#,
            r#"{"id":2,"text":"The support was great","target":"support"}"#,
            "",
            "pas du JSON",
            r#"{"id":"b"}"#,
            &long,
            r#"{"id":"c","text":"Der Kundendienst war sehr schlecht und langsam."}"#,
            r#"{"text":"Novalis ouvre à Lyon"}"#,
        ]
        .join("\n");
        let (exit, lines) = answered(&["--jsonl"], UiLanguage::French, input.as_bytes());
        assert_eq!(exit, Exit::Failed);
        insta::assert_snapshot!("jsonl", lines);
        let (exit, _) = answered(&["--jsonl"], UiLanguage::French, br#"{"id":1,"text":"ok"}"#);
        assert_eq!(exit, Exit::Fine);
    }

    #[test]
    fn an_answer_does_not_wait_for_the_next_line() {
        /// Hands over one line, then checks that it was answered before it is asked for the next.
        struct Partner<'a>(&'a std::cell::RefCell<Vec<u8>>, usize);

        impl Read for Partner<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let answers = memchr::memchr_iter(b'\n', &self.0.borrow()).count();
                assert_eq!(answers, self.1);
                self.1 += 1;
                if self.1 > 3 {
                    return Ok(0);
                }
                let line = b"{\"id\":1,\"text\":\"nul\"}\n";
                buffer[..line.len()].copy_from_slice(line);
                Ok(line.len())
            }
        }

        struct Shared<'a>(&'a std::cell::RefCell<Vec<u8>>);

        impl Write for Shared<'_> {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.borrow_mut().write(bytes)
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let written = std::cell::RefCell::new(Vec::new());
        let output = io::BufWriter::new(Shared(&written));
        let command = Command::try_parse_from(["sentiment", "--jsonl", "--language", "fr"]).expect("arguments");
        lines(&command.args, &mut BufReader::new(Partner(&written, 0)), output).expect("an exit");
    }
}
