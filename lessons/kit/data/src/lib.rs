//! The two things that everybody reads: a lesson's table of variants and settings, and a recording with what follows
//! from it. The kit writes both; the tour, the timeline, the book and the tests read them with these types.

pub mod figures;
pub mod lanes;
pub mod recording;
pub mod results;
pub mod table;
pub mod units;
