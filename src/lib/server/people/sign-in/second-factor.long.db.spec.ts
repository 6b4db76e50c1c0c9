import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { makeGuardedOffice, latestChange, type GuardedOffice } from '#lib/dev/testing/access.ts';
import { makeSession, makeUser } from '#lib/dev/testing/factories.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { codeOf, enrolSecondFactor } from '#lib/dev/testing/sign-in/second-factor.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { secondFactors } from '#lib/server/db/schema/people.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { decideAccessChange } from '../access/changes.ts';
import { SLOWDOWNS } from '#lib/server/rate-limits.ts';
import { resetSecondFactor } from './password-links.ts';
import {
	confirmSecondFactor,
	dropAllRecoveryCodes,
	hasSecondFactor,
	ownSecondFactor,
	removeOwnSecondFactor,
	renewRecoveryCodes,
	startSecondFactor
} from './second-factor.ts';
import { setSecondFactorRule } from './second-factor-rule.ts';
import { sessionActor, sessionsOf, signOutEverywhere } from './session.ts';
import { CodeNeeded, confirmSession, enterCode, signIn } from './sign-in.ts';

const PASSWORD = 'kopi susu tanpa gula';
const STEP_MS = 30_000;

let office: GuardedOffice;
beforeEach(async () => void (office = await makeGuardedOffice()));

const person = () => makeUser([[office.unit.id, 'handler']], PASSWORD);
/** A session in which the password was typed some minutes ago. */
const fresh = (minutesAgo = 0) => ({ id: '', confirmedAt: new Date(now().getTime() - minutesAgo * 60_000) });
const enter = (username: string) => signIn({ username, password: PASSWORD, address: 'here' });

/** Signs in with a code `steps` steps from now, on a clock that does not wait. @returns the outcome and seconds waited */
async function attempt(username: string, code: string, steps = 0) {
	let waited = 0;
	const moment = new Date(now().getTime() + steps * STEP_MS);
	const outcome = await withClock(
		() => moment,
		async () => {
			const pending = await enter(username).catch((cause: unknown) => cause);
			if (!(pending instanceof CodeNeeded)) throw new Error('no code was asked');
			return enterCode(pending, code, {}).catch((cause: Invalid) => cause.issues[0]);
		},
		(ms) => Promise.resolve(void (waited += ms / 1000))
	);
	return { outcome, waited, entered: outcome !== undefined && 'sessionId' in outcome };
}

test('only a code of the app turns it on; then other sessions end and the password alone opens nothing', async () => {
	const { id, username } = await person();
	const elsewhere = await enter(username);
	await startSecondFactor(id);
	await expect(confirmSecondFactor(id, '000000', fresh())).rejects.toThrow(Invalid);
	expect((await enter(username)).sessionId).toBeDefined();
	const { secret, codes } = await enrolSecondFactor(id);
	expect(new Set(codes).size).toBe(10);
	expect(await sessionActor(elsewhere.sessionId)).toBeUndefined();
	await expect(enter(username)).rejects.toThrow(CodeNeeded);
	const stored = JSON.stringify(await db().select().from(secondFactors).where(eq(secondFactors.accountId, id)));
	for (const shown of [secret, ...codes]) expect(stored).not.toContain(shown.replaceAll(' ', ''));
	await startSecondFactor(id);
	await expect(enter(username)).rejects.toThrow(CodeNeeded);
	expect((await attempt(username, codeOf(secret, 1), 1)).entered).toBe(true);
	expect((await logOf(username)).map(({ action }) => action)).toEqual([
		...['sign_in.entered', 'sign_in.entered'],
		...['second_factor.enrolled', 'sign_in.entered']
	]);
});

test('no code is accepted twice, nor one older than the last, and each recovery code works once', async () => {
	const { id, username } = await person();
	const { secret, code, codes } = await enrolSecondFactor(id);
	expect((await attempt(username, code)).entered).toBe(false);
	const [next, before] = [codeOf(secret, 3), codeOf(secret, 2)];
	const both = await Promise.all([attempt(username, next, 3), attempt(username, next, 3)]);
	expect(both.map(({ entered }) => entered).sort()).toEqual([false, true]);
	expect((await attempt(username, before, 3)).entered).toBe(false);
	const [one = ''] = codes;
	expect((await attempt(username, one.toLowerCase())).entered).toBe(true);
	expect((await attempt(username, one)).entered).toBe(false);
	const [fresh = ''] = await renewRecoveryCodes(id);
	expect((await attempt(username, codes[1] ?? '')).entered).toBe(false);
	expect((await attempt(username, fresh, 10)).entered).toBe(true);
	expect((await logOf(username)).filter(({ action }) => action === 'second_factor.recovery_used')).toHaveLength(2);
	await removeOwnSecondFactor(id);
	await expect(renewRecoveryCodes(id)).rejects.toThrow(Conflict);
	expect((await enter(username)).sessionId).toBeDefined();
});

test('an app that was not confirmed within 15 minutes must be started again', async () => {
	const { id } = await person();
	await startSecondFactor(id);
	const secret = (await ownSecondFactor(id, now()))?.pending?.key.replaceAll(' ', '') ?? '';
	await inHours(0.25, async () => {
		expect(await ownSecondFactor(id, now())).toBeNull();
		await expect(confirmSecondFactor(id, codeOf(secret), fresh())).rejects.toThrow(Invalid);
	});
});

test('a session in which the password was typed long ago neither shows the secret of a new app nor confirms it', async () => {
	const { id } = await person();
	await startSecondFactor(id);
	const seen = (minutesAgo: number) => ownSecondFactor(id, fresh(minutesAgo).confirmedAt);
	const secret = (await seen(14))?.pending?.key.replaceAll(' ', '') ?? '';
	expect(await seen(16)).toBeNull();
	await expect(confirmSecondFactor(id, codeOf(secret), fresh(16))).rejects.toThrow(Invalid);
	expect(await confirmSecondFactor(id, codeOf(secret), fresh(14))).toHaveLength(10);
	expect(await seen(60)).toMatchObject({ pending: null });
});

test('after a restore no recovery code works', async () => {
	const { id, username } = await person();
	const [one = ''] = (await enrolSecondFactor(id)).codes;
	await transaction(dropAllRecoveryCodes);
	expect((await attempt(username, one)).entered).toBe(false);
});

test('wrong codes wait ever longer, even with the right password before each; the right one is then accepted', async () => {
	const { id, username } = await person();
	const { codes } = await enrolSecondFactor(id);
	const { points, waits } = SLOWDOWNS.sign_in_code;
	const waited: number[] = [];
	for (let n = 0; n < points + waits.length + 1; n++)
		waited.push((await attempt(username, String(100_000 + n))).waited);
	expect(waited).toEqual([...Array<number>(points).fill(0), ...waits, waits.at(-1)]);
	const right = await attempt(username, codes[0] ?? '');
	expect(right).toMatchObject({ entered: true, waited: waits.at(-1) });
});

test('the tenth wrong code within a day is logged and notifies the owner, once', async () => {
	const { id, username } = await person();
	const { codes } = await enrolSecondFactor(id);
	const notified = async () => {
		const which = sql`name = 'sign-in-changed' and data ->> 'accountId' = ${id} and data ->> 'what' = 'code_guessed'`;
		return (await rowsOf(db(), sql`select id from pgboss.job where ${which}`)).length;
	};
	const guess = async (n: number) => (await attempt(username, String(100_000 + n))).entered;
	for (let n = 0; n < 9; n++) await guess(n);
	expect(await notified()).toBe(0);
	await guess(9);
	expect(await notified()).toBe(1);
	for (let n = 10; n < 22; n++) await guess(n);
	expect((await attempt(username, codes[0] ?? '')).entered).toBe(true);
	expect(await notified()).toBe(1);
	expect((await logOf(username)).map(({ action }) => action)).toEqual([
		'second_factor.enrolled',
		'second_factor.guessed',
		'second_factor.recovery_used',
		'sign_in.entered'
	]);
});

test('guessers who know the password take no place for codes from a known device or an open session', async () => {
	const { id, username } = await person();
	const device = (await enter(username)).device;
	const { codes } = await enrolSecondFactor(id);
	const pending = await enter(username).catch((cause: unknown) => cause as CodeNeeded);
	const { sessionId } = await makeSession(id);
	// The marks of a device end with the sessions, so the owner signs in there once more.
	const known = await enterCode(pending as CodeNeeded, codes[0] ?? '', { device });
	let waiting = 0;
	const never = new Promise<void>(() => undefined);
	await withClock(
		() => new Date(),
		async () => {
			for (let n = 0; n < 20; n++) await enterCode(pending as CodeNeeded, '000000', {}).catch(() => undefined);
		},
		() => Promise.resolve()
	);
	const guess = () =>
		withClock(
			() => new Date(),
			() => enterCode(pending as CodeNeeded, '000000', {}),
			() => ((waiting += 1), never)
		);
	for (let n = 0; n < 4; n++) void guess().catch(() => undefined);
	await expect.poll(() => waiting).toBeGreaterThan(1);
	const owner = { device: known?.device };
	expect(await enterCode(pending as CodeNeeded, codes[1] ?? '', owner)).toMatchObject({ actor: { accountId: id } });
	await confirmSession(id, sessionId, { password: PASSWORD, code: codes[2] ?? '' });
});

test('a right password does not wait for its code once the sessions of the account were ended', async () => {
	const { id, username, actor } = await person();
	const { codes } = await enrolSecondFactor(id);
	const pending = await enter(username).catch((cause: unknown) => cause as CodeNeeded);
	await signOutEverywhere(actor, id);
	await expect(enterCode(pending as CodeNeeded, codes[0] ?? '', {})).rejects.toThrow(NotFound);
});

test('a code that waits opens no session if the sessions of the account are ended meanwhile', async () => {
	const { id, username, actor } = await person();
	const { codes } = await enrolSecondFactor(id);
	const pending = (await enter(username).catch((cause: unknown) => cause)) as CodeNeeded;
	const afterFailures = async () => {
		for (let n = 0; n < SLOWDOWNS.sign_in_code.points; n++)
			await enterCode(pending, '000000', {}).catch(() => undefined);
		return enterCode(pending, codes[0] ?? '', {});
	};
	// The wrong attempts before pause for 0 ms.
	const ends = (ms: number) => (ms > 0 ? signOutEverywhere(actor, id) : Promise.resolve());
	await expect(withClock(() => new Date(), afterFailures, ends)).rejects.toThrow(NotFound);
	expect(await sessionsOf(id)).toEqual([]);
});

test('an administrator removes the second factor of an account with access to cases only with a supervisor’s approval', async () => {
	const { id, username } = await person();
	await enrolSecondFactor(id);
	const { sessionId } = await makeSession(id);
	expect(await resetSecondFactor(office.admin, id)).toBe(true);
	expect(await hasSecondFactor(id)).toBe(true);
	const change = await latestChange({ ...office.admin, accountId: id });
	await expect(decideAccessChange(office.admin, change.id, { decision: 'approve' })).rejects.toThrow(NotAllowed);
	await decideAccessChange(office.head, change.id, { decision: 'approve' });
	expect(await hasSecondFactor(id)).toBe(false);
	expect(await sessionActor(sessionId)).toBeUndefined();
	expect((await logOf(username)).map(({ action }) => action)).toContain('second_factor.removed');
	await expect(resetSecondFactor(office.admin, office.admin.accountId ?? '')).rejects.toThrow(Invalid);
});

test('where it is required, people with access to cases must turn it on first and others need not', async () => {
	const { id, username } = await person();
	const manager = await makeUser([[office.unit.id, 'manager']], PASSWORD);
	const sessionOf = async (name: string) => {
		const found = await sessionActor((await enter(name)).sessionId);
		return found?.session;
	};
	expect(await sessionOf(username)).toMatchObject({ codeRequired: false, mustEnrol: false });
	await expect(setSecondFactorRule(office.admin, true)).rejects.toThrow(NotAllowed);
	await setSecondFactorRule(office.rootAdmin, true);
	expect(await sessionOf(username)).toMatchObject({ codeRequired: true, mustEnrol: true });
	expect(await sessionOf(manager.username)).toMatchObject({ codeRequired: false, mustEnrol: false });
	await enrolSecondFactor(id);
	const { sessionId } = await makeSession(id);
	expect((await sessionActor(sessionId))?.session).toMatchObject({
		codeRequired: true,
		mustEnrol: false,
		hasCode: true
	});
	await setSecondFactorRule(office.rootAdmin, false);
});
