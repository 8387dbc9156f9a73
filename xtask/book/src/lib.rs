//! The book: what its pages say with shortcodes, what its rules are, and how it is built.
//!
//! A page is Markdown. What it shows of a source, of a run or of a measurement it names with a shortcode, and
//! [`preprocessor`] puts the real thing there. [`build`] does that, lets mdBook make HTML of it, and then [`links`]
//! follows every link. Whatever breaks a rule is a [`problem`]. [`serve`] shows the book while it is written.

pub mod browser;
pub mod build;
mod figures;
mod html;
mod lesson;
pub mod links;
mod listing;
mod page;
mod plot;
pub mod preprocessor;
pub mod problem;
pub mod project;
mod prose;
pub mod record;
pub mod recorded;
mod rejected;
mod results;
#[cfg(test)]
mod sample;
mod scheduling;
pub mod serve;
mod shortcode;
mod source;
mod source_time;
mod spelling;
mod summary;
mod table;
pub mod timeline;
mod transcript;
