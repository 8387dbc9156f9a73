//! What must not compile does not, for the reason that it gives.

#[test]
fn what_is_rejected_is_rejected_as_it_says() {
    lesson_rejected::check(env!("CARGO_MANIFEST_DIR"));
}
