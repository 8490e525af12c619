//! Who is asked for the addresses of a name: the system's resolver; in tests, answers that are played. Owns the
//! question; what may be reached of the answer is `guard`'s.

use std::fmt;
use std::io;
#[cfg(test)]
use std::net::IpAddr;
use std::net::SocketAddr;
#[cfg(test)]
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(test)]
use std::sync::{Arc, Mutex};

/// What a name leads to, in a test.
#[cfg(test)]
type Play = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Who is asked.
#[derive(Clone)]
pub(super) enum Names {
    /// The system's resolver.
    System,
    /// A test that answers as a hostile name server may: otherwise each time.
    #[cfg(test)]
    Played(Arc<Play>),
}

#[cfg(test)]
impl Names {
    /// Each name has these answers in turn, the last one for ever; and how often one was asked for.
    pub(super) fn in_turn(answers: &[&[IpAddr]]) -> (Self, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let (count, answers) = (Arc::clone(&asked), answers.iter().map(|one| one.to_vec()).collect::<Vec<_>>());
        let answers = Mutex::new(answers);
        let play = move |_: &str| {
            count.fetch_add(1, Ordering::SeqCst);
            let mut answers = answers.lock().expect("no panic");
            if answers.len() > 1 { answers.remove(0) } else { answers.first().cloned().unwrap_or_default() }
        };
        (Self::Played(Arc::new(play)), asked)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    pub(super) async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((host, port)).await?.collect()),
            #[cfg(test)]
            Self::Played(answer) => {
                Ok(answer(host).into_iter().map(|address| SocketAddr::new(address, port)).collect())
            }
        }
    }
}
