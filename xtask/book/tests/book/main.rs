//! Builds small books, each with one thing wrong, and the real one; and serves one.

mod fixture;
mod pages;
mod real;
mod serve;
mod strictness;
