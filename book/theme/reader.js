// What mdBook's own pages lack for a reader without a mouse, or who hears them. Without scripts none of it is there.
(() => {
    // Two themes, one light and one dark, are enough to keep readable. The arrow keys stop at an entry that is hidden, so
    // the others have to go. One of them may have been chosen in another book on this host.
    const menu = document.getElementById('mdbook-theme-list');
    for (const name of ['rust', 'coal', 'ayu']) {
        if (document.documentElement.classList.contains(name)) menu.querySelector('#mdbook-theme-default_theme').click();
        menu.querySelector(`#mdbook-theme-${name}`)?.parentElement.remove();
    }
    // Whatever has an icon has a name too, so nothing is lost when the icon is not read out.
    for (const icon of document.querySelectorAll('.fa-svg > svg')) icon.setAttribute('aria-hidden', 'true');
})();
