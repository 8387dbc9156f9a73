// Finds what does not belong on paper, and what is cut off there.
() => {
    const found = [];
    for (const part of document.querySelectorAll('nav, #mdbook-menu-bar, #mdbook-sidebar, #mdbook-search-wrapper, button, .buttons')) {
        if (isSeen(part)) found.push(`${describe(part)} is printed, and nobody can use it on paper; hide it with \`@media print\``);
    }
    for (const code of document.querySelectorAll('main :is(pre, pre code)')) {
        if (code.scrollWidth > code.clientWidth + 1 && code.clientWidth > 0) found.push(`${describe(code)} is cut off on paper; let its lines wrap`);
        if (code.scrollHeight > code.clientHeight + 1 && code.clientHeight > 0) found.push(`${describe(code)} is cut off at its foot on paper; give it no height`);
    }
    for (const drawing of document.querySelectorAll('main figure:is(.timeline, .plot) svg[role="img"]')) {
        if (!isSeen(drawing)) found.push(`${describe(drawing)} is not printed; show it with \`@media print\``);
    }
    for (const words of document.querySelectorAll('main figure:is(.timeline, .plot) details > :not(summary)')) {
        if (!isSeen(words)) found.push(`${describe(words)} is not printed, and nobody can open it on paper; show it with \`@media print\``);
    }
    return found;
}
