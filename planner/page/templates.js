/*
 * templates.js -- the message templates: how many came along, for how long numbers were without them,
 * and what each customer has to create and submit again.
 */
const RESULTS = {
    copied: "copied", was_there: "there already", waiting: "on their way", missing: "not copied yet",
    not_qualified: "not fit for copying", given_up: "given up", rejected: "rejected after copying",
    category_changed: "in another category", paused: "paused after copying", disabled: "disabled after copying",
    archived: "archived since", gone: "gone since",
};
const TEMPLATE_OPTIONAL = 2;

/* Of one customer, by its place in the book: those somebody must or may act on. */
const templateLists = new Map();
for (const [key, unread, rows] of data.templates ? data.templates.customers : []) {
    templateLists.set(key, {
        unread: raw(unread),
        rows: rows.map(([name, languageAt, category, advice, detail]) => {
            const [need, why, owner, remedy] = data.templates.advices[advice];
            return { name, language: raw(languageAt) || '', category: raw(category) || '', need, why, owner: raw(owner), remedy, detail };
        }),
    });
}

/* What its customer must create and submit again, or mend. */
function templatesFor(customer) {
    const list = templateLists.get(customer.key);
    return list ? list.rows.filter((row) => row.owner === 'customer' && row.need > TEMPLATE_OPTIONAL) : [];
}

function templateLines(customer, inLanguage) {
    const groups = new Map(); /* remedy → rows */
    for (const row of templatesFor(customer)) {
        if (!groups.has(row.remedy)) groups.set(row.remedy, []);
        groups.get(row.remedy).push(row);
    }
    return [...groups].flatMap(([remedy, rows]) => ['', told(remedy, inLanguage), ...rows.map((row) =>
        `   ${row.name} (${[row.language, row.category].filter(Boolean).join(', ')}): ${told(row.why, inLanguage)}${row.detail ? ` (${row.detail})` : ''}`)]);
}

function templateTable(list) {
    const names = [t("Template"), t("Category"), t("Why"), t("Who must act"), t("What to do")];
    return table({ class: 'story' }, t("Templates somebody has to look after"), tableHead(names),
        element('tbody', { role: 'rowgroup' }, list.rows.map((one) => row({},
            cell('th', null, { scope: 'row' }, quoted(one.name), element('div', { class: 'quiet' }, quoted(one.language))),
            cell('td', names[1], {}, quoted(one.category || '–')),
            cell('td', names[2], {}, told(one.why), one.detail ? element('div', { class: 'quiet' }, quoted(one.detail)) : null),
            cell('td', names[3], {}, ownerName(one.owner), one.need === TEMPLATE_OPTIONAL
                ? element('div', { class: 'quiet', text: t("only if it is still wanted") }) : null),
            cell('td', names[4], {}, one.remedy ? prose(told(one.remedy)) : '–')))));
}

/* Lists on the page, and so many rows of them on paper. */
const templateNodes = [];
const PRINTED_TEMPLATES_MAX = 500;

/* Its rows are made when it is opened: there may be thousands. */
function templateDetails(key, list, titles) {
    const body = element('div', {});
    const fill = () => body.hasChildNodes() || body.append(templateTable(list));
    const node = element('details', { on: { toggle: () => node.open && fill() } },
        element('summary', {}, quoted(titles.get(key) || key), ' ',
            element('span', { class: 'quiet', text: tn("({n} template)", "({n} templates)", list.rows.length) })),
        list.unread ? element('p', {}, t("The templates of the old account are not known:"), ' ', quoted(list.unread)) : null,
        body);
    templateNodes.push({ node, fill, rows: list.rows.length, wasOpen: false });
    return node;
}

/* Paper cannot be opened. */
function openTemplates(isPrinting) {
    let left = PRINTED_TEMPLATES_MAX;
    for (const one of templateNodes) {
        if (!isPrinting) one.node.open = one.wasOpen;
        else {
            one.wasOpen = one.node.open;
            left -= one.rows;
            if (left < 0 && !one.wasOpen) continue;
            one.fill();
            one.node.open = true;
        }
    }
}

function downtimeWords([numbers, median, worst, open]) {
    if (!numbers) return null;
    return element('p', { text: [
        tn("From its move on, {n} number was without a template that it had for {worst}.",
            "From their move on, {n} numbers were without a template that they had for {median} (median), {worst} at worst.",
            numbers, { median: duration(median), worst: duration(worst) }),
        open ? tn("{n} of them still is.", "{n} of them still are.", open) : '',
    ].filter(Boolean).join(' ') });
}

function templatesSection() {
    const templates = data.templates;
    if (!templates || !(templates.counts.length || templateLists.size)) return null;
    const titles = new Map(customers.map((customer) => [customer.key, customer.title]));
    templateNodes.length = 0;
    return section(t("Message templates"), { id: 'templates' },
        element('ul', { class: 'changes' }, templates.counts.map(([result, count]) => element('li', {},
            element('b', { text: figure(count) }), ' ', named(RESULTS, result)))),
        downtimeWords(templates.downtime),
        [...templateLists].map(([key, list]) => templateDetails(key, list, titles)));
}
