//! The HTTP client of `net` as webhooks use it. Owns no retry and no signature.

use std::time::Duration;

use super::webhook::{Post, PostFailure, Posted};
use crate::net::{Cause, Client, NetError};

impl Post for Client {
    async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<Posted, PostFailure> {
        match Self::post(self, url, headers, body, deadline).await {
            Ok(answer) => Ok(Posted {
                status: answer.status,
                retry_after: answer.retry_after,
                body: String::from_utf8_lossy(&answer.body).into_owned(),
            }),
            Err(
                error @ (NetError::Timeout { .. }
                | NetError::TooLarge { .. }
                | NetError::Damaged
                | NetError::Unreachable(Cause::Closed | Cause::Reset | Cause::Protocol)),
            ) => Err(PostFailure::Cut(error.to_string())),
            Err(error) => Err(PostFailure::NoConnection(error.to_string())),
        }
    }
}
