/*
 * page.js -- the page as a whole: what stands above the customers, and the two things that draw it
 * anew: another language, and the printer.
 */
let customersPart = null;
let filters = null;
const filterButtons = []; /* {node, id, value}: pressed while they filter */

function refreshCustomers() {
    filters.show();
    for (const { node, id, value } of filterButtons) node.setAttribute('aria-pressed', String(view[id] === value));
    document.getElementById('filter-words').textContent = isFiltered() ? t("Filtered: {words}", { words: filterWords() }) : '';
    customersPart.refresh();
}

/* A figure that, pressed, shows the customers behind it. */
function filterButton(id, value, properties, ...children) {
    const node = element('button', {
        type: 'button', 'aria-pressed': 'false', ...properties, on: {
            click: () => {
                view[id] = view[id] === value ? '' : value;
                view.page = 0;
                refreshCustomers();
                if (view[id]) document.getElementById('customers').scrollIntoView({ block: 'start' });
            },
        },
    }, ...children);
    filterButtons.push({ node, id, value });
    return node;
}

function section(title, properties, ...children) {
    const { id, ...others } = properties;
    return element('section', { class: 'panel', id, 'aria-labelledby': `${id}-title`, ...others },
        element('h2', { id: `${id}-title`, text: title }), ...children);
}

function languageSwitch() {
    if (languages.length < 2) return null;
    return element('div', { class: 'choice controls', role: 'group', 'aria-label': t("Language") },
        languages.map((one) => element('button', {
            type: 'button', lang: one.code, text: one.name, id: `language-${one.code}`, 'aria-pressed': String(one === language), on: {
                click: () => {
                    language = one;
                    render();
                    document.getElementById(`language-${one.code}`).focus();
                },
            },
        })));
}

function pageHeader() {
    const title = Object.hasOwn(TITLES, data.title) ? t(TITLES[data.title]) : t("Report");
    document.title = `${data.batch}: ${title}`;
    return element('header', {},
        element('a', { class: 'skip', href: '#customers', text: t("Skip to the customers") }),
        element('div', { class: 'masthead' },
            element('div', {}, element('h1', {}, title, ' ', quoted(data.batch, { class: 'batch' })),
                element('p', { class: 'quiet', text: t("As of {when}", { when: moment(data.at) }) })),
            languageSwitch()),
        data.offline ? element('p', { class: 'notice', text: t("Made offline: Meta was not asked. This is what the manifest alone says.") }) : null);
}

function tiles() {
    const always = ['move', 'blocked', 'waiting', 'done', 'failed'];
    const ids = [...always, ...['running', 'pending', 'cancelled'].filter((id) => totals[id] > 0)];
    const name = (id) => (id === 'move' ? t("Can move tonight") : t(STANDINGS[id].name));
    return section(t("Summary"), { id: 'summary', class: 'tiles-section' }, element('ul', { class: 'tiles' },
        element('li', {}, element('div', { class: 'tile' },
            element('span', { class: 'value', text: figure(totals.numbers) }),
            element('span', { class: 'label', text: tn("number of {customers}", "numbers of {customers}", totals.numbers, { customers: tn("{n} customer", "{n} customers", customers.length) }) }))),
        ids.map((id) => element('li', {}, filterButton('state', id, { class: `tile ${id}` },
            element('span', { class: 'value', text: figure(totals[id]) }),
            element('span', { class: 'label' }, element('span', { class: 'sign', 'aria-hidden': 'true', text: STANDINGS[id].sign }), ' ', name(id)),
            element('span', { class: 'part', text: totals.numbers ? share(totals[id], totals.numbers) : '' }))))));
}

function changesSection() {
    if (!data.since) return null;
    const changes = [2, 3, 4, 1];
    return section(t("What changed since {when}", { when: moment(data.since) }), { id: 'changes' },
        element('ul', { class: 'changes' },
            changes.map((id) => element('li', {}, filterButton('change', String(id), { class: `change change-${id}` },
                element('b', { text: figure(totals.changes[id]) }), ' ', t(CHANGES[id])))),
            data.gone ? element('li', { class: 'gone', text: tn("{n} number is no more in the book", "{n} numbers are no more in the book", data.gone) }) : null));
}

/* The same counts as in the table beside it; for the eye only. */
function verdictBar(counts) {
    const whole = counts.reduce((sum, count) => sum + count, 0);
    const picture = drawing('svg', { class: 'verdict-bar', viewBox: '0 0 200 12', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    let x = 0;
    for (const at of [3, 2, 1, 0]) {
        const width = whole ? (200 * counts[at]) / whole : 0;
        if (!width) continue;
        picture.append(drawing('rect', { class: VERDICTS[at].id, x: x.toFixed(2), y: 0, width: Math.max(width - 0.8, 0.8).toFixed(2), height: 12 }));
        x += width;
    }
    return picture;
}

function rulesSection() {
    if (!data.rules.length) return null;
    const order = [3, 2, 1, 0]; /* what fails first */
    const rows = data.rules.map(([rule, ...counts]) => ({ rule: raw(rule), counts }))
        .sort((a, b) => b.counts[3] - a.counts[3] || b.counts[2] - a.counts[2] || b.counts[1] - a.counts[1]);
    const names = [t("Rule"), { text: t("Share"), class: 'unseen' }, ...order.map((at) => t(VERDICTS[at].name))];
    return section(t("Verdicts by rule"), { id: 'rules' },
        element('p', { class: 'quiet', text: t("Every rule on every number that is still to move. Choose a rule to see its customers.") }),
        table({ class: 'rules figures' }, t("How many numbers each rule lets pass"), tableHead(names),
            element('tbody', { role: 'rowgroup' }, rows.map(({ rule, counts }) => row({},
                cell('th', null, { scope: 'row' }, counts[1] + counts[2] + counts[3]
                    ? filterButton('rule', rule, { class: 'link' }, named(RULES, rule)) : named(RULES, rule)),
                cell('td', null, { class: 'bar-cell' }, verdictBar(counts)),
                order.map((at) => cell('td', t(VERDICTS[at].name), { class: counts[at] ? `count ${VERDICTS[at].id}` : 'count none' },
                    element('span', { class: 'sign', 'aria-hidden': 'true', text: VERDICTS[at].sign }), figure(counts[at]))))))));
}

function ownersSection() {
    const rows = [...owners].sort(([, a], [, b]) => b.numbers - a.numbers);
    return section(t("Who must act"), { id: 'owners' }, rows.length
        ? table({ class: 'owners figures' }, t("Who must act, and for how many numbers"),
            tableHead([t("Who must act"), t("Numbers"), t("Customers")]),
            element('tbody', { role: 'rowgroup' }, rows.map(([owner, count]) => row({},
                cell('th', null, { scope: 'row' }, filterButton('owner', owner, { class: 'link' }, ownerName(owner))),
                cell('td', t("Numbers"), {}, figure(count.numbers)), cell('td', t("Customers"), {}, figure(count.customers))))))
        : element('p', { text: t("Nobody has to act.") }));
}

function forecastSection() {
    const forecast = data.forecast;
    if (!forecast) return null;
    const fact = (name, value, kind) => element('div', { class: kind }, element('dt', { text: name }), element('dd', { text: value }));
    const limit = ([, , , most, window]) => (most ? t("{n} in {time}", { n: figure(most), time: duration(window / 1000) }) : t("none known"));
    const names = [t("Quota"), t("Calls"), t("Most of one"), t("Limit of each"), t("Takes")];
    return section(t("Forecast"), { id: 'forecast' },
        element('dl', { class: 'facts' },
            fact(t("Calls"), figure(forecast.calls)), fact(t("Registrations"), figure(forecast.registrations)),
            fact(t("Time"), duration(forecast.seconds)), fact(t("Nights"), figure(forecast.nights)),
            forecast.bottleneck ? fact(t("What takes the time"), named(BUDGETS, raw(forecast.bottleneck)), 'wide') : null),
        forecast.budgets.length ? element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': t("Calls by quota") },
            table({ class: 'figures' }, t("Calls by quota"), tableHead(names),
                element('tbody', { role: 'rowgroup' }, forecast.budgets.map((budget) => row({},
                    cell('th', null, { scope: 'row' }, named(BUDGETS, raw(budget[0]))),
                    cell('td', names[1], {}, figure(budget[1])), cell('td', names[2], {}, figure(budget[2])),
                    cell('td', names[3], {}, limit(budget)), cell('td', names[4], {}, budget[5] ? duration(budget[5]) : '–')))))) : null);
}

function customersSection() {
    customersPart = customerList();
    filters = filterBar(refreshCustomers);
    return element('section', { class: 'panel', id: 'customers', tabindex: '-1', 'aria-labelledby': 'customers-title' },
        element('h2', { id: 'customers-title', text: t("Customers") }),
        filters.node, element('p', { id: 'filter-words', class: 'print-only' }), ...customersPart.nodes);
}

function render() {
    document.documentElement.lang = language.code;
    rankCustomers();
    filterButtons.length = 0;
    document.getElementById('page').replaceChildren(
        pageHeader(),
        element('main', {}, ...[
            tiles(), changesSection(),
            element('div', { class: 'columns' }, ...[rulesSection(), element('div', {}, ...[ownersSection(), forecastSection()].filter(Boolean))].filter(Boolean)),
            templatesSection(),
            historySection(),
            totals.numbers ? customersSection() : section(t("Customers"), { id: 'customers' }, element('p', { text: t("There is no number in this book.") })),
            storySection(),
        ].filter(Boolean)),
        element('footer', { class: 'quiet', text: [t("Made by wabamigrate {version}.", { version: data.version }),
            tn("{n} call to Meta was made for it.", "{n} calls to Meta were made for it.", data.calls)].join(' ') }));
    if (totals.numbers) refreshCustomers();
}

function setPrinting(isPrinting) {
    if (!customersPart || view.isPrinting === isPrinting) return;
    view.isPrinting = isPrinting;
    openTemplates(isPrinting);
    refreshCustomers();
}

render();
addEventListener('beforeprint', () => setPrinting(true));
addEventListener('afterprint', () => setPrinting(false));
