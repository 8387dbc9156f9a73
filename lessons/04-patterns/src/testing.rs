//! What the tests of several variants share.

pub mod group;
pub mod patience;
pub mod peer;
pub mod polls;
