//! The ways to pay in, under schedules that nobody has chosen.

use proptest::{collection::vec, prelude::*};

use super::{BEFORE, await_between, none_between, with_a_channel, with_a_lock};

/// Deposits, and an order in which they are polled, often or never; the last number is that of the owner.
fn schedules() -> impl Strategy<Value = (Vec<u32>, Vec<usize>)> {
    vec(1..1_000_u32, 1..6).prop_flat_map(|amounts| {
        let tasks = amounts.len() + 1;
        (Just(amounts), vec(0..tasks, 0..30))
    })
}

/// What `await_between` must come to: a simulation of it, with a list of what everybody has read.
fn with_lost_updates(amounts: &[u32], order: &[usize]) -> u32 {
    let mut balance = BEFORE;
    let mut read = vec![None; amounts.len()];
    let mut written = vec![false; amounts.len()];
    let everybody_twice = (0..amounts.len()).chain(0..amounts.len());
    for who in order.iter().copied().filter(|&who| who < amounts.len()).chain(everybody_twice) {
        match read[who] {
            None => read[who] = Some(balance),
            Some(before) if !written[who] => {
                balance = before + amounts[who];
                written[who] = true;
            }
            Some(_) => {}
        }
    }
    balance
}

proptest! {
    #[test]
    fn what_is_mended_loses_nothing((amounts, order) in schedules()) {
        let expected = BEFORE + amounts.iter().sum::<u32>();
        prop_assert_eq!(none_between(&amounts, &order), expected);
        prop_assert_eq!(with_a_lock(&amounts, &order), expected);
        prop_assert_eq!(with_a_channel(&amounts, &order), expected);
    }

    #[test]
    fn what_is_broken_loses_what_the_order_says((amounts, order) in schedules()) {
        prop_assert_eq!(await_between(&amounts, &order), with_lost_updates(&amounts, &order));
    }
}

#[test]
fn two_orders_of_six_are_good() {
    let balances = super::ORDERS.map(|order| await_between(&super::AMOUNTS, &order));
    assert_eq!(balances, [170, 120, 150, 120, 150, 170]);
}
