// Chooses a theme as a reader does, by its button, and waits until nothing moves any more.
async ({ theme }) => {
    const root = document.documentElement;
    if (theme && !root.classList.contains(theme)) {
        document.getElementById(`mdbook-theme-${theme}`)?.click();
    }
    await document.fonts.ready;
    // Styles must be known before there is anything to wait for.
    root.getBoundingClientRect();
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
}
