//! The templates of mails and reports: the built-in ones, and those of `templates:` over them by file name. Owns
//! the environments and their limits. An own template that fails is told, and the built-in one says what is to be
//! said.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use super::render::RenderError;

/// Name and text of the built-in templates.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("frame.html", include_str!("templates/frame.html")),
    ("mention.html", include_str!("templates/mention.html")),
    ("mention.txt", include_str!("templates/mention.txt")),
    ("digest.html", include_str!("templates/digest.html")),
    ("digest.txt", include_str!("templates/digest.txt")),
    ("notice.html", include_str!("templates/notice.html")),
    ("notice.txt", include_str!("templates/notice.txt")),
    ("report.html", include_str!("templates/report.html")),
];

/// No template comes near it; a runaway loop is stopped.
const FUEL: u64 = 2_000_000;
/// Bytes of a page; a report has some hundred thousand.
const LONGEST: usize = 4 << 20;
/// Bytes of a template's file.
const LARGEST: u64 = 256 << 10;
/// Files of a folder that are read.
const FILES: usize = 64;
/// Failures that are kept: nobody reads more.
const FAILURES: usize = 50;
/// What a drawing of ours is made of; nothing else goes into a page as it is.
const ELEMENTS: [&str; 6] = ["svg", "g", "title", "rect", "polyline", "line"];

/// An own template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file, or the folder.
    pub file: PathBuf,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong with it, as the engine or the system says it.
    pub detail: String,
}

/// The templates of a configuration. Cheap to clone; what one clone takes, all show.
#[derive(Debug, Clone, Default)]
pub struct Templates(Option<Arc<ArcSwap<Own>>>);

#[derive(Debug)]
struct Own {
    folder: PathBuf,
    /// Of those that are used, by their names.
    texts: BTreeMap<String, String>,
    environment: Environment<'static>,
    failures: Mutex<Vec<Failure>>,
}

impl Templates {
    /// The built-in templates, with those of a folder over them. What cannot be used is among
    /// [`Templates::failures`]. Blocks on the disk.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let (files, failures) = files(folder);
        Self::build(folder, files, failures)
    }

    /// The same of texts that are known, as if the folder had them and nothing else.
    #[must_use]
    pub fn of(folder: &Path, texts: BTreeMap<String, String>) -> Self {
        Self::build(folder, texts, Vec::new())
    }

    fn build(folder: &Path, files: impl IntoIterator<Item = (String, String)>, mut failures: Vec<Failure>) -> Self {
        let mut environment = environment(UndefinedBehavior::Strict);
        let mut texts = BTreeMap::new();
        for (name, text) in files {
            let file = folder.join(&name);
            match environment.add_template_owned(name.clone(), text.clone()) {
                Ok(()) => match unescaped(&text) {
                    None => _ = texts.insert(name, text),
                    Some(line) => {
                        let detail = "`autoescape` is not for templates: what the web says stays escaped".to_owned();
                        failures.push(Failure { file, line, detail });
                        restore(&mut environment, &name);
                    }
                },
                Err(error) => {
                    failures.push(failure(&file, &error));
                    restore(&mut environment, &name);
                }
            }
        }
        let own = Own { folder: folder.to_owned(), texts, environment, failures: Mutex::new(failures) };
        Self(Some(Arc::new(ArcSwap::from_pointee(own))))
    }

    /// Takes the place of these templates, wherever they are used. True where there is such a place: not where only
    /// the built-in ones are.
    #[must_use]
    pub fn take(&self, other: &Self) -> bool {
        let (Some(place), Some(own)) = (&self.0, &other.0) else { return false };
        place.store(own.load_full());
        true
    }

    /// What could not be used so far.
    #[must_use]
    pub fn failures(&self) -> Vec<Failure> {
        let Some(own) = &self.0 else { return Vec::new() };
        own.load().failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The own templates that are used, by their names.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<String, String> {
        self.0.as_ref().map(|own| own.load().texts.clone()).unwrap_or_default()
    }

    /// The text and the HTML of a template's two halves.
    pub(super) fn pages(&self, template: &str, context: &impl Serialize) -> Result<(String, String), RenderError> {
        let context = Value::from(Serde(context));
        let text = self.render(&format!("{template}.txt"), &context)?;
        let html = self.render(&format!("{template}.html"), &context)?;
        Ok((text.trim_end().to_owned() + "\n", html))
    }

    /// One template.
    pub(super) fn page(&self, template: &str, context: &impl Serialize) -> Result<String, RenderError> {
        Ok(self.render(template, &Value::from(Serde(context)))?)
    }

    fn render(&self, name: &str, context: &Value) -> Result<String, Error> {
        if let Some(own) = self.0.as_ref().map(|own| own.load()) {
            match rendered(&own.environment, name, context) {
                Ok(text) => return Ok(text),
                Err(error) => own.failed(name, &error),
            }
        }
        rendered(built_in(), name, context)
    }
}

impl Own {
    /// Keeps a failure, and says it once.
    fn failed(&self, name: &str, error: &Error) {
        let at = error.name().filter(|at| self.texts.contains_key(*at));
        let at = at.or_else(|| self.texts.contains_key(name).then_some(name));
        let file = at.map_or_else(|| self.folder.clone(), |at| self.folder.join(at));
        let failure = failure(&file, error);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.contains(&failure) || failures.len() >= FAILURES {
            return;
        }
        let (file, line, detail) = (failure.file.display().to_string(), failure.line, failure.detail.clone());
        tracing::warn!(event = "template", file, line, detail, "a template failed; the built-in one is used");
        failures.push(failure);
    }
}

fn failure(file: &Path, error: &Error) -> Failure {
    let detail =
        error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    Failure { file: file.to_owned(), line: error.line().unwrap_or(0), detail }
}

/// The templates of a folder by name, and what cannot be read.
fn files(folder: &Path) -> (Vec<(String, String)>, Vec<Failure>) {
    let unread = |file: &Path, error: &io::Error| Failure { file: file.to_owned(), line: 0, detail: error.to_string() };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return (Vec::new(), vec![unread(folder, &error)]),
    };
    let is_template = |name: &String| {
        let kind = Path::new(name).extension().and_then(|kind| kind.to_str());
        !name.starts_with('.') && matches!(kind, Some("html" | "txt"))
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(is_template).collect();
    names.sort_unstable();
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    for name in names.into_iter().take(FILES) {
        let file = folder.join(&name);
        let length = std::fs::metadata(&file).map(|about| about.len());
        match length
            .and_then(|length| if length > LARGEST { Ok(None) } else { std::fs::read_to_string(&file).map(Some) })
        {
            Ok(Some(text)) => files.push((name, text)),
            Ok(None) => failures.push(Failure { file, line: 0, detail: format!("more than {LARGEST} bytes") }),
            Err(error) => failures.push(unread(&file, &error)),
        }
    }
    (files, failures)
}

/// The line of a block that would let through what the web says as it is.
fn unescaped(text: &str) -> Option<usize> {
    let opens = |line: &str| {
        line.split("{%").skip(1).any(|block| block.trim_start_matches(['-', '+', ' ']).starts_with("autoescape"))
    };
    text.lines().position(opens).map(|place| place + 1)
}

/// Puts the built-in template of a name back, where there is one.
fn restore(environment: &mut Environment<'static>, name: &str) {
    environment.remove_template(name);
    if let Some((name, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
        add(environment, name, text);
    }
}

fn add(environment: &mut Environment<'static>, name: &'static str, text: &'static str) {
    environment.add_template(name, text).expect("a built-in template parses: a test renders each");
}

fn built_in() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| environment(UndefinedBehavior::Strict))
}

/// Strict: a name that is no variable is a mistake, and not nothing.
fn environment(undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(undefined);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "txt")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    // What comes from the web is never let through; of ours only drawings are.
    environment.remove_filter("safe");
    environment.add_filter("drawing", |text: &str| -> Result<Value, Error> {
        if is_drawing(text) {
            Ok(Value::from_safe_string(text.to_owned()))
        } else {
            Err(Error::new(ErrorKind::InvalidOperation, "`drawing` is for drawings of vigie"))
        }
    });
    for (name, text) in BUILT_IN {
        add(&mut environment, name, text);
    }
    environment
}

/// True for markup of a few elements without any that acts.
fn is_drawing(text: &str) -> bool {
    text.split('<').skip(1).all(|tag| {
        let Some((inside, _)) = tag.split_once('>') else { return false };
        let inside = inside.trim_start_matches('/').trim_end_matches('/');
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let keys = attributes.split('"').step_by(2).map(|key| key.trim().trim_end_matches('='));
        ELEMENTS.contains(&name)
            && keys.filter(|key| !key.is_empty()).all(|key| {
                let is_plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                is_plain && !key.to_ascii_lowercase().starts_with("on") && !matches!(key, "style" | "href")
            })
    })
}

fn rendered(environment: &Environment<'static>, name: &str, context: &Value) -> Result<String, Error> {
    let mut page = Capped::default();
    environment.get_template(name)?.render_captured_to(context.clone(), &mut page)?;
    String::from_utf8(page.0).map_err(|error| Error::new(ErrorKind::BadEscape, error.to_string()))
}

/// A page that stops growing.
#[derive(Default)]
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other(format!("a page of more than {LONGEST} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn notice() -> serde_json::Value {
        json!({
            "language": "fr", "subject": "s", "heading": "h", "verdict": "<b>verdict</b>", "headline": "<b>headline</b>",
            "items": [], "paragraphs": [], "verbatim": null, "foot": ["foot"],
        })
    }

    fn failures(templates: &Templates) -> Vec<(String, usize, String)> {
        let name = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
        templates.failures().iter().map(|one| (name(&one.file), one.line, one.detail.clone())).collect()
    }

    #[test]
    fn an_own_template_stands_in_for_the_built_in_one_of_its_name_and_stays_escaped() {
        let folder = folder(&[
            (
                "notice.html",
                "{% extends \"frame.html\" %}{% block content %}<i>{% include \"logo.html\" %}</i>{% endblock %}",
            ),
            ("logo.html", "logo of {{ headline }}"),
            ("notes.md", "{{"),
        ]);
        let own = Templates::read(folder.path());
        let (text, html) = own.pages("notice", &notice()).unwrap();
        assert!(html.contains("<i>logo of &lt;b&gt;headline&lt;&#x2f;b&gt;</i>") && html.contains("foot"), "{html}");
        assert_eq!(text, Templates::default().pages("notice", &notice()).unwrap().0, "the other half is built in");
        assert_eq!(failures(&own), vec![]);
        assert_eq!(own.texts().keys().collect::<Vec<_>>(), ["logo.html", "notice.html"]);
    }

    #[test]
    fn what_one_clone_takes_all_show() {
        let text = |text: &str| BTreeMap::from([("notice.txt".to_owned(), text.to_owned())]);
        let (own, other) = (Templates::of(Path::new("x"), text("old")), Templates::of(Path::new("x"), text("new")));
        let clone = own.clone();
        assert_eq!(clone.pages("notice", &notice()).unwrap().0, "old\n");
        assert!(own.take(&other));
        assert_eq!(clone.pages("notice", &notice()).unwrap().0, "new\n");
        assert!(!Templates::default().take(&other), "without `templates:` there is nothing to replace");
    }

    #[test]
    fn a_template_that_fails_is_told_with_its_line_and_the_built_in_one_is_used() {
        let plain = Templates::default().pages("notice", &notice()).unwrap();
        for (text, line, detail) in [
            ("a\n{% if %}", 2, "syntax error"),
            ("a\n\n{{ headlnie }}", 3, "undefined"),
            ("{{ headline | safe }}", 1, "safe"),
            ("{{ headline | drawing }}", 1, "drawing"),
            ("{{ headline | nosuch }}", 1, "nosuch"),
            ("x\n{%- autoescape false %}{{ headline }}{% endautoescape %}", 2, "autoescape"),
            ("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", 1, "fuel"),
            ("{% for i in range(9000) %}{{ 'x' * 1000 }}{% endfor %}", 0, "write output"),
            ("{% extends \"nowhere.html\" %}", 1, "nowhere"),
        ] {
            let folder = folder(&[("notice.html", text)]);
            let own = Templates::read(folder.path());
            for _ in 0..2 {
                assert_eq!(own.pages("notice", &notice()).unwrap(), plain, "{text}");
            }
            let told = failures(&own);
            assert_eq!(told.len(), 1, "once: {told:?}");
            assert_eq!((told[0].0.as_str(), told[0].1), ("notice.html", line), "{text} {told:?}");
            assert!(told[0].2.contains(detail), "{told:?}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_and_a_file_that_is_too_large_are_told() {
        let gone = Templates::read(Path::new("/nowhere/templates"));
        assert_eq!(gone.failures().len(), 1);
        assert!(gone.pages("notice", &notice()).is_ok());
        let folder = folder(&[("notice.txt", &"x".repeat(300_000))]);
        let own = Templates::read(folder.path());
        assert_eq!(failures(&own)[0].0, "notice.txt");
        assert!(own.pages("notice", &notice()).unwrap().0.starts_with("<b>verdict</b>"));
    }

    #[test]
    fn every_template_names_its_variables_in_its_comment() {
        for (name, text) in BUILT_IN {
            let (comment, _) = text.strip_prefix("{#-").and_then(|rest| rest.split_once("-#}")).expect("a comment");
            let template = built_in().get_template(name).unwrap();
            for variable in template.undeclared_variables(true) {
                for word in variable.split('.').filter(|word| *word != "sheet") {
                    assert!(comment.contains(word), "{name}: {variable}");
                }
            }
        }
    }

    #[test]
    fn only_what_draws_is_a_drawing() {
        for (text, is) in [
            ("<svg viewBox=\"0 0 1 1\"><g><title>a : 2</title><rect x=\"1\" class=\"negative\"/></g></svg>", true),
            ("<svg onload=\"x\"></svg>", false),
            ("<svg><script>x</script></svg>", false),
            ("<svg><a href=\"x\">x</a></svg>", false),
            ("<rect style=\"x\"/>", false),
            ("<svg onload=x>", false),
            ("<svg x=\"1\"onclick=\"y\">", false),
            ("<svg", false),
        ] {
            assert_eq!(is_drawing(text), is, "{text}");
        }
    }
}
