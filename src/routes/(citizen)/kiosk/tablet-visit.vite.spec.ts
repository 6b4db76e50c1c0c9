import { beforeEach, expect, it, vi } from 'vitest';
import type { KioskScreen, TabletRating } from '#lib/ratings/kiosk.ts';
import { tagsFitting } from '#lib/ratings/vocabulary.ts';
import { TabletVisit } from './tablet-visit.svelte.ts';

vi.stubGlobal('localStorage', { getItem: () => null });

const OFFICER = { id: 'a', name: 'Petugas Contoh 1', place: 'Meja 1', hasPhoto: true };
const OTHER = { ...OFFICER, id: 'b' };

let kept: { rating: TabletRating; open: boolean }[];
let storing: () => Promise<void>;
let visit: TabletVisit;
beforeEach(() => {
	kept = [];
	storing = () => Promise.resolve();
	const screen = { officers: [OFFICER], atDesk: { id: OFFICER.id, until: '' } } as unknown as KioskScreen;
	visit = new TabletVisit(
		() => screen,
		async (rating, open) => {
			await storing();
			kept.push({ rating, open });
		}
	);
});

const last = () => kept.at(-1)?.rating;

it.each([
	[1, ['waiting', 'unfriendly', 'unclear', 'unsolved']],
	[3, ['waiting', 'unfriendly', 'unclear', 'unsolved']],
	[4, ['friendly', 'fast', 'clear', 'solved']],
	[5, ['friendly', 'fast', 'clear', 'solved']]
])('after a rating of %i these reasons are offered: %s', async (score, offered) => {
	await visit.rate(score);
	expect(visit.step).toBe('thanks');
	expect(last()).toMatchObject({ score, officer: OFFICER.id });
	expect(tagsFitting(visit.score)).toEqual(offered);
});

it('a reason is stored at once with the same rating, and can be given up', async () => {
	await visit.rate(2);
	const id = last()?.submission_id;
	await visit.toggleReason('waiting');
	await visit.toggleReason('unclear');
	expect(last()).toMatchObject({ submission_id: id, score: 2, tags: ['waiting', 'unclear'] });
	await visit.toggleReason('waiting');
	expect(last()?.tags).toEqual(['unclear']);
	expect(visit.chosenReasons).toEqual(['unclear']);
	await visit.end();
	expect(kept.at(-1)).toMatchObject({ open: false, rating: { submission_id: id, tags: ['unclear'] } });
	expect(visit.chosenReasons).toEqual([]);
});

it('a changed score drops the reasons that do not fit it and keeps the comment', async () => {
	await visit.rate(1);
	await visit.toggleReason('unfriendly');
	visit.words = 'Lama menunggu.';
	await visit.comment();
	await visit.rate(3);
	expect(last()?.tags).toEqual(['unfriendly']);
	await visit.rate(4);
	expect(last()).toMatchObject({ score: 4, tags: [], comment: 'Lama menunggu.' });
});

it('a rating already given, with its reasons, is stored for the officer who is then chosen', async () => {
	await visit.rate(4);
	await visit.toggleReason('fast');
	visit.goTo('officer');
	storing = () => Promise.reject(new Error('full'));
	await visit.choose(OTHER);
	expect([visit.step, visit.failed]).toEqual(['officer', true]);
	storing = () => Promise.resolve();
	await visit.choose(OTHER);
	expect([visit.step, visit.failed, visit.officer]).toEqual(['thanks', false, OTHER]);
	await visit.end();
	expect(kept.at(-1)).toMatchObject({ open: false, rating: { officer: OTHER.id, score: 4, tags: ['fast'] } });
	await visit.choose(null);
	expect([visit.step, visit.begun]).toEqual(['score', true]);
});

it('says that a rating or a reason could not be stored, and keeps the one before', async () => {
	storing = () => Promise.reject(new Error('full'));
	await visit.rate(2);
	expect([visit.step, visit.failed, visit.rated]).toEqual(['score', true, false]);
	storing = () => Promise.resolve();
	await visit.rate(2);
	expect([visit.step, visit.failed]).toEqual(['thanks', false]);
	storing = () => Promise.reject(new Error('full'));
	await visit.toggleReason('waiting');
	expect([visit.failed, visit.chosenReasons]).toEqual([true, []]);
});

it('completes a rating at the end of the next visit if that failed at its own', async () => {
	await visit.rate(4);
	storing = () => Promise.reject(new Error('full'));
	await visit.end();
	expect(kept.map(({ open }) => open)).toEqual([true]);
	storing = () => Promise.resolve();
	await visit.rate(5);
	await visit.end();
	await visit.end();
	const completed = kept.filter(({ open }) => !open);
	expect(completed.map(({ rating }) => rating.score)).toEqual([4, 5]);
});

it('two reasons touched at once are both kept, and an ended visit does not come back', async () => {
	await visit.rate(2);
	let release = () => {};
	const held = new Promise<void>((done) => (release = done));
	storing = () => held;
	const writing = [visit.toggleReason('waiting'), visit.toggleReason('unclear')];
	const ended = visit.end();
	release();
	await Promise.all([...writing, ended]);
	expect(kept.at(-1)).toMatchObject({ open: false, rating: { tags: ['waiting', 'unclear'] } });
	expect([visit.step, visit.rated, visit.chosenReasons]).toEqual(['score', false, []]);
});

it('the end of a visit is stored last, also if a reason touched before takes longer', async () => {
	await visit.rate(2);
	let release = () => {};
	const times = [new Promise<void>((done) => (release = done))];
	storing = () => times.shift() ?? Promise.resolve();
	const writing = visit.toggleReason('waiting');
	const ended = visit.end();
	await new Promise((done) => setTimeout(done));
	release();
	await Promise.all([writing, ended]);
	expect(kept.map(({ open }) => open)).toEqual([true, true, false]);
});
