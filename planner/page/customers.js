/*
 * customers.js -- the customers, a page of them at a time: filtered and sorted on the data, so that a
 * book of 100,000 numbers costs no more nodes than one of 100. A printed page has them all.
 */
const PAGE_SIZE = 50;
const NUMBERS_SHOWN = 60; /* of one situation, before the rest is asked for */
const PRINTED_NUMBERS_MAX = 5000;

const view = {
    text: '', state: '', rule: '', owner: '', change: '',
    sort: 'blocked', isDescending: true, page: 0, open: new Set(), isPrinting: false,
};

/* ---- filter and sort ---- */

function isFiltered() {
    return Boolean(view.text.trim() || view.state || view.rule || view.owner || view.change);
}

function fits(number) {
    if (view.state && standing(number) !== view.state) return false;
    if (view.change && (number[CHANGE] || 0) !== Number(view.change)) return false;
    if (view.rule && !anyKind(number, (kind) => kind.rule === view.rule)) return false;
    return !view.owner || anyKind(number, (kind) => kind.isAct && kind.owner === view.owner);
}

/* [{customer, numbers}]: the numbers of it that fit. */
function matching() {
    if (!isFiltered()) return customers.map((customer) => ({ customer, numbers: customer.numbers }));
    const words = folded(view.text.trim());
    const digits = words.replace(/[\s().\/-]/g, '');
    const isNumber = /^\+?\d{3,}$/.test(digits);
    const found = [];
    for (const customer of customers) {
        customer.folded ??= folded(`${customer.name}\n${customer.key}`);
        const isNamed = !words || customer.folded.includes(words);
        if (!isNamed && !isNumber) continue;
        const numbers = customer.numbers.filter((number) =>
            (isNamed || number[NUMBER].includes(digits)) && fits(number));
        if (numbers.length) found.push({ customer, numbers });
    }
    return found;
}

function compare(a, b) {
    const one = a.customer, two = b.customer;
    const way = view.isDescending ? -1 : 1;
    let order;
    if (view.sort === 'name') order = one.rank - two.rank;
    else if (view.sort === 'numbers') order = a.numbers.length - b.numbers.length;
    else if (view.sort === 'owner') {
        const left = one.owners.join(), right = two.owners.join();
        order = left < right ? -1 : left > right ? 1 : 0;
        /* Nobody comes last either way. */
        if (!left !== !right) return left ? -1 : 1;
    } else order = one[view.sort] - two[view.sort];
    return order * way || two.blocked - one.blocked || two.failed - one.failed ||
        two.waiting - one.waiting || one.rank - two.rank;
}

/* ---- one customer's numbers ---- */

function evidenceOf({ kind, at }) {
    const when = raw(at);
    if (kind.evidence === 0) {
        return [
            kind.field ? element('code', {}, quoted(`${kind.field}: ${valueOf(kind.value)}`)) : null,
            element('span', { class: 'quiet', text: when ? t("Read from Graph, {when}", { when: moment(when) }) : t("Read from Graph") }),
        ];
    }
    if (kind.evidence === 1) {
        return [element('span', { class: 'quiet' }, quoted(t("Confirmed by {who}, {when}", {
            who: raw(kind.by) || t("the customer"), when: when ? day(when) : '–',
        })))];
    }
    return [element('span', { class: 'quiet', text: t("No evidence") })];
}

/* JSON text, as people would say it. */
function valueOf(json) {
    if (json === null) return '–';
    try {
        const value = JSON.parse(json);
        return typeof value === 'string' ? value : JSON.stringify(value);
    } catch {
        return json;
    }
}

function foundCell(thing, trace) {
    const { kind, at } = thing;
    if (kind.type === 'finding') {
        return [
            element('div', { class: 'found' }, badge(kind.verdict.id, kind.verdict.sign, t(kind.verdict.name)), ' ', named(RULES, kind.rule)),
            element('div', { class: 'evidence' }, evidenceOf(thing)),
        ];
    }
    if (kind.type === 'wait') return [element('div', { class: 'found', text: named(WAITS, kind.wait) })];
    const code = [kind.code, kind.subcode].filter(Boolean).join(' / ');
    return [
        element('div', { class: 'found' }, badge('fail', '!', t("Failed")), ' ', quoted(kind.title || kind.className || '')),
        kind.details ? element('div', {}, quoted(kind.details)) : null,
        element('div', { class: 'evidence quiet' }, [
            kind.step ? t("at the step {step}", { step: named({}, kind.step) }) : '',
            code ? t("error {code}", { code }) : '',
            raw(at) ? moment(raw(at)) : '',
            raw(trace) ? `fbtrace_id ${raw(trace)}` : '',
        ].filter(Boolean).join(' · ')),
    ];
}

function ownerCell({ kind }) {
    if (kind.owner) return ownerName(kind.owner);
    return kind.isFixable ? t("Nobody: the run mends it") : t("Nobody");
}

/* Numbers of one customer that stand alike are shown together. */
function situations(numbers) {
    const alike = new Map();
    for (const number of numbers) {
        const key = JSON.stringify(number.slice(1));
        if (!alike.has(key)) alike.set(key, []);
        alike.get(key).push(number);
    }
    const order = (group) => STANDING_IDS.indexOf(standing(group[0]));
    return [...alike.values()].sort((a, b) => order(a) - order(b));
}

function numbersList(group) {
    const items = (numbers) => numbers.map((number) => element('li', {}, quoted(number[NUMBER], { class: 'number' })));
    const shown = view.isPrinting ? group.length : NUMBERS_SHOWN;
    const rest = group.slice(shown);
    return [
        element('ul', { class: 'numbers' }, items(group.slice(0, shown))),
        rest.length ? element('details', {}, element('summary', { text: tn("{n} more", "{n} more", rest.length) }),
            element('ul', { class: 'numbers' }, items(rest))) : null,
    ];
}

function stateWords(number) {
    const id = standing(number);
    return [
        number[CHANGE] > 1 ? t(CHANGES[number[CHANGE]]) : null,
        number[WAITING] && id === 'waiting' && !anyKind(number, (kind) => kind.type === 'wait') ? named(WAITS, raw(number[WAITING])) : null,
        number[NOT_BEFORE] ? t("Not before {when}", { when: moment(raw(number[NOT_BEFORE])) }) : null,
        number[NOTE] ? told(number[NOTE]) : null,
        anyKind(number, (kind) => !isIdle({ kind })) ? null : id === 'move' ? t("Nothing stands in its way.") : id === 'done' ? t("It has moved.") : null,
    ].filter(Boolean);
}

/* What answers itself: nobody has to act, and nothing stays behind. */
function isIdle({ kind }) {
    return !kind.isAct && !kind.owner && (kind.isFixable || kind.verdict.id === 'unknown');
}

/* Named in a line; why, on demand. */
function idleRow(things, columns) {
    if (!things.length) return null;
    const found = (thing) => [badge(thing.kind.verdict.id, thing.kind.verdict.sign, t(thing.kind.verdict.name)), ' ', named(RULES, thing.kind.rule)];
    return row({}, cell('td', null, { colspan: columns, class: 'idle' },
        element('p', { class: 'quiet', text: t("Nothing to do about these; they answer themselves:") }),
        element('ul', { class: 'idle-list' }, things.map((thing) => element('li', {}, found(thing)))),
        element('details', {}, element('summary', { text: t("Why") }),
            element('ul', {}, things.map((thing) => element('li', {}, element('div', {}, found(thing)),
                element('div', { class: 'evidence' }, evidenceOf(thing)), thing.kind.remedy ? prose(told(thing.kind.remedy)) : null))))));
}

/* Who they are and how they stand heads the rows of what was found for them. */
function situationBody(group, names) {
    const number = group[0];
    const { name, sign } = STANDINGS[standing(number)];
    const head = cell('th', null, { scope: 'rowgroup', colspan: names.length },
        element('div', { class: 'stands' }, badge(standing(number), sign, t(name)),
            group.length > 1 ? element('span', { text: tn("{n} number", "{n} numbers", group.length) }) : null,
            stateWords(number).map((words) => quoted(words, { class: 'quiet' }))),
        numbersList(group));
    const things = thingsOf(number);
    return element('tbody', { role: 'rowgroup' }, row({}, head), things.filter((thing) => !isIdle(thing)).map((thing) => row({},
        cell('td', names[0], {}, foundCell(thing, number[TRACE])),
        cell('td', names[1], {}, ownerCell(thing)),
        cell('td', names[2], {}, thing.kind.remedy ? prose(told(thing.kind.remedy)) : '–'))),
    idleRow(things.filter(isIdle), names.length));
}

function customerDetail({ customer, numbers }) {
    const isPart = numbers.length < customer.numbers.length;
    const names = [t("What was found"), t("Who must act"), t("What to do")];
    const isBare = !numbers.some((number) => anyKind(number, (kind) => !isIdle({ kind })));
    return element('div', { class: 'detail' },
        customer.name !== customer.title ? element('p', { class: 'whole-name', tabindex: '0' }, quoted(customer.name)) : null,
        isPart ? element('p', { class: 'quiet', text: t("{n} of its {all} numbers fit the filter.", { n: figure(numbers.length), all: figure(customer.numbers.length) }) }) : null,
        table({ class: isBare ? 'situations bare' : 'situations' }, [t("The numbers of"), ' ', quoted(customer.title)],
            tableHead(names), situations(numbers).map((group) => situationBody(group, names))),
        letterSection(customer));
}

/* ---- the list ---- */

const COLUMNS = [
    { id: 'name', name: "Customer" },
    { id: 'numbers', name: "Numbers" },
    { id: 'blocked', name: "Blocked" },
    { id: 'failed', name: "Failed" },
    { id: 'waiting', name: "Waiting" },
    { id: 'move', name: "Can move" },
    { id: 'done', name: "Done" },
    { id: 'owner', name: "Who must act" },
];

function customerBody(found, parts) {
    const { customer, numbers } = found;
    const at = customer.at;
    const isOpen = view.isPrinting || view.open.has(customer);
    const count = (id, i) => cell('td', t(COLUMNS[i].name), { class: `figure ${customer[id] ? id : 'none'}` }, figure(customer[id]));
    const name = [
        element('span', { class: 'twist', 'aria-hidden': 'true' }),
        element('span', {}, quoted(customer.title, { class: 'name' }), ' ',
            customer.key !== customer.name ? element('span', { class: 'key' }, quoted(shortened(customer.key))) : null),
    ];
    const toggle = element('button', {
        type: 'button', class: 'opener', 'aria-expanded': String(isOpen), 'aria-controls': isOpen ? `customer-${at}` : null,
        on: { click: () => turn() },
    }, name);
    const body = element('tbody', { role: 'rowgroup', class: 'customer' }, row({},
        cell('th', null, { scope: 'row', class: 'who' }, toggle),
        cell('td', t(COLUMNS[1].name), { class: 'figure' }, numbers.length === customer.numbers.length ? figure(numbers.length)
            : t("{n} of {all}", { n: figure(numbers.length), all: figure(customer.numbers.length) })),
        ['blocked', 'failed', 'waiting', 'move', 'done'].map((id, i) => count(id, i + 2)),
        cell('td', t(COLUMNS[7].name), { class: 'owners' }, customer.owners.length ? customer.owners.map(ownerName).join(', ') : '–')));
    let detail = null;
    function open() {
        detail = row({ class: 'detail-row', id: `customer-${at}` }, cell('td', null, { colspan: COLUMNS.length }, customerDetail(found)));
        body.append(detail);
    }
    function turn() {
        const isNow = !view.open.delete(customer);
        if (isNow) {
            view.open.add(customer);
            open();
            toggle.setAttribute('aria-controls', detail.id);
        } else {
            detail.remove();
            toggle.removeAttribute('aria-controls');
        }
        toggle.setAttribute('aria-expanded', String(isNow));
        parts.opened();
    }
    if (isOpen) open();
    return body;
}

function sortHead(refresh) {
    const heads = COLUMNS.map(({ id, name }) => {
        const arrow = element('span', { class: 'arrow', 'aria-hidden': 'true' });
        const button = element('button', {
            type: 'button', on: {
                click: () => {
                    view.isDescending = view.sort === id ? !view.isDescending : id !== 'name' && id !== 'owner';
                    view.sort = id;
                    view.page = 0;
                    refresh();
                },
            },
        }, t(name), arrow);
        return { id, arrow, node: cell('th', null, { scope: 'col', class: id === 'name' || id === 'owner' ? null : 'figure' }, button) };
    });
    function show() {
        for (const { id, arrow, node } of heads) {
            const isSorted = view.sort === id;
            arrow.textContent = isSorted ? (view.isDescending ? '▼' : '▲') : '';
            if (isSorted) node.setAttribute('aria-sort', view.isDescending ? 'descending' : 'ascending');
            else node.removeAttribute('aria-sort');
        }
    }
    return { node: element('thead', { role: 'rowgroup', class: 'sorts' }, row({}, heads.map((head) => head.node))), show };
}

/* As many as fit on paper, whole customers only. */
function printed(found) {
    let count = 0;
    const some = [];
    for (const one of found) {
        if (some.length && count + one.numbers.length > PRINTED_NUMBERS_MAX) break;
        count += one.numbers.length;
        some.push(one);
    }
    return some;
}

function customerList() {
    const parts = { opened: () => {} };
    const head = sortHead(() => refresh());
    const list = table({ class: 'customers' }, t("The customers, by what stands in their way"), head.node);
    const result = element('p', { role: 'status', 'aria-live': 'polite', class: 'result' });
    const where = element('span', { class: 'quiet' });
    const nothing = element('p', { class: 'nothing', text: t("No number fits. Clear a filter, or look for something else.") });
    const cut = element('p', { class: 'cut' });
    const turnPage = (by) => {
        view.page += by;
        refresh();
        list.scrollIntoView({ block: 'start' });
    };
    const earlier = element('button', { type: 'button', class: 'button', text: t("Previous page"), on: { click: () => earlier.getAttribute('aria-disabled') === 'true' || turnPage(-1) } });
    const later = element('button', { type: 'button', class: 'button', text: t("Next page"), on: { click: () => later.getAttribute('aria-disabled') === 'true' || turnPage(1) } });
    const pager = element('nav', { class: 'bar controls pager', 'aria-label': t("Pages of customers") }, earlier, where, later);
    let shown = [];
    const openAll = element('button', {
        type: 'button', class: 'button', on: {
            click: () => {
                const areOpen = shown.every(({ customer }) => view.open.has(customer));
                for (const { customer } of shown) view.open[areOpen ? 'delete' : 'add'](customer);
                refresh();
            },
        },
    });
    parts.opened = () => {
        openAll.textContent = shown.length && shown.every(({ customer }) => view.open.has(customer))
            ? t("Close all on this page") : t("Open all on this page");
    };

    function refresh() {
        const found = matching().sort(compare);
        const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
        view.page = Math.min(view.page, pages - 1);
        const first = view.page * PAGE_SIZE;
        shown = view.isPrinting ? printed(found) : found.slice(first, first + PAGE_SIZE);
        while (list.tBodies.length) list.tBodies[0].remove();
        list.append(...shown.map((one) => customerBody(one, parts)));
        head.show();
        const numbers = found.reduce((sum, one) => sum + one.numbers.length, 0);
        result.textContent = `${tn("{n} customer", "{n} customers", found.length)}, ${tn("{n} number", "{n} numbers", numbers)}`;
        where.textContent = t("Customers {first} to {last} of {all}", { first: figure(found.length ? first + 1 : 0), last: figure(Math.min(first + PAGE_SIZE, found.length)), all: figure(found.length) });
        earlier.setAttribute('aria-disabled', String(view.page === 0));
        later.setAttribute('aria-disabled', String(view.page >= pages - 1));
        pager.hidden = pages === 1;
        nothing.hidden = list.hidden = false;
        (found.length ? nothing : list).hidden = true;
        openAll.hidden = !found.length;
        cut.hidden = !view.isPrinting || shown.length === found.length;
        cut.textContent = cut.hidden ? '' : t("Printed are the first {n} customers of {all}: filter the page to print the others.", { n: figure(shown.length), all: figure(found.length) });
        parts.opened();
    }
    return { refresh, nodes: [element('div', { class: 'bar' }, result, element('span', { class: 'controls' }, openAll)), cut, nothing, list, pager] };
}

/* ---- the filters ---- */

/* What a printed page says of them. */
function filterWords() {
    return [
        view.text.trim() ? `“${view.text.trim()}”` : '', view.state ? t(STANDINGS[view.state].name) : '', named(RULES, view.rule),
        view.owner ? ownerName(view.owner) : '', view.change ? t(CHANGES[view.change]) : '',
    ].filter(Boolean).join(' · ');
}

function filterBar(changed) {
    const fields = {};
    const refilter = () => {
        view.page = 0;
        changed();
    };
    function select(id, label, options) {
        fields[id] = element('select', { id: `filter-${id}`, on: { change: (event) => { view[id] = event.target.value; refilter(); } } },
            element('option', { value: '', text: t("All") }), options.map(([value, text]) => element('option', { value, text })));
        return element('div', { class: 'field' }, element('label', { for: `filter-${id}`, text: label }), fields[id]);
    }
    let timer = 0;
    fields.text = element('input', {
        type: 'search', id: 'filter-text', autocomplete: 'off', spellcheck: 'false', on: {
            input: (event) => {
                view.text = event.target.value;
                clearTimeout(timer);
                timer = setTimeout(refilter, customers.length > 2000 ? 200 : 40);
            },
        },
    });
    const rules = data.rules.filter(([, pass, warn, unknown, fail]) => warn + unknown + fail > 0).map(([rule]) => raw(rule));
    const states = STANDING_IDS.filter((id) => totals[id] > 0);
    const clear = element('button', {
        type: 'button', class: 'button', text: t("Clear the filters"), on: {
            click: () => {
                Object.assign(view, { text: '', state: '', rule: '', owner: '', change: '' });
                refilter();
            },
        },
    });
    const node = element('form', { class: 'filters controls', role: 'search', 'aria-label': t("Filter the customers"), on: { submit: (event) => event.preventDefault() } },
        element('div', { class: 'field wide' }, element('label', { for: 'filter-text', text: t("Customer or number") }), fields.text),
        select('state', t("State"), states.map((id) => [id, t(STANDINGS[id].name)])),
        select('rule', t("Rule"), rules.map((rule) => [rule, named(RULES, rule)])),
        select('owner', t("Who must act"), [...owners.keys()].sort().map((owner) => [owner, ownerName(owner)])),
        data.since ? select('change', t("Change"), [2, 3, 4, 1].filter((id) => totals.changes[id]).map((id) => [String(id), t(CHANGES[id])])) : null,
        clear);
    function show() {
        for (const [id, field] of Object.entries(fields)) if (field.value !== view[id]) field.value = view[id];
        clear.hidden = !isFiltered();
    }
    return { node, show };
}
