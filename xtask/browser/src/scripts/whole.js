// Finds what is missing where no script runs.
({ next }) => {
    const found = [];
    for (const part of document.querySelectorAll('main :is(h1, h2, h3, p, li, pre, table, figure, figcaption, svg, img)')) {
        if (part.closest('details:not([open]) > :not(summary)')) continue;
        if (!isSeen(part)) found.push(`${describe(part)} is not seen without scripts; let no script show it`);
    }
    for (const drawing of document.querySelectorAll('main figure:is(.timeline, .plot)')) {
        const words = drawing.querySelector('details');
        if (!drawing.querySelector('svg[role="img"]')) found.push(`${describe(drawing)} has no drawing without scripts; draw it when the book is built`);
        if (!words?.textContent.trim()) found.push(`${describe(drawing)} does not say the same in words; add them below the drawing`);
    }
    const frame = [...document.querySelectorAll('nav iframe')].find(isSeen);
    const links = frame?.contentDocument?.querySelectorAll('a[href]').length ?? 0;
    const contents = [...document.querySelectorAll('a[href]')].some(link => isSeen(link) && /toc\.html$/.test(link.pathname));
    if (links === 0 && !contents) found.push('there is no table of contents without scripts; show `toc.html`');
    if (next && ![...document.querySelectorAll('a[rel~="next"], a[rel~="prev"]')].some(isSeen)) {
        found.push('there is no link to the next page without scripts; show one');
    }
    return found;
}
