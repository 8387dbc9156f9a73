// What other scripts of ours share: how an element is named to a person, and whether a reader sees it.
const describe = element => {
    const classes = [...element.classList].map(name => `.${name}`).join('');
    const name = element.localName + (element.id ? `#${element.id}` : '') + classes;
    const words = (element.getAttribute('aria-label') ?? element.textContent).replace(/\s+/g, ' ').trim();
    // An icon says nothing of itself.
    if (!words && element.localName === 'svg') return `\`${name}\` in ${describe(element.parentElement.closest('[id], [class*="-"]') ?? document.body)}`;
    return `\`${name}\`` + (words ? ` (“${words.length > 40 ? `${words.slice(0, 39)}…` : words}”)` : '');
};
const isSeen = element => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
};
const isAllowed = (element, allowed) => allowed.some(selector => element.closest(selector));
