import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, onDay, rateOn, ratingSums } from '#lib/dev/testing/figures/rating-history.ts';
import { objectToComment, ownRatings } from './own-ratings.ts';
import { decideContest, decideProposal, openContests, openProposals } from '../review/decide.ts';
import { ratingsBehind } from '../review/list.ts';

const stateOf = async (id: string) => (await db().select().from(ratings).where(eq(ratings.id, id)))[0]?.state;
const proposalOf = async (actor: Actor) => (await openProposals(actor)).items[0];

/** Makes an officer with one released batch: six ratings with comments, five of them 5 and one with this score. */
async function batchWith(score: number) {
	const at = await makeRatedOffice();
	const me = await makeActor([], at.officer.id);
	let id = '';
	for (const [n, day] of [2, 2, 3, 3, 4, 4].entries()) {
		const rating = { officer: at.officer.id, score: n === 2 ? score : 5, comment: `kata ${n}` };
		const stored = await rateOn(at.unit, `2026-03-0${day}`, rating);
		if (n === 2) id = stored.id;
	}
	const look = (day: string) => onDay(day, () => ownRatings(me));
	const handle = (await look('2026-04-01'))?.comments.flat().find(({ text }) => text === 'kata 2')?.handle ?? '';
	return { ...at, me, id, look, handle };
}

test('an officer contests a shown comment once; upholding removes the comment and changes no figure on the officer’s page', async () => {
	const { unit, manager, me, id, look, handle } = await batchWith(4);
	const before = await look('2026-04-01');
	const contest = () => onDay('2026-04-01', () => objectToComment(me, { comment: handle, words: 'Salah orang.' }));
	await contest();
	await expect(contest()).rejects.toBeInstanceOf(Conflict);
	const [open] = (await openContests(manager)).items;
	expect(open).toMatchObject({ words: 'Salah orang.', rating: { score: 4, comment: 'kata 2' } });
	const decide = (raw: object) => onDay('2026-04-02', () => decideContest(manager, open?.id ?? '', raw));
	await expect(decide({ verdict: 'upheld', answer: 'Benar.' })).rejects.toBeInstanceOf(Invalid);
	await expect(decide({ verdict: 'declined', answer: ' ' })).rejects.toBeInstanceOf(Invalid);
	const byMe = decideContest(me, open?.id ?? '', { verdict: 'declined', answer: 'x' });
	await expect(byMe).rejects.toBeInstanceOf(NotFound);
	const upheld = { verdict: 'upheld', reason: 'wrong_officer', answer: 'Benar, tidak dihitung.' };
	expect(await decide(upheld)).toEqual({ outcome: 'figures' });
	expect(await stateOf(id)).toBe('voided');
	for (const day of ['2026-04-02', '2026-05-01', '2026-07-15']) {
		const { n, distribution, range, unit: office } = (await look(day))!;
		expect({ n, distribution, range }).toMatchObject({ n: before?.n, distribution: before?.distribution });
		expect(range).toEqual(before?.range);
		if (day < '2026-04-08') expect(office).toEqual(before?.unit);
	}
	const after = await look('2026-04-02');
	expect(after?.comments.flat().map(({ text }) => text)).not.toContain('kata 2');
	expect(after?.contests).toEqual([
		{ comment: 'kata 2', words: 'Salah orang.', state: 'upheld', answer: 'Benar, tidak dihitung.' }
	]);
	// A handle is a keyed hash, which can contain any digits.
	const shown = JSON.stringify(after, (key, value: unknown) => (key === 'handle' ? undefined : value));
	expect(shown).not.toMatch(/2026|\d{2}:\d{2}|[0-9a-f]{8}-/);
	const year = { unit: unit.code, from: '2026-01-01', to: '2026-12-31' };
	expect((await ratingsBehind(manager, { ...year, state: 'voided' })).items).toHaveLength(1);
	expect((await ratingSums()).differing).toEqual([]);
});

test('a contested score of 1 stays pending for the officer until the parent unit decides, whatever the manager answered', async () => {
	for (const approved of [true, false]) {
		const { manager, above, me, id, look, handle } = await batchWith(1);
		await onDay('2026-04-01', () => objectToComment(me, { comment: handle, words: 'Bukan saya.' }));
		const [open] = (await openContests(manager)).items;
		const upheld = { verdict: 'upheld', reason: 'wrong_officer', answer: 'Setuju.' };
		expect(await onDay('2026-04-02', () => decideContest(manager, open?.id ?? '', upheld))).toEqual({
			outcome: 'proposed'
		});
		expect((await look('2026-04-02'))?.contests).toMatchObject([{ state: 'pending', answer: null }]);
		expect((await openContests(above)).items).toEqual([]);
		const proposal = await proposalOf(above);
		expect(proposal).toMatchObject({ contested: true, mine: true });
		const decide = (raw: object) => onDay('2026-04-03', () => decideProposal(above, proposal?.id ?? '', raw));
		if (approved) await decide({ verdict: 'approved' });
		else {
			await expect(decide({ verdict: 'refused' })).rejects.toBeInstanceOf(Invalid);
			await decide({ verdict: 'refused', answer: 'Sudah diperiksa.' });
		}
		expect(await stateOf(id)).toBe(approved ? 'voided' : 'counted');
		const seen = approved ? { state: 'upheld', answer: 'Setuju.' } : { state: 'declined', answer: 'Sudah diperiksa.' };
		expect((await look('2026-04-03'))?.contests).toMatchObject([seen]);
	}
});

test('contesting requires words and a comment shown on the officer’s own page', async () => {
	const { me, handle } = await batchWith(5);
	const other = await makeActor([], (await makeOfficer((await makeUnit()).id)).id);
	const raw = { comment: handle, words: 'Bukan saya.' };
	await expect(onDay('2026-04-01', () => objectToComment(other, raw))).rejects.toBeInstanceOf(NotFound);
	await expect(onDay('2026-03-06', () => objectToComment(me, raw))).rejects.toBeInstanceOf(NotFound);
	await expect(onDay('2026-04-01', () => objectToComment(me, { ...raw, words: '' }))).rejects.toBeInstanceOf(Invalid);
	await expect(onDay('2026-04-01', () => objectToComment(me, { ...raw, comment: 'x' }))).rejects.toBeInstanceOf(
		Invalid
	);
});
