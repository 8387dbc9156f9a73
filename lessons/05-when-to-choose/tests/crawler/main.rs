//! What the chapter says of the crawlers, checked on each of the four programs: against sites that misbehave in ways of
//! their own, and against those of the lesson.
#![cfg(unix)]

/// Makes a test for each crawler out of each function.
macro_rules! each_crawler {
    ($($test:ident)*) => {
        each_crawler!(@ threads "crawler-threads" $($test)*);
        each_crawler!(@ tokio "crawler-tokio" $($test)*);
        each_crawler!(@ async_std "crawler-async-std" $($test)*);
        each_crawler!(@ smol "crawler-smol" $($test)*);
    };
    (@ $module:ident $variant:literal $($test:ident)*) => {
        mod $module {
            $(#[test]
            fn $test() {
                super::$test($variant);
            })*
        }
    };
}

mod bytes;
mod crawler;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
#[path = "../shared/few_descriptors.rs"]
mod few_descriptors;
mod manners;
mod misbehaviour;
mod same_report;
mod site;
#[cfg(target_os = "linux")]
#[path = "../shared/somebody_else.rs"]
mod somebody_else;
mod stopping;
mod terminal;
#[cfg(target_os = "linux")]
mod threads;
