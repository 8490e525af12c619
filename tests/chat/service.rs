//! A service in this process: it reads what is posted as its documentation says it must be, and answers as
//! the documentation says it would. Between it and the tests stand the real client, outbox and store.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use vigie::clock::Clock;
use vigie::config::Secret;
use vigie::config::address::opened;
use vigie::config::settings::{FetchSettings, Service, UiLanguage};
use vigie::distress::Plight;
use vigie::locale::Locale;
use vigie::net::Client;
use vigie::notify::chat::Target;
use vigie::notify::{Audience, BuiltIn, Chat};
use vigie::outbox::{self, OutboxSettings, Outlet};
use vigie::store::sqlite::Sqlite;
use vigie::store::{AlerterCommit, NewDelivery, NewMessage, Shown, Store};

use super::contents::{ID, Stock, Words, at};
use super::format;

/// A request as it came.
#[derive(Debug, Clone)]
struct Seen {
    path: String,
    head: String,
    body: Value,
}

/// Answers in turn, the last one for ever.
struct Peer {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    async fn start(service: Service, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<Answer> = answers.iter().cloned().collect();
        let requests = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                // What breaks the form gets no answer that a test asks for.
                let fault = format::fault(service, &request.body);
                let answer = if fault.is_some() {
                    Answer { status: 500, head: "", body: "the form is broken" }
                } else if answers.len() > 1 {
                    answers.pop_front().unwrap()
                } else {
                    answers[0].clone()
                };
                assert_eq!(fault, None);
                requests.lock().unwrap().push(request);
                let Answer { status, head, body } = answer;
                let length = body.len();
                let text =
                    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{head}\r\n{body}");
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        Self { address, seen, task }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(stream: &mut TcpStream) -> Seen {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 16_384];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if bytes.len() >= end + 4 + length.parse::<usize>().unwrap() {
            let path = head.split(' ').nth(1).unwrap().to_owned();
            assert!(head.starts_with("POST ") && head.contains("content-type: application/json"), "{head}");
            return Seen { path, head, body: serde_json::from_slice(&bytes[end + 4..]).unwrap() };
        }
    }
}

#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    head: &'static str,
    body: &'static str,
}

const fn answer(status: u16, body: &'static str) -> Answer {
    Answer { status, head: "", body }
}

const fn wait(status: u16, head: &'static str, body: &'static str) -> Answer {
    Answer { status, head, body }
}

#[derive(Debug, Clone, Copy)]
struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
    async fn sleep_until(&self, _: Timestamp) {}
}

/// A real outbox before one service.
struct Desk {
    _folder: tempfile::TempDir,
    store: Sqlite,
    outlets: Vec<Outlet<BuiltIn<Client>>>,
}

const NOW: &str = "2026-11-20T13:32:10Z";
const TOKEN: &str = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123";

fn target(service: Service, address: &str) -> Target {
    let server = format!("http://{address}");
    match service {
        Service::Telegram => Target::Telegram { server, token: Secret::new(TOKEN.into()), chat: "-1001".into() },
        Service::Ntfy => {
            let token = Some(Secret::new("tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2".into()));
            Target::Ntfy { server, topic: Secret::new("acme-crise".into()), token }
        }
        service => Target::Hook { service, url: Secret::new(format!("{server}/hooks/T0/B0/hunter2")) },
    }
}

impl Desk {
    async fn with(service: Service, address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
        let settings = FetchSettings { allow_private: vec![opened(address).unwrap()], ..FetchSettings::default() };
        let client = Client::new(&settings).unwrap();
        let target = target(service, address);
        let outlet = Outlet {
            name: "crisis".to_owned(),
            address: target.address(),
            channel: BuiltIn::Chat(Chat::new(client, target, Locale::of(UiLanguage::English))),
            audience: Audience::Chat { service, language: UiLanguage::English },
        };
        let desk = Self { _folder: folder, store, outlets: vec![outlet] };
        desk.put(ID, "one").await;
        desk
    }

    /// Closes a message of this kind.
    async fn put(&self, id: &str, kind: &str) {
        let stock = Stock::of(Words::usual());
        let (_, content) = stock.contents().into_iter().find(|(name, _)| *name == kind).unwrap();
        let rendered = self.outlets[0].audience.render(&content).unwrap();
        let deliveries = rendered
            .into_iter()
            .map(|(recipient, body)| NewDelivery { recipient, body: body.pack().unwrap() })
            .collect();
        let message = NewMessage {
            id: id.to_owned(),
            kind: content.kind().to_owned(),
            team: "orange.yaml".to_owned(),
            rule: "urgent".to_owned(),
            channel: "crisis".to_owned(),
            brand: None,
            created: at(NOW),
            mentions: Vec::new(),
            shows: Shown::Nothing,
            deliveries,
        };
        self.store
            .commit_decisions(AlerterCommit { messages: vec![message], ..AlerterCommit::default() })
            .await
            .unwrap();
    }

    async fn attempt(&self) -> usize {
        let settings =
            OutboxSettings { timezone: TimeZone::UTC, grace: Duration::from_secs(1), plight: Plight::default() };
        outbox::attempt_all_once(self.store.clone(), &self.outlets, Fixed(at(NOW)), settings).await.unwrap()
    }

    /// State, detail, deliveries that are pending and dead, and how long until the next one is due.
    async fn outcome(&self) -> (String, String, u64, u64, Option<Duration>) {
        let row = self.store.channels().await.unwrap().remove(0);
        let figures = self.store.outbox().await.unwrap();
        let next = self.store.next_due("crisis").await.unwrap();
        let next = next.map(|next| Duration::try_from(next.duration_since(at(NOW))).unwrap_or_default());
        (row.state, row.detail.unwrap_or_default(), figures.pending, figures.dead, next)
    }
}

/// What becomes of a message and its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    /// Kept, and not tried before so many seconds.
    Again(u64),
    Dead,
    Paused,
    Disabled,
}

fn cases() -> Vec<(Service, Answer, Fate)> {
    use Fate::{Again, Dead, Disabled, Paused, Sent};
    use Service::{Discord, Mattermost, Ntfy, Slack, Teams, Telegram};
    let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
    let flooded = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 34","parameters":{"retry_after":34}}"#;
    let rights = r#"{"ok":false,"error_code":400,"description":"Bad Request: not enough rights to send text messages to the chat"}"#;
    let off = r#"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"Could not execute workflow 'a' trigger 'manual' with state 'Disabled': trigger is not enabled."}}"#;
    let deleted = r#"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"Could not execute workflow 'a' trigger 'manual' with state 'Deleted': trigger is not enabled."}}"#;
    vec![
        (Slack, answer(200, "ok"), Sent),
        (Slack, wait(429, "retry-after: 30\r\n", "rate_limited"), Again(30)),
        (Slack, answer(500, "rollup_error"), Again(5)),
        (Slack, answer(503, ""), Again(5)),
        (Slack, answer(302, ""), Again(5)),
        (Slack, answer(400, "invalid_payload"), Dead),
        (Slack, answer(400, "invalid_blocks"), Dead),
        (Slack, answer(400, "user_not_found"), Dead),
        (Slack, answer(400, "no_text"), Dead),
        (Slack, answer(403, "posting_to_general_channel_denied"), Paused),
        (Slack, answer(404, "no_active_hooks"), Disabled),
        (Slack, answer(403, "action_prohibited"), Paused),
        (Slack, answer(403, "invalid_token"), Disabled),
        (Slack, answer(404, "no_service"), Disabled),
        (Slack, answer(404, "channel_not_found"), Disabled),
        (Slack, answer(410, "channel_is_archived"), Disabled),
        (Slack, answer(404, "<html>a proxy</html>"), Paused),
        (Slack, answer(413, ""), Dead),
        (Teams, answer(202, ""), Sent),
        (Teams, answer(200, "1"), Sent),
        (
            Teams,
            answer(
                200,
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId",
            ),
            Again(5),
        ),
        (
            Teams,
            answer(
                200,
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId",
            ),
            Dead,
        ),
        (
            Teams,
            answer(
                200,
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403 with ContextId",
            ),
            Paused,
        ),
        (Teams, answer(200, "Webhook message delivery failed with error: the operation timed out"), Again(5)),
        (Teams, wait(429, "retry-after: 12\r\n", ""), Again(12)),
        (Teams, answer(502, "bad gateway"), Again(5)),
        (Teams, answer(400, r#"{"error":{"code":"TriggerInputSchemaMismatch","message":"x"}}"#), Dead),
        (Teams, answer(413, ""), Dead),
        (Teams, answer(400, off), Paused),
        (Teams, answer(403, r#"{"error":{"code":"AuthorizationFailed","message":"x"}}"#), Paused),
        (Teams, answer(400, deleted), Disabled),
        (Teams, answer(401, r#"{"error":{"code":"DirectApiAuthorizationRequired","message":"x"}}"#), Disabled),
        (Teams, answer(404, r#"{"error":{"code":"WorkflowNotFound","message":"x"}}"#), Disabled),
        (Teams, answer(404, "<html>a proxy</html>"), Paused),
        (Teams, answer(410, ""), Disabled),
        (Discord, answer(200, r#"{"id":"1"}"#), Sent),
        (Discord, answer(204, ""), Sent),
        (
            Discord,
            wait(
                429,
                "retry-after: 65\r\n",
                r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#,
            ),
            Again(64),
        ),
        (
            Discord,
            wait(
                429,
                "retry-after: 2\r\nx-ratelimit-scope: shared\r\n",
                r#"{"message":"You are being rate limited.","retry_after":1.5,"global":true}"#,
            ),
            Again(5),
        ),
        (Discord, wait(429, "retry-after: 65\r\n", "<html>"), Again(65)),
        (Discord, answer(500, ""), Again(5)),
        (Discord, answer(400, r#"{"code":50035,"message":"Invalid Form Body"}"#), Dead),
        (Discord, answer(403, r#"{"code":50013,"message":"Missing Permissions"}"#), Paused),
        (Discord, answer(404, "<html>"), Paused),
        (Discord, answer(404, r#"{"code":10015,"message":"Unknown Webhook"}"#), Disabled),
        (Discord, answer(401, r#"{"code":50027,"message":"Invalid Webhook Token"}"#), Disabled),
        (Mattermost, answer(200, "ok"), Sent),
        (Mattermost, wait(429, "retry-after: 7\r\n", "limit exceeded"), Again(7)),
        (Mattermost, answer(500, ""), Again(5)),
        (
            Mattermost,
            answer(
                400,
                r#"{"id":"web.incoming_webhook.parse.app_error","message":"Unable to parse","status_code":400}"#,
            ),
            Dead,
        ),
        (
            Mattermost,
            answer(501, r#"{"id":"web.incoming_webhook.disabled.app_error","message":"Disabled","status_code":501}"#),
            Paused,
        ),
        (
            Mattermost,
            answer(
                400,
                r#"{"id":"api.post.create_post.can_not_post_to_deleted.error","message":"Archived","status_code":400}"#,
            ),
            Paused,
        ),
        (
            Mattermost,
            answer(
                400,
                r#"{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook","status_code":400}"#,
            ),
            Disabled,
        ),
        (
            Mattermost,
            answer(404, r#"{"id":"web.incoming_webhook.channel.app_error","message":"No channel","status_code":404}"#),
            Disabled,
        ),
        (Telegram, answer(200, r#"{"ok":true,"result":{"message_id":1}}"#), Sent),
        (Telegram, answer(429, flooded), Again(34)),
        (Telegram, answer(502, "bad gateway"), Again(5)),
        (Telegram, answer(200, "<html>a portal</html>"), Again(5)),
        (
            Telegram,
            answer(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}"#),
            Dead,
        ),
        (
            Telegram,
            answer(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#),
            Dead,
        ),
        (Telegram, answer(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#), Paused),
        (Telegram, answer(400, rights), Paused),
        (Telegram, answer(403, blocked), Disabled),
        (Telegram, answer(401, r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#), Disabled),
        (Telegram, answer(403, "<html>a proxy</html>"), Paused),
        (Ntfy, answer(200, r#"{"id":"x","event":"message"}"#), Sent),
        (
            Ntfy,
            answer(429, r#"{"code":42901,"http":429,"error":"limit reached: too many requests, please be nice"}"#),
            Again(5),
        ),
        (
            Ntfy,
            answer(429, r#"{"code":42908,"http":429,"error":"limit reached: daily message quota reached"}"#),
            Again(3_600),
        ),
        (Ntfy, answer(507, r#"{"code":50701,"http":507,"error":"cannot publish to UnifiedPush topic"}"#), Again(5)),
        (Ntfy, answer(400, r#"{"code":40057,"http":400,"error":"invalid request: title too long"}"#), Dead),
        (Ntfy, answer(500, r#"{"code":50001,"http":500,"error":"internal server error"}"#), Again(5)),
        (Ntfy, answer(413, r#"{"code":41303,"http":413,"error":"JSON body too large"}"#), Dead),
        (Ntfy, answer(400, r#"{"code":40009,"http":400,"error":"invalid request: topic invalid"}"#), Dead),
        (Ntfy, answer(401, r#"{"code":40101,"http":401,"error":"unauthorized"}"#), Paused),
        (Ntfy, answer(403, r#"{"code":40301,"http":403,"error":"forbidden"}"#), Paused),
    ]
}

#[tokio::test]
async fn each_documented_answer_has_its_meaning() {
    for (service, answer, fate) in cases() {
        let peer = Peer::start(service, std::slice::from_ref(&answer)).await;
        let desk = Desk::with(service, &peer.address).await;
        let failed = desk.attempt().await;
        let (state, detail, pending, dead, next) = desk.outcome().await;
        let case = format!("{service:?} {answer:?}: {state} {detail}");
        assert_eq!(peer.seen().len(), 1, "{case}");
        assert_eq!(failed == 0, fate == Fate::Sent, "{case}");
        let found = match (state.as_str(), pending, dead) {
            ("ok", 0, 0) => Fate::Sent,
            ("ok", 1, 0) => {
                let Fate::Again(least) = fate else { panic!("{case}") };
                let next = next.unwrap().as_secs();
                assert!((least..=least + 6).contains(&next), "{case}: {next} s");
                fate
            }
            ("ok", 0, 1) => Fate::Dead,
            ("paused", 1, 0) => Fate::Paused,
            ("disabled", 1, 0) => Fate::Disabled,
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(found, fate, "{case}");
        if matches!(fate, Fate::Paused | Fate::Disabled) {
            assert!(detail.starts_with(service.name()) && detail.contains(&answer.status.to_string()), "{case}");
        }
        assert!(!detail.contains("hunter2") && !detail.contains(TOKEN), "a secret is shown: {case}");
    }
}

#[tokio::test]
async fn every_kind_goes_through_to_every_service() {
    for service in Service::ALL {
        let taken = if service == Service::Telegram { r#"{"ok":true,"result":{}}"# } else { "ok" };
        let peer = Peer::start(service, &[answer(200, taken)]).await;
        let desk = Desk::with(service, &peer.address).await;
        let kinds: Vec<&str> = Stock::of(Words::usual()).contents().iter().map(|(name, _)| *name).collect();
        for (n, kind) in kinds.iter().enumerate() {
            desk.put(&format!("{n:032x}"), kind).await;
        }
        assert_eq!(desk.attempt().await, 0);
        let seen = peer.seen();
        assert_eq!(seen.len(), kinds.len() + 1, "{service:?}");
        for one in seen {
            let lower = one.head.to_lowercase();
            match service {
                Service::Discord => assert_eq!(one.path, "/hooks/T0/B0/hunter2?wait=true"),
                Service::Telegram => {
                    assert_eq!(one.path, format!("/bot{TOKEN}/sendMessage"));
                    assert_eq!(one.body["chat_id"], -1001);
                }
                Service::Ntfy => {
                    assert_eq!((one.path.as_str(), one.body["topic"].as_str()), ("/", Some("acme-crise")));
                    assert!(lower.contains("authorization: bearer tk_"), "{lower}");
                    assert!(!lower.contains("livebox"), "no header holds text from the web: {lower}");
                }
                _ => assert_eq!(one.path, "/hooks/T0/B0/hunter2"),
            }
        }
    }
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_is_followed() {
    let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1009876543210}}"#;
    let answers = [answer(400, moved), answer(200, r#"{"ok":true,"result":{}}"#)];
    let peer = Peer::start(Service::Telegram, &answers).await;
    let desk = Desk::with(Service::Telegram, &peer.address).await;
    assert_eq!(desk.attempt().await, 0);
    desk.put("aa", "test").await;
    assert_eq!(desk.attempt().await, 0);
    let chats: Vec<i64> = peer.seen().iter().map(|one| one.body["chat_id"].as_i64().unwrap()).collect();
    assert_eq!(chats, [-1001, -1_009_876_543_210, -1_009_876_543_210]);
    // A number that leads on to another one for ever is somebody's to look at.
    let peer = Peer::start(Service::Telegram, &[answer(400, moved)]).await;
    let desk = Desk::with(Service::Telegram, &peer.address).await;
    assert_eq!(desk.attempt().await, 1);
    assert_eq!(desk.outcome().await.0, "paused");
}

#[tokio::test]
async fn a_channel_that_is_gone_stays_so_until_its_address_is_another_one() {
    let gone = Peer::start(Service::Slack, &[answer(404, "no_service")]).await;
    let mut desk = Desk::with(Service::Slack, &gone.address).await;
    desk.attempt().await;
    assert_eq!((desk.attempt().await, gone.seen().len()), (1, 1), "nothing more is asked");
    let fresh = Peer::start(Service::Slack, &[answer(200, "ok")]).await;
    let settings = FetchSettings { allow_private: vec![opened(&fresh.address).unwrap()], ..FetchSettings::default() };
    let target = target(Service::Slack, &fresh.address);
    desk.outlets[0].address = target.address();
    let client = Client::new(&settings).unwrap();
    desk.outlets[0].channel = BuiltIn::Chat(Chat::new(client, target, Locale::of(UiLanguage::English)));
    assert_eq!(desk.attempt().await, 0);
    assert_eq!(desk.outcome().await.0, "ok");
}

#[tokio::test]
async fn a_message_made_for_one_service_is_not_sent_to_another() {
    let peer = Peer::start(Service::Discord, &[answer(204, "")]).await;
    let mut desk = Desk::with(Service::Slack, &peer.address).await;
    let settings = FetchSettings { allow_private: vec![opened(&peer.address).unwrap()], ..FetchSettings::default() };
    let client = Client::new(&settings).unwrap();
    let target = target(Service::Discord, &peer.address);
    desk.outlets[0].channel = BuiltIn::Chat(Chat::new(client, target, Locale::of(UiLanguage::English)));
    assert_eq!(desk.attempt().await, 1);
    let (state, _, _, dead, _) = desk.outcome().await;
    assert_eq!((state.as_str(), dead, peer.seen().len()), ("ok", 1, 0));
}

#[tokio::test]
async fn an_address_that_is_not_opened_is_never_reached() {
    for service in Service::ALL {
        let peer = Peer::start(service, &[answer(200, "ok")]).await;
        let mut desk = Desk::with(service, &peer.address).await;
        let client = Client::new(&FetchSettings::default()).unwrap();
        let target = target(service, &peer.address);
        desk.outlets[0].channel = BuiltIn::Chat(Chat::new(client, target, Locale::of(UiLanguage::English)));
        assert_eq!(desk.attempt().await, 1);
        let (state, detail, ..) = desk.outcome().await;
        assert_eq!((state.as_str(), peer.seen().len()), ("paused", 0), "{service:?}: {detail}");
        assert!(!detail.contains("hunter2") && !detail.contains(TOKEN), "{detail}");
    }
}

#[test]
fn another_token_is_another_channel() {
    let mut addresses: Vec<u64> = Service::ALL.iter().map(|service| target(*service, "a.example").address()).collect();
    let Target::Telegram { server, chat, .. } = target(Service::Telegram, "a.example") else { panic!() };
    addresses.push(Target::Telegram { server, chat, token: Secret::new("1:b".into()) }.address());
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), 7);
}
