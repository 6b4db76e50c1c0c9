import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { RetentionPart } from '#lib/privacy/retention.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { tombstones } from '#lib/server/db/schema/retention.ts';
import { env } from '#lib/server/env.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { confirmedDestruction, DECREE, inFiles, inTables } from '#lib/dev/testing/retention/destroying.ts';
import {
	CONTACTS,
	fullCase,
	fullOffice,
	PEOPLE,
	wordsOutsideCases,
	type FullOffice
} from '#lib/dev/testing/retention/full-case.ts';
import { afterDestruction, countPart, destroyPart, type SubjectId } from './destroy.ts';

useFreshDatabase();
const lapor = useLapor();
useMailServer();

const WORDS = [...Object.values(PEOPLE), ...CONTACTS];
let office: FullOffice;
beforeEach(async () => {
	office = await fullOffice();
});

async function destroy(part: RetentionPart, ids: readonly SubjectId[], about: { destructionId: string }) {
	const destroyed = await transaction((tx) => destroyPart(tx, part, ids, about));
	await afterDestruction([destroyed]);
	return destroyed;
}

/** Ids of the entries of the audit log. */
const logIds = async () => (await db().select({ id: auditEntries.id }).from(auditEntries)).map(({ id }) => id);
const rowOf = async (id: number) => (await db().select().from(cases).where(eq(cases.id, id)))[0];
const filesOnDisk = async () =>
	(await readdir(join(env().DATA_DIR, 'files'), { recursive: true })).filter((name) => /[0-9a-f-]{36}$/.test(name));

async function exportFile(): Promise<void> {
	const [row] = await db()
		.insert(caseExports)
		.values({
			...{ accountId: office.handler.accountId ?? '', format: 'csv', query: '', lang: 'id', state: 'done' },
			...{ attempts: 1, createdAt: new Date() }
		})
		.returning();
	await mkdir(join(env().DATA_DIR, 'exports'), { recursive: true });
	await writeFile(join(env().DATA_DIR, 'exports', `${row?.id}-1`), WORDS.join('\n'));
}

test('everything that was written in a case and outside is destroyed, and found in no table and no file', async () => {
	const full = await fullCase(office, lapor);
	const { ratingId, formId, visitId } = await wordsOutsideCases(office);
	const other = await makeCase(office.unit, { body: 'Antrean panjang sekali di loket tiga.' });
	await exportFile();
	const before = await rowOf(full.id);
	const hits = await inTables(WORDS);
	expect(new Set(hits.map((hit) => hit.split(': ')[1]))).toEqual(new Set(WORDS));
	expect((await filesOnDisk()).length).toBe(4);
	const parts: Partial<Record<RetentionPart, SubjectId[]>> = {
		...{ identity: [full.id], text: [full.id], files: [full.id], letters: [full.id] },
		...{ guest_book: [visitId], rating_comments: [ratingId, formId], log: await logIds() }
	};
	const about = await confirmedDestruction(office.unit.id, parts);
	for (const [part, ids] of Object.entries(parts)) {
		const counted = await countPart(part as RetentionPart, ids);
		const destroyed = await destroy(part as RetentionPart, ids, about);
		expect({ rows: destroyed.rows, files: destroyed.files.length }, part).toEqual(counted);
		expect(counted.rows, part).toBeGreaterThan(0);
		expect(await countPart(part as RetentionPart, ids), part).toEqual({ rows: 0, files: 0 });
	}
	expect(await inTables(WORDS)).toEqual([]);
	expect(await inFiles(env().DATA_DIR, WORDS)).toEqual([]);
	expect(await filesOnDisk()).toEqual([]);
	// The row stays for the figures, with its number, dates, status and class.
	const {
		title: _title,
		body,
		requestedSolution,
		reporterSealed,
		reporterHash,
		contentHash,
		destroyedAt,
		...kept
	} = (await rowOf(full.id)) ?? {};
	expect(before).toMatchObject(kept);
	expect(body).toBe('');
	expect([requestedSolution, reporterSealed, reporterHash, contentHash]).toEqual([null, null, null, '']);
	expect(destroyedAt).not.toBeNull();
	const [rating] = await db().select().from(ratings).where(eq(ratings.id, ratingId));
	expect(rating).toMatchObject({ score: 2, comment: null });
	expect(await db().select().from(tombstones).where(eq(tombstones.part, 'text'))).toMatchObject([
		{ subjectId: String(full.id), reference: full.reference, months: 60, jraCode: 'HM.03.01', ...about, ...DECREE }
	]);
	expect((await deskCase(office.handler, other.reference)).body).toBe('Antrean panjang sekali di loket tiga.');
	expect(await inTables(['loket'])).toContain('public.search_words: loket');
});
