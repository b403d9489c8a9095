//! Waiting for what must come, with an end.

use std::future::Future;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

/// Longer than anything takes that still comes.
const PATIENCE: u32 = 60_000;

/// What the future gives; panics with `what` if it does not come.
pub(crate) async fn expect<T>(what: &str, future: impl Future<Output = T>) -> T {
    let future = std::pin::pin!(future);
    match select(future, TimeoutFuture::new(PATIENCE)).await {
        Either::Left((value, _)) => value,
        Either::Right(_) => panic!("never came: {what}"),
    }
}

/// Looks again and again until the condition holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let look = async {
        while !holds() {
            TimeoutFuture::new(20).await;
        }
    };
    expect(what, look).await;
}
