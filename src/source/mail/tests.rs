//! Letters of every kind, hostile ones too, against what they become. Reads no mailbox.

use super::*;
use crate::exchange::{Tag, Validators};
use proptest::prelude::*;
use std::path::PathBuf;

fn read(letter: &str) -> Vec<Entry> {
    read_bytes(letter.replace('\n', "\r\n").as_bytes())
}

fn read_bytes(letter: &[u8]) -> Vec<Entry> {
    let mail = Mail::new(Inbox::Maildir(PathBuf::from("/var/mail/vigie")), None);
    let answer = Answer {
        url: mail.url().to_owned(),
        tag: Tag::Letters,
        content_type: None,
        validators: Validators::default(),
        body: letter.to_vec(),
        received: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    mail.read(State::default(), &answer).map(|step| step.entries).unwrap_or_default()
}

fn text(letter: &str) -> String {
    let mut entries = read(letter);
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0).text
}

const HEAD: &str = "From: =?utf-8?q?Ana_C=C3=B4me?= <ana@a.example>\nSubject: =?iso-8859-1?Q?R=E9seau_en_panne?=\n\
    Date: Sat, 21 Nov 2026 10:12:30 +0100\nMessage-ID: <1@a.example>\n";

#[test]
fn a_letter_is_one_entry() {
    let letter = format!(
        "{HEAD}Archived-At: <https://lists.example/m/1>\nContent-Type: text/plain; charset=iso-8859-15\n\
         Content-Transfer-Encoding: quoted-printable\n\nLa fibre co=FBte 30 =A4.\n"
    );
    let entry = read(&letter).remove(0);
    assert_eq!((entry.id.as_str(), entry.title.as_str()), ("1@a.example", "Réseau en panne"));
    assert_eq!((entry.author.as_deref(), entry.url.as_deref()), (Some("Ana Côme"), Some("https://lists.example/m/1")));
    assert_eq!(entry.published.unwrap().to_string(), "2026-11-21T09:12:30Z");
    assert_eq!(entry.text, "La fibre coûte 30 €.");
}

#[test]
fn charsets_are_read_also_where_none_is_stated() {
    for (header, body, wanted) in [
        ("Content-Type: text/plain; charset=utf-8", "Été".as_bytes().to_vec(), "Été"),
        ("Content-Type: text/plain; charset=windows-1252", b"\xC9t\xE9 \x80".to_vec(), "Été €"),
        ("Content-Type: text/plain; charset=iso-2022-jp", b"\x1B$BF|K\\\x1B(B".to_vec(), "日本"),
        ("Content-Type: text/plain", b"\xC9t\xE9".to_vec(), "Été"),
        ("X-Nothing: x", b"\xC9t\xE9".to_vec(), "Été"),
    ] {
        let letter = [b"Subject: s\r\n", header.as_bytes(), b"\r\n\r\n", &body, b"\r\n"].concat();
        assert_eq!(read_bytes(&letter)[0].text, wanted, "{header}");
    }
}

#[test]
fn quotes_and_signatures_are_left_out() {
    for (body, wanted) in [
        ("Oui.\n\nLe sam. 21 nov. 2026 à 10:12, Ana <ana@a.example> a écrit :\n> Acme est en panne\n> ?\n", "Oui."),
        (
            "Oui.\n\nLe sam. 21 nov. 2026 à 10:12, Ana Bertrand de la Tour\n<ana@a.example> a\nécrit :\n\n> Acme\n\nEt aussi non.",
            "Oui.\n\nEt aussi non.",
        ),
        ("Yes.\n\nOn Sat, Nov 21, 2026 at 10:12 AM Ana wrote:\n\nAcme is down", "Yes."),
        ("Oui.\n-- \nAna, Acme SA", "Oui."),
        ("Acme\ten\u{8} panne", "Acme en panne"),
        ("Oui.\n\n-----Message d’origine-----\nDe : Ana\nAcme", "Oui."),
        ("Oui.\n\nDe : Ana\nEnvoyé : samedi 21 novembre\nÀ : vous\nObjet : Acme\n\nAcme", "Oui."),
        ("Oui.\n\n_______________________________________________\nFRnOG mailing list\nhttps://l.example/", "Oui."),
        // No quotes at all: a list, a rule, a sentence that only reads like one.
        ("De : Paris\nÀ : Lyon", "De : Paris\nÀ : Lyon"),
        ("Un -- deux\n---\ntrois", "Un -- deux\n---\ntrois"),
        ("Le journal l'a écrit :\nAcme ferme.", "Le journal l'a écrit :\nAcme ferme."),
        // Nothing else: then the quote is what is said.
        ("> Acme est en panne", "> Acme est en panne"),
    ] {
        assert_eq!(text(&format!("Subject: Re: x\n\n{body}\n")), wanted, "{body}");
    }
}

#[test]
fn quotes_of_markup_are_left_out_too() {
    let html = |subject: &str, body: &str| {
        text(&format!(
            "Subject: {subject}\nContent-Type: text/html; charset=utf-8\n\n<html><body>{body}</body></html>\n"
        ))
    };
    for (body, wanted) in [
        (
            "<p>Oui.</p><div class=\"gmail_quote\"><div class=gmail_attr>Le 21 nov. 2026, Ana a écrit :</div><blockquote>Acme</blockquote></div>",
            "Oui.",
        ),
        (
            "<p>Oui.</p><blockquote type=\"cite\"><div>Acme <blockquote>x</blockquote> y</div></blockquote><p>Et non.</p>",
            "Oui.\n\nEt non.",
        ),
        ("<p>Oui.</p><div id=\"appendonsend\"></div><hr><div id=divRplyFwdMsg>De : Ana</div><div>Acme</div>", "Oui."),
        ("<p>Oui.</p><div class='moz-signature'>Acme SA</div>", "Oui."),
        ("<p>Un article dit :</p><blockquote>Acme ferme</blockquote>", "Un article dit :\n\nAcme ferme"),
        (
            "<p>Vu ?</p><div class=gmail_quote>---------- Forwarded message ---------<br>De : Ana<br><p>Acme ferme</p></div>",
            "Vu ?\n\n---------- Forwarded message ---------\nDe : Ana\n\nAcme ferme",
        ),
    ] {
        assert_eq!(html("Re: x", body), wanted, "{body}");
    }
    assert_eq!(html("TR: x", "<blockquote type=cite>Acme ferme</blockquote>"), "Acme ferme");
}

#[test]
fn the_part_that_says_more_is_read_and_links_are_kept() {
    let letter = |plain: &str| {
        format!(
            "Subject: Lettre\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: \
             text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n<p>Acme ouvre dix boutiques en \
             <a href=\"https://www.google.com/url?url=https://a.example/x&amp;ct=y\">Bretagne</a></p>\n--b--\n"
        )
    };
    let entry = read(&letter("Votre logiciel ne lit pas.")).remove(0);
    assert_eq!(entry.text, "Votre logiciel ne lit pas.");
    assert_eq!(entry.links, ["https://a.example/x"]);
    assert_eq!(read(&letter("Voir"))[0].text, "Acme ouvre dix boutiques en Bretagne");
}

#[test]
fn a_google_alert_is_cut_into_its_items() {
    let redirect =
        |real: &str| format!("https://www.google.com/url?rct=3Dj&amp;sa=3Dt&amp;url=3D{real}&amp;ct=3Dga&amp;cd=3DX");
    let item = |real: &str, title: &str, publisher: &str, text: &str| {
        let href = redirect(real);
        format!(
            "<tr itemscope=3D\"\" itemtype=3D\"http://schema.org/Article\"><td><div><a href=3D\"{href}\" itemprop=3D\"url\">\
             <span itemprop=3D\"name\">{title}</span></a></div><div><div itemprop=3D\"publisher\"><span \
             itemprop=3D\"name\">{publisher}</span></div><div itemprop=3D\"description\">{text}</div></div>\
             <a href=3D\"https://www.google.com/alerts/share?x\">Partager</a> <a \
             href=3D\"https://www.google.com/alerts/feedback?x\">Signaler comme non pertinent</a></td></tr>"
        )
    };
    let body = [
        "<h2>ACTUALIT=C3=89S</h2><table>".to_owned(),
        item(
            "https://a.example/panne",
            "<b>Acme</b> en panne",
            "Le Quotidien",
            "Les clients d&#39;<b>Acme</b> sont &hellip;",
        ),
        item("https://b.example/fibre?id%3D2", "La fibre d'<b>Acme</b>", "B", "Dix villes"),
        "</table><a href=3D\"https://www.google.com/alerts?x\">G=C3=A9rer vos alertes Acme</a>".to_owned(),
    ]
    .concat();
    let letter = format!(
        "From: Google Alerts <googlealerts-noreply@google.com>\nSubject: Google Alert - Acme\nDate: Sat, 21 Nov 2026 \
         10:12:30 +0000\nContent-Type: text/html; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n{body}\n"
    );
    let entries = read(&letter);
    let shown: Vec<_> = entries
        .iter()
        .map(|entry| {
            (entry.url.as_deref().unwrap(), entry.title.as_str(), entry.author.as_deref(), entry.text.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("https://a.example/panne", "Acme en panne", Some("Le Quotidien"), "Les clients d'Acme sont …"),
            ("https://b.example/fibre?id=2", "La fibre d'Acme", Some("B"), "Dix villes"),
        ]
    );
    assert_eq!(entries[0].id, "https://a.example/panne");
    assert!(entries.iter().all(|entry| entry.published.is_some()));
}

#[test]
fn a_google_alert_without_markup_is_cut_too() {
    let letter = "Subject: Google Alert - Acme\n\n=== News - 2 new results for [Acme] ===\n\nAcme en panne\nLe Quotidien\n\
        Les clients d'Acme\nsont en colère\n<https://www.google.com/url?rct=j&sa=t&url=https://a.example/1&ct=ga&cd=x>\n\n\
        La fibre\n<https://www.google.com/url?rct=j&sa=t&url=https://b.example/2&ct=ga&cd=y>\n\nUnsubscribe\n\
        <https://www.google.com/alerts/remove?x>\n";
    let entries = read(letter);
    let shown: Vec<_> =
        entries.iter().map(|entry| (entry.title.as_str(), entry.author.as_deref(), entry.text.as_str())).collect();
    let wanted =
        [("Acme en panne", Some("Le Quotidien"), "Les clients d'Acme\nsont en colère"), ("La fibre", None, "")];
    assert_eq!(shown, wanted);
}

#[test]
fn letters_inside_a_letter_are_entries_of_their_own() {
    let inner = |n: u8| format!("From: b{n}@a.example\nSubject: Sujet {n}\nMessage-ID: <{n}@l>\n\nTexte {n}\n");
    let digest = format!(
        "Subject: Digest\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=d\n\n--d\n\n{}\n--d\nContent-Type: \
         message/rfc822\n\n{}\n--d--\n",
        inner(1),
        inner(2)
    );
    let ids: Vec<_> = read(&digest).into_iter().map(|entry| (entry.id, entry.text)).collect();
    assert_eq!(ids, [("1@l".to_owned(), "Texte 1".to_owned()), ("2@l".to_owned(), "Texte 2".to_owned())]);
}

#[test]
fn vigies_own_alerts_are_no_entries() {
    assert_eq!(read(&format!("{HEAD}X-Vigie-Rule: urgent\n\nAcme\n")), []);
}

#[test]
fn a_letter_made_to_hurt_is_read_as_far_as_it_is_safe() {
    let nested = format!("Subject: x\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(40_000));
    let _ = read_bytes(nested.as_bytes());
    let parts = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\n".repeat(200_000));
    let _ = read_bytes(parts.as_bytes());
    let level = |n: u32| format!("Content-Type: multipart/digest; boundary=b{n}\r\n\r\n--b{n}\r\n\r\n");
    let digests = (0..40_000).map(level).collect::<Vec<_>>().concat();
    let _ = read_bytes(digests.as_bytes());
    let quotes = format!("Subject: x\r\nContent-Type: text/html\r\n\r\n{}", "<blockquote type=cite>".repeat(40_000));
    let _ = read_bytes(quotes.as_bytes());
    let subject = format!("Subject: {}\r\n\r\nx", "=?utf-8?q?a?= ".repeat(50_000));
    assert_eq!(read_bytes(subject.as_bytes()).len(), 1);
    assert_eq!(read_bytes(b""), []);
}

proptest! {
    #[test]
    fn no_letter_makes_it_panic(
        head in "(Content-Type: (multipart/mixed; boundary=b|message/rfc822|text/html)\r\n|Subject: .{0,10}\r\n|X:\r\n){0,4}",
        body in "(--b\r\n|--b--\r\n|\r\n|> .{0,8}\r\n|<blockquote type=cite>|</div>|Le 1 a écrit :\r\n|\\PC{0,20}){0,12}",
    ) {
        let _ = read_bytes(format!("{head}\r\n{body}").as_bytes());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes);
    }
}
