import { tmpdir } from 'node:os';
import type { Cookies } from '@sveltejs/kit';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { cookiesIn } from '#lib/dev/testing/request.ts';
import {
	dropInvitation,
	rememberOfficer,
	rememberRating,
	takeComplaintPrefill,
	takeRating
} from './complaint-prefill.ts';

beforeAll(() => testEnvironment(tmpdir()));

const officer = '0b54e1a2-6c1f-4d0e-9a3b-1f2e3d4c5b6a';

let jar: Map<string, string>;
let cookies: Cookies;
beforeEach(() => {
	jar = new Map();
	cookies = cookiesIn(jar);
});

test('after a low score the thank-you page offers the form once, prefilled with officer and service once', async () => {
	await rememberRating(cookies, 2, { officer, service: 'library', commented: true });
	expect([...jar.values()].join()).not.toContain(officer);
	expect(await takeRating(cookies)).toEqual({ score: 2, commented: true, officer, isLow: true });
	expect(await takeRating(cookies)).toBeUndefined();
	// The same page, reloaded in another language.
	expect(await takeRating(cookies, true)).toEqual({ score: undefined, commented: false, officer, isLow: true });
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer, service: 'library' });
	expect(await takeRating(cookies, true)).toBeUndefined();
	// The form, reloaded in another language, and then opened by the next person.
	expect(await takeComplaintPrefill(cookies, true)).toEqual({ officer, service: 'library' });
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	expect(await takeComplaintPrefill(cookies, true)).toEqual({});
	expect(jar.size).toBe(0);
});

test('after a score from 3 the thank-you page shows it once, and nothing of it stays', async () => {
	await rememberRating(cookies, 3, { officer });
	expect(await takeRating(cookies)).toEqual({ score: 3, commented: false, officer, isLow: false });
	expect(jar.size).toBe(0);
	expect(await takeRating(cookies, true)).toBeUndefined();
	// Nothing stays either if the thank-you page never loaded.
	await rememberRating(cookies, 3, { officer });
	expect(await takeComplaintPrefill(cookies)).toEqual({});
});

test('without a rating, or after a visit of the office page, the form is not offered', async () => {
	expect(await takeRating(cookies)).toBeUndefined();
	await rememberRating(cookies, 1, { officer });
	dropInvitation(cookies);
	expect(await takeRating(cookies)).toBeUndefined();
	expect(await takeComplaintPrefill(cookies)).toEqual({});
});

test('the officer of a tablet’s code is prefilled in the form, other texts are not', async () => {
	await rememberOfficer(cookies, 'semua');
	await rememberOfficer(cookies, null);
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	await rememberOfficer(cookies, officer);
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer });
});
