/*
 * story.js -- one number's whole story, where the report is of one number: since when each rule gave
 * its answer, and every exchange with Graph.
 */
function rulesStory(findings) {
    const names = [t("Since"), t("Rule"), t("What was found")];
    return table({ class: 'story' }, t("Since when each rule gives its answer"), tableHead(names),
        element('tbody', { role: 'rowgroup' }, findings.map(([place, at, since, isPast]) => {
            const kind = kinds[place - 1];
            return row({ class: isPast ? 'past' : null },
                cell('th', null, { scope: 'row' }, since ? moment(raw(since)) : '–'),
                cell('td', names[1], {}, named(RULES, kind.rule)),
                cell('td', names[2], {}, badge(kind.verdict.id, kind.verdict.sign, t(kind.verdict.name)),
                    isPast ? element('span', { class: 'quiet', text: ` ${t("(no more)")}` }) : null,
                    element('div', { class: 'evidence' }, evidenceOf({ kind, at }))));
        })));
}

function attemptsStory(attempts) {
    const names = [t("When"), t("Step"), t("Sent"), t("Answer")];
    const words = (places) => places.map((place) => named({}, raw(place))).filter(Boolean).join(', ');
    return table({ class: 'story' }, t("Every exchange with Graph"), tableHead(names),
        element('tbody', { role: 'rowgroup' }, attempts.map(([at, step, phase, request, status, outcome, ms, trace, note, worker, answer, taken, why, late]) => row({},
            cell('th', null, { scope: 'row' }, moment(raw(at)), raw(worker) ? element('div', { class: 'quiet' }, quoted(raw(worker))) : null),
            cell('td', names[1], {}, words([step, phase])),
            cell('td', names[2], {}, raw(request) ? element('code', {}, quoted(raw(request))) : '–'),
            cell('td', names[3], {}, quoted(words([outcome])), element('div', { class: 'quiet' }, quoted([
                status ? `HTTP ${status}` : t("no answer"), `${figure(ms)} ms`, raw(trace) ? `fbtrace_id ${raw(trace)}` : '',
            ].filter(Boolean).join(' · '))),
            raw(taken) ? element('div', {}, t("In doubt since {when}", { when: moment(raw(taken)) }), why ? ` (${told(why)})` : '') : null,
            raw(late) ? element('div', {}, t("Came at {when}, too late: refused, and kept here", { when: moment(raw(late)) })) : null,
            note ? element('div', {}, quoted(told(note))) : null, raw(answer) ? element('code', {}, quoted(raw(answer))) : null)))));
}

function storySection() {
    if (!data.story) return null;
    const { findings, attempts } = data.story;
    return section(t("The number's story"), { id: 'story' },
        findings.length ? rulesStory(findings) : null, attempts.length ? attemptsStory(attempts) : null);
}
