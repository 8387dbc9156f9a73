//! Every order in which two deposits can be polled, and the balance that each leads to.
//!
//! An executor chooses whom to poll next, and nothing more. A deposit that waits once is polled twice, so for Ann's and
//! Bob's there are six orders, and here we are the executor and try them all. The account begins with 100, Ann pays in
//! 50, and Bob 20. You will see that a deposit with an `.await` between its reading and its writing is right in two
//! orders of six. Without one in between, under a lock that is held across it, or with one task that owns the balance
//! and is sent messages, every order is right. So an executor that happens to choose a good order mends nothing.
//!
//!     cargo run -p lesson-03 -- race-orders

use std::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use lesson_kit::{Column, Results};
use tokio::sync::{Mutex, mpsc, oneshot};

/// Two polls for each: the first of them reads the balance.
const ORDERS: [[usize; 4]; 6] = [
    [ANN, ANN, BOB, BOB],
    [ANN, BOB, ANN, BOB],
    [ANN, BOB, BOB, ANN],
    [BOB, ANN, ANN, BOB],
    [BOB, ANN, BOB, ANN],
    [BOB, BOB, ANN, ANN],
];
const ANN: usize = 0;
const BOB: usize = 1;
const NAMES: [&str; 2] = ["Ann", "Bob"];

const BEFORE: u32 = 100;
const AMOUNTS: [u32; 2] = [50, 20];

pub fn main() {
    let name = |order: [usize; 4]| order.map(|who| NAMES[who]).join(" ");
    let columns = ["await between", "none between", "lock", "channel"].map(Column::count);
    let mut results = Results::new("who is polled", ORDERS.map(name), columns);
    for order in ORDERS {
        let ways = [await_between, none_between, with_a_lock, with_a_channel];
        results.row(&name(order), ways.map(|way| f64::from(way(&AMOUNTS, &order))));
    }
}

/// What a deposit waits for, and leaves the rest to chance: it is ready when it is polled for the second time.
async fn confirmation() {
    let mut has_waited = false;
    poll_fn(|_| if std::mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Reads, waits, and writes: the deposit of `race-lost`.
fn await_between(amounts: &[u32], order: &[usize]) -> u32 {
    let balance = Cell::new(BEFORE);
    let deposit = async |amount| {
        let before = balance.get();
        confirmation().await;
        balance.set(before + amount); // (1)
    };
    poll_in_order(amounts.iter().map(|&amount| task(deposit(amount))), None, order);
    balance.get()
}

/// Waits first. Between two awaits nobody else is polled, so reading and writing are one step.
fn none_between(amounts: &[u32], order: &[usize]) -> u32 {
    let balance = Cell::new(BEFORE);
    let deposit = async |amount| {
        confirmation().await;
        balance.set(balance.get() + amount); // (2)
    };
    poll_in_order(amounts.iter().map(|&amount| task(deposit(amount))), None, order);
    balance.get()
}

/// Reads, waits, and writes, under a lock. Whoever finds it taken is `Pending`, and the thread goes to others.
fn with_a_lock(amounts: &[u32], order: &[usize]) -> u32 {
    let balance = Mutex::new(BEFORE);
    let deposit = async |amount| {
        let mut balance = balance.lock().await; // (3)
        let before = *balance;
        confirmation().await;
        *balance = before + amount;
    };
    poll_in_order(amounts.iter().map(|&amount| task(deposit(amount))), None, order);
    balance.into_inner()
}

/// Sends the amount to the one task that knows the balance.
fn with_a_channel(amounts: &[u32], order: &[usize]) -> u32 {
    let (sender, mut deposits) = mpsc::channel::<(u32, oneshot::Sender<()>)>(1);
    let balance = Cell::new(BEFORE);
    let owner = async {
        while let Some((amount, done)) = deposits.recv().await {
            let before = balance.get();
            confirmation().await;
            balance.set(before + amount); // (4) Nobody else can have written meanwhile.
            let _ = done.send(());
        }
    };
    let deposit = async |amount| {
        let (done, is_done) = oneshot::channel();
        sender.send((amount, done)).await.expect("the owner receives until everybody has gone");
        is_done.await.expect("the owner answers");
    };
    poll_in_order(amounts.iter().map(|&amount| task(deposit(amount))), Some(task(owner)), order);
    balance.get()
}

type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn task<'a>(future: impl Future<Output = ()> + 'a) -> Task<'a> {
    Box::pin(future)
}

/// Polls the deposits in this order, and after it all of them in turns until all are done. The `owner`, who serves
/// them, has the number after theirs.
fn poll_in_order<'a>(deposits: impl Iterator<Item = Task<'a>>, owner: Option<Task<'a>>, order: &[usize]) {
    let mut tasks: Vec<_> = deposits.map(Some).collect();
    let deposits = tasks.len();
    tasks.push(owner);
    // (5) Nobody is woken here: whose turn it is says the order.
    let mut context = Context::from_waker(Waker::noop());
    let in_turns = (0..tasks.len()).cycle();
    for place in order.iter().copied().chain(in_turns) {
        // Who is done is not polled again.
        let polled = tasks[place].as_mut().map(|task| task.as_mut().poll(&mut context));
        if polled == Some(Poll::Ready(())) {
            tasks[place] = None;
        }
        if tasks[..deposits].iter().all(Option::is_none) {
            break;
        }
    }
}

#[cfg(test)]
mod schedules;
