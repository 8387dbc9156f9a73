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
    // The innermost of the widest is what a writer can change.
    const widest = (elements, reach) => elements.reduceRight((most, element) => (!most || reach(element) > reach(most) ? element : most), null);
    const hasMore = element => element.scrollWidth > element.clientWidth + 1;
    if (wide.length > 0) {
        const element = widest(wide, right);
        found.push(`${describe(element)} reaches to ${Math.round(right(element))} px in a window of ${width} px; let it wrap, or scroll in a box of its own`);
    } else if (hasMore(root) || all.some(element => holdsPage(element) && ['auto', 'scroll'].includes(style(element).overflowX) && hasMore(element))) {
        // Text can stick out of a box that is itself narrow enough.
        const bursting = all.filter(element => element.clientWidth > 0 && !holdsPage(element) && hasMore(element) && !isInBox(element));
        const element = widest(bursting, element => element.scrollWidth);
        const name = element ? `${describe(element)} is ${element.scrollWidth} px wide inside and` : 'something';
        found.push(`${name} makes the page scroll sideways in a window of ${width} px; let it wrap, or scroll in a box of its own`);
    }
    for (const element of all) {
        if (element === document.body || !hasMore(element) || element.clientWidth === 0) continue;
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
