'use strict';
/*
 * text.js -- what people read, in the language they chose.
 *
 * In these files a literal in double quotes is a text for people, in English, and nothing else is in
 * double quotes: the build makes the list of the texts out of them (planner/page/embed.cmake), and
 * planner/languages/ translates that list. {words} in braces are filled in.
 *
 * Nothing of the data ever becomes markup: nodes are made by element() and texts by textContent.
 */
const data = JSON.parse(document.getElementById('data').textContent);

const languages = [{ code: 'en', name: 'English', strings: {}, texts: {} }, ...data.languages];
let language = languages.find((one) => one.code === data.language) || languages[0];

function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/* One of our texts; an inherited name such as constructor is no translation. */
function t(english, values = {}, inLanguage = language) {
    const isThere = Object.hasOwn(inLanguage.strings, english);
    return fill(isThere ? inLanguage.strings[english] : english, values);
}

/* The same, by how many: {n} is the count. */
function tn(one, many, count, values = {}, inLanguage = language) {
    const isOne = new Intl.PluralRules(inLanguage.code).select(count) === 'one';
    return t(isOne ? one : many, { n: figure(count, inLanguage), ...values }, inLanguage);
}

/* A text of the data by its place in the dictionary; 0 is none. Ours are translated, as far as the
 * language has them. */
function told(at, inLanguage = language) {
    return at ? inLanguage.texts[at] || raw(at) : null;
}

/* The same for what is nobody's to translate. */
function raw(at) {
    return at ? data.texts[at - 1] : null;
}

const formats = new Map();
function format(kind, make, inLanguage = language) {
    const key = `${kind} ${inLanguage.code}`;
    if (!formats.has(key)) formats.set(key, make(inLanguage.code));
    return formats.get(key);
}

function figure(count, inLanguage = language) {
    return format('figure', (code) => new Intl.NumberFormat(code), inLanguage).format(count);
}

function share(part, whole) {
    const percent = format('share', (code) =>
        new Intl.NumberFormat(code, { style: 'percent', maximumFractionDigits: 1 }));
    return percent.format(whole ? part / whole : 0);
}

/* An attested day has no time, and must not slip into the day before in another time zone. */
function isDay(text) {
    return /^\d{4}-\d\d-\d\d$/.test(text);
}

function day(text) {
    const date = new Date(isDay(text) ? `${text}T00:00:00` : text);
    if (Number.isNaN(date.getTime())) return text;
    return format('day', (code) => new Intl.DateTimeFormat(code, { dateStyle: 'medium' }))
        .format(date);
}

function moment(text) {
    if (isDay(text)) return day(text);
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) return text;
    const options = {
        year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
        timeZoneName: 'short',
    };
    return format('moment', (code) => new Intl.DateTimeFormat(code, options)).format(date);
}

function duration(seconds) {
    const parts = [];
    let rest = Math.max(0, Math.round(seconds));
    for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]) {
        const count = Math.floor(rest / size);
        rest -= count * size;
        if (count > 0) {
            parts.push(format(`unit ${unit}`, (code) =>
                new Intl.NumberFormat(code, { style: 'unit', unit, unitDisplay: 'short' }))
                .format(count));
        }
    }
    /* The seconds of an estimate of hours say nothing. */
    return parts.length ? parts.slice(0, 2).join(' ') : t("no time");
}

function list(words, inLanguage = language) {
    return format('list', (code) => new Intl.ListFormat(code, { style: 'long' }), inLanguage)
        .format(words);
}

/* ---- the words of the contract, said plainly ---- */

const VERDICTS = [
    { id: 'pass', sign: '✓', name: "Passes" },
    { id: 'warn', sign: '!', name: "Warns" },
    { id: 'unknown', sign: '?', name: "Not known" },
    { id: 'fail', sign: '✕', name: "Fails" },
];

const RULES = {
    business_verified: "Meta has verified the business",
    source_waba_approved: "The old account is approved",
    destination_waba_approved: "The new account is approved",
    payment_method: "A payment method is in place",
    two_step_off: "Two-step verification is off",
    name_approved: "The display name is approved",
    no_pending_name_change: "No change of the display name is pending",
    not_test_number: "It is not a test number",
    not_business_app: "It is not in the WhatsApp Business app",
    cloud_api: "It is on Cloud API",
    same_business: "Both accounts belong to the same business",
    webhooks_subscribed: "The webhooks are subscribed",
    not_already_moved: "It has not moved already",
    registration_budget: "Registrations are left for it",
    template_headroom: "There is room for its templates",
    waba_currency: "The currency of the account can be used",
    signup_captured: "Embedded Signup is done",
    number_verified: "The number is verified",
};

const OWNERS = {
    customer: "Customer",
    partner: "Partner",
    source_partner: "Previous partner",
    meta: "Meta",
};

const WAITS = {
    signup: "Waits for the signup",
    code: "Waits for the verification code",
    time: "Waits for its time",
    credential: "Waits for a token",
};

const CHANGES = [
    null, "Unchanged", "Newly eligible", "Newly blocked", "New in the book",
];

const BUDGETS = {
    platform: "Other calls (per app)",
    waba: "Business Management API (per WABA)",
    credit_line: "Credit line (per app)",
    registration: "Registrations (per number)",
    concurrency: "the number of calls at once",
    latency: "one number's own chain of calls",
};

const TITLES = {
    'check (dry run)': "Eligibility report",
    status: "Status",
    report: "Report",
};

/* A word that is not in the table is shown as it is. */
function named(table, word) {
    if (!word) return '';
    return Object.hasOwn(table, word) ? t(table[word]) : word.replaceAll('_', ' ');
}

function ownerName(word) {
    return word ? named(OWNERS, word) : t("Nobody");
}

/* ---- nodes ---- */

/* Properties: class, text, on (listeners), the rest are attributes; false, null and undefined are
 * left out. */
function dress(node, properties, children) {
    for (const [name, value] of Object.entries(properties)) {
        if (value === false || value === null || value === undefined) continue;
        if (name === 'text') node.textContent = value;
        else if (name === 'on') {
            for (const [event, listener] of Object.entries(value)) {
                node.addEventListener(event, listener);
            }
        } else node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return node;
}

function element(tag, properties = {}, ...children) {
    return dress(document.createElement(tag), properties, children);
}

function drawing(tag, properties = {}, ...children) {
    return dress(document.createElementNS('http://www.w3.org/2000/svg', tag), properties, children);
}

/* A stranger's text, whose direction of writing stays its own. */
function quoted(text, properties = {}) {
    return element('bdi', { text, ...properties });
}

/* Our own texts mark what is to be typed with backticks. */
function prose(text, properties = {}) {
    const parts = text.split('`');
    return element('p', properties, parts.map((part, i) =>
        (i % 2 === 1 && i < parts.length - 1 ? element('code', { text: part }) : part)));
}

function badge(kind, sign, text) {
    return element('span', { class: `badge ${kind}` },
        element('span', { class: 'sign', 'aria-hidden': 'true', text: sign }), text);
}

/* Cells are laid out as cards on narrow screens; the roles keep them a table there too. */
function cell(tag, label, properties, ...children) {
    const role = tag === 'td' ? 'cell' : properties.scope === 'col' ? 'columnheader' : 'rowheader';
    return element(tag, { role, 'data-label': label, ...properties }, ...children);
}

function row(properties, ...cells) {
    return element('tr', { role: 'row', ...properties }, ...cells);
}

function tableHead(names, properties = {}) {
    return element('thead', { role: 'rowgroup', ...properties },
        row({}, names.map((name) => cell('th', null, { scope: 'col' },
            typeof name === 'string' ? name : element('span', { class: name.class, text: name.text })))));
}

function table(properties, caption, ...parts) {
    return element('table', { role: 'table', ...properties }, element('caption', {}, caption), ...parts);
}
