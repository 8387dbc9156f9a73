//! What the tests of several variants share.

pub mod group;
pub mod peer;
pub mod polls;
