//! An update that is lost on one thread.
//!
//! Ann pays 50 into an account with 100, and Bob pays in 20. Each reads the balance, waits for the bank to confirm, and
//! writes the sum. There is one thread, and the account is a `Cell`, which no second thread could touch: the compiler
//! sees to it. But an `.await` stands between the reading and the writing. Both have read before either writes, so the
//! second writes over what the first has paid in. You will see 120 where 170 should be, every time.
//!
//! Nothing of this is luck: the bank confirms Ann's deposit once both have read, and Bob's once Ann's is made.
//! `race-orders` tries all other orders.
//!
//!     cargo run -p lesson-03 -- race-lost --timeline

use std::{cell::Cell, rc::Rc};

use tokio::{
    sync::oneshot::{self, Receiver},
    task::{LocalSet, spawn_local, yield_now},
};
use tracing::instrument;

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    let here = LocalSet::new(); // (1) Its tasks stay on this thread, so they may share what is not `Send`.
    here.run_until(bank()).await;
}

#[instrument]
async fn bank() {
    let balance = Rc::new(Cell::new(100));
    println!("balance: {}", balance.get());
    let (confirm_ann, ann_is_confirmed) = oneshot::channel();
    let (confirm_bob, bob_is_confirmed) = oneshot::channel();
    let ann = spawn_local(deposit("Ann", 50, Rc::clone(&balance), ann_is_confirmed));
    let bob = spawn_local(deposit("Bob", 20, Rc::clone(&balance), bob_is_confirmed));
    yield_now().await; // (2) Each runs as far as it gets.
    confirm_ann.send(()).expect("Ann waits for it");
    ann.await.expect("paying in does not panic");
    confirm_bob.send(()).expect("Bob waits for it");
    bob.await.expect("paying in does not panic");
    println!("balance: {}, of {}", balance.get(), 100 + 50 + 20);
}

#[instrument(skip(balance, is_confirmed))]
async fn deposit(who: &str, amount: u32, balance: Rc<Cell<u32>>, is_confirmed: Receiver<()>) {
    let before = balance.get(); // (3) True now.
    println!("{who} reads {before}");
    is_confirmed.await.expect("the bank confirms every deposit"); // (4) Anything can happen here.
    balance.set(before + amount); // (5) As if nothing had.
    println!("{who} writes {}", before + amount);
}
