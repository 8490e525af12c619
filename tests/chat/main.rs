//! Chats: what Slack, Teams, Discord, Mattermost, Telegram and ntfy get of every kind of message (golden
//! files), that nothing hostile is live in it nor too long (properties), and what their answers mean to the
//! outbox (a service in this process).

mod contents;
mod format;
mod golden;
mod hostile;
mod service;
