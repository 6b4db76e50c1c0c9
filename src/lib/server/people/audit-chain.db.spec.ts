import { asc, eq, lt } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { db, savepoint, transaction, type Tx } from '#lib/server/db/index.ts';
import { auditEntries, auditHead } from '#lib/server/db/schema/audit.ts';
import { createPlace } from '#lib/server/places/places.ts';
import { destroyEntryTexts, recordChange, recordExport } from './audit.ts';
import { verifyLog } from './audit-verify.ts';
import { createService } from './units/services.ts';

const record = (tx: Tx, subject: string) =>
	recordChange(tx, null, { action: 'unit.changed', subject, after: { b: 1, a: subject } });
const chain = () => db().select().from(auditEntries).orderBy(asc(auditEntries.id));
const isLinked = (entries: Awaited<ReturnType<typeof chain>>) =>
	entries.every(({ id, prev }, index) => id === index + 1 && prev === (entries[index - 1]?.hash ?? ''));

test('chains the entries of concurrent transactions in the order of their commits, without gaps', async () => {
	const failing = transaction(async (tx) => {
		await record(tx, 'rolled back');
		throw new Error('no');
	});
	const writing = Array.from({ length: 12 }, (_, i) => transaction((tx) => record(tx, `satu ${i}`)));
	await Promise.allSettled([failing, ...writing]);
	const entries = await chain();
	expect(entries).toHaveLength(12);
	expect(isLinked(entries)).toBe(true);
	const [head] = await db().select().from(auditHead);
	expect(head).toMatchObject({ last: 12, hash: entries.at(-1)?.hash });
});

test('a savepoint that rolls back leaves no entry', async () => {
	await transaction(async (tx) => {
		await record(tx, 'sebelum');
		const failing = savepoint(tx, async (inner) => {
			await record(inner, 'batal');
			throw new Error('no');
		});
		await expect(failing).rejects.toThrow('no');
		await savepoint(tx, (inner) => record(inner, 'dalam'));
	});
	const entries = await chain();
	expect(entries.slice(-2).map(({ subject }) => subject)).toEqual(['sebelum', 'dalam']);
	expect(isLinked(entries)).toBe(true);
});

test('destroys the text of old entries, keeps their hashes and records it', async () => {
	const before = await chain();
	await transaction(async (tx) =>
		destroyEntryTexts(tx, null, { subject: 'JRA', reason: 'SK 12/2026' }, lt(auditEntries.id, 6))
	);
	const after = await chain();
	expect(after[4]).toMatchObject({ subject: '', after: null, textHash: before[4]?.textHash, hash: before[4]?.hash });
	expect(after.at(-1)).toMatchObject({ action: 'log.destroyed', after: { count: 5 } });
	expect(after[4]?.destroyedBy).toBe(after.at(-1)?.id);
	await expect(db().update(auditEntries).set({ subject: '' }).where(eq(auditEntries.id, 7))).rejects.toThrow();
});

test('the chain holds after twenty verbs at the same time, some of which fail', async () => {
	const office = await makeOffice();
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { length: before } = await chain();
	const withheld = { identity: 'withheld', reporter: { name: 'Pelapor Contoh', phone: '081200000038' } };
	const opened = await Promise.all([1, 2, 3, 4, 5].map(() => makeCase(office.unit, withheld)));
	const verbs = [
		...opened.map(({ reference }) => revealReporter(office.handler, reference, { reason: 'Perlu dihubungi.' })),
		...[1, 2, 3, 4, 5].map((n) => createPlace(admin, office.unit.id, { kind: 'poster', name: `Lokasi ${n}` })),
		...[1, 2, 3, 4, 5].map(() => createService(admin, office.unit.id, { kind: 'library', name: 'Perpustakaan' })),
		...[1, 2, 3, 4, 5].map((rows) => recordExport(admin, null, { list: 'inbox', filter: {}, rows, complete: true }))
	];
	const done = (await Promise.allSettled(verbs)).filter(({ status }) => status === 'fulfilled');
	expect(done.length).toBeGreaterThanOrEqual(15);
	expect(await verifyLog()).toMatchObject({ entries: before + done.length, first: null });
});
