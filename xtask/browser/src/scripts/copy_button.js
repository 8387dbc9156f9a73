// Brings the button of a listing into the window. Says where it is, and what its listing shows.
async ({ index }) => {
    const pre = [...document.querySelectorAll('main pre')].filter(pre => pre.querySelector('code'))[index];
    if (!pre) return { done: true };
    const code = pre.querySelector('code');
    const file = pre.closest('figure.listing')?.querySelector('figcaption code:not(.command)')?.textContent ?? '';
    const button = pre.querySelector('button.clip-button');
    const found = { done: false, name: describe(pre), file, shown: code.textContent, x: null, y: null };
    if (!button) return found;
    button.scrollIntoView({ block: 'center', behavior: 'instant' });
    await navigator.clipboard.writeText('nothing was copied');
    const { left, top, width, height } = button.getBoundingClientRect();
    return { ...found, x: left + width / 2, y: top + height / 2 };
}
