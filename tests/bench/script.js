// SPDX-License-Identifier: PostgreSQL
//
// script.js -- what a user would write instead, in JavaScript: an https agent and a pool of
// connections to PostgreSQL, both as large as the concurrency; the database is told of every call that
// has come back.
//
//     node script.js URL CA_FILE CONCURRENCY SOCKET_FOLDER <REQUESTS
//
// The same as script.py, with Node and the `pg` module (Debian: node-pg). PostgreSQL's pool is filled
// before the clock starts.
'use strict';
const fs = require('fs');
const https = require('https');
const pg = require('pg');

const [url, caFile, concurrencyText, host] = process.argv.slice(2);
const concurrency = Number(concurrencyText);
const base = new URL(url);
const agent = new https.Agent({ keepAlive: true, maxSockets: concurrency, ca: fs.readFileSync(caFile) });
const pool = new pg.Pool({ host, user: 'wabamigrate', database: 'wabamigrate', max: concurrency,
                           idleTimeoutMillis: 0 });
const tokens = { none: null, source: process.env.OLD_PARTNER_TOKEN };

function readCalls() {
    return fs.readFileSync(0, 'utf8').split('\n').filter(Boolean).map((line) => {
        const call = JSON.parse(line);
        const query = new URLSearchParams(call.query).toString();
        return {
            method: call.method,
            path: call.path + (query ? '?' + query : ''),
            body: call.method === 'POST' ? JSON.stringify(call.body) : null,
            token: call.token in tokens ? tokens[call.token] : process.env.META_SYSTEM_TOKEN,
        };
    });
}

function send(call) {
    const headers = call.token ? { Authorization: 'Bearer ' + call.token } : {};
    if (call.body !== null) {
        headers['Content-Type'] = 'application/json';
        headers['Content-Length'] = Buffer.byteLength(call.body);
    }
    return new Promise((resolve, reject) => {
        const request = https.request(
            { host: base.hostname, port: base.port, agent, method: call.method, path: call.path, headers },
            (answer) => {
                let text = '';
                answer.setEncoding('utf8');
                answer.on('data', (part) => (text += part));
                answer.on('end', () => resolve([answer.statusCode, text]));
            });
        request.on('error', reject);
        request.end(call.body === null ? undefined : call.body);
    });
}

async function prepare(count) {
    await pool.query('DROP TABLE IF EXISTS call; CREATE TABLE call (call_id bigint PRIMARY KEY, ' +
                     'state text NOT NULL, status integer, answer jsonb, done_at timestamptz)');
    await pool.query("INSERT INTO call SELECT i, 'ready' FROM generate_series(0, $1::bigint - 1) i", [count]);
    const clients = await Promise.all(Array.from({ length: concurrency }, () => pool.connect()));
    clients.forEach((client) => client.release());
}

async function main() {
    const calls = readCalls();
    let next = 0, refused = 0, failed = 0;
    await prepare(calls.length);
    async function work() {
        while (next < calls.length) {
            const number = next++;
            try {
                const [status, text] = await send(calls[number]);
                const answer = JSON.parse(text);
                refused += status >= 400;
                await pool.query("UPDATE call SET state = 'done', status = $1, answer = $2, " +
                                 'done_at = now() WHERE call_id = $3', [status, answer, number]);
            } catch (error) {
                failed++;
            }
        }
    }
    const began = process.hrtime.bigint(), used = process.cpuUsage();
    await Promise.all(Array.from({ length: concurrency }, work));
    const cpu = process.cpuUsage(used), wall = process.hrtime.bigint() - began;
    console.log(calls.length, refused, failed, Number(wall / 1000000n), cpu.user + cpu.system);
    process.exit(0);
}
main();
