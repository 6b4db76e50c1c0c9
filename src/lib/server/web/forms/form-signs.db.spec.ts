import type { RequestEvent } from '@sveltejs/kit';
import { afterEach, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { BUDGETS } from '#lib/server/people/limits.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { hiddenFields, isDoubtful, looksMachineMade } from './form-signs.ts';

useFreshDatabase();
afterEach(() => overrideEnv({ LIMITS: true }));

let address = 0;
/** A request from an address that has sent nothing yet. */
const stranger = () => {
	const from = `10.0.0.${++address}`;
	return { request: new Request('http://localhost/'), getClientAddress: () => from } as unknown as RequestEvent;
};

const at = (time: string) => () => new Date(`2026-12-01T${time}Z`);
const opened = async (time: string) => (await withClock(at(time), hiddenFields)).opened;

test('a form that took a person’s time is none to doubt', async () => {
	const typed = { opened: await opened('02:00:00'), homepage: '' };
	expect(await withClock(at('02:00:20'), () => isDoubtful(stranger(), typed, 'case'))).toBe(false);
	expect(await withClock(at('02:00:04'), () => looksMachineMade(typed, 'rating'))).toBe(false);
});

test('a form that came back faster than anybody reads is doubtful', async () => {
	const typed = { opened: await opened('02:00:00') };
	expect(await withClock(at('02:00:01'), () => isDoubtful(stranger(), typed, 'case'))).toBe(true);
	expect(await withClock(at('02:00:00.200'), () => looksMachineMade(typed, 'rating'))).toBe(true);
	// Nine questions take longer to read than one.
	expect(await withClock(at('02:00:04'), () => isDoubtful(stranger(), typed, 'survey'))).toBe(true);
	expect(await withClock(at('02:00:06'), () => isDoubtful(stranger(), typed, 'survey'))).toBe(false);
});

test('so is one with the field filled in that people don’t see', async () => {
	expect(await looksMachineMade({ homepage: 'https://example.com' }, 'rating')).toBe(true);
});

test('a page that lay open for weeks, or a form without a stamp, proves nothing', async () => {
	const typed = { opened: await opened('02:00:00') };
	const weeksLater = () => new Date('2026-12-24T02:00:00Z');
	expect(await withClock(weeksLater, () => isDoubtful(stranger(), typed, 'case'))).toBe(false);
	expect(await isDoubtful(stranger(), {}, 'case')).toBe(false);
	expect(await isDoubtful(stranger(), { opened: 'forged' }, 'case')).toBe(false);
});

test('an address past its budget is doubtful, another one is not', async () => {
	const loud = stranger();
	const answers = [];
	for (let sent = 0; sent <= BUDGETS.submission_address.points; sent++)
		answers.push(await isDoubtful(loud, {}, 'case'));
	expect(answers.at(-1)).toBe(true);
	expect(answers.slice(0, -1)).not.toContain(true);
	expect(await isDoubtful(stranger(), {}, 'case')).toBe(false);
});

test('the surveys of a busy counter are none to doubt, and take nothing from who complains behind the same address', async () => {
	const counter = stranger();
	const answers = [];
	for (let sent = 0; sent < BUDGETS.submission_address.points * 2; sent++)
		answers.push(await isDoubtful(counter, {}, 'survey'));
	expect(answers).not.toContain(true);
	expect(await isDoubtful(counter, {}, 'case')).toBe(false);
});

test('with LIMITS=off nothing is held', async () => {
	overrideEnv({ ...env(), LIMITS: false });
	expect(await isDoubtful(stranger(), { homepage: 'x' }, 'case')).toBe(false);
});

test('every page has a submission id of its own', async () => {
	const [one, other] = await Promise.all([hiddenFields(), hiddenFields()]);
	expect(one.submissionId).not.toBe(other.submissionId);
});
