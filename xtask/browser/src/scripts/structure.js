// Finds what a reader who hears the page would miss: words for images, the order of headings, landmarks.
({ allowed, several }) => {
    const found = [];
    const all = selector => [...document.querySelectorAll(selector)].filter(element => !isAllowed(element, allowed));

    if (!document.documentElement.lang) found.push('`html` has no `lang`; say in book.toml which language the book is in');
    if (!document.title.trim()) found.push('the page has no `title`; give it a heading');
    if (all('main').length !== 1) found.push(`there are ${all('main').length} \`main\`; have one, with the page's content`);
    if (!several && all('nav').length === 0) found.push('there is no `nav`; keep the way to other pages in one');
    for (const nav of all('nav')) {
        if (!nav.getAttribute('aria-label')) found.push(`${describe(nav)} has no name; give it an \`aria-label\``);
    }

    for (const image of all('img')) {
        if (!image.getAttribute('alt')?.trim()) found.push(`${describe(image)} \`${image.getAttribute('src')}\` has no words; say in its \`alt\` what it shows`);
    }
    for (const svg of all('svg').filter(isSeen)) {
        if (svg.parentElement.closest('svg') || svg.closest('[aria-hidden="true"], [hidden]')) continue;
        // What has a name of its own keeps its content from being read.
        if (svg.parentElement.closest('button[aria-label], a[aria-label], label[aria-label]')) continue;
        if (svg.getAttribute('role') !== 'img') {
            found.push(`${describe(svg)} in ${describe(svg.parentElement)} is neither an image nor hidden; give it \`role="img"\` and a title, or \`aria-hidden="true"\``);
        } else if (!svg.querySelector(':scope > title')?.textContent.trim() && !svg.getAttribute('aria-label')) {
            found.push(`${describe(svg)} has no words; give it a \`title\``);
        }
    }

    const headings = all('h1, h2, h3, h4, h5, h6').filter(isSeen);
    const level = heading => Number(heading.localName[1]);
    const first = headings.filter(heading => level(heading) === 1);
    if (several ? first.length === 0 : first.length !== 1) {
        found.push(`there are ${first.length} headings \`h1\`; begin the page with one, and have no other`);
    }
    headings.forEach((heading, index) => {
        const before = index > 0 ? level(headings[index - 1]) : 0;
        if (level(heading) > before + 1) found.push(`${describe(heading)} skips a level after \`h${before}\`; make it \`h${before + 1}\``);
    });

    for (const table of all('table').filter(isSeen)) {
        const heads = [...table.querySelectorAll('th')];
        if (heads.length === 0) found.push(`${describe(table)} has no headers; make its first row \`th\``);
        for (const head of heads) {
            if (!head.textContent.trim()) found.push(`${describe(table)} has an empty header; say what its column holds`);
        }
    }
    return found;
}
