// Finds text, and marks in drawings, too pale to be read. The figures are those of WCAG 2, level AA.
({ allowed, paper }) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const known = new Map();
    // Red, green and blue from 0 to 1, and how opaque.
    const colour = text => {
        if (!known.has(text)) {
            const plain = text.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
            const wide = text.match(/^color\(srgb ([-\d.e]+) ([-\d.e]+) ([-\d.e]+)(?: \/ ([\d.e-]+))?\)$/);
            let value;
            if (plain) {
                value = [plain[1] / 255, plain[2] / 255, plain[3] / 255, Number(plain[4] ?? 1)];
            } else if (wide) {
                value = [Number(wide[1]), Number(wide[2]), Number(wide[3]), Number(wide[4] ?? 1)];
            } else {
                canvas.clearRect(0, 0, 1, 1);
                canvas.fillStyle = text;
                canvas.fillRect(0, 0, 1, 1);
                value = [...canvas.getImageData(0, 0, 1, 1).data].map(part => part / 255);
            }
            known.set(text, value);
        }
        return known.get(text);
    };
    const mix = (over, under, share) => [0, 1, 2].map(i => over[i] * share + under[i] * (1 - share));
    const paint = (text, under, opacity = 1) => mix(colour(text), under, colour(text)[3] * opacity);
    const light = value => {
        const [r, g, b] = value.map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const hex = value => '#' + value.map(part => Math.round(part * 255).toString(16).padStart(2, '0')).join('');

    // What is seen where the element paints in this colour, and what is seen behind it. An element that is not opaque
    // lets what is behind it through, text and all.
    const seen = (element, ink, opacity) => {
        const chain = [];
        for (let parent = element; parent; parent = parent.parentElement) chain.unshift(getComputedStyle(parent));
        const layer = (index, under) => {
            if (index === chain.length) return { ink: paint(ink, under, opacity), back: under };
            // Paper has no backgrounds, unless they are asked for.
            const style = chain[index];
            const isBlank = paper && style.printColorAdjust !== 'exact';
            const inside = layer(index + 1, isBlank ? under : paint(style.backgroundColor, under));
            return { ink: mix(inside.ink, under, Number(style.opacity)), back: mix(inside.back, under, Number(style.opacity)) };
        };
        return layer(0, [1, 1, 1]);
    };

    const found = new Map();
    const judge = (element, ink, opacity, least, what) => {
        const { ink: front, back } = seen(element, ink, opacity);
        const measured = ratio(front, back);
        if (measured >= least) return;
        const key = `${element.className.baseVal ?? element.className} ${hex(front)} ${hex(back)}`;
        const sentence = `${describe(element)} has ${what} of ${hex(front)} on ${hex(back)}, a contrast of ${measured.toFixed(2)}; give it ${least} or more`;
        if (!found.has(key)) found.set(key, sentence);
    };

    const closed = [...document.querySelectorAll('details:not([open])')];
    closed.forEach(details => { details.open = true; });
    const judged = new Map();
    for (const element of document.body.querySelectorAll('*')) {
        // Code has thousands of words, and those of one kind in one place look the same.
        const kinds = judged.get(element.parentElement) ?? new Set();
        const kind = `${element.localName} ${element.getAttribute('class') ?? ''} ${element.getAttribute('style') ?? ''}`;
        if (element.localName === 'span' && kinds.has(kind)) continue;
        judged.set(element.parentElement, kinds.add(kind));
        if (isAllowed(element, allowed) || !isSeen(element)) continue;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        if ([...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())) {
            const isDrawn = element instanceof SVGElement;
            judge(element, isDrawn ? style.fill : style.color, isDrawn ? Number(style.fillOpacity) : 1, least, 'text');
        }
        for (const part of ['::before', '::after']) {
            const pseudo = getComputedStyle(element, part);
            if (/^".*\S.*"/.test(pseudo.content) && pseudo.display !== 'none') {
                judge(element, pseudo.color, Number(pseudo.opacity), least, `text in \`${part}\``);
            }
        }
        if (element.matches('figure svg :is(rect, line, path)')) {
            // Its line or its inside must be seen, and both count where there are both.
            const ratios = ['stroke', 'fill']
                .filter(part => style[part] !== 'none' && (part === 'stroke' || element.localName !== 'line'))
                .map(part => [style[part], Number(style[`${part}Opacity`])]);
            const best = ratios.sort((one, other) => {
                const of = ([ink, opacity]) => { const { ink: front, back } = seen(element, ink, opacity); return ratio(front, back); };
                return of(other) - of(one);
            })[0];
            if (best) judge(element, best[0], best[1], 3, 'a mark');
        }
    }
    closed.forEach(details => { details.open = false; });
    return [...found.values()];
}
