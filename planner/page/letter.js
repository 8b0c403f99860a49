/*
 * letter.js -- the message to a customer: what it has to do, by remedy, with the numbers each one
 * concerns. It can be sent as it is, in any of the page's languages.
 */
function todo(customer) {
    const needed = new Map(), wished = new Map(); /* remedy → numbers */
    for (const number of customer.numbers) {
        for (const { kind } of thingsOf(number)) {
            if (kind.owner !== 'customer' || !kind.remedy) continue;
            const where = kind.isAct ? needed : wished;
            if (!where.has(kind.remedy)) where.set(kind.remedy, []);
            if (where.get(kind.remedy).at(-1) !== number[NUMBER]) where.get(kind.remedy).push(number[NUMBER]);
        }
    }
    for (const remedy of needed.keys()) wished.delete(remedy);
    return { needed, wished };
}

function letterText(customer, { needed, wished }, inLanguage) {
    const say = (english, values) => t(english, values, inLanguage);
    const lines = [say("Hello,"), ''];
    let place = 0;
    const items = (remedies) => {
        for (const [remedy, numbers] of remedies) {
            place += 1;
            const isAll = numbers.length === customer.numbers.length && numbers.length > 1;
            lines.push('', `${place}. ${told(remedy, inLanguage).replaceAll('`', '')}`,
                `   ${say(isAll ? "All your numbers: {numbers}" : numbers.length > 1
                    ? "Numbers: {numbers}" : "Number: {numbers}", { numbers: numbers.join(', ') })}`);
        }
    };
    if (needed.size) {
        lines.push(say("We are preparing the move of the WhatsApp numbers of {name} to their new WhatsApp Business Account. Before they can move, we need you to do this:", { name: customer.title }));
        items(needed);
    }
    if (wished.size) {
        if (needed.size) lines.push('');
        lines.push(needed.size ? say("Please look at this as well; it does not hold the move up:")
            : say("We are preparing the move of the WhatsApp numbers of {name} to their new WhatsApp Business Account. Nothing holds it up; please look at this all the same:", { name: customer.title }));
        items(wished);
    }
    if (needed.size || wished.size)
        lines.push('', say("Until a number moves, it stays in service where it is. We check again regularly and go on as soon as this is done."));
    const templates = templateLines(customer, inLanguage);
    if (templates.length)
        lines.push(...(needed.size || wished.size ? [''] : []), say("Some message templates of {name} could not come along to the new WhatsApp Business Account. They can be used again once this is done:", { name: customer.title }), ...templates);
    lines.push('', say("Kind regards,"));
    return lines.join('\n');
}

/* Most mail programs take no longer address than this. */
const MAILTO_BYTES_MAX = 1900;

function mailto(subject, text) {
    const head = `mailto:?subject=${encodeURIComponent(subject)}`;
    const whole = `${head}&body=${encodeURIComponent(text.replaceAll('\n', '\r\n'))}`;
    return whole.length <= MAILTO_BYTES_MAX ? { address: whole, isWhole: true } : { address: head, isWhole: false };
}

/* The clipboard may be refused to a page from a file: then the text is at least selected. */
async function copy(node, said) {
    try {
        await navigator.clipboard.writeText(node.textContent);
        said.textContent = t("Copied.");
    } catch {
        getSelection().selectAllChildren(node);
        said.textContent = document.execCommand('copy') ? t("Copied.")
            : t("The text is selected: press Ctrl+C, or Cmd+C on a Mac.");
    }
}

function nobodyToWrite(customer) {
    const others = customer.owners.filter((owner) => owner !== 'customer').map(ownerName);
    return element('p', { class: 'quiet' }, t("There is nothing for this customer to do."), ' ',
        others.length ? t("Who must act: {owners}.", { owners: list(others) }) : t("Nobody has to act."));
}

const letterLanguages = new Map(); /* customer → language chosen by hand */
const openLetters = new Set();

function letterLanguage(customer) {
    const begins = (one) => customer.language.toLowerCase().split(/[_-]/)[0] === one.code;
    return letterLanguages.get(customer) || languages.find(begins) || language;
}

function letterSection(customer) {
    const remedies = todo(customer);
    const things = remedies.needed.size + remedies.wished.size + templatesFor(customer).length;
    if (!things) return nobodyToWrite(customer);
    const text = element('div', { class: 'letter-text', dir: 'auto', tabindex: '0', id: `letter-${customer.at}` });
    const subject = element('b', { dir: 'auto' });
    const said = element('span', { role: 'status', class: 'quiet' });
    const mail = element('a', { class: 'button', text: t("Open in the mail program") });
    const choices = languages.map((one) => element('button', {
        type: 'button', lang: one.code, text: one.name,
        on: { click: () => { letterLanguages.set(customer, one); show(); } },
    }));
    function show() {
        const chosen = letterLanguage(customer);
        const title = t("Your WhatsApp numbers: what we need from you", {}, chosen);
        text.textContent = letterText(customer, remedies, chosen);
        subject.textContent = title;
        text.lang = subject.lang = chosen.code;
        text.setAttribute('aria-label', `${t("Message to send")} – ${customer.title}`);
        text.setAttribute('role', 'group');
        const { address, isWhole } = mailto(title, text.textContent);
        mail.href = address;
        said.textContent = isWhole ? ''
            : t("The message is too long for a link: copy it and paste it into the mail.");
        choices.forEach((button, i) => button.setAttribute('aria-pressed', languages[i] === chosen));
    }
    show();
    const keepOpen = (event) => openLetters[event.target.open ? 'add' : 'delete'](customer);
    return element('details', { class: 'letter', open: openLetters.has(customer), on: { toggle: keepOpen } },
        element('summary', {}, t("Message to send"), ' ', element('span', { class: 'quiet', text: tn(
            "({n} thing to do)", "({n} things to do)", things) })),
        element('div', { class: 'bar controls' },
            languages.length > 1 ? element('div', { class: 'choice', role: 'group', 'aria-label': t("Language of the message") }, choices) : null,
            element('button', { type: 'button', class: 'button', text: t("Copy"), on: { click: () => copy(text, said) } }),
            mail, said),
        element('p', { class: 'subject' }, `${t("Subject:")} `, subject),
        text);
}
