import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { scoreAnswer, writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { countScan } from '#lib/server/places/places.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { submitSkm } from '#lib/server/skm/submit.ts';
import { recordVisit } from '#lib/server/visits/entries.ts';
import { visitToken } from '#lib/server/visits/link.ts';
import { makeCase } from './factories.ts';
import { act, ANSWER, approve, readCase } from './office.ts';
import { fourColourImage } from './photos.ts';
import { ratingInputOf } from './figures/rating-history.ts';
import { reportWithAddress } from './reporters.ts';
import { skmForm } from './figures/skm-history.ts';

export const count = (table: string) => db().$count(sql`${sql.identifier(table)}`);

/** Number of rows of every table except the audit log, which keeps its entries when a trial ends. */
export async function rowCounts(): Promise<Record<string, number>> {
	const tables = await rowsOf<{ name: string }>(
		db(),
		sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
			and relname not in ('audit_entries', 'audit_head')`
	);
	const counts: Record<string, number> = {};
	for (const { name } of tables) counts[name] = await count(name);
	return counts;
}

/** Names of all stored files. */
export const storedFiles = async () =>
	(await readdir(join(env().DATA_DIR, 'files'), { recursive: true, withFileTypes: true }).catch(() => []))
		.filter((entry) => entry.isFile())
		.map(({ name }) => name)
		.sort();

interface Practising {
	handler: Actor;
	supervisor: Actor;
	officerId: string;
	placeId: string;
}

/**
 * Uses an office in trial as people use an open one. Afterwards it has four reports, two ratings, a visit and an answer
 * to the survey.
 */
export async function practise(
	unit: { code: string; slug: string },
	{ handler, supervisor, officerId, placeId }: Practising
): Promise<{ reference: string; integrity: string }> {
	const visitor = handler;
	// A complaint with a file, a question, a reply with a file, an answer that a second person approves, and a score.
	const photo = { name: 'kursi.png', type: 'image/png', bytes: await fourColourImage().png().toBuffer() };
	const body = 'Kelelawar ungu bersarang di ruang tunggu selama satu jam.';
	const { reference } = await reportWithAddress(unit, { body }, { visitor, files: [photo] });
	const { id } = await readCase(reference);
	await countScan(placeId);
	await act(askReporter, handler, reference, { body: 'Tanggal berapa kejadiannya?' });
	await writeToOffice(id, { body: 'Kemarin pagi.' }, [
		{ ...photo, bytes: await fourColourImage(240, 80).png().toBuffer() }
	]);
	await act(verifyCase, handler, reference, { category: 'time', class: 'plain' });
	await act(assignCase, handler, reference, { assignee: handler.accountId });
	const split = {
		kind: 'suggestion',
		body: 'Sebaiknya ada kipas di ruang tunggu.',
		submission_id: crypto.randomUUID()
	};
	await act(splitCase, handler, reference, split);
	await requestByReporter(id, { kind: 'access', words: 'Salinan data saya', submission_id: crypto.randomUUID() });
	await act(answerCase, handler, reference, { body: ANSWER, action: 'Kursi diganti.', action_on: '2026-01-02' });
	await approve(supervisor, reference);
	await scoreAnswer(id, { score: 5 });
	const integrity = await makeCase(unit, { category: 'integrity', officer: officerId }, { visitor });
	const suggestion = await makeCase(unit, { kind: 'suggestion', body: 'Tambah kursi di ruang tunggu.' }, { visitor });
	await act(archiveCase, handler, suggestion.reference, { reason: 'out_of_scope', note: 'Latihan.' });
	await submitRating(ratingInputOf(unit, { officer: officerId, comment: 'Ramah sekali.' }), { source: 'web', visitor });
	const visit = {
		unit: unit.slug,
		channel: 'walk_in',
		officer: officerId,
		step: 'close',
		submission_id: crypto.randomUUID()
	};
	const { id: visitId } = await recordVisit(handler, visit, null);
	const byVisit = { source: 'web', visitToken: visitToken(visitId), visitor: supervisor } as const;
	await submitRating(ratingInputOf(unit, { score: 1, comment: 'Lama.' }), byVisit);
	await submitSkm(skmForm(unit, 4, { suggestion: 'Lanjutkan.' }), { held: false, visitor });
	return { reference, integrity: integrity.reference };
}
