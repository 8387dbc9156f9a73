// Lists what a reader can reach with the Tab key, and writes down what has had the focus and whether that was seen.
({ all }) => {
    let stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, iframe, [tabindex]')]
        .filter(element => element.tabIndex >= 0 && !element.disabled && isSeen(element) && !element.closest('[inert]'));
    // What had the focus last is where the Tab key goes on from.
    const contents = all ? -1 : stops.findLastIndex(element => element.closest('#mdbook-sidebar'));
    const before = stops[contents];
    stops = stops.slice(contents + 1);
    window.ourStops = stops;
    window.ourVisits = new Map();
    document.addEventListener('focusin', ({ target }) => {
        const style = getComputedStyle(target);
        const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        window.ourVisits.set(target, isOutlined || style.boxShadow !== 'none');
    });
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    before?.focus();
    window.ourVisits.clear();
    return stops.length;
}
