//! What each service gets of each kind, in both languages.

use std::fmt::Write as _;

use serde_json::Value;
use vigie::config::settings::{Service, UiLanguage};
use vigie::notify::{Audience, Content, Rendered};

use super::contents::{Stock, Words};
use super::format;

pub(crate) fn body_of(service: Service, language: UiLanguage, content: &Content<'_>) -> (String, Value) {
    let rendered = Audience::Chat { service, language }.render(content).unwrap();
    let [(recipient, Rendered::Chat { service: of, subject, body })] = rendered.as_slice() else { panic!("one body") };
    assert_eq!((recipient.as_str(), *of), ("", service));
    (subject.clone(), serde_json::from_str(body).unwrap())
}

/// The text that is read, as its service writes it.
fn shown(service: Service, body: &Value) -> String {
    let texts = |place: &str| body.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    match service {
        Service::Slack => {
            let blocks = body["blocks"].as_array().unwrap().iter();
            let text = |block: &Value| {
                let text = block.pointer("/text/text").or_else(|| block.pointer("/elements/0/text"));
                text.and_then(Value::as_str).unwrap().to_owned()
            };
            blocks.map(text).collect::<Vec<_>>().join("\n\n")
        }
        Service::Teams => {
            let blocks = body.pointer("/attachments/0/content/body").unwrap().as_array().unwrap().iter();
            let run = |run: &Value| {
                let text = run["text"].as_str().unwrap();
                let bold = if run["weight"] == "Bolder" { format!("**{text}**") } else { text.to_owned() };
                match run.pointer("/selectAction/url") {
                    Some(url) => format!("{bold} → {}", url.as_str().unwrap()),
                    None => bold,
                }
            };
            let line = |block: &Value| {
                let gap = if block["spacing"] == "Medium" { "\n" } else { "" };
                gap.to_owned() + &block["inlines"].as_array().unwrap().iter().map(run).collect::<String>()
            };
            blocks.map(line).collect::<Vec<_>>().join("\n")
        }
        Service::Discord => {
            format!("{}\n{}\n{}", texts("/content"), texts("/embeds/0/title"), texts("/embeds/0/description"))
        }
        Service::Mattermost | Service::Telegram => texts("/text"),
        Service::Ntfy => format!("{}\n{}", texts("/title"), texts("/message")),
    }
}

#[test]
fn every_service_gets_every_kind_in_its_own_form() {
    let stock = Stock::of(Words::usual());
    for service in Service::ALL {
        for language in [UiLanguage::French, UiLanguage::English] {
            let mut all = String::new();
            for (name, content) in stock.contents() {
                let (subject, body) = body_of(service, language, &content);
                assert_eq!(body_of(service, language, &content).1, body, "a repeat is the same");
                assert_eq!(format::fault(service, &body), None, "{name}: {body:#}");
                assert!(subject.chars().count() <= 70, "{subject}");
                let shown = shown(service, &body).replace('\u{2060}', "⁞");
                for key in ["mail-", "notify-", "tone-", "chat-", "digest-", "report-", "spike-", "{ $"] {
                    assert!(!shown.contains(key), "{name}: a text is missing: {shown}");
                }
                write!(all, "===== {name}: {subject}\n{shown}\n\n").unwrap();
            }
            insta::assert_snapshot!(format!("{}.{}", service.word(), language.code()), all);
        }
        let (_, body) = body_of(service, UiLanguage::French, &stock.contents()[0].1);
        insta::assert_snapshot!(format!("{}.json", service.word()), serde_json::to_string_pretty(&body).unwrap());
    }
}

#[test]
fn a_flood_is_counted_beyond_what_is_shown() {
    let stock = Stock::of(Words::usual());
    let (_, flood) = stock.contents().swap_remove(1);
    for service in Service::ALL {
        let (_, body) = body_of(service, UiLanguage::English, &flood);
        let text = shown(service, &body);
        let hidden = text.split(" more mentions").next().and_then(|head| head.split([' ', '\n', '*', '>']).next_back());
        let hidden: usize = hidden.unwrap().parse().unwrap_or_else(|_| panic!("{service:?}: {text}"));
        let items = text.matches("because ").count();
        assert_eq!(items + hidden, 190, "{service:?}: {text}");
        assert!(items >= 3, "{service:?} shows {items}");
    }
}
