import { and, eq, lte } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { createAccount } from '#lib/server/people/accounts.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { readLog } from '#lib/server/people/audit-log.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { makeRatedOffice, rateOn, ratingSums } from '#lib/dev/testing/figures/rating-history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { ratingsBehind, ratingsToReview, reviewCounts } from './list.ts';
import { decideProposal, decideRating, openProposals } from './decide.ts';

const VOID = { move: 'void', reason: 'spam' };
const KEEP = { move: 'keep', reason: 'genuine' };
const DAY = '2026-03-04';

async function offices() {
	const { manager: local, above: parent, ...office } = await makeRatedOffice();
	return { ...office, local, parent };
}
const stateOf = async (id: string) => (await db().select().from(ratings).where(eq(ratings.id, id)))[0]?.state;
const countsOf = async (actor: Actor) =>
	Object.fromEntries(Object.entries(await reviewCounts(actor)).map(([kind, { count }]) => [kind, count]));
const proposalOf = async (actor: Actor) => (await openProposals(actor)).items[0];

test('voiding a 1 or 2 needs the parent unit’s approval, voiding a 3 does not', async () => {
	const { unit, officer, local, parent } = await offices();
	const low = await rateOn(unit, DAY, { officer: officer.id, score: 2 });
	const fair = await rateOn(unit, DAY, { officer: officer.id, score: 3 });
	const before = await ratingSums();
	expect(await decideRating(local, fair.id, VOID)).toEqual({ state: 'voided', outcome: 'figures' });
	expect(await decideRating(local, low.id, VOID)).toEqual({ state: 'counted', outcome: 'proposed' });
	await decideRating(local, fair.id, { move: 'restore', reason: 'mistake' });
	expect(await ratingSums()).toEqual(before);
	expect(await proposalOf(local)).toMatchObject({ mine: false, rating: { score: 2 }, reason: 'spam' });
	const proposal = await proposalOf(parent);
	expect(proposal).toMatchObject({ mine: true, proposedBy: local.name });
	await expect(decideRating(local, low.id, VOID)).rejects.toBeInstanceOf(Conflict);
	await expect(decideProposal(local, proposal?.id ?? '', { verdict: 'approved' })).rejects.toBeInstanceOf(NotAllowed);
	await decideProposal(parent, proposal?.id ?? '', { verdict: 'approved' });
	expect(await stateOf(low.id)).toBe('voided');
	expect((await ratingSums()).differing).toEqual([]);
	expect((await openProposals(parent)).items).toEqual([]);
	await decideRating(local, low.id, { move: 'restore', reason: 'mistake' });
	expect(await ratingSums()).toEqual(before);
});

test('a refused proposal leaves the rating unchanged, which the parent can still exclude', async () => {
	const { unit, local, parent } = await offices();
	const { id } = await rateOn(unit, DAY, { score: 1 });
	expect(await decideRating(local, id, VOID)).toMatchObject({ outcome: 'proposed' });
	await decideProposal(parent, (await proposalOf(parent))?.id ?? '', { verdict: 'refused' });
	expect(await stateOf(id)).toBe('counted');
	expect(await decideRating(parent, id, VOID)).toEqual({ state: 'voided', outcome: 'figures' });
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, id)).orderBy(auditEntries.id);
	expect(log.map((entry) => entry.action)).toEqual(['rating.proposed', 'rating.proposal_refused', 'rating.voided']);
});

test('at a root a second manager must decide; without one the proposal stays pending until the rating is kept', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'manager']]);
	const { id } = await rateOn(root, DAY, { score: 1 }, { noticed: ['over_budget'] });
	expect(await decideRating(alone, id, VOID)).toEqual({ state: 'held', outcome: 'proposed' });
	expect(await proposalOf(alone)).toMatchObject({ mine: false });
	const proposal = await proposalOf(alone);
	await expect(decideProposal(alone, proposal?.id ?? '', { verdict: 'approved' })).rejects.toBeInstanceOf(NotAllowed);
	expect(await decideRating(alone, id, KEEP)).toEqual({ state: 'counted', outcome: 'figures' });
	expect((await openProposals(alone)).items).toEqual([]);
	await decideRating(alone, id, VOID);
	const second = await makeActor([[root.id, 'manager']]);
	await decideProposal(second, (await proposalOf(second))?.id ?? '', { verdict: 'approved' });
	expect(await stateOf(id)).toBe('voided');
	expect((await ratingSums()).differing).toEqual([]);
});

test('at a root a manager whom the proposer made may refuse a proposal, but approve it only after 30 days', async () => {
	const root = await makeUnit();
	const first = await makeActor([[root.id, 'manager', 'admin']]);
	const input = { username: 'pimpinan2', name: 'Pimpinan Contoh', unitId: root.id, roles: ['manager'] };
	const made = (await actorOf(await createAccount(first, input)))!;
	const { id } = await rateOn(root, DAY, { score: 1 });
	const decide = async (verdict: string) => decideProposal(made, (await proposalOf(made))?.id ?? '', { verdict });
	await decideRating(first, id, VOID);
	await expect(decide('approved')).rejects.toMatchObject({ name: 'NotAllowed', code: 'same_person' });
	expect(await stateOf(id)).toBe('counted');
	await decide('refused');
	await decideRating(first, id, VOID);
	await inHours(31 * 24, () => decide('approved'));
	expect(await stateOf(id)).toBe('voided');
});

test('ratings and proposals name the unit that decides about a low score, and whether the reader decides', async () => {
	const { province, unit, officer, local, parent } = await offices();
	const second = await makeActor([[province.id, 'manager']]);
	const rated = [
		await rateOn(unit, DAY, { officer: officer.id, score: 1 }),
		await rateOn(province, addDays(DAY, -1), { score: 2 })
	];
	const year = { from: '2026-01-01', to: '2026-12-31' };
	const listed = async (actor: Actor, at: typeof unit, scope: 'own' | 'tree') =>
		(await ratingsBehind(actor, { unit: at.code, scope, ...year })).items.map(({ id, decider, proposes }) => [
			rated.findIndex((one) => one.id === id),
			decider,
			proposes
		]);
	expect(await listed(local, unit, 'own')).toEqual([[0, province.name, true]]);
	// At the root no manager decides alone.
	expect(await listed(parent, province, 'tree')).toEqual([
		[0, province.name, false],
		[1, province.name, true]
	]);
	expect(await decideRating(parent, rated[1]?.id ?? '', VOID)).toMatchObject({ outcome: 'proposed' });
	expect(await proposalOf(parent)).toMatchObject({ decider: province.name, mine: false });
	expect(await proposalOf(second)).toMatchObject({ decider: province.name, mine: true });
});

test('proposals the reader can decide are listed first, and `more` is true if the list is cut', async () => {
	const { province, parent } = await offices();
	const second = await makeActor([[province.id, 'manager']]);
	const propose = async (by: Actor, at: { code: string; timeZone: string }) => {
		const { id } = await rateOn(at, DAY, { score: 1 });
		expect(await decideRating(by, id, VOID)).toMatchObject({ outcome: 'proposed' });
	};
	// At the root no manager decides alone, so these proposals wait for the second manager.
	for (let n = 0; n < 50; n++) await propose(parent, province);
	expect(await openProposals(parent)).toMatchObject({ more: false, items: { length: 50 } });
	await propose(second, province);
	const { items, more } = await openProposals(parent);
	expect([items.length, more, items[0]?.mine, items[1]?.mine]).toEqual([50, true, true, false]);
	expect((await openProposals(second)).items.every(({ mine }) => mine)).toBe(true);
});

test('withdrawing a proposal changes no figure; counting a held rating does', async () => {
	const { unit, local } = await offices();
	const { id } = await rateOn(unit, DAY, { score: 1 });
	const held = await rateOn(unit, DAY, { score: 1 }, { noticed: ['over_budget'] });
	const before = await ratingSums();
	for (const rating of [id, held.id]) await decideRating(local, rating, VOID);
	expect(await decideRating(local, id, KEEP)).toEqual({ state: 'counted', outcome: 'withdrawn' });
	expect(await ratingSums()).toEqual(before);
	expect(await decideRating(local, id, KEEP)).toEqual({ state: 'counted', outcome: 'noted' });
	expect(await decideRating(local, held.id, KEEP)).toEqual({ state: 'counted', outcome: 'figures' });
	expect((await openProposals(local)).items).toEqual([]);
});

test('managers see and decide no proposals or reviews about themselves', async () => {
	const { province, unit, officer, local } = await offices();
	const self = await makeActor([[province.id, 'manager', 'admin']], officer.id);
	const { id } = await rateOn(unit, DAY, { officer: officer.id, score: 1 }, { noticed: ['machine'] });
	await decideRating(local, id, VOID);
	const proposal = await proposalOf(local);
	expect((await openProposals(self)).items).toEqual([]);
	expect((await ratingsToReview(self, 'held')).items).toEqual([]);
	expect(await countsOf(self)).toEqual({ held: 0, marked: 0, comment: 0 });
	await expect(decideProposal(self, proposal?.id ?? '', { verdict: 'approved' })).rejects.toBeInstanceOf(NotFound);
	expect(await readLog(self, { area: 'rating' }, unit.timeZone)).toEqual([]);
	const admin = await makeActor([[province.id, 'admin']]);
	expect((await readLog(admin, { area: 'rating' }, unit.timeZone)).map((entry) => entry.subject)).toEqual([id]);
});

test('the review lists held ratings, ratings with signals and flagged comments until a manager decides', async () => {
	const { unit, officer, local } = await offices();
	const noticed = ['over_budget'] as const;
	const held = await rateOn(unit, DAY, { officer: officer.id, score: 4 }, { noticed });
	await rateOn(unit, DAY, { officer: officer.id });
	const { id: odd } = await rateOn(unit, DAY, { officer: officer.id }, { noticed: ['burst'] });
	await rateOn(unit, DAY, { comment: 'Telepon 081234567890' });
	expect(await countsOf(local)).toEqual({ held: 1, marked: 1, comment: 1 });
	const [first] = (await ratingsToReview(local, 'held')).items;
	expect(first).toMatchObject({ id: held.id, signals: ['over_budget'], unit: unit.name, state: 'held' });
	await decideRating(local, held.id, KEEP);
	const sums = await ratingSums();
	await decideRating(local, odd, KEEP);
	expect(await ratingSums()).toEqual(sums);
	expect(await countsOf(local)).toEqual({ held: 0, marked: 0, comment: 1 });
	const stranger = await makeActor([[(await makeUnit()).id, 'manager']]);
	expect((await ratingsToReview(stranger, 'comment')).items).toEqual([]);
	const handler = await makeActor([[unit.id, 'handler', 'admin']]);
	expect((await ratingsToReview(handler, 'comment')).items).toEqual([]);
});

test('review pages together contain each rating once', async () => {
	const { unit, local } = await offices();
	for (let n = 0; n < 35; n++) await rateOn(unit, addDays('2026-02-02', n % 4), {}, { noticed: ['over_budget'] });
	const first = await ratingsToReview(local, 'held');
	const second = await ratingsToReview(local, 'held', first.next ?? '');
	expect(first.items).toHaveLength(30);
	expect(second.next).toBeNull();
	expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(35);
});

const step = fc.record({
	which: fc.nat(20),
	who: fc.constantFrom('local', 'parent'),
	what: fc.constantFrom('void', 'keep', 'restore', 'approved', 'refused')
});
const history = fc.record({
	rated: fc.array(fc.record({ score: fc.integer({ min: 1, max: 5 }), held: fc.boolean() }), {
		minLength: 1,
		maxLength: 8
	}),
	steps: fc.array(step, { maxLength: 16 })
});

test('after any history of decisions and proposals the sums equal the ratings', { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(history, async ({ rated, steps }) => {
			const at = await offices();
			const ids: string[] = [];
			for (const [n, { score, held }] of rated.entries()) {
				const noticed = held ? (['over_budget'] as const) : [];
				ids.push((await rateOn(at.unit, addDays(DAY, n % 3), { officer: at.officer.id, score }, { noticed })).id);
			}
			const all = await ratingSums();
			const atFirst = await Promise.all(ids.map(stateOf));
			for (const { which, who, what } of steps) {
				const id = ids[which % ids.length] ?? '';
				const waiting = (await openProposals(at[who])).items;
				const work =
					what === 'approved' || what === 'refused'
						? decideProposal(at[who], waiting[which % Math.max(1, waiting.length)]?.id ?? '', { verdict: what })
						: decideRating(at[who], id, { move: what, reason: what === 'void' ? 'spam' : 'genuine' });
				// A Conflict, NotAllowed or NotFound is expected for moves that the state or role does not allow;
				// any other error fails the test.
				await work.catch((cause: unknown) => {
					if (![Conflict, NotAllowed, NotFound].some((kind) => cause instanceof kind)) throw cause;
				});
			}
			expect((await ratingSums()).differing).toEqual([]);
			const low = await db()
				.select({ decidedBy: ratingDecisions.decidedBy })
				.from(ratingDecisions)
				.innerJoin(ratings, and(eq(ratings.id, ratingDecisions.ratingId), lte(ratings.score, 2)))
				.where(
					and(
						eq(ratingDecisions.proposedBy, at.local.accountId ?? ''),
						eq(ratingDecisions.state, 'done'),
						eq(ratingDecisions.move, 'void')
					)
				);
			for (const { decidedBy } of low) expect(decidedBy).toBe(at.parent.accountId);
			// Each rating counts again if it counted at first; the sums must equal those at the start.
			for (const [n, id] of ids.entries()) {
				const state = await stateOf(id);
				if (state === 'voided') await decideRating(at.parent, id, { move: 'restore', reason: 'mistake' });
				else await decideRating(at.parent, id, KEEP);
				if (atFirst[n] === 'held') await decideRating(at.parent, id, VOID);
			}
			expect(await ratingSums()).toEqual(all);
		}),
		{ numRuns: rounds({ quick: 4, all: 10 }) }
	);
});
