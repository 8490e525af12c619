//! Which text of each own template is in force: the folder's when every mail can be made with it, else the last good
//! one, else vigie's own. Owns that choice and its memory in the store; what can be made is `samples`'s.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Refusal, hash};
use crate::config::settings::UiLanguage;
use crate::config::{Diagnostic, Settings, Severity};
use crate::locale::Locale;
use crate::notify::Templates;
use crate::samples;
use crate::store::{Store, StoreError};

/// Names in the store under which good texts are kept.
const KEPT: &str = "template/";

/// The templates in force, and the files that were refused.
#[derive(Debug, Default)]
pub struct Looks {
    /// What mails are made of.
    pub templates: Templates,
    /// Files of the folder that are not.
    pub refused: Vec<Refusal>,
}

/// The templates of `templates:`. Every kind of mail is tried on before one is taken.
///
/// # Errors
/// The store's.
pub async fn look<S: Store>(store: &S, settings: &Settings) -> Result<Looks, StoreError> {
    let Some(folder) = settings.templates.clone() else { return Ok(Looks::default()) };
    let values = store.values(KEPT).await?;
    let kept =
        values.into_iter().filter_map(|(name, text)| Some((name.strip_prefix(KEPT)?.to_owned(), text))).collect();
    let language = settings.language;
    let looked = tokio::task::spawn_blocking(move || choose(&folder, kept, language)).await;
    looked.map_err(|_| StoreError::Other("a template made its engine fail".to_owned()))
}

/// Keeps the texts that are in force, and forgets the others.
///
/// # Errors
/// The store's.
pub async fn keep<S: Store>(store: &S, templates: &Templates) -> Result<(), StoreError> {
    let before: BTreeMap<String, String> = store.values(KEPT).await?.into_iter().collect();
    let now: BTreeMap<String, String> =
        templates.texts().into_iter().map(|(name, text)| (format!("{KEPT}{name}"), text)).collect();
    for (name, text) in now.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
        store.keep_value(name, Some(text.clone())).await?;
    }
    for name in before.keys().filter(|name| !now.contains_key(*name)) {
        store.keep_value(name, None).await?;
    }
    Ok(())
}

fn errors(templates: &Templates, folder: &Path, language: UiLanguage) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut by_file: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for one in samples::try_on(templates, folder, language) {
        if one.severity == Severity::Error {
            let name = Path::new(&*one.place.file).file_name().unwrap_or_default().to_string_lossy().into_owned();
            by_file.entry(name).or_default().push(one);
        }
    }
    by_file
}

/// A file at a time is taken back, and all of them where old and new ones do not go together.
fn choose(folder: &Path, kept: BTreeMap<String, String>, language: UiLanguage) -> Looks {
    let read = Templates::read(folder);
    let broken = errors(&read, folder, language);
    if broken.is_empty() {
        return Looks { templates: read, refused: Vec::new() };
    }
    let mut texts = read.texts();
    for name in broken.keys() {
        texts.remove(name);
        texts.extend(kept.get_key_value(name).map(|(name, text)| (name.clone(), text.clone())));
    }
    let mut templates = Templates::of(folder, texts);
    if !folder.is_dir() || !errors(&templates, folder, language).is_empty() {
        templates = Templates::of(folder, kept);
    }
    let in_force = templates.texts();
    let refusal = |(name, mut diagnostics): (String, Vec<Diagnostic>)| {
        let content = std::fs::read(folder.join(&name)).map_or_else(|_| "unreadable".to_owned(), |bytes| hash(&bytes));
        if let (Some(last), false) = (diagnostics.last_mut(), in_force.contains_key(&name)) {
            last.sentence = format!("{} {}", last.sentence, Locale::of(language).text("template-built-in"));
        }
        Refusal { file: format!("templates/{name}").into(), content, diagnostics }
    };
    Looks { refused: broken.into_iter().map(refusal).collect(), templates }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "{{ headline }} by ours\n";

    fn kept(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
        texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn chosen(files: &[(&str, &str)], before: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let looks = choose(folder.path(), kept(before), UiLanguage::English);
        assert_eq!(looks.templates.failures(), [], "what is in force works");
        (looks.templates.texts(), looks.refused.iter().map(|one| one.file.to_string()).collect())
    }

    #[test]
    fn a_broken_template_keeps_the_last_good_one_and_the_others_changes_are_taken() {
        for broken in ["{% if", "{{ nosuch }}", "{{ headline | safe }}"] {
            let files = [("notice.txt", broken), ("digest.txt", "{{ headline }}!\n")];
            let (texts, refused) = chosen(&files, &[("notice.txt", GOOD), ("digest.txt", "old")]);
            assert_eq!(texts, kept(&[("notice.txt", GOOD), ("digest.txt", "{{ headline }}!\n")]), "{broken}");
            assert_eq!(refused, ["templates/notice.txt"]);
        }
    }

    #[test]
    fn without_a_last_good_one_vigies_own_stands_in_and_is_said_to() {
        let (texts, refused) = chosen(&[("notice.txt", "{% if")], &[]);
        assert_eq!((texts, refused), (BTreeMap::new(), vec!["templates/notice.txt".to_owned()]));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notice.txt"), "{% if").unwrap();
        let looks = choose(folder.path(), BTreeMap::new(), UiLanguage::English);
        let text = looks.refused[0].text(UiLanguage::English);
        assert!(text.contains("notice.txt:1:1: ") && text.contains("vigie’s own"), "{text}");
    }

    #[test]
    fn a_template_taken_out_of_the_folder_is_no_more_and_a_folder_that_is_away_changes_nothing() {
        assert_eq!(chosen(&[], &[("notice.txt", GOOD)]), (BTreeMap::new(), Vec::new()));
        let looks = choose(Path::new("/nowhere/templates"), kept(&[("notice.txt", GOOD)]), UiLanguage::English);
        assert_eq!(looks.templates.texts(), kept(&[("notice.txt", GOOD)]));
        assert_eq!(looks.refused.len(), 1);
    }

    #[test]
    fn parts_that_do_not_go_together_are_taken_back_together() {
        let page = "{% extends \"frame.html\" %}{% block content %}{% include \"part.html\" %}{% endblock %}";
        let before = [("notice.html", page), ("part.html", "<p>{{ headline }}</p>")];
        // The page is broken; the part that is new belongs to the new page alone.
        let files = [("notice.html", "{% if"), ("part.html", "<p>{{ nosuch }}</p>")];
        assert_eq!(chosen(&files, &before).0, kept(&before));
    }
}
