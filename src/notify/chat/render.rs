//! From a content to the body that the outbox keeps: as much of it as the service takes. Owns the attempts.

use serde_json::Value;

use super::view::{ROOMS, View};
use super::{Service, discord, mattermost, ntfy, slack, teams, telegram};
use crate::locale::Locale;
use crate::notify::{Content, RenderError, Rendered};

/// The body of a message for one service; what the address adds (a chat's number, a topic) is not in it.
pub(in crate::notify) fn render(
    service: Service,
    content: &Content<'_>,
    locale: Locale,
) -> Result<Rendered, RenderError> {
    let mut rooms = ROOMS.into_iter();
    let (subject, body) = loop {
        let room = rooms.next();
        let view = View::of(content, locale, room.unwrap_or(ROOMS[ROOMS.len() - 1]));
        let (body, fits) = written(service, &view);
        if fits || room.is_none() {
            break (view.subject, body);
        }
    };
    Ok(Rendered::Chat { service, subject, body: serde_json::to_string(&body)? })
}

/// The body, and whether the service takes it.
fn written(service: Service, view: &View) -> (Value, bool) {
    match service {
        Service::Slack => slack::body(view),
        Service::Teams => teams::body(view),
        Service::Discord => discord::body(view),
        Service::Mattermost => mattermost::body(view),
        Service::Telegram => telegram::body(view),
        Service::Ntfy => ntfy::body(view),
    }
}
