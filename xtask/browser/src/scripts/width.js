// Finds what is wider than the window, what is cut off, and what scrolls where a keyboard does not reach it.
({ allowed }) => {
    const found = [];
    const root = document.scrollingElement;
    const width = root.clientWidth;
    const style = element => getComputedStyle(element);
    // Some of mdBook's boxes around the whole page could scroll. That is the page scrolling, whoever does it.
    const holdsPage = element => element.querySelector('main') !== null;
    const scrolls = element => ['auto', 'scroll'].includes(style(element).overflowX) && !holdsPage(element);
    const isInBox = element => {
        for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) {
            if (style(parent).overflowX !== 'visible' && !holdsPage(parent)) return true;
        }
        return false;
    };
    const all = [...document.body.querySelectorAll('*')].filter(element => !isAllowed(element, allowed) && isSeen(element));

    const right = element => element.getBoundingClientRect().right;
    const wide = all.filter(element => right(element) > width + 1 && !isInBox(element));
    if (wide.length > 0 || root.scrollWidth > width) {
        // The innermost of the widest is what a writer can change.
        const widest = wide.reduceRight((most, element) => (!most || right(element) > right(most) ? element : most), null);
        const name = widest ? `${describe(widest)} reaches to ${Math.round(right(widest))} px` : 'the page scrolls sideways';
        found.push(`${name} in a window of ${width} px; let it wrap, or scroll in a box of its own`);
    }
    for (const element of all) {
        if (element === document.body || element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
        if (scrolls(element)) {
            const isNamed = element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');
            if (element.getAttribute('tabindex') !== '0') {
                found.push(`${describe(element)} scrolls sideways, but not by keyboard; give it \`tabindex="0"\`, or let it wrap`);
            } else if (!isNamed || !element.hasAttribute('role')) {
                found.push(`${describe(element)} scrolls and has no name; give it a \`role\` and an \`aria-label\``);
            }
        } else if (['hidden', 'clip'].includes(style(element).overflowX) && !holdsPage(element)) {
            found.push(`${describe(element)} is cut off; let it wrap, or scroll in a box of its own`);
        }
    }
    return found;
}
