"use strict";

// Reloads the page when there is a new edition of the book, at the same place. `cargo xtask serve` adds this to the pages
// that it sends.
(() => {
    const { edition, report } = document.currentScript.dataset;
    const place = `place on ${location.pathname}`;
    const patience = 500;
    let editions = null;
    let reloading = false;

    // A report has another length than the page that it stands for, so the browser, which keeps the place in a page that
    // is reloaded, would forget it. We keep it ourselves.
    function reload() {
        reloading = true;
        try {
            if (report === undefined) {
                sessionStorage.setItem(place, scrollY);
                history.scrollRestoration = "manual";
            }
        } finally {
            // Also where a browser has been told to keep nothing.
            location.reload();
        }
    }

    addEventListener("load", () => {
        const kept = sessionStorage.getItem(place);
        if (report === undefined && kept !== null) {
            sessionStorage.removeItem(place);
            scrollTo({ top: Number(kept), behavior: "instant" });
        }
    });

    function stop() {
        editions?.close();
        editions = null;
    }

    function listen() {
        // A browser has few connections for one server, so a page that nobody sees gives its own back.
        if (editions !== null || document.hidden) {
            return;
        }
        editions = new EventSource("/-serve/editions");
        editions.onmessage = ({ data }) => {
            if (data !== edition) {
                stop();
                reload();
            }
        };
        // The server has ended. When it is back, its edition is another.
        editions.onerror = () => {
            stop();
            setTimeout(listen, patience);
        };
    }

    document.addEventListener("visibilitychange", () => {
        stop();
        listen();
    });
    // The page was left, and is shown again as it was kept.
    addEventListener("pageshow", listen);
    addEventListener("pagehide", () => {
        stop();
        // Who comes back with the browser's own button is put where they were by the browser.
        if (!reloading) {
            history.scrollRestoration = "auto";
        }
    });
    listen();
})();
