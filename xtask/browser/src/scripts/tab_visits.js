// Says what the Tab key has not reached, and where nobody could see it.
({ allowed }) => {
    const found = [];
    for (const stop of window.ourStops.filter(stop => !window.ourVisits.has(stop))) {
        found.push(`the Tab key never reaches ${describe(stop)}; let nothing before it keep the focus`);
    }
    for (const [stop, isShown] of window.ourVisits) {
        if (!isShown && !isAllowed(stop, allowed)) found.push(`${describe(stop)} does not show that it has the focus; give it an outline`);
    }
    return found;
}
