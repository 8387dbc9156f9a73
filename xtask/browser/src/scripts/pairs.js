// Finds pairs of listings that do not stand as they should, captions that say nothing, and numbers that tie nothing.
({ beside }) => {
    const found = [];
    for (const pair of document.querySelectorAll('.pair')) {
        const listings = [...pair.querySelectorAll(':scope > figure.listing')];
        if (listings.length !== 2) {
            found.push(`${describe(pair)} holds ${listings.length} listings; a pair is two`);
            continue;
        }
        const [one, other] = listings.map(listing => listing.getBoundingClientRect());
        const [code, otherCode] = listings.map(listing => listing.querySelector('pre').getBoundingClientRect());
        if (beside && (Math.abs(one.top - other.top) > 1 || Math.abs(code.top - otherCode.top) > 1 || other.left < one.right)) {
            found.push(`${describe(pair)} has its listings not beside each other at equal heights; mend \`.pair\``);
        }
        if (!beside && (other.top < one.bottom || Math.abs(one.left - other.left) > 1)) {
            found.push(`${describe(pair)} has its listings not one below the other; mend \`.pair\``);
        }
    }
    const numbers = listing => [...listing.querySelectorAll('.marker')].map(marker => Number(marker.textContent.match(/\d+/)?.[0]));
    for (const listing of document.querySelectorAll('figure.listing')) {
        const names = [...listing.querySelectorAll('figcaption code')].filter(isSeen);
        if (!names.some(name => name.textContent.trim())) found.push(`${describe(listing)} does not say which file it is; show its path above it`);
        for (const name of listing.querySelectorAll('figcaption code')) {
            if (!isSeen(name)) found.push(`${describe(name)} is not seen; show it above its listing`);
        }
    }
    for (const block of document.querySelectorAll('.pair, main > figure.listing')) {
        const notes = block.nextElementSibling;
        if (notes?.localName !== 'ol') continue;
        const listings = block.matches('.pair') ? [...block.querySelectorAll('figure.listing')] : [block];
        const marked = [...new Set(listings.flatMap(numbers))].sort((one, other) => one - other);
        const noted = [...notes.children].map((_, index) => notes.start + index);
        if (marked.length > 0 && marked.join() !== noted.join()) {
            found.push(`${describe(block)} has markers ${marked.join(', ')} and notes ${noted.join(', ')}; have one note for each marker`);
        }
    }
    return found;
}
