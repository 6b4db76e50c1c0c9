import { tmpdir } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { cookiesIn, requestTo } from '#lib/dev/testing/request.ts';
import { deviceOf } from '../cookies/devices.ts';
import { OTHER_LANGUAGE } from '#lib/ui/form/form-state.ts';
import { onDutyFirst, ratingIn, receiveRating, thankYouPage } from './rating-form.ts';

beforeAll(() => testEnvironment(tmpdir()));

const officer = (id: string, ...desks: string[]) => ({ id, name: id, desks, hasPhoto: false });
const duty = (id: string, desk: string) => ({ id, name: id, hasPhoto: false, placeId: desk, placeName: desk });

test('officers on duty come first, once each, with the first desk they cover; others are not shown at covered desks', () => {
	const everybody = [officer('Ayu', 'Meja 1'), officer('Budi'), officer('Citra', 'Meja 3')];
	const shown = onDutyFirst(everybody, [duty('Budi', 'Meja 1'), duty('Budi', 'Meja 2')]);
	expect(shown).toEqual([
		{ id: 'Budi', name: 'Budi', hasPhoto: false, desks: ['Meja 1'], onDuty: true },
		{ id: 'Ayu', name: 'Ayu', hasPhoto: false, desks: [], onDuty: false },
		{ id: 'Citra', name: 'Citra', hasPhoto: false, desks: ['Meja 3'], onDuty: false }
	]);
});

test.each([
	[undefined, { path: 'officer', code: 'rating_officer_choose' }],
	['Ayu', { path: 'officer', code: 'rating_officer' }],
	['', undefined]
])('a visitor who was served by another officer must choose one, or “don’t know”: %s', (chosen, issue) => {
	const sent = { score: '2', officer: chosen, submission_id: crypto.randomUUID() };
	const rating = () => ratingIn(sent, { slug: 'contoh' }, true);
	if (issue) expect(rating).toThrow(expect.objectContaining({ issues: [issue] }) as Error);
	else expect(rating().officer).toBeUndefined();
});

test.each([
	['1', ['waiting']],
	['3', ['waiting']],
	['5', ['friendly']]
])('of the tags that a form sends with the score %s, only those that it offers count', (score, tags) => {
	const sent = { score, tags: ['friendly', 'waiting'], submission_id: crypto.randomUUID() };
	expect(ratingIn(sent, { slug: 'contoh' }).tags).toEqual(tags);
});

test('a shared link to the thank-you page leads a browser that sent no rating to the form', async () => {
	const jar = new Map<string, string>();
	const open = (site: string) => {
		const event = requestTo('/', { jar, headers: { 'sec-fetch-site': site } });
		return thankYouPage(event, { id: 'a', slug: 'contoh', ratingFaces: false });
	};
	for (const site of ['none', 'cross-site'])
		await expect(open(site)).rejects.toMatchObject({ status: 303, location: '/contoh/nilai' });
	// From the form of a browser that refuses cookies.
	expect(await open('same-origin')).toEqual({ given: undefined });
	// Opened again after a rating.
	await deviceOf(cookiesIn(jar));
	expect(await open('none')).toEqual({ given: undefined });
});

test('the button of another language stores no rating and keeps its form', async () => {
	const fields = { score: '2', comment: 'Antrean lama.' };
	const event = requestTo('/contoh/nilai', { fields: { ...fields, [OTHER_LANGUAGE]: '' } });
	expect(await receiveRating(event, async () => ({ id: 'a', slug: 'contoh' }))).toMatchObject({
		issues: [],
		typed: fields
	});
});
