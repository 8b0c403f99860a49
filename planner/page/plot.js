/*
 * plot.js -- the book's history over the nights. Each line has its own dashes and marks besides its
 * colour; the table under it says the same in figures.
 */
const SERIES = [
    { id: 'eligible', name: "Eligible", dashes: null },
    { id: 'notEligible', name: "Not eligible", dashes: '7 4' },
    { id: 'done', name: "Done", dashes: '2 3' },
];

function mark(id, x, y) {
    const properties = { class: `mark ${id}` };
    if (id === 'eligible') return drawing('circle', { ...properties, cx: x, cy: y, r: 3.5 });
    if (id === 'done') {
        return drawing('path', { ...properties, d: `M${x} ${y - 4.5}l4.5 8h-9z` });
    }
    return drawing('rect', { ...properties, x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 });
}

function legend() {
    return element('ul', { class: 'legend' }, SERIES.map(({ id, name, dashes }) => element('li', {},
        drawing('svg', { width: 34, height: 12, viewBox: '0 0 34 12', 'aria-hidden': 'true' },
            drawing('line', { class: `line ${id}`, x1: 1, x2: 33, y1: 6, y2: 6, 'stroke-dasharray': dashes }),
            mark(id, 17, 6)),
        t(name))));
}

/* 1, 2 or 5 times a power of ten: at most five steps up to the highest value. */
function niceStep(highest) {
    const rough = Math.max(1, highest / 5);
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough);
}

/* The figures at the lines' ends, moved apart where they would cover each other. */
function spread(ends, lowest) {
    ends.sort((a, b) => a.y - b.y);
    for (let i = 1; i < ends.length; i += 1) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + 15);
    for (let i = ends.length - 1, floor = lowest; i >= 0; i -= 1, floor = ends[i + 1].y - 15) {
        ends[i].y = Math.min(ends[i].y, floor);
    }
}

function plot(looks, width) {
    const height = 240, left = 52, right = 64, top = 14, bottom = 30;
    const highest = Math.max(1, ...looks.map((look) => Math.max(look.eligible, look.notEligible, look.done)));
    const step = niceStep(highest);
    const ceiling = Math.ceil(highest / step) * step;
    const first = looks[0].date.getTime();
    const span = looks[looks.length - 1].date.getTime() - first;
    const x = (look) => left + (width - left - right) * (span ? (look.date.getTime() - first) / span : 0.5);
    const y = (value) => top + (height - top - bottom) * (1 - value / ceiling);
    const picture = drawing('svg', {
        class: 'plot', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': 'history-title',
        'aria-describedby': 'history-note',
    });

    for (let value = 0; value <= ceiling; value += step) {
        picture.append(
            drawing('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
            drawing('text', { class: 'tick', x: left - 8, y: y(value) + 4, 'text-anchor': 'end', text: figure(value) }));
    }
    const dayName = new Intl.DateTimeFormat(language.code, { day: 'numeric', month: 'short' });
    let free = -Infinity; /* labels of days keep their distance */
    for (const look of looks) {
        if (x(look) < free) continue;
        free = x(look) + 70;
        if (x(look) > width - 20) break;
        picture.append(drawing('text', {
            class: 'tick', x: x(look), y: height - 8, 'text-anchor': 'middle', text: dayName.format(look.date),
        }));
    }
    const ends = [];
    for (const { id, dashes } of SERIES) {
        const points = looks.map((look) => `${x(look).toFixed(1)},${y(look[id]).toFixed(1)}`);
        picture.append(drawing('polyline', { class: `line ${id}`, points: points.join(' '), 'stroke-dasharray': dashes }));
        if (looks.length <= 40) picture.append(...looks.map((look) => mark(id, x(look), y(look[id]))));
        const last = looks[looks.length - 1];
        if (looks.length > 40) picture.append(mark(id, x(last), y(last[id])));
        ends.push({ id, x: x(last) + 10, y: y(last[id]) + 4, text: figure(last[id]) });
    }
    spread(ends, height - bottom + 4);
    picture.append(...ends.map((end) => drawing('text', { class: `end ${end.id}`, x: end.x, y: end.y, text: end.text })));
    return picture;
}

function historyTable(looks) {
    const names = [t("Day"), t("Numbers"), t("Eligible"), t("Not eligible"), t("Done"), t("Failed"), t("Calls")];
    return table({ class: 'figures' }, t("The last look of each day"), tableHead(names),
        element('tbody', { role: 'rowgroup' }, [...looks].reverse().map((look) => row({},
            cell('th', null, { scope: 'row' }, moment(look.at)),
            [look.numbers, look.eligible, look.notEligible, look.done, look.failed, look.calls]
                .map((value, i) => cell('td', names[i + 1], {}, figure(value)))))));
}

function historySection() {
    const looks = looksByDay();
    if (!looks.length) return null;
    const box = element('div', { class: 'plot-box' });
    const draw = () => box.replaceChildren(plot(looks, Math.max(300, Math.min(1200, box.clientWidth || 900))));
    /* The first call comes by itself, once the box is laid out. */
    let drawn = 0;
    new ResizeObserver(() => {
        if (box.clientWidth && box.clientWidth !== drawn) {
            drawn = box.clientWidth;
            draw();
        }
    }).observe(box);
    draw();
    return element('section', { class: 'panel', 'aria-labelledby': 'history-title' },
        element('h2', { id: 'history-title', text: t("The book over the nights") }),
        element('p', { id: 'history-note', class: 'quiet', text: tn(
            "{n} day with a look at the book; the last look of the day counts.",
            "{n} days with a look at the book; the last look of each day counts.", looks.length) }),
        legend(), box,
        element('details', {}, element('summary', { text: t("The same in figures") }),
            element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': t("The book over the nights") },
                historyTable(looks))));
}
