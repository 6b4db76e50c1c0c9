import type { Cookies } from '@sveltejs/kit';
import { beforeEach, expect, test, vi } from 'vitest';
import {
	dropInvitation,
	inviteToComplain,
	rememberOfficer,
	showInvitation,
	takeComplaintPrefill
} from './complaint-prefill.ts';

// What no site starts without.
vi.stubEnv('APP_KEY', 'a key for tests, thirty-two characters or more');

const officer = '0b54e1a2-6c1f-4d0e-9a3b-1f2e3d4c5b6a';

let kept: Map<string, string>;
let cookies: Cookies;
beforeEach(() => {
	kept = new Map();
	cookies = {
		get: (name: string) => kept.get(name),
		set: (name: string, value: string) => kept.set(name, value),
		delete: (name: string) => kept.delete(name)
	} as unknown as Cookies;
});

test('the page of thanks invites once, and the complaint form fills in officer and service once', async () => {
	await inviteToComplain(cookies, officer, 'library');
	expect([...kept.values()].join()).not.toContain(officer);
	expect(await showInvitation(cookies)).toBe(true);
	expect(await showInvitation(cookies)).toBe(false);
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer, service: 'library' });
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	expect(kept.size).toBe(0);
});

test('who was not invited, or opened the front door since, is offered nothing', async () => {
	expect(await showInvitation(cookies)).toBe(false);
	await inviteToComplain(cookies, officer);
	dropInvitation(cookies);
	expect(await showInvitation(cookies)).toBe(false);
	expect(await takeComplaintPrefill(cookies)).toEqual({});
});

test('the officer that a tablet’s code names reaches the complaint form, other words do not', async () => {
	await rememberOfficer(cookies, 'semua');
	await rememberOfficer(cookies, null);
	expect(await takeComplaintPrefill(cookies)).toEqual({});
	await rememberOfficer(cookies, officer);
	expect(await takeComplaintPrefill(cookies)).toEqual({ officer });
});
