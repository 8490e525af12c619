//! When to ask whom: the interval of a source, and the heap of due sources with one slot a host. Pure: the
//! time and the jitter are handed in. Makes no request and keeps no task: a waiting source is an entry here.

mod interval;
mod queue;

pub use interval::{FASTEST, Next, Outcome, Pace};
pub use queue::{Schedule, shared_bucket};
