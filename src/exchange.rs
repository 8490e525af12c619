//! What passes between `fetch` and `source`: a request to make, the answer it got, and the validators
//! that make the next one conditional. Owns no transport and no parsing.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that a source wants to be fetched.
///
/// Address, headers and body may say `{secret:NAME}`: whoever sends the request puts the credential in, and
/// only towards the source's own host.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// An absolute `http:` or `https:` address.
    pub url: String,
    /// Says to the source what the answer is for; `fetch` hands it back unread.
    pub tag: Tag,
    /// The validators of the last answer to this address, sent byte for byte.
    pub validators: Option<Validators>,
    /// Headers beside those that every request has, sent to the source's own host alone.
    pub headers: Vec<(String, String)>,
    /// What a POST sends; absent: GET. No redirect of a POST is followed.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be a session's token.
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("url", &self.url)
            .field("tag", &self.tag)
            .field("validators", &self.validators)
            .field("headers", &names)
            .field("body", &self.body.as_ref().map(String::len))
            .finish()
    }
}

/// What a request was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tag {
    /// The feed, the JSON document, the page, or the first page of a list of topics.
    #[default]
    Main,
    /// A further page of the list, counted from 1.
    Page(u16),
    /// One page of a topic: its place in the list of this poll, and its page counted from 0.
    Topic {
        /// Place in the list.
        topic: u16,
        /// Page of the topic.
        page: u16,
    },
}

/// `ETag` and `Last-Modified` as the server wrote them (RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// The value of `ETag`, quotes and `W/` included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The value of `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    /// True when neither is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A successful answer: status 200 to 299, the whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address after redirects; relative links are relative to it.
    pub url: String,
    /// The request's tag.
    pub tag: Tag,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// Validators to store with what was read.
    pub validators: Validators,
    /// After decompression, within the byte cap.
    pub body: Vec<u8>,
    /// When the last byte came.
    pub received: Timestamp,
}
