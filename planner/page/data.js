/*
 * data.js -- the report's data, made ready: what each number stands at, what stands in its way, and
 * what each customer adds up to. The numbers stay the arrays they came as: there may be 100,000.
 */
const NUMBER = 0, STATE = 1, ELIGIBLE = 2, THINGS = 3, CHANGE = 4, STEP = 5, WAITING = 6,
    NOT_BEFORE = 7, NOTE = 8, TRACE = 9;

/* How a number stands, in one word: the contract's states, with the eligible ones told apart. */
const STANDINGS = {
    blocked: { name: "Blocked", sign: '✕' },
    failed: { name: "Failed", sign: '!' },
    waiting: { name: "Waiting", sign: '…' },
    move: { name: "Can move", sign: '→' },
    running: { name: "Being moved", sign: '»' },
    pending: { name: "Not looked at", sign: '○' },
    done: { name: "Done", sign: '✓' },
    cancelled: { name: "Cancelled", sign: '–' },
};
const STANDING_IDS = Object.keys(STANDINGS);
const SAME = ['blocked', 'failed', 'waiting', 'running', 'done', 'cancelled'];

function standing(number) {
    const state = data.states[number[STATE]];
    if (SAME.includes(state)) return state;
    if (number[ELIGIBLE] === 1) return 'move';
    if (number[ELIGIBLE] === 0) return 'blocked';
    return state === 'ready' ? 'move' : 'pending';
}

/* What can stand in a number's way: a finding, a wait or an error; see report_html_data.c. */
const kinds = data.kinds.map((kind) => {
    const [type, ...rest] = kind;
    if (type === 0) {
        const [rule, verdict, evidence, field, value, owner, remedy, by, flags] = rest;
        return {
            type: 'finding', rule: raw(rule), verdict: VERDICTS[verdict], evidence, owner: raw(owner),
            field: raw(field), value: raw(value), remedy, by, isAct: (flags & 1) > 0,
            isFixable: (flags & 2) > 0,
        };
    }
    if (type === 1) {
        const [wait, owner, remedy] = rest;
        return { type: 'wait', wait: raw(wait), owner: raw(owner), remedy, isAct: true };
    }
    const [step, code, subcode, title, details, className, owner, remedy] = rest;
    return {
        type: 'error', step: raw(step), code, subcode, title: raw(title), details: raw(details),
        className: raw(className), owner: raw(owner), remedy, isAct: true,
    };
});

/* [{kind, at}] of a number; `at` is a place in the dictionary. */
function thingsOf(number) {
    const things = [];
    const pairs = number[THINGS] || [];
    for (let i = 0; i < pairs.length; i += 2) things.push({ kind: kinds[pairs[i] - 1], at: pairs[i + 1] });
    return things;
}

/* Faster than thingsOf() for looking at them all. */
function anyKind(number, isWanted) {
    const pairs = number[THINGS] || [];
    for (let i = 0; i < pairs.length; i += 2) {
        if (isWanted(kinds[pairs[i] - 1])) return true;
    }
    return false;
}

const NAME_SHOWN = 120;
function shortened(text) {
    if (text.length <= NAME_SHOWN) return text;
    return `${Array.from(text.slice(0, 2 * NAME_SHOWN)).slice(0, NAME_SHOWN).join('')}…`;
}

const totals = { numbers: 0, changes: [0, 0, 0, 0, 0] };
for (const id of STANDING_IDS) totals[id] = 0;
const owners = new Map(); /* word → {numbers, customers} */

const customers = data.customers.map(([key, name, languageAt, numbers], at) => {
    const customer = {
        at, key, name: name || key, title: shortened(name || key), language: raw(languageAt) || '',
        numbers, owners: [], rank: 0, folded: null,
    };
    for (const id of STANDING_IDS) customer[id] = 0;
    const mine = new Set();
    for (const number of numbers) {
        const id = standing(number);
        customer[id] += 1;
        totals[id] += 1;
        totals.changes[number[CHANGE] || 0] += 1;
        const acting = new Set();
        for (const { kind } of thingsOf(number)) {
            if (kind.isAct && kind.owner) acting.add(kind.owner);
        }
        for (const owner of acting) {
            if (!owners.has(owner)) owners.set(owner, { numbers: 0, customers: 0 });
            owners.get(owner).numbers += 1;
            mine.add(owner);
        }
    }
    totals.numbers += numbers.length;
    for (const owner of mine) owners.get(owner).customers += 1;
    customer.owners = [...mine].sort();
    return customer;
});

/* The order of names is made once a language, not at every sort. */
function rankCustomers() {
    const collator = new Intl.Collator(language.code, { numeric: true, sensitivity: 'base' });
    [...customers]
        .sort((a, b) => collator.compare(a.title, b.title) || collator.compare(a.key, b.key))
        .forEach((customer, i) => { customer.rank = i; });
}

/* For searching: without case and accents. */
function folded(text) {
    return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/* The looks of the book's history: the last one of each day. */
function looksByDay() {
    const days = new Map();
    for (const [at, command, numbers, eligible, notEligible, done, failed, calls] of data.looks) {
        const date = new Date(at);
        const key = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
        days.set(key, { at, date, command, numbers, eligible, notEligible, done, failed, calls });
    }
    return [...days.values()].filter((look) => !Number.isNaN(look.date.getTime()));
}
