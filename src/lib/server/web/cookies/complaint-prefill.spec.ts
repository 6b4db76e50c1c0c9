import type { Cookies } from '@sveltejs/kit';
import { beforeEach, expect, test, vi } from 'vitest';
import {
	dropInvitation,
	inviteToComplain,
	rememberOfficer,
	showInvitation,
	takeComplaintPrefill
} from './complaint-prefill.ts';

// Required setting.
vi.stubEnv('APP_KEY', 'a key for tests, thirty-two characters or more');

const officer = '0b54e1a2-6c1f-4d0e-9a3b-1f2e3d4c5b6a';

let jar: Map<string, string>;
let cookies: Cookies;
beforeEach(() => {
	jar = new Map();
	cookies = {
		get: (name: string) => jar.get(name),
		set: (name: string, value: string) => jar.set(name, value),
		delete: (name: string) => jar.delete(name)
	} as unknown as Cookies;
});

test('the thank-you page offers the form once, and the form is prefilled with officer and service once', async () => {
	await inviteToComplain(cookies, officer, 'library');
	expect([...jar.values()].join()).not.toContain(officer);
	expect(await showInvitation(cookies)).toBe(true);
	expect(await showInvitation(cookies)).toBe(false);
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer, service: 'library' });
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	expect(jar.size).toBe(0);
});

test('without an invitation, or after a visit of the front door, the form is not offered', async () => {
	expect(await showInvitation(cookies)).toBe(false);
	await inviteToComplain(cookies, officer);
	dropInvitation(cookies);
	expect(await showInvitation(cookies)).toBe(false);
	expect(await takeComplaintPrefill(cookies)).toEqual({});
});

test('the officer of a tablet’s code is prefilled in the form, other texts are not', async () => {
	await rememberOfficer(cookies, 'semua');
	await rememberOfficer(cookies, null);
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	await rememberOfficer(cookies, officer);
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer });
});
