import { withUndo, type Undo } from '../scripts/run-until-signal.ts';
import { onDatabase } from '../scripts/site/database.ts';
import { builtSite } from '../scripts/site/start.ts';
import { startMailCatcher } from '../src/lib/dev/mail-catcher.ts';
import { dovecotMissing, startDovecot } from '../src/lib/dev/testing/channels/dovecot.ts';
import { mailSource } from '../src/lib/dev/testing/channels/mail-source.ts';
import { connectMailbox } from '../src/lib/dev/testing/channels/mailbox.ts';
import { makeOffice } from '../src/lib/dev/testing/office.ts';
import { db } from '../src/lib/server/db/index.ts';
import { cases } from '../src/lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '../src/lib/server/db/schema/channels.ts';
import { mails } from '../src/lib/server/db/schema/mails.ts';
import { fillDatabase, makeOwnDatabase } from './support/own-site.ts';
import { TEST_KEY } from './support/site.ts';
import { expect, test } from './support/test.ts';

const MESSAGES = 500;
/** E-mails delivered before each kill. The site is killed while it processes them. */
const UNTIL_KILL = 50;

const all = Array.from({ length: MESSAGES }, (_, index) => index);
const addressOf = (index: number) => `warga${index}@warga.example`;
const bodyOf = (index: number) => `Antrean di loket tidak bergerak, surat ${String(index).padStart(4, '0')}.`;

test('each of 500 e-mails becomes one report and is acknowledged at most once, with kill -9; the mailbox stays as it is', () =>
	withUndo(acknowledgesEachOnce));

async function acknowledgesEachOnce(undo: Undo): Promise<void> {
	test.skip(dovecotMissing, 'needs root and: apt-get install dovecot-imapd');
	// A job that a kill cut off is repeated after five minutes.
	test.setTimeout(1_500_000);
	const { settings, remove } = await makeOwnDatabase('mail-kills');
	undo.push(remove);
	const mailbox = await startDovecot();
	undo.push(mailbox.stop);
	const delivered: string[] = [];
	const smtp = await startMailCatcher({
		port: 0,
		file: null,
		verdict: (stage, address) => {
			if (stage === 'content') delivered.push(address);
			return undefined;
		}
	});
	undo.push(smtp.close);
	const sender = { SMTP_URL: smtp.url, MAIL_FROM: 'SPATULA <spatula@contoh.invalid>' };
	const { start } = await builtSite({ APP_KEY: TEST_KEY, LOG_LEVEL: 'warn', ...sender, ...settings });
	await fillDatabase(settings, async () => connectMailbox((await makeOffice()).unit, mailbox, { dedicated: true }));
	const sources = all.map((index) =>
		mailSource({ From: `Warga Contoh <${addressOf(index)}>`, Subject: 'Antrean' }, bodyOf(index))
	);

	let site = await start();
	undo.push(() => site.stop());
	await onDatabase(settings, async (ask) => {
		const processed = async () => {
			const [row] = await ask(`select count(*)::int as n from incoming_messages where state <> 'stored'`);
			return Number(row?.n);
		};
		for (let sent = 0; sent < MESSAGES; sent += UNTIL_KILL) {
			// A message that is interrupted three times is set aside for a person, so each process finishes at least one.
			const enough = (await processed()) + 1 + Math.floor(Math.random() * (UNTIL_KILL - 1));
			for (const source of sources.slice(sent, sent + UNTIL_KILL)) mailbox.deliver(source);
			await expect.poll(processed, { timeout: 120_000, intervals: [50] }).toBeGreaterThanOrEqual(enough);
			await site.kill();
			// Only the last process waits until the lease of the killed one ends.
			if (sent + UNTIL_KILL < MESSAGES) await ask('update connections set read_until = null');
			site = await start();
		}
	});

	const stored = () =>
		fillDatabase(settings, async () => ({
			messages: await db().select().from(incomingMessages),
			conversations: await db().select().from(conversations),
			reports: await db().select().from(cases),
			replies: await db().select().from(mails)
		}));
	const open = async () => {
		const { messages, replies } = await stored();
		const done = messages.filter(({ state }) => state === 'done');
		const ended = replies.filter(({ state }) => state !== 'waiting' && state !== 'sending');
		return 2 * MESSAGES - done.length - ended.length;
	};
	await expect.poll(open, { timeout: 1_000_000, intervals: [5_000] }).toBe(0);

	const { messages, conversations: senders, reports, replies } = await stored();
	expect(messages.map(({ body }) => body).sort()).toEqual(all.map(bodyOf));
	expect(senders).toHaveLength(MESSAGES);
	expect(reports.map(({ body }) => body).sort()).toEqual(all.map(bodyOf));
	expect(replies).toHaveLength(MESSAGES);
	expect(new Set(replies.map(({ caseId }) => caseId)).size).toBe(MESSAGES);
	expect(new Set(delivered).size).toBe(delivered.length);
	// An e-mail whose sending was interrupted may have arrived. It is shown to a person, who decides.
	const unknown = replies.filter(({ state }) => state === 'unknown').length;
	console.info(`${delivered.length} e-mails arrived; ${unknown} are uncertain`);
	expect(replies.filter(({ state }) => state === 'sent')).toHaveLength(MESSAGES - unknown);
	expect(MESSAGES - delivered.length).toBeLessThanOrEqual(unknown);
	const after = mailbox.messages();
	expect(after.map(({ raw }) => raw).sort()).toEqual(sources.sort());
	expect(after.filter(({ flags }) => flags !== '')).toEqual([]);
}
