//! Every payload in every word that comes from elsewhere, rendered by the real renderers for every surface: nothing
//! is live. Then all of them through the whole program, from a feed to the screen, the log and the mail.

use std::fmt::Write as _;

use serde_json::{Value, json};
use vigie::atom;
use vigie::config::settings::{Mailbox, Recipient, Security, Service, SmtpSettings, UiLanguage};
use vigie::demo::reply::Reply;
use vigie::locale::Locale;
use vigie::notify::{
    Audience, Content, Email, Rendered, RenderedMail, ReportBody, Style, Templates, lists, page, report_foot,
};
use vigie::report::{Sheet, csv, text};

use crate::contents::{ID, Stock, Words};
use crate::format;
use crate::payloads::PAYLOADS;
use crate::readers::now;
use crate::surfaces;
use crate::world::World;

/// What our mails and reports are made of.
const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "p",
    "span",
    "b",
    "i",
    "a",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "table",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "ul",
    "ol",
    "li",
    "pre",
    "code",
    "small",
    "strong",
    "em",
    "section",
    "header",
    "footer",
    "main",
    "article",
    "img",
    "svg",
    "g",
    "rect",
    "path",
    "line",
    "text",
    "circle",
    "polyline",
    "figure",
    "figcaption",
    "nav",
    "time",
    "q",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "col",
    "colgroup",
    "caption",
    "center",
];

fn words(payload: &str) -> Words {
    let owned = || payload.to_owned();
    Words {
        title: owned(),
        excerpt: format!("{payload} *{payload}* mot"),
        author: owned(),
        site: owned(),
        url: if payload.contains(':') { owned() } else { format!("https://a.example/{payload}") },
        term: owned(),
        tag: owned(),
        name: owned(),
        diagnostics: format!("a.yaml:1:1: {payload}\n  1 | {payload}"),
    }
}

fn people() -> Audience {
    let mailbox =
        |name: Option<&str>, address: &str| Mailbox { name: name.map(str::to_owned), address: address.to_owned() };
    let to = |address: &str| Recipient { mailbox: mailbox(None, address), language: None };
    Audience::Mail {
        from: mailbox(Some("Vigie"), "vigie@acme.example"),
        to: vec![to("cm@acme.example"), to("boss@acme.example")],
        language: UiLanguage::French,
        style: Style::default(),
    }
}

fn mail_of(content: &Content<'_>) -> RenderedMail {
    let (_, rendered) = people().render(content).expect("rendered").swap_remove(0);
    let Rendered::Mail(mail) = rendered else { panic!("a mail") };
    mail
}

fn wire(mail: &RenderedMail) -> Vec<u8> {
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: 25,
        security: Security::None,
        username: None,
        password: None,
        from: Mailbox { name: Some("Vigie".to_owned()), address: "vigie@acme.example".to_owned() },
        place: vigie::config::Place { file: "a".into(), line: 1, column: 1 },
    };
    let email = Email::new(&settings, None, Locale::of(UiLanguage::French)).expect("a channel");
    email.wire(ID, mail, now()).expect("a mail")
}

/// What a template, a text or a shell would have made of it.
fn is_computed(text: &str) -> Result<(), String> {
    if text.contains("9359") { Err(format!("computed: {text}")) } else { Ok(()) }
}

fn mail_is_safe(content: &Content<'_>) -> Result<(), String> {
    let mail = mail_of(content);
    if mail.subject.chars().count() > 70 {
        return Err(format!("a long subject: {}", mail.subject));
    }
    for text in [&mail.subject, &mail.text, &mail.html] {
        surfaces::readable(text)?;
        is_computed(text)?;
    }
    surfaces::page(&mail.html, ELEMENTS)?;
    if let Some(csv) = &mail.csv {
        surfaces::table(csv)?;
    }
    for (name, _) in &mail.evidence {
        surfaces::readable(name)?;
    }
    surfaces::mail(&wire(&mail))
}

fn webhook_is_safe(name: &str, content: &Content<'_>, usual: &Value) -> Result<(), String> {
    let (_, rendered) = Audience::Webhook.render(content).expect("rendered").swap_remove(0);
    let Rendered::Webhook { body } = rendered else { panic!("a webhook") };
    surfaces::readable(&body)?;
    let value: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
    // An address that is none leaves its place empty.
    if surfaces::keys(&value) != surfaces::keys(usual) {
        return Err(format!("{name} has other keys: {body}"));
    }
    for link in links(&value) {
        if !link.starts_with("http://") && !link.starts_with("https://") {
            return Err(format!("{name}: {link}"));
        }
    }
    Ok(())
}

/// The addresses of a body.
fn links(value: &Value) -> Vec<String> {
    match value {
        Value::Object(pairs) => pairs
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "url" => vec![text.clone()],
                value => links(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(links).collect(),
        _ => Vec::new(),
    }
}

fn report_is_safe(content: &Content<'_>) -> Result<(), String> {
    let Content::Digest(digest) = content else { return Ok(()) };
    let locale = Locale::of(UiLanguage::French);
    let sheet = Sheet::of(digest.report, digest.frame, &digest.brands[0].1, locale, digest.now);
    let foot = report_foot(digest.coverage, locale);
    let html = page(digest.report, digest.frame, &sheet, foot.clone(), &Templates::default(), locale, digest.now);
    let html = html.map_err(|error| error.to_string())?;
    surfaces::page(&html, ELEMENTS).map_err(|fault| format!("page: {fault}"))?;
    is_computed(&html)?;
    let lists = lists(digest.report, digest.frame, locale, digest.now);
    surfaces::readable(&text::render(&sheet, &lists, &foot)).map_err(|fault| format!("text: {fault}"))?;
    surfaces::table(&csv::render(digest.report)).map_err(|fault| format!("csv: {fault}"))?;
    let json = vigie::cli::terminal::json(&ReportBody::of(digest.report)).map_err(|error| error.to_string())?;
    surfaces::readable(&json).map_err(|fault| format!("json: {fault}"))
}

fn atom_is_safe(content: &Content<'_>, name: &str) -> Result<(), String> {
    let Content::Mentions(view) = content else { return Ok(()) };
    let written = atom::feed("orange", name, view.mentions, Locale::of(UiLanguage::French));
    surfaces::readable(&written)?;
    let feed = feed_rs::parser::parse(written.as_bytes()).map_err(|error| format!("{error}: {written}"))?;
    for entry in feed.entries {
        for link in &entry.links {
            if !link.href.starts_with("http") {
                return Err(link.href.clone());
            }
        }
        let content = entry.content.and_then(|content| content.body);
        let shown = content.or(entry.summary.map(|summary| summary.content)).ok_or("nothing to read")?;
        surfaces::page(&shown, &["html", "head", "body", "p", "b"])?;
    }
    Ok(())
}

#[test]
fn no_payload_is_live_on_any_surface() {
    let usual = Stock::of(Words::usual());
    let mut checked = 0;
    for payload in PAYLOADS {
        let stock = Stock::of(words(payload));
        for ((name, content), (_, like)) in stock.contents().into_iter().zip(usual.contents()) {
            let fail = |surface: &str, fault: String| panic!("{payload:?} is live in {surface} of {name}: {fault}");
            // The flood is for the table that goes with it; what it shows is what one shows, twenty times.
            let is_flood = name == "flood" || name == "story_spreads";
            if is_flood && name != "flood" {
                continue;
            }
            mail_is_safe(&content).unwrap_or_else(|fault| fail("the mail", fault));
            checked += 1;
            if is_flood {
                continue;
            }
            let like = Audience::Webhook.render(&like).expect("rendered").swap_remove(0).1;
            let Rendered::Webhook { body } = like else { panic!("a webhook") };
            let like = serde_json::from_str(&body).expect("JSON");
            webhook_is_safe(name, &content, &like).unwrap_or_else(|fault| fail("the webhook", fault));
            report_is_safe(&content).unwrap_or_else(|fault| fail("the report", fault));
            atom_is_safe(&content, payload).unwrap_or_else(|fault| fail("the Atom file", fault));
            for service in Service::ALL {
                let chat = Audience::Chat { service, language: UiLanguage::English };
                let (_, rendered) = chat.render(&content).expect("rendered").swap_remove(0);
                let Rendered::Chat { subject, body, .. } = rendered else { panic!("a chat") };
                surfaces::readable(&subject).unwrap_or_else(|fault| fail(service.word(), fault));
                let body: Value = serde_json::from_str(&body).expect("JSON");
                if let Some(fault) = format::fault(service, &body) {
                    fail(service.word(), fault);
                }
                checked += 1;
            }
        }
    }
    println!("{} payloads, {checked} messages", PAYLOADS.len());
}

/// A JSON feed of all payloads in all its words: what XML cannot say, JSON can.
fn feed() -> String {
    let items: Vec<Value> = PAYLOADS
        .iter()
        .enumerate()
        .map(|(n, payload)| {
            json!({
                "id": format!("{n} {payload}"),
                "title": format!("acme {payload}"),
                "url": if payload.contains(':') { (*payload).to_owned() } else { format!("https://a.example/{n}/{payload}") },
                "content_text": format!("{payload} acme {payload}"),
                "content_html": if n % 2 == 0 { Value::Null } else { json!(format!("<p>{payload} acme</p>")) },
                "authors": [{"name": payload}],
                "tags": [payload],
            })
        })
        .collect();
    json!({"version": "https://jsonfeed.org/version/1.1", "title": PAYLOADS.concat(), "items": items}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_payload_is_live_from_the_feed_to_the_screen_the_log_and_the_mail() {
    let world = World::with(
        "brands:\n  - {id: acme, match: {any: [acme]}}\nsources:\n  - {feed: \"{web}/feed.json\"}\n  - {feed: \"{web}/ill\"}\n  \
         - {feed: \"{web}/away\"}\n  - {feed: \"{web}/said\"}\nalerts:\n  - {name: all, on: mention, to: comms, group: off}\n",
    )
    .await;
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), settings + "atom: atoms\nmetrics: metrics.prom\n").expect("written");
    let all = PAYLOADS.concat();
    let kind = "application/feed+json";
    world.web.put("/feed.json", Reply::new(kind, "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[]}"));
    world.web.put("/ill", Reply::new("text/html", format!("<html><title>{all}</title><body>{all}</body></html>")));
    world.web.put("/away", Reply::redirect(302, "/x\u{9b}31m\u{202E}\"><script>"));
    world.web.put("/said", Reply::new("text/html", format!("<h1>{all}</h1>")).with_status(500));
    let mut said = Vec::new();
    let mut run = async |arguments: &[&str]| {
        let (_, stdout, stderr) = world.output(arguments).await;
        said.push((arguments.join(" "), stdout, stderr));
    };
    run(&["run", "--once", "-v"]).await;
    world.web.put("/feed.json", Reply::new(kind, feed()));
    run(&["run", "--once", "-v", "--log", "json"]).await;
    std::fs::write(world.path().join("feed.json"), feed()).expect("written");
    std::fs::write(world.path().join("text"), format!("acme {all} boycott génial")).expect("written");
    let lists = world.path().join("lists");
    std::fs::create_dir(&lists).expect("a folder");
    let mut outlines = String::new();
    for payload in PAYLOADS {
        let name = payload.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = write!(outlines, "<outline text=\"{name}\" xmlUrl=\"https://a.example/{name}\"/>");
    }
    std::fs::write(lists.join("a.opml"), format!("<opml version=\"2.0\"><body>{outlines}</body></opml>"))
        .expect("written");
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["mentions"],
        &["mentions", "--json"],
        &["report", "--format", "text"],
        &["report", "--format", "json"],
        &["report", "--format", "html"],
        &["report", "--format", "csv"],
        &["entries", "feed.json"],
        &["entries", "feed.json", "--json"],
        &["try", "--explain", "text"],
        &["try", "--json", "text"],
        &["sentiment", "--explain", &all.replace('\0', "")],
        &["discover", "lists/a.opml"],
        &["discover", "--format", "opml", "lists/a.opml"],
        &["check"],
        &["doctor"],
    ] {
        run(arguments).await;
    }
    for (command, stdout, stderr) in &said {
        for (name, text) in [("stdout", stdout), ("stderr", stderr)] {
            let text = if command.ends_with("csv") {
                text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n")
            } else {
                text.clone()
            };
            surfaces::readable(&text).unwrap_or_else(|fault| panic!("{name} of {command}: {fault}"));
            let forged = ["ERROR event=stopped", "MESSAGE=", "PRIORITY=", "{\"level\":\"ERROR\",\"event\":\"stopped\""];
            let line = text.lines().find(|line| forged.iter().any(|start| line.starts_with(start)));
            assert_eq!(line, None, "{name} of {command}");
        }
        if command.contains("--log json") {
            for line in stderr.lines().filter(|line| !line.is_empty()) {
                let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert!(value["level"].is_string(), "{line}");
            }
        }
        if command.contains("html") {
            surfaces::page(stdout, ELEMENTS).unwrap_or_else(|fault| panic!("{command}: {fault}"));
        }
        if command.ends_with("csv") {
            surfaces::table(stdout).unwrap_or_else(|fault| panic!("{command}: {fault}"));
        }
    }
    let (_, mentions, _) = &said[5];
    assert!(mentions.lines().count() >= PAYLOADS.len() - 3, "what was written is found: {}", mentions.lines().count());
    let atoms = std::fs::read_dir(world.path().join("atoms")).expect("a folder");
    for file in atoms {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
        surfaces::readable(&text).expect("an Atom file");
    }
    let mails = world.smtp.mails();
    assert!(mails.len() >= PAYLOADS.len() / 2, "{} mails", mails.len());
    for mail in mails {
        let text = mail.text().replace("To: cm@acme.example", "To: cm@acme.example, boss@acme.example");
        surfaces::mail(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
    }
}
